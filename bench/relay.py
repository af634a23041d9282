"""Watching who speaks: a relay between the service and PostgreSQL that counts and times turns."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit, urlunsplit

from tests.servers import free_port

_CHUNK = 65536


class Relay:
    """Passes bytes on; `round_trips` counts how often a client spoke after the server had.

    `waited` is for how many seconds clients have waited for all that the server had to say.
    """

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        (folder,) = parse_qs(parts.query)["host"]
        self._socket = f"{folder}/.s.PGSQL.5432"
        self._port = free_port()
        self.round_trips = 0
        self.waited = 0.0
        place = f"postgres@127.0.0.1:{self._port}"
        self.url = urlunsplit(("postgresql", place, parts.path, "", ""))

    async def serve(self, ready: threading.Event) -> None:
        """Listen until `stop`."""
        self._loop, self._serving = asyncio.get_running_loop(), asyncio.current_task()
        async with await asyncio.start_server(self._connected, "127.0.0.1", self._port) as server:
            ready.set()
            await server.serve_forever()

    def stop(self) -> None:
        """Stop, from another thread."""
        if self._serving is not None:
            self._loop.call_soon_threadsafe(self._serving.cancel)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(self._socket)
        turn = _Turn(self)
        with suppress(asyncio.CancelledError):  # by `stop`; asyncio would report it as a failure
            await asyncio.gather(
                _pass_on(reader, server_writer, turn.client_spoke),
                _pass_on(server_reader, writer, turn.server_spoke),
            )


class _Turn:
    """Who spoke last over one connection."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._is_clients = False
        self._since = 0.0

    def client_spoke(self) -> None:
        """Count it where the server has spoken in between."""
        if not self._is_clients:
            self._relay.round_trips += 1
            self._since = time.perf_counter()
        self._is_clients = True

    def server_spoke(self) -> None:
        """Add the time since the client spoke, or since the server said what came before this."""
        now = time.perf_counter()
        self._relay.waited += now - self._since
        self._since, self._is_clients = now, False


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, spoke: Callable[[], None]
) -> None:
    try:
        while data := await reader.read(_CHUNK):
            spoke()
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return  # whoever went away without a farewell has nothing more to say
    finally:
        writer.close()


@contextmanager
def relay(database_url: str) -> Iterator[Relay]:
    """Run a relay to a database of the embedded server, on a thread of its own."""
    made, ready = Relay(database_url), threading.Event()
    thread = threading.Thread(target=_run, args=(made, ready))
    thread.start()
    ready.wait()
    try:
        yield made
    finally:
        made.stop()
        thread.join()


def _run(made: Relay, ready: threading.Event) -> None:
    with suppress(asyncio.CancelledError):
        asyncio.run(made.serve(ready))
