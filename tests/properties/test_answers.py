"""Whatever is asked by whomever: the planner's answer is the generic resolvers'."""

import os
from collections import Counter
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.properties.asking import ask_both, is_mistaken
from tests.properties.documents import requests
from tests.properties.world import World

# Tortoise knows where relations lead once it is connected.
pytestmark = pytest.mark.usefixtures("database")

_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 2000)
# Of few documents fewer may be good.
_GOOD = 0.75 if _EXAMPLES >= 1000 else 0.5
_SEED = int(os.environ.get("FUZZ_SEED") or 1)


def _many(test: Any, examples: int = _EXAMPLES) -> Any:
    """The same documents in every run of the suite; others for every seed of `make fuzz`."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )(seed(_SEED)(test))


@pytest.fixture(scope="module")
def told() -> Counter[str]:
    """Count the answers: all, good ones, and of those that a plan can give the ones it gave."""
    return Counter()


@_many
@given(data=st.data())
async def test_the_planner_answers_as_its_oracle(
    world: World, told: Counter[str], data: Any
) -> None:
    request = data.draw(requests(world))
    planned, generic = await ask_both(world, request)
    is_good = generic.is_good
    is_plannable = is_good and not request.asks_python
    told["all"] += 1
    told["good"] += is_good
    told["planned"] += is_plannable and planned.is_planned
    told["plannable"] += is_plannable and (planned.is_planned or not is_mistaken(request))


@partial(_many, examples=_EXAMPLES // 4)
@given(data=st.data())
async def test_batches_answer_as_the_oracle(batching_world: World, data: Any) -> None:
    await ask_both(batching_world, data.draw(requests(batching_world)))


def test_most_documents_are_good_ones(told: Counter[str]) -> None:
    assert told["good"] >= told["all"] * _GOOD


def test_nearly_all_good_ones_are_planned(told: Counter[str]) -> None:
    assert told["plannable"] >= told["good"] * 0.8
    assert told["planned"] >= told["plannable"] * 0.97
