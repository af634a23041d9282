"""An application of bad habits, served as ours is: slow, endless, blocked and broken answers."""

import asyncio
import os
import time
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

import settings as configuration
from service import logs, server


def create() -> Starlette:
    logs.set_up("info", for_people=False)
    return Starlette(
        routes=[
            Route("/healthz", pid),
            Route("/slow", slow),
            Route("/endless", endless),
            Route("/blocked", blocked),
            Route("/broken", broken),
            WebSocketRoute("/socket", socket),
        ]
    )


async def pid(_request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(os.getpid()))


async def slow(_request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "begun "
        await asyncio.sleep(1)
        yield "finished"

    return StreamingResponse(parts())


async def endless(_request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        while True:
            yield "begun "
            await asyncio.sleep(1)

    return StreamingResponse(parts())


async def blocked(_request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "begun "
        await asyncio.sleep(0.1)
        time.sleep(60)  # noqa: ASYNC251  # the very fault that is to be survived

    return StreamingResponse(parts())


async def broken(_request: Request) -> PlainTextResponse:
    raise ValueError("Иванов")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    async for _ in websocket.iter_text():
        await websocket.send_text("heard")


def main() -> None:
    settings = configuration.load(os.environ)
    logs.set_up(settings.log_level, for_people=False)
    with server.bound(settings.host, settings.port) as listener:
        server.run(settings, "tests.slow_app:create", listener, lambda: None)


if __name__ == "__main__":
    main()
