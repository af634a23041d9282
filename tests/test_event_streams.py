"""The door's Server-Sent Events, by the protocol of graphql-sse with distinct connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, cast

import httpx
import pytest
from starlette.types import Message

from access.throttle import Throttle
from access.tokens import TokenSigner
from api import event_streams as door
from api.body import Asked
from api.crowd import Rooms
from api.library import Library
from api.messages import Answer
from api.schema import make_schema
from schema.context import Context, Services
from tests.diary import Diary, contract
from tests.event_streams import COMPLETE, EVENTS, all_events, events
from tests.factories import a_school
from tests.hearing import Story, a_story, now
from tests.programs import serving
from tests.test_protocol import closed, opened, tell

pytestmark = pytest.mark.usefixtures("database")

HEARING = contract("MarkChanges")
_PATIENCE_SECONDS = 10
SEEN = ("next", {"data": {"__typename": "Query"}})


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


@pytest.fixture(scope="module")
async def narrow(database: str) -> AsyncIterator[Diary]:
    """Return a service with little room, for pages of one other origin."""
    room = {"MAX_SOCKETS_PER_SESSION": "2", "MAX_SUBSCRIPTIONS_PER_SESSION": "1"}
    allowed = {"ALLOWED_ORIGINS": "https://diary.example"}
    with serving(DATABASE_URL=database, **room, **allowed) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)


async def test_a_subscription_is_told_event_by_event(story: Story) -> None:
    async with events(story.parent, HEARING, after=await now(story.school)) as stream:
        first = await stream.block()
        marks = [await story.record(value) for value in (5, 4)]
        told = [(await stream.next())["data"]["markChanges"]["markId"] for _ in marks]

    assert first == ":"
    assert told == marks
    assert stream.response.status_code == 200
    found = stream.response.headers
    assert found["content-type"] == f"{EVENTS}; charset=utf-8"
    assert (found["cache-control"], found["x-accel-buffering"]) == ("no-store", "no")
    assert "content-length" not in found


async def test_whoever_resumes_after_a_cursor_hears_what_was_missed(story: Story) -> None:
    async with events(story.parent, HEARING, after=await now(story.school)) as stream:
        await story.record()
        cursor = (await stream.next())["data"]["markChanges"]["cursor"]
    missed = [await story.record(value) for value in (3, 2)]
    async with events(story.parent, HEARING, after=cursor) as stream:
        told = [(await stream.next())["data"]["markChanges"]["markId"] for _ in missed]

    assert told == missed


async def test_queries_and_mutations_are_one_event(diary: Diary) -> None:
    teacher = await (await a_school()).teacher()
    account = await teacher.account()
    given = {"login": account.login, "password": account.password}

    (kind, signed_in), end = await all_events(diary.nobody, contract("SignIn"), input=given)
    token = signed_in["data"]["signIn"]["session"]["accessToken"]
    client = diary.nobody
    client.token = token
    seen = await all_events(client, "{ viewer { login } }")

    assert (kind, end) == ("next", COMPLETE)
    assert seen == [("next", {"data": {"viewer": {"login": account.login}}}), COMPLETE]


@pytest.mark.parametrize(
    ("document", "code", "has_run"),
    [
        ("{ __typename", "BAD_USER_INPUT", False),
        ("{ nothing }", "BAD_USER_INPUT", False),
        ("subscription { markChanges { nothing } }", "BAD_USER_INPUT", False),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT", False),
        ("subscription { markChanges { cursor } }", "UNAUTHENTICATED", True),
        ('subscription { markChanges(after: "x") { cursor } }', "UNAUTHENTICATED", True),
    ],
)
async def test_what_cannot_begin_is_told_by_an_event_of_its_own(
    diary: Diary, document: str, code: str, has_run: bool
) -> None:
    (kind, payload), end = await all_events(diary.nobody, document)

    assert (kind, end) == ("next", COMPLETE)
    assert {error["extensions"]["code"] for error in payload["errors"]} == {code}
    assert ("data" in payload) is has_run


async def test_a_cursor_that_is_none_ends_the_stream_at_once(story: Story) -> None:
    (kind, payload), end = await all_events(story.parent, HEARING, after="x")

    assert (kind, end) == ("next", COMPLETE)
    assert [error["extensions"]["code"] for error in payload["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("method", "body", "kind", "status"),
    [
        ("GET", b"", "application/json", 405),
        ("POST", b"{}", "text/plain", 415),
        ("POST", b"{", "application/json", 400),
        ("POST", b"[]", "application/json", 400),
    ],
)
async def test_what_is_no_request_is_refused_as_json(
    diary: Diary, method: str, body: bytes, kind: str, status: int
) -> None:
    url = f"{diary.url}/graphql?query=%7B__typename%7D"
    headers = {"Accept": EVENTS, "Content-Type": kind}
    answer = await diary.http.request(method, url, content=body, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/*", EVENTS),
        (f"{EVENTS}, application/json;q=0.9", EVENTS),
        (f"application/json, {EVENTS}", "application/json"),
        (f"{EVENTS};q=0.1, */*", "application/json"),
        (f"{EVENTS}, multipart/mixed", EVENTS),
    ],
)
async def test_events_are_negotiated_as_any_other_form(
    diary: Diary, accept: str, kind: str
) -> None:
    asked = {"query": "{ __typename }"}
    answer = await diary.http.post(f"{diary.url}/graphql", json=asked, headers={"Accept": accept})

    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"


async def test_connections_and_streams_are_counted_with_those_of_sockets(narrow: Diary) -> None:
    account = await (await (await a_school()).teacher()).account()
    teacher, elsewhere = [await narrow.sign_in(account) for _ in range(2)]
    hearing = "subscription ($after: String) { markChanges(after: $after) { cursor } }"
    async with AsyncExitStack() as stack:
        stream = await stack.enter_async_context(events(teacher, hearing))
        assert await stream.block() == ":"
        await stack.enter_async_context(teacher.socket())
        no_socket, *_ = await all_events(teacher, "{ __typename }")
        async with opened(narrow.url) as connection:
            await tell(connection, {"type": "connection_init", "payload": teacher.headers})
            assert await closed(connection) == ([], 4429)
    async with events(elsewhere, hearing) as stream:
        assert await stream.block() == ":"
        no_stream, *_ = await all_events(elsewhere, hearing)
        assert await all_events(elsewhere, "{ __typename }") == [SEEN, COMPLETE]

    assert [_message(each) for each in (no_socket, no_stream)] == [
        "At most 2 sockets of one session.",
        "At most 1 operations at once over all sockets of a session.",
    ]
    # That a client has gone is noticed a moment later.
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while "At most" in (said := _message((await all_events(teacher, hearing, after="?"))[0])):
            pass
    assert said == "This is not a cursor."


def _message(event: Any) -> str:
    _, payload = event
    message: str = payload["errors"][0]["message"]
    return message


async def test_an_ended_session_ends_the_stream_and_says_so(story: Story) -> None:
    async with events(story.parent, HEARING) as stream:
        assert await stream.block() == ":"
        await story.parent.do("SignOut")
        payload = await stream.next()
        end = await stream.event()

    assert payload["data"] is None
    assert [error["extensions"]["code"] for error in payload["errors"]] == ["FORBIDDEN"]
    assert end == COMPLETE


async def test_a_page_of_ours_may_listen(narrow: Diary) -> None:
    async def origin_allowed(origin: str) -> str | None:
        headers = {"Origin": origin}
        async with events(narrow.nobody, "{ __typename }", headers) as stream:
            allowed: str | None = stream.response.headers.get("access-control-allow-origin")
            return allowed

    assert await origin_allowed("https://diary.example") == "https://diary.example"
    assert await origin_allowed("https://evil.example") is None


async def test_a_silent_connection_is_kept_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HEARTBEAT_SECONDS", 0.001)
    services = Services(TokenSigner("s" * 32), Throttle("s"), wake=cast(Any, None), live=None)
    schema = make_schema(introspection=False)
    telling = door.EventStreams(schema, Library(schema.documents), Rooms())
    sent: asyncio.Queue[Message] = asyncio.Queue()
    received: asyncio.Queue[Message] = asyncio.Queue()
    context = Context(services, "request-1", "", "", None)

    async def never() -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    work = telling.tell(Asked("{ __typename }"), context, never, received.get, sent.put)
    task = asyncio.create_task(work)
    async with asyncio.timeout(5):
        start, *beats = [await sent.get() for _ in range(4)]
        received.put_nowait({"type": "http.disconnect"})
        await task

    assert start["status"] == 200
    beat = {"type": "http.response.body", "body": b":\n\n", "more_body": True}
    assert beats == [beat] * 3
