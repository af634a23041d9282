"""GraphQL over WebSocket (graphql-transport-ws), by Strawberry's view."""

from collections.abc import Collection, Hashable
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
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    SubscribeMessage,
)

from api import body
from api.body import Refusal
from api.crowd import Crowd, who
from api.library import Library
from api.limits import DEFAULTS, Limits
from api.schema import DiarySchema
from errors import BadUserInput
from schema.context import Context, Services

_PATIENCE_FOR_INIT = timedelta(seconds=10)
_TOO_MANY_SOCKETS = 4429
_INVALID = "The message is not one of graphql-transport-ws."


class _Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Closes with 4400 on whatever is no message, where the protocol's shape says so.

    Sockets and operations are counted by session, and those of nobody by their address.
    """

    view: "DiaryView"
    _place: Hashable = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._running: set[Operation[Context, None] | None] = set()

    async def handle_message(self, message: Any) -> None:
        """Take one message."""
        if _is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message(_INVALID)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Acknowledge the client; one socket too many is closed with 4429."""
        if self._place is None:
            self.context.connection_params = message.get("payload")
            place = who(self.context.claims, self.context.address)
            if not self.view.sockets.enter(place):
                most = self.view.limits.sockets_per_session
                reason = f"At most {most} sockets of one session."
                await self.websocket.close(code=_TOO_MANY_SOCKETS, reason=reason)
                return
            self._place = place
        await super().handle_connection_init(message)

    async def shutdown(self) -> None:
        """End what goes on, and give the socket's place back."""
        try:
            await super().shutdown()
        finally:
            if self._place is not None:
                self.view.sockets.leave(self._place)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation; one too many is refused with a code, as all refusals are."""
        number, most = message["id"], self.view.limits.operations_per_socket
        if number not in self.operations and len(self.operations) >= most:
            await self._refuse(number, _too_many(f"{most} operations at once over one socket"))
            return
        asked = body.asked(message["payload"])
        try:
            prepared = self.view.library.find(asked.query, asked.document_id, asked.extensions)
        except GraphQLError as error:
            await self._refuse(number, error)
        else:
            message["payload"]["query"] = prepared.text
            await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run it, unless the session has as many as it may have."""
        if not self.view.streams.enter(self._place):
            most = self.view.limits.subscriptions_per_session
            error = _too_many(f"{most} operations at once over all sockets of a session")
            await operation.send_initial_errors([error])
            return
        self._running.add(operation)
        try:
            await super().run_operation(operation)
        finally:
            self._give_back(operation)

    async def cleanup_operation(self, operation_id: str) -> None:
        """End an operation; its place is free at once, though its task ends a little later."""
        operation = self.operations.get(operation_id)
        await super().cleanup_operation(operation_id)
        self._give_back(operation)

    def _give_back(self, operation: Operation[Context, None] | None) -> None:
        if operation in self._running:
            self._running.discard(operation)
            self.view.streams.leave(self._place)

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
        limits: Limits = DEFAULTS,
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
        self.limits = limits
        self.sockets = Crowd(limits.sockets_per_session)
        self.streams = Crowd(limits.subscriptions_per_session)
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


def _too_many(what: str) -> GraphQLError:
    return GraphQLError(f"At most {what}.", extensions={"code": BadUserInput.code})


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
