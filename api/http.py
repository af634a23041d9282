"""GraphQL over HTTP, as its specification of September 2026 says: one request, one answer."""

import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

import structlog
from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from api import answers, body, messages, negotiation, statuses
from api.body import Asked, Refusal
from api.crowd import Rooms
from api.event_streams import EventStreams
from api.library import Library
from api.messages import Answer, Request
from api.negotiation import Media
from api.schema import DiarySchema
from api.statuses import RETRY_SECONDS
from errors import BadUserInput
from schema.context import Context, Services
from service import metrics
from service.streams import stay_open, unfinished

log = structlog.get_logger()

_ALLOWED = b"OPTIONS, POST"
_VARY = (b"vary", b"Accept, Accept-Encoding")
# Below it an answer fits a packet or two whatever is done.
_COMPRESSED_FROM = 2 * 1024
# Gzip with a window of 8 kB: 14 kB take 15 microseconds, and with zlib's own choice, which clears
# 256 kB first, 60; they come out as small.
_GZIP_WINDOW = 16 + 13
_GZIP_MEMORY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What an installation may choose of how HTTP is spoken.

    `strict` follows the statuses of September 2026 to the letter, 422 and 294 among them; without
    it clients get what they knew before it: 400 and 200, and 200 for whatever is plain JSON.
    """

    seconds_for_body: float
    most_bytes: int
    strict: bool
    development: bool


class _Reply(NamedTuple):
    status: int
    media: Media
    content: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Http:
    """The endpoint's HTTP side, as an ASGI application."""

    def __init__(
        self,
        schema: DiarySchema,
        services: Services,
        library: Library,
        manners: Manners,
        rooms: Rooms,
    ) -> None:
        self._schema = schema
        self._services = services
        self._library = library
        self._manners = manners
        self._event_streams = EventStreams(schema, library, rooms)
        self._preferred = Media.GRAPHQL if manners.strict else Media.JSON
        of_outcomes = statuses.STRICT if manners.strict else statuses.COMMON
        # What an answer's head says, by the form that was agreed on and how the request ended.
        self._heads = {
            (media, outcome): (status, self._told_as(media, status))
            for media, by_outcome in of_outcomes.items()
            for outcome, status in by_outcome.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "OPTIONS":
            await _send(send, HTTPStatus.NO_CONTENT, ((b"allow", _ALLOWED),))
            return
        headers = _headers(scope)
        media = negotiation.acceptable(headers.get("accept", ""), self._preferred)
        try:
            media = _checked(scope["method"], headers, media)
            asked = await self._asked(headers, receive)
            if asked is not None and media is Media.EVENTS:
                await self._tell_events(asked, scope, headers, receive, send)
                return
            reply = asked and await self._reply(asked, scope, headers, media)
        except Refusal as refusal:
            reply = self._refusal(refusal, media or self._preferred)
        if reply is not None:
            _counter(reply.status).count()
            await _send_reply(send, reply, headers.get("accept-encoding", ""))
            if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                await body.ignore_rest(receive)
                await send({"type": "http.response.body"})

    async def _asked(self, headers: Mapping[str, str], receive: Receive) -> Asked | None:
        """What the body asks; None where the client went away. Raises `Refusal`."""
        manners = self._manners
        body.check_length(headers.get("content-length", ""), manners.most_bytes)
        content = await body.read(receive, manners.seconds_for_body, manners.most_bytes)
        return None if content is None else body.asked(body.decoded(content))

    async def _tell_events(
        self, asked: Asked, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        _counter(HTTPStatus.OK).count()
        stay_open(scope)
        context = self._context(scope, headers, asked)

        async def answer() -> Answer:
            with unfinished(scope):
                return await self._answer(asked, scope, headers)

        await self._event_streams.tell(asked, context, answer, receive, send)

    async def _reply(
        self, asked: Asked, scope: Scope, headers: Mapping[str, str], media: Media
    ) -> _Reply:
        began = time.perf_counter()
        answer = await self._answer(asked, scope, headers)
        metrics.DURATIONS.observe(time.perf_counter() - began)
        status, told_as = self._heads[media, answer.outcome]
        return _Reply(status, told_as, answer.body, _ANSWERED_WITH.get(status, ()))

    async def _answer(self, asked: Asked, scope: Scope, headers: Mapping[str, str]) -> Answer:
        try:
            prepared = self._library.find(asked.query, asked.document_id, asked.extensions)
        except GraphQLError as error:
            return messages.refused([error])
        request = self._request(asked)
        claims = self._services.signer.bearer(headers.get("authorization"))
        try:
            planned = await self._schema.planned(prepared, request, claims)
            if planned is not None:
                return planned
            return await self._schema.answer(
                prepared, request, self._context(scope, headers, asked)
            )
        except Exception as error:  # noqa: BLE001 — whatever it is, the client is told a code
            unexpected = GraphQLError("", original_error=error)
            told = answers.told(unexpected, scope["state"]["request_id"])
            return messages.refused([told], answers.outcome([told]))

    def _request(self, asked: Asked) -> Request:
        if not self._manners.development:
            return Request(asked.operation_name, asked.variables)
        return Request(
            asked.operation_name,
            asked.variables,
            planner=asked.extensions.get("planner") is not False,
            explain=asked.extensions.get("explain") is True,
        )

    def _context(self, scope: Scope, headers: Mapping[str, str], asked: Asked) -> Context:
        client = scope.get("client")
        return Context(
            services=self._services,
            request_id=scope["state"]["request_id"],
            address=client[0] if client else "",
            user_agent=headers.get("user-agent", ""),
            authorization=headers.get("authorization"),
            idempotency_key=headers.get("idempotency-key", asked.idempotency_key),
        )

    def _refusal(self, refusal: Refusal, media: Media) -> _Reply:
        status = refusal.status
        if status is HTTPStatus.UNPROCESSABLE_ENTITY and not self._manners.strict:
            status = HTTPStatus.BAD_REQUEST
        error = GraphQLError(str(refusal), extensions={"code": BadUserInput.code})
        content = messages.refused([error]).body
        return _Reply(status, self._told_as(media, status), content, _REFUSED_WITH.get(status, ()))

    def _told_as(self, media: Media, status: int) -> Media:
        """The form of an answer; plain JSON cannot be trusted to be GraphQL's where it failed."""
        if media is Media.EVENTS:
            return self._preferred
        is_success = status < HTTPStatus.MULTIPLE_CHOICES
        return Media.GRAPHQL if self._manners.strict and not is_success else media


_ANSWERED_WITH: Mapping[int, tuple[tuple[bytes, bytes], ...]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: ((b"retry-after", b"%d" % RETRY_SECONDS),),
}
# Nobody waits for what is left of a body that was not read.
_CLOSING = ((b"connection", b"close"),)
_REFUSED_WITH: Mapping[int, tuple[tuple[bytes, bytes], ...]] = {
    HTTPStatus.METHOD_NOT_ALLOWED: ((b"allow", _ALLOWED),),
    HTTPStatus.REQUEST_TIMEOUT: _CLOSING,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _CLOSING,
}


def _checked(method: str, headers: Mapping[str, str], media: Media | None) -> Media:
    """The form of the answer, where all that is known before the body is as it should be."""
    if method != "POST":
        raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Operations are sent by POST.")
    if media is None:
        raise Refusal(HTTPStatus.NOT_ACCEPTABLE, f"Answers are {' or '.join(Media)}.")
    if not negotiation.is_json(headers.get("content-type", "")):
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is application/json in UTF-8.")
    if headers.get("content-encoding", "identity") != "identity":
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not compressed.")
    return media


@lru_cache(maxsize=64)
def _counter(status: int) -> metrics.Series:
    return metrics.REQUESTS.of(status=str(int(status)))


_WANTED = {
    name.encode(): name
    for name in (
        *("accept", "accept-encoding", "authorization", "content-encoding", "content-length"),
        *("content-type", "idempotency-key", "user-agent"),
    )
}


def _headers(scope: Scope) -> dict[str, str]:
    """The headers that matter here; one that comes twice is joined, as HTTP says."""
    headers: dict[str, str] = {}
    for given, value in scope["headers"]:
        name = _WANTED.get(given)
        if name is not None:
            text = value.decode("latin-1")
            headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers


async def _send_reply(send: Send, reply: _Reply, accept_encoding: str) -> None:
    content = reply.content
    head = [(b"content-type", reply.media.header), _VARY, *reply.headers]
    # No answer holds both a secret and what a foreign page could make a browser send along: who
    # asks is told by a header and never by a cookie. So compression gives nothing away.
    if len(content) >= _COMPRESSED_FROM and negotiation.takes_gzip(accept_encoding):
        packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP_WINDOW, _GZIP_MEMORY)
        content = packer.compress(content) + packer.flush()
        head.append((b"content-encoding", b"gzip"))
    head.append((b"content-length", str(len(content)).encode()))
    is_all = reply.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    await _send(send, reply.status, head, content, is_all=is_all)


async def _send(
    send: Send,
    status: int,
    headers: Sequence[tuple[bytes, bytes]],
    content: bytes = b"",
    *,
    is_all: bool = True,
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": not is_all})
