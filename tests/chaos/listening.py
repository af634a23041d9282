"""Clients that listen, are cut off, and go on from their last cursor."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.chaos.cast import Part
from tests.diary import Client
from tests.event_streams import events

_DOCUMENTS = {
    "markChanges": "node: markId mark { id text student { id fullName } }",
    "messageReceived": "message { node: id subject body sender { fullName } }",
    "eventChanges": "node: eventId event { id title }",
    "dashboardChanges": "node: nodeId area kind mark { id text } event { id title }",
}
_BROKEN = (OSError, TimeoutError, WebSocketException, httpx.TransportError)
_LONGEST_PAUSE = 0.4
_OPENING_SECONDS = 5.0
_SMALL_BUFFER = 16 * 1024
# What a client may be told while a part of the service is away.
_PASSING = {"UNAVAILABLE", "TIMEOUT", "LAGGING"}

Payloads = AsyncGenerator[dict[str, Any], None]


@dataclass
class Listener:
    """One part, played for as long as its task runs."""

    part: Part
    chance: Random
    by_events: bool
    heard: list[tuple[str, float]] = field(default_factory=list)
    """What was heard, by its id, and when."""
    partings: Counter[str] = field(default_factory=Counter)
    """How its streams ended."""
    refusals: list[str] = field(default_factory=list)
    connection: ClientConnection | None = None
    _reads: asyncio.Event = field(default_factory=asyncio.Event)
    _cursor: str = ""

    async def run(self) -> None:
        """Listen until cancelled."""
        self._cursor = self.part.begins
        self._reads.set()
        while True:
            self.partings[await self._parting()] += 1
            await asyncio.sleep(self.chance.uniform(0, _LONGEST_PAUSE))

    async def be_deaf(self, seconds: float) -> None:
        """Read nothing for so long."""
        self._reads.clear()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._reads.set()

    async def _parting(self) -> str:
        """Listen once, and say how it ended."""
        try:
            opened = self._over_events() if self.by_events else self._over_a_socket()
            async with aclosing(opened) as payloads:
                async for payload in payloads:
                    if payload.get("errors"):
                        return self._refused(payload["errors"])
                    self._take(payload["data"]["heard"])
        except _BROKEN as broken:
            return _named(broken)
        return "ended"

    def _take(self, change: dict[str, Any]) -> None:
        node = change.get("node") or change["message"]["node"]
        self.heard.append((node, time.time()))
        self._cursor = change["cursor"]

    def _refused(self, errors: list[dict[str, Any]]) -> str:
        codes = {error["extensions"]["code"] for error in errors}
        if not codes <= _PASSING:
            self.refusals.append(f"{self.part.field} was told {errors}")
        return " ".join(sorted(codes))

    @property
    def _document(self) -> str:
        name = self.part.field
        selected = f"heard: {name}(after: $after) {{ cursor {_DOCUMENTS[name]} }}"
        return f"subscription ($after: String) {{ {selected} }}"

    async def _over_events(self) -> Payloads:
        async with httpx.AsyncClient(timeout=_OPENING_SECONDS) as http:
            # A silent connection is kept up by comments, less often than it has to open.
            http.timeout = httpx.Timeout(_OPENING_SECONDS, read=None)
            client = Client(self.part.client.url, http, self.part.client.token)
            async with events(client, self._document, after=self._cursor) as stream:
                while event := await stream.event():
                    kind, payload = event
                    if kind == "complete":
                        return
                    await self._reads.wait()
                    yield payload

    async def _over_a_socket(self) -> Payloads:
        options = {"sock": _raw(self.part.client.url), "max_queue": 1}
        async with self.part.client.socket(
            **options, open_timeout=_OPENING_SECONDS, close_timeout=1
        ) as opened:
            self.connection = opened.connection
            try:
                await opened.subscribe(self._document, after=self._cursor)
                while payload := _payload(await opened.connection.recv()):
                    yield payload
                    await self._reads.wait()
            finally:
                self.connection = None


def _raw(url: str) -> socket.socket:
    """A connection that takes little at once, so that it is soon full when nobody reads."""
    address = urlsplit(url)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    try:
        raw.connect((address.hostname, address.port))
    except OSError:
        raw.close()
        raise
    return raw


def _payload(text: str | bytes) -> dict[str, Any] | None:
    """What a message brings; None where it ends the stream."""
    message: dict[str, Any] = orjson.loads(text)
    match message["type"]:
        case "next":
            payload: dict[str, Any] = message["payload"]
            return payload
        case "error":
            return {"errors": message["payload"]}
    return None


def _named(broken: BaseException) -> str:
    received = getattr(broken, "rcvd", None)
    return f"closed {received.code}" if received else type(broken).__name__
