"""The view by itself, where a client cannot bring it: at the end of its patience, and at fault."""

import asyncio
import json
from datetime import timedelta
from typing import Any, cast

import pytest
from starlette.types import Message

from access.throttle import Throttle
from access.tokens import TokenSigner
from api.crowd import Rooms
from api.library import Library
from api.schema import make_schema
from api.view import DiaryView
from schema.context import Services
from tests.test_protocol import ACK, INIT, TRANSPORT, subscribe


async def test_a_client_that_never_begins_is_closed_with_4408() -> None:
    view = a_view(patience_for_init=timedelta(milliseconds=50))
    assert await spoken(view, 4408) == [{"type": "websocket.close", "code": 4408}]


async def test_a_fault_of_ours_closes_with_4500(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Иванов")

    monkeypatch.setattr(Library, "find", broken)
    ack, end = await spoken(a_view(), 4500, INIT, subscribe("{ __typename }"))
    assert json.loads(ack["text"]) == ACK
    assert end == {"type": "websocket.close", "code": 4500}


def a_view(**options: Any) -> DiaryView:
    """The view alone, without a server around it."""
    services = Services(TokenSigner("s" * 32), Throttle("s"), wake=cast(Any, None), live=None)
    schema = make_schema(introspection=False)
    library = Library(schema.documents)
    return DiaryView(schema, services, (), library=library, rooms=Rooms(), **options)


async def spoken(view: DiaryView, code: int, *messages: Any) -> list[Any]:
    """What the view sends, its reasons apart, to a client that closes with the same code."""
    came: asyncio.Queue[Message] = asyncio.Queue()
    sent: asyncio.Queue[Message] = asyncio.Queue()
    came.put_nowait({"type": "websocket.connect"})
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "headers": [],
        "query_string": b"",
        "subprotocols": [TRANSPORT],
        "state": {"request_id": "request-1"},
    }

    for message in messages:
        came.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
    speaking = asyncio.create_task(view(scope, came.get, sent.put))
    async with asyncio.timeout(5):
        accepted = await sent.get()
        told = [dict(await sent.get())]
        while told[-1]["type"] != "websocket.close":
            told.append(dict(await sent.get()))
        came.put_nowait({"type": "websocket.disconnect", "code": code})
        await speaking
    assert (accepted["type"], accepted["subprotocol"]) == ("websocket.accept", TRANSPORT)
    assert told[-1].pop("reason")
    return told
