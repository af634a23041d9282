"""Which worker of a program holds which connection, as the kernel knows it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.programs import Program

_ESTABLISHED = "01"


def worker_of(program: Program, client_port: int) -> int:
    """The pid of the worker that has accepted the connection from this loopback port."""
    inode = _inode(program.port, client_port)
    for pid in workers(program):
        if inode in _sockets(pid):
            return pid
    raise AssertionError(f"no worker holds the connection from port {client_port}")


def worker_that_serves(program: Program, group: int) -> int:
    """The pid of the worker to which a group of processes has its one open connection."""
    held = {inode for pid in _members(group) for inode in _sockets(pid)}
    (port,) = (
        local for local, remote, inode in _established() if remote == program.port and inode in held
    )
    return worker_of(program, port)


def workers(program: Program) -> list[int]:
    """The pids of all processes that the program has started itself."""
    pid = program.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _members(group: int) -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getpgid(pid := int(entry.name)) == group:
                yield pid


def _inode(server_port: int, client_port: int) -> str:
    for local, remote, inode in _established():
        if (local, remote) == (server_port, client_port):
            return inode
    raise AssertionError(f"there is no connection from port {client_port}")


def _established() -> Iterator[tuple[int, int, str]]:
    """The machine's open connections: local port, remote port, and the socket's inode."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *rest = line.split()
        if state == _ESTABLISHED:
            yield _port(local), _port(remote), rest[5]


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _sockets(pid: int) -> set[str]:
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(entry.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found
