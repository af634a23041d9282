"""GraphQL over Server-Sent Events: one operation and all it answers over one connection."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

from graphql import GraphQLError
from starlette.types import Receive, Send

from api import messages
from api.body import Asked
from api.crowd import Rooms, who
from api.documents import Prepared
from api.library import Library
from api.messages import Answer
from api.negotiation import Media
from api.schema import DiarySchema
from api.streams import Refused, answers_of
from schema.context import Context

HEARTBEAT_SECONDS = 12.0
"""How long a connection is silent at most: proxies give up silent ones after 30 seconds and more,
and a client that is gone is found out by writing to it."""
_HEARTBEAT = b":\n\n"
_NEXT = b"event: next\ndata: %b\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"
_HEAD = (
    (b"content-type", Media.EVENTS.header),
    (b"cache-control", b"no-store"),
    # What nginx and those like it hold back until it is a whole page otherwise.
    (b"x-accel-buffering", b"no"),
    (b"vary", b"Accept"),
)


class EventStreams:
    """Tells operations by the protocol of `graphql-sse`, in its mode of distinct connections."""

    def __init__(self, schema: DiarySchema, library: Library, rooms: Rooms) -> None:
        self._schema = schema
        self._library = library
        self._rooms = rooms

    async def tell(
        self,
        asked: Asked,
        context: Context,
        answer: Callable[[], Awaitable[Answer]],
        receive: Receive,
        send: Send,
    ) -> None:
        """Tell what was asked until it ends, or until the client is gone.

        `answer` gives the one answer of whatever is no subscription.
        """
        status = HTTPStatus.OK
        await send({"type": "http.response.start", "status": status, "headers": _HEAD})
        texts = self._texts(asked, context, answer)
        if await _is_first(_write(texts, send), _keep_up(send), _gone(receive)):
            await send({"type": "http.response.body", "body": _COMPLETE})

    async def _texts(
        self, asked: Asked, context: Context, answer: Callable[[], Awaitable[Answer]]
    ) -> AsyncGenerator[bytes, None]:
        """The payloads of all `next`; whatever is refused is told by one of them."""
        place = who(context.claims, context.address)
        if not self._rooms.sockets.enter(place):
            yield messages.refused([self._rooms.no_socket_left]).body
            return
        try:
            prepared = self._subscription(asked)
            if prepared is None:
                yield (await answer()).body
            else:
                async with aclosing(self._heard(prepared, asked, context)) as heard:
                    async for each in heard:
                        yield each
        finally:
            self._rooms.sockets.leave(place)

    def _subscription(self, asked: Asked) -> Prepared | None:
        """The document, where a subscription is meant."""
        try:
            prepared = self._library.find(asked.query, asked.document_id, asked.extensions)
        except GraphQLError:
            return None
        return prepared if prepared.is_subscription(asked.operation_name) else None

    async def _heard(
        self, prepared: Prepared, asked: Asked, context: Context
    ) -> AsyncGenerator[bytes, None]:
        place = who(context.claims, context.address)
        if not self._rooms.streams.enter(place):
            yield messages.refused([self._rooms.no_stream_left]).body
            return
        try:
            name, variables = asked.operation_name, asked.variables or {}
            stream = await self._schema.subscribe_to(prepared, name, variables, context)
            async with aclosing(answers_of(stream, context)) as answers:
                async for each in answers:
                    yield each
        except Refused as refused:
            told = refused.errors
            has_run = refused.has_run
            yield (messages.answered(None, told) if has_run else messages.refused(told)).body
        finally:
            self._rooms.streams.leave(place)


async def _write(texts: AsyncGenerator[bytes, None], send: Send) -> None:
    async with aclosing(texts):
        async for text in texts:
            await send({"type": "http.response.body", "body": _NEXT % text, "more_body": True})


async def _keep_up(send: Send) -> None:
    while True:
        await send({"type": "http.response.body", "body": _HEARTBEAT, "more_body": True})
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _is_first(*works: Coroutine[Any, Any, None]) -> bool:
    """Do all of them until one ends, and stop the others; whether the first of them ended.

    Raises what the first has raised.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_first = tasks[0].done()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    if is_first:
        tasks[0].result()
    return is_first
