"""GraphQL over HTTP as its specification says: forms, methods, statuses, in both manners."""

import gzip
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.diary import Diary
from tests.programs import serving
from tests.sessions import SECRET_KEY

pytestmark = pytest.mark.usefixtures("database")

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
UTF_8 = "; charset=utf-8"
GOOD = {"query": "{ __typename }"}
NULLED = {"query": "{ viewer { id } }"}
"""Data beside an error: nobody is signed in."""


@pytest.fixture(scope="module")
def strict_url(database: str) -> Iterator[str]:
    """A service with the statuses of September 2026, which waits a second for a body."""
    given = {"HTTP_STATUS": "september-2026", "BODY_SECONDS": "1", "SECRET_KEY": SECRET_KEY}
    with serving(DATABASE_URL=database, **given) as program:
        yield program.url


@pytest.fixture
async def strict(strict_url: str) -> AsyncIterator[Diary]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield Diary(strict_url, http)


async def _posted(
    diary: Diary, body: Any, accept: str | None = None, kind: str | None = JSON, **headers: str
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    own = {"Accept": accept, "Content-Type": kind, "Accept-Encoding": None, **headers}
    request = diary.http.build_request("POST", f"{diary.url}/graphql", content=content)
    for name, value in own.items():
        request.headers.pop(name, None)
        if value is not None:
            request.headers[name] = value
    return await diary.http.send(request)


@pytest.mark.parametrize(
    ("accept", "common", "strict_one"),
    [
        (None, JSON, GRAPHQL),
        ("", JSON, GRAPHQL),
        ("*/*", JSON, GRAPHQL),
        ("application/*", JSON, GRAPHQL),
        ("text/html, */*;q=0.1", JSON, GRAPHQL),
        (JSON, JSON, JSON),
        (GRAPHQL, GRAPHQL, GRAPHQL),
        ("APPLICATION/JSON", JSON, JSON),
        (f"{JSON}; charset=utf-8", JSON, JSON),
        (f'{JSON}; charset="UTF-8"', JSON, JSON),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL, GRAPHQL),
        (f"{JSON};q=0.9, {GRAPHQL}", GRAPHQL, GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON, JSON),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.4", JSON, JSON),
        (f"{JSON};q=0, */*", GRAPHQL, GRAPHQL),
        (f"{GRAPHQL};q=0, */*;q=0.1", JSON, JSON),
        (f"*/*, {GRAPHQL};q=0.5", JSON, JSON),
        (f"text/html;q=0.9, {GRAPHQL};q=0.001", GRAPHQL, GRAPHQL),
        (f"{JSON}, " + "text/plain, " * 100 + "x/y", JSON, JSON),
    ],
)
async def test_the_form_of_an_answer_is_negotiated(
    diary: Diary, strict: Diary, accept: str | None, common: str, strict_one: str
) -> None:
    for service, kind in ((diary, common), (strict, strict_one)):
        answer = await _posted(service, GOOD, accept)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind + UTF_8)
        assert answer.json() == {"data": {"__typename": "Query"}}
        assert answer.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    "accept",
    [
        *("text/html", "text/plain", "multipart/mixed", "image/*", "application/xml"),
        *(f"{JSON};q=0", "*/*;q=0", f"{JSON};q=x", f"{JSON};q=2", f"{JSON};q=-1", f"{JSON};q=nan"),
        *(f"{JSON}; charset=iso-8859-1", "nonsense", ";;;,,,", "json"),
    ],
)
async def test_a_client_that_takes_neither_form_is_told_so(diary: Diary, accept: str) -> None:
    answer = await _posted(diary, GOOD, accept)
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (JSON, 200),
        ("Application/Json", 200),
        (f"{JSON};charset=utf-8", 200),
        (f'{JSON} ; Charset="UTF-8"', 200),
        (f"{JSON}; profile=x", 200),
        (f"{JSON}; charset=utf-16", 415),
        (f"{JSON}; charset=iso-8859-1", 415),
        (GRAPHQL, 415),
        ("application/graphql", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain; a=application/json", 415),
        (f"{JSON}, text/plain", 415),
        ("", 415),
        (None, 415),
    ],
)
async def test_a_body_is_declared_to_be_json(diary: Diary, kind: str | None, status: int) -> None:
    assert (await _posted(diary, GOOD, JSON, kind)).status_code == status


async def test_a_compressed_body_is_not_taken(diary: Diary) -> None:
    packed = gzip.compress(json.dumps(GOOD).encode())
    answer = await _posted(diary, packed, JSON, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (GOOD, (200, 200, 200)),
        ({**GOOD, "operationName": None, "variables": None, "extensions": None}, (200, 200, 200)),
        ({**GOOD, "unknown": 1, "id": {}, "batch": [1]}, (200, 200, 200)),
        ({**GOOD, "extensions": {"anything": [{}]}}, (200, 200, 200)),
        (NULLED, (200, 200, 294)),
        (b"NONSENSE", (400, 400, 400)),
        (b'{"query":', (400, 400, 400)),
        ({"qeury": "{ __typename }"}, (400, 400, 422)),
        ({"query": {"obj": "ect"}}, (400, 400, 422)),
        ({"query": 0}, (400, 400, 422)),
        ({"query": False}, (400, 400, 422)),
        ({"query": ["array"]}, (400, 400, 422)),
        ({**GOOD, "operationName": {}}, (400, 400, 422)),
        ({**GOOD, "operationName": 0}, (400, 400, 422)),
        ({**GOOD, "operationName": []}, (400, 400, 422)),
        ({**GOOD, "variables": "string"}, (400, 400, 422)),
        ({**GOOD, "variables": 7}, (400, 400, 422)),
        ({**GOOD, "variables": [7]}, (400, 400, 422)),
        ({**GOOD, "extensions": "string"}, (400, 400, 422)),
        ({**GOOD, "extensions": [1]}, (400, 400, 422)),
        ([GOOD, GOOD], (400, 400, 422)),
        ({"query": "{"}, (200, 400, 400)),
        ({"query": ""}, (200, 400, 400)),
        ({"query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }"}, (200, 400, 400)),
        ({"query": "{ nothing }"}, (200, 400, 422)),
        ({"query": "query A { __typename } query B { __typename }"}, (200, 400, 422)),
        ({**GOOD, "operationName": "A"}, (200, 400, 422)),
        ({"query": "subscription { markChanges { cursor } }"}, (200, 400, 422)),
        (
            {"query": "query ($i: ID!) { student(id: $i) { id } }", "variables": {"i": None}},
            (200, 400, 422),
        ),
        ({"query": "query ($i: ID!) { student(id: $i) { id } }"}, (200, 400, 422)),
        ({"query": "{ ... @defer { __typename } }"}, (200, 400, 422)),
        ({"query": "mutation { signOut(input: {}) { userErrors { code } } }"}, (200, 400, 422)),
    ],
    ids=lambda given: str(given)[:50],
)
async def test_the_status_says_how_a_request_ended(
    diary: Diary, strict: Diary, body: Any, statuses: tuple[int, int, int]
) -> None:
    plain, common, of_2026 = statuses
    has_run = of_2026 < 300
    for service, accept, kind, status in (
        (diary, JSON, JSON, plain),
        (diary, GRAPHQL, GRAPHQL, common),
        (strict, GRAPHQL, GRAPHQL, of_2026),
        # What failed is told as GraphQL's even to a client that did not ask for it.
        (strict, JSON, JSON if has_run else GRAPHQL, of_2026),
    ):
        answer = await _posted(service, body, accept)
        assert (answer.status_code, answer.headers["content-type"]) == (status, kind + UTF_8)
        assert ("data" in answer.json()) == has_run
        assert has_run or {error["extensions"]["code"] for error in answer.json()["errors"]} == {
            "BAD_USER_INPUT"
        }


async def test_options_says_what_is_allowed(diary: Diary) -> None:
    answer = await diary.http.options(f"{diary.url}/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (204, "OPTIONS, POST")
    assert answer.content == b""


async def test_a_large_answer_is_compressed_for_who_takes_it(diary: Diary) -> None:
    fields = " ".join(f"{'a' * 99}{number}: __typename" for number in range(99))
    large = {"query": f"{{ {fields} }}"}
    whole = await _posted(diary, large, JSON)
    assert "content-encoding" not in whole.headers
    for coding, is_packed in (
        ("gzip", True),
        ("deflate, gzip;q=0.1", True),
        ("*", True),
        ("gzip;q=0, *", False),
        ("br, identity", False),
    ):
        answer = await _posted(diary, large, JSON, **{"Accept-Encoding": coding})
        assert answer.content == whole.content
        assert (answer.headers.get("content-encoding") == "gzip") == is_packed
        sent = int(answer.headers["content-length"])
        assert (sent < len(whole.content) / 4) == is_packed
    small = await _posted(diary, GOOD, JSON, **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers


def _spoken(url: str, *parts: bytes) -> bytes:
    """Everything that comes back until the service closes the connection."""
    address = urlsplit(url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=10)) as peer:
        for part in parts:
            peer.sendall(part)
        heard = b""
        while part := peer.recv(65536):
            heard += part
    return heard


def _head(*lines: str) -> bytes:
    start = ("POST /graphql HTTP/1.1", "Host: localhost", f"Content-Type: {JSON}", *lines)
    return "\r\n".join([*start, "", ""]).encode()


def _told(heard: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = heard.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    "parts",
    [
        [_head("Content-Length: 100"), b'{"query"'],
        [_head("Content-Length: 100")],
        [_head("Transfer-Encoding: chunked"), b'8\r\n{"query"\r\n'],
    ],
    ids=["a part", "nothing", "chunks"],
)
def test_a_body_that_does_not_arrive_is_not_waited_for(strict_url: str, parts: list[bytes]) -> None:
    status, body = _told(_spoken(strict_url, *parts))
    assert (status, list(body)) == (408, ["errors"])
    assert body["errors"][0]["message"] == "The body did not arrive within 1 seconds."


def test_a_body_that_says_it_is_too_large_is_refused_at_once(strict_url: str) -> None:
    heard = _spoken(strict_url, _head("Content-Length: 5000000000"), b"{" * 1000)
    assert _told(heard) == (
        413,
        {
            "errors": [
                {
                    "message": "A request has at most 262144 bytes.",
                    "extensions": {"code": "BAD_USER_INPUT"},
                }
            ]
        },
    )


def test_who_goes_away_before_the_body_has_arrived_disturbs_nobody(strict_url: str) -> None:
    address = urlsplit(strict_url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=10)) as peer:
        peer.sendall(_head("Content-Length: 100") + b"{")
    answer = httpx.post(f"{strict_url}/graphql", json=GOOD)
    assert answer.json() == {"data": {"__typename": "Query"}}
