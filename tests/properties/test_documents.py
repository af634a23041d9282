"""The generator itself: what it makes is valid, and is about something."""

from collections import Counter
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.properties.documents import requests
from tests.properties.world import World
from tests.rules.declared import GRAPHQL

_EXAMPLES = 600
_WORDS = (
    " on Node ", "... on Student", "@skip(if: $", "@include(if: false)", "__typename",
    "fragment F1", "after:", "before:", "last:", "node(id: $", "nodes(ids: [", "classJournal(",
    "diary(", "query Other",
)  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Counter[str]:
    """Count the documents: all, those that are not valid, those with each of the words."""
    return Counter()


@settings(
    max_examples=_EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
)
@given(data=st.data())
def test_documents_can_be_parsed(world: World, made: Counter[str], data: Any) -> None:
    request = data.draw(requests(world))
    made["documents"] += 1
    made["invalid"] += bool(validate(GRAPHQL, parse(request.query)))
    made.update(word for word in _WORDS if word in request.query)


def test_they_are_valid(made: Counter[str]) -> None:
    assert made["documents"] >= _EXAMPLES
    assert made["invalid"] <= made["documents"] * 0.01


def test_everything_of_the_grammar_is_in_them(made: Counter[str]) -> None:
    assert [word for word in _WORDS if made[word] < 3] == []
