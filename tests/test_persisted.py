"""Documents that are sent by their hash or by an agreed id instead of their text."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.library import Library, read_trusted
from api.schema import make_schema
from errors import SettingsError
from tests.diary import Diary
from tests.programs import Program, serving
from tests.sessions import SECRET_KEY

pytestmark = pytest.mark.usefixtures("database")

_SEEN = {"data": {"__typename": "Query"}}
_TRUSTED = "query Trusted { __typename }"
_NOT_FOUND = ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
_NOT_TRUSTED = (
    "Only documents agreed upon beforehand are taken.",
    "QUERY_NOT_IN_SAFELIST",
)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _persisted(digest: Any, version: Any = 1) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": version, "sha256Hash": digest}}}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a front end's build wrote."""
    path = tmp_path_factory.mktemp("manifest") / "documents.json"
    path.write_text(json.dumps({"trusted-1": _TRUSTED}))
    return path


@pytest.fixture(scope="module")
def shut_url(database: str, manifest: Path) -> Iterator[str]:
    """A service that takes nothing but the manifest's documents."""
    given = {"DOCUMENTS": str(manifest), "ONLY_TRUSTED_DOCUMENTS": "on", "SECRET_KEY": SECRET_KEY}
    with serving(DATABASE_URL=database, **given) as program:
        yield program.url


@pytest.fixture
async def shut(shut_url: str) -> AsyncIterator[Diary]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield Diary(shut_url, http)


async def _asked(diary: Diary, request: Mapping[str, Any]) -> Any:
    """What is answered over HTTP, which must be what is answered over a socket."""
    accept = {"Accept": "application/graphql-response+json"}
    answer = await diary.http.post(f"{diary.url}/graphql", json=request, headers=accept)
    body = answer.json()
    assert answer.status_code == (200 if "data" in body else 400)
    async with diary.nobody.socket() as socket:
        await socket.send({"type": "subscribe", "id": "1", "payload": request})
        told = await socket.receive()
    assert told["payload"] == (body if told["type"] == "next" else body["errors"])
    return body


async def _refused(diary: Diary, request: Mapping[str, Any]) -> tuple[str, str]:
    body = await _asked(diary, request)
    (error,) = body["errors"]
    assert set(body) == {"errors"}
    return error["message"], error["extensions"]["code"]


async def test_a_hash_is_known_once_it_came_with_its_text(diary: Diary) -> None:
    text = "query Hashed { __typename }"
    by_hash = _persisted(_hash(text))
    assert await _refused(diary, by_hash) == _NOT_FOUND
    assert await _asked(diary, {"query": text, **by_hash}) == _SEEN
    assert await _asked(diary, by_hash) == _SEEN
    assert await _asked(diary, _persisted(_hash(text).upper())) == _SEEN
    assert await _asked(diary, {"documentId": f"sha256:{_hash(text)}"}) == _SEEN


async def test_a_hash_of_something_else_is_refused_and_not_kept(diary: Diary) -> None:
    text = "query Forged { __typename }"
    forged = _persisted(_hash("query Other { __typename }"))
    assert await _refused(diary, {"query": text, **forged}) == (
        "provided sha does not match query",
        "PERSISTED_QUERY_HASH_MISMATCH",
    )
    for digest in (forged, _persisted(_hash(text))):
        assert await _refused(diary, digest) == _NOT_FOUND


async def test_a_document_that_is_wrong_is_not_kept(diary: Diary) -> None:
    text = "query Wrong { nothing }"
    by_hash = _persisted(_hash(text))
    _, code = await _refused(diary, {"query": text, **by_hash})
    assert code == "BAD_USER_INPUT"
    assert await _refused(diary, by_hash) == _NOT_FOUND


async def test_variables_and_names_go_with_a_hash(diary: Diary) -> None:
    text = "query A { a: __typename } query B($b: Boolean!) { b: __typename @include(if: $b) }"
    asked = {**_persisted(_hash(text)), "operationName": "B", "variables": {"b": True}}
    for request in ({"query": text, **asked}, asked):
        assert await _asked(diary, request) == {"data": {"b": "Query"}}


@pytest.mark.parametrize(
    "request_",
    [
        _persisted(_hash("{ __typename }"), version=2),
        _persisted(_hash("{ __typename }"), version="1"),
        _persisted(None),
        _persisted(1),
        {"extensions": {"persistedQuery": "x"}},
        {"extensions": {"persistedQuery": []}},
        {"query": "{ __typename }", "extensions": {"persistedQuery": {}}},
    ],
    ids=str,
)
async def test_a_hash_of_another_shape_is_bad_input(
    diary: Diary, request_: Mapping[str, Any]
) -> None:
    _, code = await _refused(diary, request_)
    assert code == "BAD_USER_INPUT"


@pytest.mark.parametrize("name", ["", "trusted-1", "sha256:", "sha256:None", "x-md5:1", "я" * 500])
async def test_an_id_that_nobody_agreed_upon_is_not_found(diary: Diary, name: str) -> None:
    assert await _refused(diary, {"documentId": name}) == _NOT_FOUND


@pytest.mark.parametrize(
    "request_",
    [
        {"documentId": "trusted-1"},
        {"documentId": "trusted-1", "query": None},
        {"documentId": f"sha256:{_hash(_TRUSTED)}"},
        {"query": _TRUSTED},
        _persisted(_hash(_TRUSTED)),
        _persisted("trusted-1"),
        {"query": _TRUSTED, **_persisted(_hash(_TRUSTED))},
    ],
    ids=str,
)
async def test_a_trusted_document_is_found_by_all_its_names(
    shut: Diary, request_: Mapping[str, Any]
) -> None:
    assert await _asked(shut, request_) == _SEEN


async def test_nothing_but_trusted_documents_is_taken(shut: Diary) -> None:
    text = "{ __typename }"
    for request in ({"query": text}, {"query": text, **_persisted(_hash(text))}):
        assert await _refused(shut, request) == _NOT_TRUSTED
    assert await _refused(shut, _persisted(_hash(text))) == _NOT_FOUND
    assert await _refused(shut, {"query": f"{_TRUSTED} "}) == _NOT_TRUSTED


def test_a_manifest_of_apollos_tools_is_read(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    operation = {"id": "abc", "name": "Trusted", "type": "query", "body": _TRUSTED}
    path.write_text(
        json.dumps(
            {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
        )
    )
    assert read_trusted(path) == {"abc": _TRUSTED}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("{", "is no JSON."),
        ("[]", "must be an object of documents by their ids."),
        ('{"a": 1}', "must be an object of documents by their ids."),
        ('{"operations": [{"id": "a"}]}', "must be an object of documents by their ids."),
        ('{"operations": [1]}', "must be an object of documents by their ids."),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    path = tmp_path / "manifest.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError) as refusal:
        read_trusted(path)
    assert str(refusal.value) == f"DOCUMENTS {path} {sentence}"


def test_a_trusted_document_that_the_schema_does_not_allow_is_refused() -> None:
    documents = make_schema(introspection=False).documents
    with pytest.raises(SettingsError) as refusal:
        Library(documents, {"old": "{ nothing }"})
    assert str(refusal.value) == (
        "DOCUMENTS holds 'old', which the schema does not allow: "
        "Cannot query field 'nothing' on type 'Query'."
    )


def test_a_manifest_that_is_wrong_keeps_the_service_from_starting(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{"old": "{ nothing }"}')
    given = {"DATABASE_URL": database, "SECRET_KEY": SECRET_KEY, "DOCUMENTS": str(path)}
    with Program("cli", "serve", **given) as program:
        assert program.process.wait(30) != 0
    assert "DOCUMENTS holds 'old', which the schema does not allow" in program.output
    assert "Traceback" not in program.output
