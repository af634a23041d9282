"""GraphQL over HTTP: bodies, methods, origins, and what is told of errors."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from app import create_app
from models import Session
from settings import load
from tests.diary import Answer, Diary
from tests.factories import PASSWORD, a_person, a_school, gid
from tests.sessions import SECRET_KEY, signed_in

pytestmark = pytest.mark.usefixtures("database")

_JSON = {"Content-Type": "application/json"}
_QUERY = '{"query": "{ __typename }"'
_ALLOWED = "https://diary.example"


@pytest.fixture(scope="module")
async def production(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application as a real installation sets it up, in this very process."""
    settings = load(
        {
            "ENVIRONMENT": "production",
            "DATABASE_URL": database,
            "SECRET_KEY": SECRET_KEY,
            "ALLOWED_ORIGINS": f"{_ALLOWED},http://localhost:5173",
        }
    )
    transport = httpx.ASGITransport(create_app(settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://diary.example") as client:
        yield client


async def _posted(diary: Diary, body: bytes | str, **headers: str) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    return await diary.http.post(f"{diary.url}/graphql", content=content, headers=_JSON | headers)


def _is_bad_input(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    body = answer.json()
    assert set(body) == {"errors"}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_USER_INPUT"}
    assert all(error["message"] for error in body["errors"])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "1",
        "true",
        '"x"',
        "[]",
        "{",
        "{}",
        b"\xff\xfe{}",
        b'{"query": "\xff"}',
        "[" * 100_000,
        '{"a":' * 40_000,
        _QUERY + ', "variables": {"a": ' + "[" * 5_000 + "]" * 5_000 + "}}",
        _QUERY + ', "variables": {"a": ' + "1" * 5_000 + "}}",
        _QUERY + ', "variables": {"a": 1e400}}',
        _QUERY + ', "variables": {"a": NaN}}',
        _QUERY + ', "variables": {"a": "\\ud800"}}',
        _QUERY + ', "variables": []}',
        _QUERY + ', "variables": "{}"}',
        _QUERY + ', "operationName": 1}',
        _QUERY + ', "operationName": ["A"]}',
        _QUERY + ', "extensions": []}',
        '{"query": 1}',
        '{"query": null}',
        '{"query": ["{ __typename }"]}',
        f"[{_QUERY}}}]",
    ],
    ids=lambda body: str(body)[:40],
)
async def test_a_body_that_is_no_request_is_refused(diary: Diary, body: bytes | str) -> None:
    answer = await _posted(diary, body)
    assert answer.status_code == 400
    _is_bad_input(answer)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{ __typename",
        "# nothing",
        "{ nothing }",
        "{ municipalities }",
        "{ municipalities { nothing } }",
        "{ student { id } }",
        "{ student(id: 1.5) { id } }",
        "{ ...Nowhere }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ municipalities @include(if: $nowhere) { id } }",
        "{ viewer { upcomingEvents(first: 3000000000) { id } } }",
        "{ viewer { upcomingEvents(first: " + "1" * 5_000 + ") { id } } }",
        "query ($n: Int = " + "1" * 5_000 + ") { viewer { upcomingEvents(first: $n) { id } } }",
        "{ viewer { lessons(on: 20261123) { id } } }",
        '{ viewer { lessons(on: "23.11.2026") { id } } }',
        "{ a" + "{ a " * 800 + "}" * 801,
        "{ a(b: " + "[" * 1_500 + ") }",
        "query A { __typename } query B { __typename }",
        "query A { __typename } query A { __typename }",
    ],
    ids=lambda document: document[:40],
)
async def test_a_document_that_is_wrong_is_the_clients_error(diary: Diary, document: str) -> None:
    answer = await _posted(diary, json.dumps({"query": document}))
    assert answer.status_code == 200
    _is_bad_input(answer)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Int!", "x"),
        ("Int!", 1.5),
        ("Int!", True),
        ("Int!", None),
        ("Int!", 2**31),
        ("Int!", [5, 5]),
        ("Int!", {}),
    ],
)
async def test_a_variable_of_the_wrong_kind_is_the_clients_error(
    diary: Diary, kind: str, value: Any
) -> None:
    document = f"query ($n: {kind}) {{ viewer {{ upcomingEvents(first: $n) {{ id }} }} }}"
    _is_bad_input(await _posted(diary, json.dumps({"query": document, "variables": {"n": value}})))
    _is_bad_input(await _posted(diary, json.dumps({"query": document})))


@pytest.mark.parametrize(
    "document", ["fragment F on Query { __typename }", "type A { a: Int }", "{ __typename }"]
)
async def test_an_operation_that_is_not_there_is_a_request_error(
    diary: Diary, document: str
) -> None:
    answer = await _posted(diary, json.dumps({"query": document, "operationName": "A"}))
    assert answer.status_code == 200
    _is_bad_input(answer)


async def test_the_operation_that_is_named_is_executed(diary: Diary) -> None:
    document = "query A { a: __typename } query B { b: __typename } query C { viewer { id } }"
    for name, data in (("A", {"a": "Query"}), ("B", {"b": "Query"})):
        answer = await _posted(diary, json.dumps({"query": document, "operationName": name}))
        assert answer.json() == {"data": data}
    for unknown in (None, "D"):
        answer = await _posted(diary, json.dumps({"query": document, "operationName": unknown}))
        _is_bad_input(answer)


async def test_a_subscription_is_not_for_plain_http(diary: Diary) -> None:
    school = await a_school()
    client = await signed_in(diary, await school.teacher())
    document = json.dumps({"query": "subscription { markChanges { cursor } }"})
    statuses = {"*/*": 200, "multipart/mixed": 406}
    for accept, status in statuses.items():
        answer = await _posted(diary, document, **client.headers, Accept=accept)
        assert answer.status_code == status
        _is_bad_input(answer)


_SIGN_IN = 'mutation { signIn(input: { login: "%s", password: "%s" }) { session { accessToken } } }'


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
async def test_only_a_post_is_executed(diary: Diary, method: str) -> None:
    account = await (await a_person()).account()
    for document in (_SIGN_IN % (account.login, PASSWORD), "{ municipalities { id } }"):
        url = f"{diary.url}/graphql"
        answer = await diary.http.request(method, url, params={"query": document})
        assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
        if method == "HEAD":
            assert answer.content == b""
        else:
            _is_bad_input(answer)
    assert not await Session.filter(account_id=account.id).exists()


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        None,
    ],
)
async def test_what_a_foreign_page_may_post_is_not_executed(diary: Diary, kind: str | None) -> None:
    account = await (await a_person()).account()
    answer = await diary.http.post(
        f"{diary.url}/graphql",
        content=json.dumps({"query": _SIGN_IN % (account.login, PASSWORD)}).encode(),
        headers={"Content-Type": kind} if kind else {},
    )
    assert answer.status_code == 415
    _is_bad_input(answer)
    assert not await Session.filter(account_id=account.id).exists()


async def test_a_large_body_is_refused_by_its_length_and_by_its_parts(diary: Diary) -> None:
    filled = _QUERY + ", " + " " * (256 * 1024 - len(_QUERY) - 10) + '"x": 1}'
    assert len(filled) <= 256 * 1024
    assert (await _posted(diary, filled)).status_code == 200
    assert (await _posted(diary, filled + " " * 1024)).status_code == 413

    async def parts() -> AsyncIterator[bytes]:
        yield _QUERY.encode()
        for _ in range(300):
            yield b" " * 1024
        yield b"}"

    answer = await diary.http.post(f"{diary.url}/graphql", content=parts(), headers=_JSON)
    assert answer.status_code == 413
    _is_bad_input(answer)


@pytest.mark.parametrize(
    "header",
    ["Bearer", "bearer x", "Basic eDp5", "Bearer \u00ff", "Bearer " + "x" * 8000],
)
async def test_a_strange_authorization_is_none(diary: Diary, header: str) -> None:
    headers = [*_JSON.items(), ("Authorization", header)]
    answer = await diary.http.post(
        f"{diary.url}/graphql",
        content=b'{"query": "{ viewer { id } }"}',
        headers=httpx.Headers(headers, encoding="latin-1"),
    )
    assert Answer(answer.json(), answer.status_code).refused == [("UNAUTHENTICATED", "viewer")]


@pytest.mark.parametrize(
    "given", ["7", "", "U3R1ZGVudDo=", "U3R1ZGVudDotMQ==", "\x00", "Я" * 1000, gid("Student", 0)]
)
async def test_an_id_that_is_none_is_malformed(diary: Diary, given: str) -> None:
    client = await signed_in(diary, await a_person())
    answer = await client.send("query ($id: ID!) { student(id: $id) { id } }", id=given)
    assert (answer.partial, answer.refused) == ({"student": None}, [("BAD_USER_INPUT", "student")])


# What a real installation shows.


async def _ask(production: httpx.AsyncClient, document: str, **headers: str) -> httpx.Response:
    return await production.post("/graphql", json={"query": document}, headers=headers)


async def test_the_unexpected_shows_an_id_and_nothing_else(
    production: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("postgresql://diary:hunter2@db/diary")

    monkeypatch.setattr("access.passwords.is_right", broken)
    document = _SIGN_IN % ("a", "b")
    with capture_logs() as lines:
        answer = await _ask(production, document, **{"X-Request-Id": "request-0001"})
    assert [repr(line.get("exc_info")) for line in lines] == [
        "RuntimeError('postgresql://diary:hunter2@db/diary')",
        "None",
    ]
    assert answer.json() == {
        "data": None,
        "errors": [
            {
                "message": "Something went wrong on our side.",
                "locations": [{"line": 1, "column": 12}],
                "path": ["signIn"],
                "extensions": {"code": "INTERNAL", "requestId": "request-0001"},
            }
        ],
    }


async def test_a_database_that_is_away_shows_an_id_and_nothing_else(
    production: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OSError("postgresql://diary:hunter2@db/diary")

    monkeypatch.setattr("schema.context.viewer_of", away)
    with capture_logs():
        answer = await _ask(production, "mutation { __typename }")
    error = {
        "message": "Something went wrong on our side.",
        "extensions": {"code": "INTERNAL", "requestId": answer.headers["x-request-id"]},
    }
    assert answer.json() == {"errors": [error]}


async def test_what_breaks_outside_of_an_operation_shows_no_more(
    production: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("postgresql://diary:hunter2@db/diary")

    monkeypatch.setattr("api.schema.DiarySchema.planned", broken)
    accept = "application/graphql-response+json"
    with capture_logs() as lines:
        answer = await _ask(production, "{ __typename }", Accept=accept)
    assert [repr(line["exc_info"]) for line in lines] == [
        "RuntimeError('postgresql://diary:hunter2@db/diary')"
    ]
    request_id = answer.headers["x-request-id"]
    assert len(request_id) == 32
    error = {
        "message": "Something went wrong on our side.",
        "extensions": {"code": "INTERNAL", "requestId": request_id},
    }
    assert (answer.status_code, answer.json()) == (500, {"errors": [error]})


@pytest.mark.parametrize(
    "document",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Mark") { name } }',
        "{ municipalitie { id } }",
    ],
)
async def test_a_real_installation_does_not_show_its_schema(
    diary: Diary, production: httpx.AsyncClient, document: str
) -> None:
    answer = await _ask(production, document)
    _is_bad_input(answer)
    assert "Did you mean" not in answer.text
    assert "types" not in answer.json()
    shown = await diary.nobody.send(document)
    assert ("__" in document) == ("errors" not in shown.body)
    assert (await _ask(production, "{ __typename }")).json() == {"data": {"__typename": "Query"}}


async def test_a_real_installation_has_no_page(production: httpx.AsyncClient) -> None:
    answer = await production.get("/graphql", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    _is_bad_input(answer)


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (_ALLOWED, True),
        ("http://localhost:5173", True),
        ("https://diary.example.evil", False),
        ("https://evil.diary.example", False),
        ("http://diary.example", False),
        ("https://diary.example:8443", False),
        ("null", False),
    ],
)
async def test_only_allowed_origins_may_read(
    production: httpx.AsyncClient, origin: str, is_allowed: bool
) -> None:
    answer = await _ask(production, "{ __typename }", Origin=origin)
    assert answer.headers.get("access-control-allow-origin") == (origin if is_allowed else None)
    assert "access-control-allow-credentials" not in answer.headers
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    preflight = await production.options("/graphql", headers=asked)
    assert (preflight.status_code == 200) == is_allowed
    assert preflight.headers.get("access-control-allow-origin") == (origin if is_allowed else None)


async def test_without_allowed_origins_no_foreign_page_reads_anything(diary: Diary) -> None:
    answer = await _posted(diary, _QUERY + "}", Origin=_ALLOWED)
    assert answer.json() == {"data": {"__typename": "Query"}}
    assert "access-control-allow-origin" not in answer.headers
