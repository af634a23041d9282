"""The running service as its clients know it: documents over HTTP, streams over WebSocket."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from graphql import OperationDefinitionNode, parse, print_ast
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.factories import PASSWORD, AccountMade, serial

_CONTRACT = Path(__file__).parent / "contract"
_PATIENCE_SECONDS = 5.0


def contract(name: str) -> str:
    """The first clients' own operation of that name."""
    return _OPERATIONS[name]


def _operations() -> dict[str, str]:
    nodes = (
        node
        for path in sorted(_CONTRACT.glob("*.graphql"))
        for node in parse(path.read_text()).definitions
    )
    return {
        node.name.value: print_ast(node)
        for node in nodes
        if isinstance(node, OperationDefinitionNode) and node.name
    }


_OPERATIONS = _operations()


@dataclass
class Answer:
    """What came back: `data` and, by their codes and paths, the errors."""

    body: dict[str, Any]
    status: int

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def partial(self) -> Any:
        """The data of an answer that may have errors."""
        return self.body["data"]

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", ())]

    @property
    def refused(self) -> list[tuple[str, str]]:
        """Code and dotted path of every error."""
        return [
            (error["extensions"]["code"], ".".join(map(str, error.get("path") or ())))
            for error in self.body.get("errors", ())
        ]


@dataclass
class Client:
    """Somebody at a screen, signed in or not."""

    url: str
    http: httpx.AsyncClient
    token: str | None = None
    refresh_token: str | None = None
    address: str | None = None
    """Where the client seems to be, to a service that believes its proxies."""

    @property
    def headers(self) -> dict[str, str]:
        told = {"X-Forwarded-For": self.address} if self.address else {}
        return told | ({"Authorization": f"Bearer {self.token}"} if self.token else {})

    async def send(self, document: str, **variables: Any) -> Answer:
        """Send a document of one's own."""
        return await self._post({"query": document, "variables": variables})

    async def send_unplanned(self, document: str, **variables: Any) -> Answer:
        """Send it to the generic resolvers."""
        asked = {"query": document, "variables": variables}
        return await self._post({**asked, "extensions": {"planner": False}})

    async def plan(self, document: str, **variables: Any) -> Any:
        """How it is answered: whether by a plan, by how many statements, at what cost."""
        asked = {"query": document, "variables": variables, "extensions": {"explain": True}}
        return (await self._post(asked)).body["extensions"]["plan"]

    async def _post(self, asked: Mapping[str, Any]) -> Answer:
        answer = await self.http.post(
            f"{self.url}/graphql",
            json=asked,
            headers=self.headers,
        )
        return Answer(answer.json(), answer.status_code)

    async def ask(self, operation: str, **variables: Any) -> Answer:
        """Send an operation of the contract."""
        return await self.send(contract(operation), **variables)

    async def do(self, operation: str, **given: Any) -> Any:
        """Send a mutation of the contract with this input; returns its payload."""
        data = (await self.ask(operation, input=given)).data
        (payload,) = data.values()
        return payload

    @asynccontextmanager
    async def socket(self, **options: Any) -> AsyncIterator["Socket"]:
        """Open a socket, as `websockets` is told by the options, and get its acknowledgement."""
        async with connect(
            f"{self.url.replace('http', 'ws', 1)}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            **options,
        ) as connection:
            socket = Socket(connection)
            await socket.send({"type": "connection_init", "payload": self.headers})
            assert (await socket.receive())["type"] == "connection_ack"
            yield socket


@dataclass
class Socket:
    """An open socket of one client."""

    connection: ClientConnection
    _numbers: list[int] = field(default_factory=list)

    async def send(self, message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self, seconds: float = _PATIENCE_SECONDS) -> Any:
        """The next message; TimeoutError when none comes."""
        async with asyncio.timeout(seconds):
            return json.loads(await self.connection.recv())

    async def subscribe(self, document: str, **variables: Any) -> str:
        """Begin an operation and return its id."""
        self._numbers.append(len(self._numbers))
        number = str(len(self._numbers))
        payload = {"query": document, "variables": variables}
        await self.send({"type": "subscribe", "id": number, "payload": payload})
        return number

    async def settled(self) -> None:
        """Return once the server has taken everything sent so far and answered a query."""
        number = await self.subscribe("{ __typename }")
        for _ in range(2):
            assert (await self.receive())["id"] == number

    async def next(self, seconds: float = _PATIENCE_SECONDS) -> Any:
        """The data of the next event."""
        message = await self.receive(seconds)
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def nothing(self, seconds: float = 0.5) -> None:
        """Assert that nothing comes for so long."""
        try:
            message = await self.receive(seconds)
        except TimeoutError:
            return
        raise AssertionError(f"heard {message}")


@dataclass
class Diary:
    """A running service; where it believes its proxies, clients may be scattered over the world.

    Who fails often is counted by address, and tests of one service would be counted together.
    """

    url: str
    http: httpx.AsyncClient
    scatters: bool = False

    @property
    def nobody(self) -> Client:
        """A client that is not signed in."""
        return Client(self.url, self.http, address=self._address())

    def _address(self) -> str | None:
        """An address that no other client has, where clients are to have one each."""
        if not self.scatters:
            return None
        number = serial()
        return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"

    async def sign_in(self, account: AccountMade) -> Client:
        """A client that is signed in with this account."""
        client = self.nobody
        payload = await client.do("SignIn", login=account.login, password=PASSWORD)
        assert payload["userErrors"] == []
        client.token = payload["session"]["accessToken"]
        client.refresh_token = payload["session"]["refreshToken"]
        return client

    async def as_(self, who: Any) -> Client:
        """A client signed in as a person who is given an account first."""
        return await self.sign_in(await who.account())
