"""Which worker of a program holds which connection, as the kernel knows it."""

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


def workers(program: Program) -> list[int]:
    """The pids of all processes that the program has started itself."""
    pid = program.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _inode(server_port: int, client_port: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, *rest = line.split()
        ports = (int(local.rpartition(":")[2], 16), int(remote.rpartition(":")[2], 16))
        if ports == (server_port, client_port) and state == _ESTABLISHED:
            return rest[5]
    raise AssertionError(f"there is no connection from port {client_port}")


def _sockets(pid: int) -> set[str]:
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(entry.readlink()).removeprefix("socket:[").removesuffix("]"))
    return found
