"""GraphQL over WebSocket (graphql-transport-ws), by Strawberry's view."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from api import body
from api.body import Refusal
from api.library import Library
from api.schema import DiarySchema
from errors import BadUserInput
from schema.context import Context, Services

_PATIENCE_FOR_INIT = timedelta(seconds=10)
MOST_OPERATIONS = 50
"""How many operations may go on over one socket at once."""
_TOO_MANY = GraphQLError(
    f"At most {MOST_OPERATIONS} operations at once over one socket.",
    extensions={"code": BadUserInput.code},
)
_INVALID = "The message is not one of graphql-transport-ws."


class _Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Closes with 4400 on whatever is no message, where the protocol's shape says so."""

    view: "DiaryView"

    async def handle_message(self, message: Any) -> None:
        """Take one message."""
        if _is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message(_INVALID)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation; one too many is refused with a code, as all refusals are."""
        number = message["id"]
        if number not in self.operations and len(self.operations) >= MOST_OPERATIONS:
            await self._refuse(number, _TOO_MANY)
            return
        asked = body.asked(message["payload"])
        try:
            prepared = self.view.library.find(asked.query, asked.document_id, asked.extensions)
        except GraphQLError as error:
            await self._refuse(number, error)
        else:
            message["payload"]["query"] = prepared.text
            await super().handle_subscribe(message)

    async def _refuse(self, number: str, error: GraphQLError) -> None:
        await self.send_message({"id": number, "type": "error", "payload": [error.formatted]})


class DiaryView(GraphQL[Context, None]):
    """The endpoint's WebSocket side."""

    graphql_transport_ws_handler_class = _Handler

    def __init__(
        self,
        schema: DiarySchema,
        services: Services,
        allowed_origins: Collection[str],
        *,
        library: Library,
        patience_for_init: timedelta = _PATIENCE_FOR_INIT,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=patience_for_init,
            max_subscriptions_per_connection=None,
            allowed_origins=tuple(allowed_origins),
        )
        self.library = library
        self._services = services

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 — the hook's signature
    ) -> Context:
        """What resolvers know of the request."""
        return Context(
            services=self._services,
            request_id=request.scope["state"]["request_id"],
            address=request.client.host if request.client else "",
            user_agent=request.headers.get("user-agent", ""),
            authorization=request.headers.get("authorization"),
            idempotency_key=request.headers.get("idempotency-key"),
        )

    def encode_json(self, data: object) -> str:
        """JSON as text: bytes would make a socket's frames binary."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        """Any JSON; raises json.JSONDecodeError."""
        return orjson.loads(data)


def _is_message(message: Any) -> bool:
    """Whether the message has the shape that the protocol demands of its type."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    payload = message.get("payload")
    match message["type"]:
        case "subscribe":
            return isinstance(message.get("id"), str) and _is_request(payload)
        case "complete":
            return isinstance(message.get("id"), str)
        case "connection_init" | "ping" | "pong":
            return isinstance(payload, dict | None)
    return False


def _is_request(payload: Any) -> bool:
    try:
        body.asked(payload)
    except Refusal:
        return False
    return True
