"""GraphQL over WebSocket (graphql-transport-ws), by Strawberry's view."""

from collections.abc import Awaitable, Collection, Hashable
from copy import copy
from datetime import timedelta
from typing import Any

import orjson
import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    PingMessage,
    SubscribeMessage,
)
from strawberry.types.execution import ExecutionResult

from api import body
from api.body import Refusal
from api.crowd import Rooms, too_many, who
from api.documents import Prepared
from api.library import Library
from api.schema import DiarySchema
from api.streams import Refused, follow
from errors import SessionEnded
from schema.context import Context, Services
from service.streams import WRITE, framed, owed, unfinished
from subscriptions.stream import Stream

log = structlog.get_logger()

_PATIENCE_FOR_INIT = timedelta(seconds=10)
_FORBIDDEN = 4403
_TOO_MANY_SOCKETS = 4429
_IN_USE = 4409
_FAILED = 4500
# Bytes; a frame of control has no more (RFC 6455, 5.5).
_LONGEST_REASON = 123
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
        self._streams: dict[str, Stream] = {}
        # Of operations that have not begun yet, by their ids.
        self._keys: dict[str, str | None] = {}
        self._session_id: int | None = None

    @property
    def _socket(self) -> WebSocket:
        adapter: Any = self.websocket
        socket: WebSocket = adapter.ws
        return socket

    async def handle_message(self, message: Any) -> None:
        """Take one message; whatever befalls it, the client is told by a code."""
        if not _is_message(message):
            await self.handle_invalid_message(_INVALID)
            return
        try:
            await super().handle_message(message)
        except WebSocketDisconnect:
            raise
        except Exception:
            log.exception("graphql.message_failed", type=message["type"])
            await self.websocket.close(code=_FAILED, reason="Something went wrong on our side.")

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Acknowledge the client.

        A token that does not count is refused with 4403, and one socket too many with 4429.
        """
        if self._place is None:
            self.context.connection_params = message.get("payload")
            if not await self.context.is_credible():
                reason = "This token does not count: sign in, or send none."
                await self.websocket.close(code=_FORBIDDEN, reason=reason)
                return
            place = who(self.context.claims, self.context.address)
            rooms = self.view.rooms
            if not rooms.sockets.enter(place):
                reason = rooms.no_socket_left.message
                await self.websocket.close(code=_TOO_MANY_SOCKETS, reason=reason)
                return
            self._place = place
            claims = self.context.claims
            self._session_id = claims.session_id if claims else None
        # Strawberry takes no null there, which the protocol's own implementation does.
        payload = message.get("payload") or {}
        await super().handle_connection_init({"type": "connection_init", "payload": payload})

    async def shutdown(self) -> None:
        """End what goes on, and give the socket's place back."""
        try:
            await super().shutdown()
        finally:
            if self._place is not None:
                self.view.rooms.sockets.leave(self._place)

    async def handle_ping(self, message: PingMessage) -> None:
        """Answer, and take a newer token of the session where the ping brings one.

        `connection_init` is possible once only. The pong says under `authorization` whether the
        token counts from now on: `RENEWED` or `REFUSED`.
        """
        payload = message.get("payload")
        if not payload or "authorization" not in {name.lower() for name in payload}:
            await super().handle_ping(message)
            return
        renewed = "RENEWED" if self._renewed(payload) else "REFUSED"
        await self.send_message({"type": "pong", "payload": {"authorization": renewed}})

    def _renewed(self, payload: dict[str, object]) -> bool:
        """Take the payload's token, where it is one of the session that the socket began with."""
        renewing = copy(self.context)
        renewing.connection_params = payload
        renewing.authorization = None
        claims = renewing.claims
        if claims is None or claims.session_id != self._session_id:
            return False
        self.context.authorization, self.context.connection_params = None, payload
        for stream in self._streams.values():
            stream.claims = claims
        return True

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation; one too many is refused with a code, as all refusals are."""
        number, most = message["id"], self.view.rooms.limits.operations_per_socket
        if self.connection_acknowledged and number in self.operations:
            await self.websocket.close(code=_IN_USE, reason=_in_use(number))
            return
        if len(self.operations) >= most:
            await self._refuse(number, too_many(f"{most} operations at once over one socket"))
            return
        asked = body.asked(message["payload"])
        try:
            prepared = self.view.library.find(asked.query, asked.document_id, asked.extensions)
        except GraphQLError as error:
            await self._refuse(number, error)
        else:
            message["payload"]["query"] = prepared.text
            self._keys[number] = asked.idempotency_key
            await super().handle_subscribe(message)
            if number not in self.operations:
                del self._keys[number]

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run it, unless the session has as many as it may have."""
        rooms = self.view.rooms
        if not rooms.streams.enter(self._place):
            await operation.send_initial_errors([rooms.no_stream_left])
            return
        self._running.add(operation)
        try:
            prepared = self.view.diary.documents.prepared(operation.query)
            if prepared.is_subscription(operation.operation_name):
                await self._stream(operation, prepared)
            else:
                with unfinished(self._socket.scope):
                    await super(_Handler, self._under_its_key(operation)).run_operation(operation)
        finally:
            self._keys.pop(operation.id, None)
            self._give_back(operation)

    def _under_its_key(self, operation: Operation[Context, None]) -> "_Handler":
        """This handler, as it runs the operation: one socket has operations of different keys."""
        own = copy(self)
        own.context = copy(self.context)
        own.context.idempotency_key = self._keys.get(operation.id)
        return own

    async def _stream(self, operation: Operation[Context, None], prepared: Prepared) -> None:
        """Tell what a subscription hears, until it ends."""
        name, variables = operation.operation_name, operation.variables or {}
        try:
            stream = await self.view.diary.subscribe_to(prepared, name, variables, self.context)
        except Refused as refused:
            await _tell_refusal(operation, refused)
            return
        # A newer token may have come while it began.
        stream.claims = self.context.claims or stream.claims
        self._streams[operation.id] = stream
        try:
            with owed(self._socket.scope, only_latest=stream.hearing.only_latest):
                ended = await follow(stream, self.context, _Outlet(self._socket, operation.id))
        finally:
            self._streams.pop(operation.id, None)
        await operation.send_operation_message({"id": operation.id, "type": "complete"})
        # All streams of a session end together, and each says so.
        if isinstance(ended, SessionEnded) and not self._streams:
            await self.websocket.close(code=_FORBIDDEN, reason="The session has ended.")

    async def cleanup_operation(self, operation_id: str) -> None:
        """End an operation; its place is free at once, though its task ends a little later."""
        operation = self.operations.get(operation_id)
        await super().cleanup_operation(operation_id)
        self._give_back(operation)

    def _give_back(self, operation: Operation[Context, None] | None) -> None:
        if operation in self._running:
            self._running.discard(operation)
            self.view.rooms.streams.leave(self._place)

    async def _refuse(self, number: str, error: GraphQLError) -> None:
        await self.send_message({"id": number, "type": "error", "payload": [error.formatted]})


class _Outlet:
    """The way to one operation of one socket."""

    def __init__(self, socket: WebSocket, number: str) -> None:
        # What stands around an answer that others may be sent as well.
        self._before = b'{"id":%b,"type":"next","payload":' % orjson.dumps(number)
        self._write = socket.scope["state"][WRITE]

    def write(self, answer: bytes) -> Awaitable[None] | None:
        """Send an answer."""
        rest: Awaitable[None] | None = self._write(framed(self._before, answer, b"}"))
        return rest


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
        rooms: Rooms,
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
        self.diary = schema
        self.library = library
        self.rooms = rooms
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
        )

    def encode_json(self, data: object) -> str:
        """JSON as text: bytes would make a socket's frames binary."""
        return orjson.dumps(data).decode()

    def decode_json(self, data: str | bytes) -> object:
        """Any JSON; raises json.JSONDecodeError."""
        return orjson.loads(data)


async def _tell_refusal(operation: Operation[Context, None], refused: Refused) -> None:
    if not refused.has_run:
        await operation.send_initial_errors(refused.errors)
        return
    await operation.send_next(ExecutionResult(None, refused.errors))
    await operation.send_operation_message({"id": operation.id, "type": "complete"})


def _in_use(number: str) -> str:
    """The protocol's own words, without an id that makes them longer than a reason can be."""
    reason = f"Subscriber for {number} already exists"
    is_short = len(reason.encode()) <= _LONGEST_REASON
    return reason if is_short else "Subscriber for this id already exists"


def _is_message(message: Any) -> bool:
    """Whether the message has the shape that the protocol demands of its type."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    payload = message.get("payload")
    match message["type"]:
        case "subscribe":
            return _is_id(message.get("id")) and _is_request(payload)
        case "complete":
            return _is_id(message.get("id"))
        case "connection_init" | "ping" | "pong":
            return isinstance(payload, dict | None)
    return False


def _is_id(number: Any) -> bool:
    return isinstance(number, str) and number != ""


def _is_request(payload: Any) -> bool:
    try:
        body.asked(payload)
    except Refusal:
        return False
    return True
