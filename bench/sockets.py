"""Subscribers: open sockets that write down when something came, and read it only afterwards."""

import asyncio
import time
from typing import Any, Self

import orjson
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from bench.load import address

Variables = dict[str, Any] | None

_OPCODE = 0x0F


class Subscriber(asyncio.Protocol):
    """One socket with one subscription; the library speaks, and the clock is read before it."""

    def __init__(self, url: str, token: str, document: str, variables: Variables = None) -> None:
        self._protocol = ClientProtocol(
            parse_uri(f"{url.replace('http', 'ws', 1)}/graphql"),
            subprotocols=[Subprotocol("graphql-transport-ws")],
        )
        self.news = asyncio.Event()
        self._listens = False
        self._token = token
        self._asked = {"query": document, "variables": variables}
        self._unread: list[tuple[float, bytes]] = []
        self._heard: dict[str, float] = {}
        self.count = 0
        """How many changes came; more than are heard where one came twice."""

    @classmethod
    async def open(cls, url: str, token: str, document: str, variables: Variables = None) -> Self:
        """Connect; the subscription begins a moment later."""
        made = cls(url, token, document, variables)
        await asyncio.get_running_loop().create_connection(lambda: made, *address(url))
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the socket."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("A connection is expected.")
        self._transport = transport
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Note the moment; reading, once it listens, would make the next one's moment later."""
        self._unread.append((time.time(), data))
        self.news.set()
        # A ping that nobody answers would end the connection.
        if not self._listens or data[0] & _OPCODE == Opcode.PING:
            self.heard()

    def close(self) -> None:
        """Go away."""
        self._transport.close()

    def heard(self) -> dict[str, float]:
        """The moment at which each change came, by its row's id, since the start."""
        for moment, data in self._unread:
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                self._take(moment, event)
        self._unread.clear()
        self.news.clear()
        self._flush()
        return self._heard

    def _take(self, moment: float, event: Any) -> None:
        if not isinstance(event, Frame):
            payload = {"Authorization": f"Bearer {self._token}"}
            self._send({"type": "connection_init", "payload": payload})
        elif event.opcode is Opcode.TEXT:
            self._take_message(moment, orjson.loads(event.data))

    def _take_message(self, moment: float, message: dict[str, Any]) -> None:
        match message["type"]:
            case "connection_ack":
                self._send({"type": "subscribe", "id": "1", "payload": self._asked})
                self._listens = True
            case "next":
                (change,) = message["payload"]["data"].values()
                self._heard[next(change[name] for name in change if name.endswith("Id"))] = moment
                self.count += 1
            case "ping":
                self._send({"type": "pong"})
            case _:
                raise RuntimeError(f"a subscriber was told {message}")

    def _send(self, message: dict[str, Any]) -> None:
        self._protocol.send_text(orjson.dumps(message))

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
