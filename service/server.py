"""The HTTP server: one listening socket, as many workers as asked for, and an end in time."""

import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection

import uvicorn

from errors import SettingsError
from service.streams import HttpProtocol, SocketProtocol
from service.workers import Workers
from settings import Settings

# A whole exit takes less than ten seconds: requests may finish in the first of these, connections
# to the database close until the second, and what then remains is for the embedded PostgreSQL.
_REQUEST_SECONDS = 5
_WORKER_SECONDS = 7
_PING_SECONDS = 20.0
# With hundreds of open streams the collector otherwise takes half of the processor. What a stream
# leaves in cycles only it can free, and of one that was open for long only its last generation:
# with thresholds of thousands that would be never.
_COLLECTED_AFTER = (50_000, 2, 2)
# A reader that has acknowledged nothing for so long is gone; pings do not find out while its
# buffers are full.
_STALLED_MILLISECONDS = 20_000
# What the kernel keeps of what was not even sent: it would be megabytes for each who does not read.
_UNSENT_BYTES = 128 * 1024


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address but does not listen yet.

    Until workers serve, clients are refused instead of left waiting. Raises `SettingsError` where
    the address cannot be had.
    """
    try:
        (family, kind, _, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened on ({error.strerror}): set HOST and PORT to an "
            "address of this machine that is free."
        ) from None
    # Whoever connects is met in the same way. Not every system has both.
    for option, value in (
        ("TCP_USER_TIMEOUT", _STALLED_MILLISECONDS),
        ("TCP_NOTSENT_LOWAT", _UNSENT_BYTES),
    ):
        if hasattr(socket, option):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return listener


def run(
    settings: Settings, factory: str, listener: socket.socket, on_serving: Callable[[], None]
) -> bool:
    """Serve the application that `factory` ("module:function") makes, until SIGTERM or Ctrl-C.

    Returns whether it ever served. Closes `listener`.
    """
    workers = Workers(settings.workers, _work, (settings, factory, listener))
    with listener:
        return workers.run(
            on_complete=on_serving, on_stop=listener.close, stop_seconds=_WORKER_SECONDS
        )


def _work(settings: Settings, factory: str, listener: socket.socket, news: Connection) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Whoever migrated the database before has let Tortoise write its own zone, UTC, over ours.
    os.environ["TIMEZONE"] = settings.timezone.key
    _Server(_config(settings, factory), news).run([listener])


def _config(settings: Settings, factory: str) -> uvicorn.Config:
    return uvicorn.Config(
        factory,
        factory=True,
        lifespan="on",
        workers=1,
        http=HttpProtocol,
        ws=SocketProtocol,
        # Who is gone is found out within two of these.
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_max_size=settings.limits.message_bytes,
        ws_per_message_deflate=False,
        server_header=False,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_REQUEST_SECONDS,
    )


class _Server(uvicorn.Server):
    """Tells through `news` when it serves."""

    def __init__(self, config: uvicorn.Config, news: Connection) -> None:
        super().__init__(config)
        self._news = news

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then take all that was loaded out of the garbage collector's sight."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECTED_AFTER)
        self._news.send_bytes(b"serving")


def _end_with_parent() -> None:
    """Stop serving when the parent was killed: nobody else would ever stop us."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
