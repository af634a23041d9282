"""The door's WebSocket side: graphql-transport-ws as its specification says, whatever is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from strawberry.types.execution import PreExecutionError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from access.throttle import Throttle
from access.tokens import ACCESS_LIFE, Claims, TokenSigner
from api import planned
from api.schema import make_schema
from models import Session
from schema import context
from schema.context import Context, Services
from tests.diary import Diary, contract
from tests.factories import a_person, a_school
from tests.programs import serving

pytestmark = pytest.mark.usefixtures("database")

INIT = {"type": "connection_init"}
ACK = {"type": "connection_ack"}
TRANSPORT = "graphql-transport-ws"
HEARING = "subscription { markChanges { cursor } }"
COSTLY = (
    "{ "
    + " ".join(f"m{number}: municipalities {{ settlements {{ id }} }}" for number in range(50))
    + " }"
)
SEEN = {"data": {"__typename": "Query"}}


def subscribe(query: Any, number: Any = "1", **payload: Any) -> dict[str, Any]:
    return {"type": "subscribe", "id": number, "payload": {"query": query, **payload}}


def next_(payload: Any, number: str = "1") -> dict[str, Any]:
    return {"type": "next", "id": number, "payload": payload}


def complete(number: str = "1") -> dict[str, Any]:
    return {"type": "complete", "id": number}


@asynccontextmanager
async def opened(
    url: str, protocol: str = TRANSPORT, origin: str | None = None
) -> AsyncIterator[ClientConnection]:
    async with connect(
        f"{url.replace('http', 'ws', 1)}/graphql",
        subprotocols=[Subprotocol(protocol)],
        origin=Origin(origin) if origin else None,
    ) as connection:
        yield connection


async def tell(connection: ClientConnection, *messages: Any) -> None:
    """Send messages; texts and bytes as they stand, anything else as JSON."""
    for message in messages:
        raw = message if isinstance(message, str | bytes) else json.dumps(message)
        await connection.send(raw)


async def heard(connection: ClientConnection, count: int = 1) -> list[Any]:
    async with asyncio.timeout(5):
        return [json.loads(await connection.recv()) for _ in range(count)]


async def closed(connection: ClientConnection) -> tuple[list[Any], int | None]:
    """What comes until the server closes, and its code."""
    messages = []
    async with asyncio.timeout(5):
        try:
            while True:
                messages.append(json.loads(await connection.recv()))
        except ConnectionClosed:
            return messages, connection.close_code


async def answered(url: str, *messages: Any, init: Any = INIT, count: int = 1) -> list[Any]:
    """What a new socket hears after its acknowledgement."""
    async with opened(url) as connection:
        await tell(connection, init, *messages)
        acknowledgement, *rest = await heard(connection, 1 + count)
    assert acknowledgement == ACK
    return rest


def error_of(message: Any) -> tuple[str, str, str]:
    (error,) = message["payload"]
    return message["type"], message["id"], error["extensions"]["code"]


MALFORMED = {
    "list": "[]",
    "string": '"x"',
    "number": "1",
    "null": "null",
    "no JSON": "{",
    "nothing": "",
    "NaN": "NaN",
    "lone surrogate": '{"type":"ping","payload":{"a":"\\ud800"}}',
    "nested deeply": '{"type":"ping","payload":{"a":' + "[" * 50_000 + "]" * 50_000 + "}}",
    "number of 5000 digits": '{"type":"ping","payload":{"a":' + "9" * 5000 + "}}",
    "binary frame": b'{"type":"ping"}',
    "no type": {},
    "type is no text": {"type": 1},
    "unknown type": {"type": "start"},
    "what only a server says": ACK,
    "a server's next": next_(SEEN),
    "a server's error": {"type": "error", "id": "1", "payload": []},
    "unknown type, longer than a close frame": {"type": "я" * 300},
    "ping with a list": {"type": "ping", "payload": []},
    "complete without id": {"type": "complete"},
    "subscribe without id": {"type": "subscribe", "payload": {"query": "{ __typename }"}},
    "id is an object": subscribe("{ __typename }", {}),
    "id is empty": subscribe("{ __typename }", ""),
    "complete with an empty id": complete(""),
    "id is a number": subscribe("{ __typename }", 1),
    "payload is absent": {"type": "subscribe", "id": "1"},
    "payload is null": {"type": "subscribe", "id": "1", "payload": None},
    "payload is a list": {"type": "subscribe", "id": "1", "payload": []},
    "payload is a string": {"type": "subscribe", "id": "1", "payload": "x"},
    "query is null": subscribe(None),
    "query is a number": subscribe(1),
    "variables are a string": subscribe("{ __typename }", variables="x"),
    "variables are a list": subscribe("{ __typename }", variables=[]),
    "extensions are a list": subscribe("{ __typename }", extensions=[]),
    "operation name is a number": subscribe("{ __typename }", operationName=1),
}


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_no_message_closes_with_4400_and_disturbs_nobody(
    diary: Diary, message: Any
) -> None:
    async with diary.nobody.socket() as bystander, opened(diary.url) as connection:
        await tell(connection, INIT, message, INIT)
        result = await closed(connection)
        await bystander.settled()

    assert result == ([ACK], 4400)


@pytest.mark.parametrize(
    ("messages", "before", "code"),
    [
        ([INIT, INIT], [ACK], 4429),
        ([subscribe("{ __typename }")], [], 4401),
        ([{**INIT, "payload": []}], [], 4400),
        ([{**INIT, "payload": "x"}], [], 4400),
        ([subscribe("{ __typename } #" + "x" * 128 * 1024)], [], 1009),
    ],
    ids=[
        "second init",
        "subscribe before the acknowledgement",
        "init with a list",
        "init with a string",
        "message above 128 kB",
    ],
)
async def test_breaking_the_protocol_closes_with_its_code(
    diary: Diary, messages: list[Any], before: list[Any], code: int
) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, *messages)
        assert await closed(connection) == (before, code)


async def test_what_is_optional_may_be_null(diary: Diary) -> None:
    asked = subscribe("{ __typename }", operationName=None, variables=None, extensions=None)
    ping = {"type": "ping", "payload": None}
    init = {**INIT, "payload": None}
    told = await answered(diary.url, ping, asked, init=init, count=3)
    assert told == [{"type": "pong"}, next_(SEEN), complete()]


@pytest.mark.parametrize("offered", [[], ["graphql-ws"], ["other", "graphql-ws"]], ids=str)
async def test_without_the_protocol_it_closes_with_4406(diary: Diary, offered: list[str]) -> None:
    url = f"{diary.url.replace('http', 'ws', 1)}/graphql"
    protocols = [Subprotocol(each) for each in offered] or None
    async with connect(url, subprotocols=protocols) as connection:
        assert await closed(connection) == ([], 4406)


async def test_the_protocol_is_chosen_from_several(diary: Diary) -> None:
    url = f"{diary.url.replace('http', 'ws', 1)}/graphql"
    offered = [Subprotocol("graphql-ws"), Subprotocol(TRANSPORT)]
    async with connect(url, subprotocols=offered) as connection:
        await tell(connection, INIT)
        assert await heard(connection) == [ACK]
        assert connection.subprotocol == TRANSPORT


async def test_a_ping_is_answered_before_and_after_the_acknowledgement(diary: Diary) -> None:
    ping, pong = {"type": "ping", "payload": {"at": 1}}, {"type": "pong"}
    unasked = {"type": "pong", "payload": {"seen": 1}}
    async with opened(diary.url) as connection:
        await tell(connection, unasked, ping, INIT, pong, unasked, ping)
        assert await heard(connection, 3) == [pong, ACK, pong]


async def test_queries_and_mutations_go_over_a_socket_too(diary: Diary) -> None:
    teacher = await (await a_school()).teacher()
    account = await teacher.account()
    signing_in = {"input": {"login": account.login, "password": account.password}}
    asked = "query Name { viewer { login } }"

    begun = await answered(diary.url, subscribe(contract("SignIn"), variables=signing_in), count=2)
    token = begun[0]["payload"]["data"]["signIn"]["session"]["accessToken"]
    init = {**INIT, "payload": {"Authorization": f"Bearer {token}"}}
    told = await answered(diary.url, subscribe(asked, operationName="Name"), init=init, count=2)

    assert begun[1] == complete()
    assert told == [next_({"data": {"viewer": {"login": account.login}}}), complete()]


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("subscription { nothing }", {}),
        ("subscription { markChanges { cursor nothing } }", {}),
        ("{ __typename", {}),
        ('{ __typename "' + "x" * 300, {}),
        ("{ __typename }\0", {}),
        ("{a" * 400, {}),
        ("{ " + "__typename " * 2000 + "}", {}),
        ("", {}),
        ("fragment Part on Query { __typename }", {}),
        ("query A { __typename }", {"operationName": "B"}),
        ("query A { __typename } subscription B { markChanges { cursor } }", {}),
        ("query A($a: Int!) { a: __typename @skip(if: $a) }", {}),
        ("{ ... @defer { __typename } }", {}),
        (COSTLY, {}),
    ],
    ids=[
        "unknown subscription",
        "unknown field",
        "syntax",
        "long syntax error",
        "NUL",
        "nested deeply",
        "too many tokens",
        "empty",
        "no operation",
        "unknown operation",
        "operation not named",
        "variable of another type",
        "defer",
        "too costly",
    ],
)
async def test_a_document_that_cannot_run_ends_its_own_operation_alone(
    diary: Diary, query: str, given: dict[str, Any]
) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, INIT, subscribe(query, "bad", **given))
        _, bad = await heard(connection, 2)
        await tell(connection, subscribe("{ __typename }"))
        good = await heard(connection, 2)

    assert (bad["type"], bad["id"]) == ("error", "bad"), bad
    assert {error["extensions"]["code"] for error in bad["payload"]} == {"BAD_USER_INPUT"}
    assert good == [next_(SEEN), complete()]


@pytest.mark.parametrize("given", [{}, {"a": None}, {"a": []}], ids=["absent", "null", "list"])
async def test_a_variable_that_is_none_is_bad_input(diary: Diary, given: dict[str, Any]) -> None:
    document = "query A($a: ID!) { student(id: $a) { id } }"
    told, end = await answered(diary.url, subscribe(document, variables=given), count=2)

    (error,) = told["payload"]["errors"]
    assert (told["payload"]["data"], error["extensions"]) == (None, {"code": "BAD_USER_INPUT"})
    assert end == complete()


@pytest.mark.parametrize("authorization", ["", None])
async def test_who_sends_no_token_is_nobody(diary: Diary, authorization: Any) -> None:
    """The socket opens, since signing in goes over it too; what needs somebody is refused."""
    init = {**INIT, "payload": {"Authorization": authorization}}
    asked, _, streamed, ended = await answered(
        diary.url, subscribe("{ viewer { id } }"), init=init, count=2
    ) + await answered(diary.url, subscribe(HEARING), init=init, count=2)

    for message, data in ((asked, {"viewer": None}), (streamed, None)):
        assert message["payload"]["data"] == data
        (error,) = message["payload"]["errors"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert ended == complete()


@pytest.mark.parametrize(
    "authorization",
    ["Bearer x", "Bearer ", "Basic eDp4", {"Bearer": "x"}, ["Bearer x"]],
    ids=str,
)
async def test_what_is_no_token_closes_with_4403(diary: Diary, authorization: Any) -> None:
    assert await _refused(diary, authorization) == 4403


@pytest.mark.parametrize("why", ["expired", "signed out", "blocked", "forged"])
async def test_a_token_that_does_not_count_closes_with_4403(diary: Diary, why: str) -> None:
    made = await (await a_person()).account()
    moment = datetime.now(UTC)
    session = await Session.create(account=made.row, expires_at=moment + timedelta(days=1))
    ago = timedelta(hours=1) if why == "expired" else timedelta()
    signer = TokenSigner(("x" if why == "forged" else "s") * 32)
    claims = Claims(made.row.id, session.id, moment - ago + ACCESS_LIFE)
    token = f"Bearer {signer.sign(claims, moment - ago)}"
    if why in {"signed out", "blocked"}:
        assert await _refused(diary, token) is None
    if why == "signed out":
        await Session.filter(id=session.id).update(ended_at=moment)
    if why == "blocked":
        await made.block()
    assert await _refused(diary, token) == 4403


async def _refused(diary: Diary, authorization: Any) -> int | None:
    """The code with which a `connection_init` is refused; None where it is acknowledged."""
    async with opened(diary.url) as connection:
        await tell(connection, {**INIT, "payload": {"Authorization": authorization}})
        try:
            assert await heard(connection) == [ACK]
        except ConnectionClosed:
            return connection.close_code
        return None


@pytest.mark.parametrize("planner", [True, False])
async def test_an_operation_whose_caller_cannot_be_learned_is_answered(
    monkeypatch: pytest.MonkeyPatch, planner: bool
) -> None:
    """Over a socket an error raised there would be a bare `complete`, and no GraphQL over HTTP."""

    async def away(_: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(context, "viewer_of", away)
    monkeypatch.setattr(planned, "viewer_of", away)
    services = Services(TokenSigner("s" * 32), Throttle("s"), wake=cast(Any, None), live=None)
    now = datetime.now(UTC)
    token = services.signer.sign(Claims(1, 1, now + ACCESS_LIFE), now)
    asking = Context(services, "request-1", "", "", f"Bearer {token}", planner=planner)
    schema = make_schema(introspection=False)

    answer = await schema.execute("{ __typename }", context_value=asking)
    (streamed,) = [each async for each in await schema.stream(HEARING, context_value=asking)]

    for result in (answer, streamed):
        assert isinstance(result, PreExecutionError)
        assert result.errors
        (error,) = result.errors
        assert error.extensions == {"code": "INTERNAL", "requestId": "request-1"}
        assert "away" not in error.message


OURS = "https://diary.example"


async def test_a_page_of_another_origin_may_not_open_a_socket(database: str) -> None:
    with serving(DATABASE_URL=database, ALLOWED_ORIGINS=OURS) as program:
        own = program.url
        refused = [
            await handshake(program.url, origin)
            for origin in ("https://evil.example", "null", f"{OURS}.evil.example", f"{OURS}:444")
        ]
        admitted = [await handshake(program.url, origin) for origin in (None, own, OURS)]

    assert refused == [403] * 4
    assert admitted == [101] * 3


async def handshake(url: str, origin: str | None) -> int:
    try:
        async with opened(url, origin=origin) as connection:
            await tell(connection, INIT)
            assert await heard(connection) == [ACK]
    except InvalidStatus as refusal:
        return refusal.response.status_code
    return 101
