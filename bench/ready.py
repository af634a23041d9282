"""Ready bytes: what it costs to write a text that is there to as many sockets, served as we serve.

A bare ASGI application: a task for each socket waits for the next text and sends it. It knows no
GraphQL, asks for no right and reads nothing; what is posted to it goes to everybody as it is.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import settings as configuration
from service import logs, server

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

_ACCEPTED = {"type": "websocket.accept", "subprotocol": "graphql-transport-ws"}
_ACKNOWLEDGED = {"type": "websocket.send", "text": '{"type":"connection_ack"}'}


class Ready:
    """The application of one worker."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Queue[str]] = set()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one socket, or pass on what is posted."""
        match scope["type"]:
            case "lifespan":
                await receive()
                await send({"type": "lifespan.startup.complete"})
                await receive()
                await send({"type": "lifespan.shutdown.complete"})
            case "websocket":
                await self._serve(receive, send)
            case _:
                await self._pass_on(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        await receive()
        await send(_ACCEPTED)
        await receive()
        await send(_ACKNOWLEDGED)
        await receive()
        texts: asyncio.Queue[str] = asyncio.Queue()
        self._waiting.add(texts)
        writing = asyncio.create_task(_write(texts, send))
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self._waiting.discard(texts)
        writing.cancel()

    async def _pass_on(self, receive: Receive, send: Send) -> None:
        text = (await receive())["body"].decode()
        if text:
            for each in self._waiting:
                each.put_nowait(text)
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


async def _write(texts: "asyncio.Queue[str]", send: Send) -> None:
    while True:
        await send({"type": "websocket.send", "text": await texts.get()})


def create() -> Ready:
    """Make the application of one worker."""
    return Ready()


def main() -> None:
    """Serve as the service does: the same workers, and uvicorn with the same settings."""
    settings = configuration.load(os.environ)
    logs.set_up(settings.log_level, for_people=False)
    listener = server.bound(settings.host, settings.port)
    server.run(settings, "bench.ready:create", listener, lambda: None)


if __name__ == "__main__":
    main()
