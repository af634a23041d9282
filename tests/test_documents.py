"""Documents are prepared once and kept in bounded memory, whoever sends how many of them."""

import gc
import tracemalloc

import pytest
from graphql import GraphQLError, parse

from api.documents import Documents
from api.schema import make_schema
from tests.diary import contract

_SCHEMA = make_schema(introspection=False)._schema  # noqa: SLF001 — there is no public name
_OURS = contract("DiaryWeek")


@pytest.fixture
def documents() -> Documents:
    return Documents(_SCHEMA, introspection=False)


def _flood(documents: Documents, text: str, times: int) -> None:
    for number in range(times):
        documents.prepared(f"{text} # {number}")


def test_a_document_is_prepared_once(documents: Documents) -> None:
    first, *others = [documents.prepared(_OURS) for _ in range(4)]
    assert first.document == parse(_OURS)
    assert all(other is first for other in others)


def test_a_document_that_comes_again_outlives_a_flood_of_new_ones(documents: Documents) -> None:
    ours = documents.prepared(_OURS)
    assert documents.prepared(_OURS) is ours
    once = documents.prepared("{ __typename }")
    _flood(documents, "{ __typename }", 2_000)
    assert documents.prepared(_OURS) is ours
    assert documents.prepared("{ __typename }") is not once


def test_wrong_documents_push_out_only_each_other(documents: Documents) -> None:
    ours = documents.prepared(_OURS)
    wrong = documents.prepared("{ nothing }")
    assert documents.prepared("{ nothing }") is wrong
    for broken in ("{ nothing }", "{ nothing"):
        _flood(documents, broken, 1_500)
    assert documents.prepared(_OURS) is ours
    assert documents.prepared("{ nothing }") is not wrong


@pytest.mark.parametrize(
    "text",
    [
        "{ " + " ".join(f"a{number}: __typename" for number in range(60)) + " }",
        "{ " + " ".join(f"a{number}" for number in range(60)) + " }",
        "{ __typename }" + "\n#" * 200,
        "{ " + "a" * 4_000,
        _OURS,
    ],
    ids=["aliases", "errors", "comments", "no document", "ours"],
)
def test_a_flood_of_documents_takes_no_more_than_its_bound(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    bound = 1024 * 1024
    monkeypatch.setattr("api.documents.MOST_BYTES", bound)
    documents = Documents(_SCHEMA, introspection=False)
    _flood(documents, text, 5)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(2):
        _flood(documents, text, 50)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 1.1 * bound


def test_an_operation_is_found_by_its_name(documents: Documents) -> None:
    several = documents.prepared("query A { a: __typename } query B { b: __typename }")
    alone = documents.prepared("query A { __typename }")
    unnamed = documents.prepared("{ __typename }")
    b = several.operation("B")
    assert b.name is not None
    assert b.name.value == "B"
    assert alone.operation(None) is alone.operation("A")
    assert unnamed.operation(None).name is None
    for prepared, name in (
        *((several, None), (several, "C"), (alone, "B"), (alone, ""), (unnamed, "A")),
        (documents.prepared("fragment F on Query { __typename }"), None),
        (documents.prepared("type A { a: Int }"), None),
    ):
        with pytest.raises(GraphQLError) as refusal:
            prepared.operation(name)
        assert refusal.value.extensions == {"code": "BAD_USER_INPUT"}
