"""Server-Sent Events as a client reads them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.diary import Client

EVENTS = "text/event-stream"
_PATIENCE_SECONDS = 10.0
COMPLETE = ("complete", None)


@dataclass
class EventStream:
    """The answer to one operation, event by event."""

    response: httpx.Response
    _chunks: AsyncIterator[str]

    async def block(self) -> str:
        """The next event or comment as it was sent; empty where the connection ends."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            lines = [line async for line in _until_blank(self._chunks)]
        return "\n".join(lines)

    async def event(self) -> tuple[str, Any] | None:
        """Kind and data of the next event; None where the connection ends instead."""
        while (block := await self.block()).startswith((":", "retry:")):
            pass
        if not block:
            return None
        kind, data = block.split("\n")
        text = data.removeprefix("data:")
        return kind.removeprefix("event: "), json.loads(text) if text else None

    async def next(self) -> Any:
        """The payload of the next `next`."""
        event = await self.event()
        assert event is not None, "the connection has ended"
        kind, payload = event
        assert kind == "next", event
        return payload


async def _until_blank(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        if not line:
            return
        yield line


@asynccontextmanager
async def events(
    client: Client, document: str, headers: dict[str, str] | None = None, **variables: Any
) -> AsyncIterator[EventStream]:
    """Ask over a connection of its own."""
    asked = {"query": document, "variables": variables}
    own = {**client.headers, "Accept": EVENTS, **(headers or {})}
    url = f"{client.url}/graphql"
    async with client.http.stream("POST", url, json=asked, headers=own) as response:
        yield EventStream(response, response.aiter_lines())


async def all_events(client: Client, document: str, **variables: Any) -> list[Any]:
    """All events of an operation that ends by itself."""
    found = []
    async with events(client, document, **variables) as stream:
        while event := await stream.event():
            found.append(event)
    return found
