"""A short run of `make chaos`, and that its verdict sees whatever goes wrong."""

import asyncio
import sys
from collections.abc import Sequence
from random import Random

import pytest

from models import ChangeArea
from subscriptions import topics
from tests.chaos.cast import Part
from tests.chaos.listening import Listener
from tests.chaos.verdict import Line, faults_found
from tests.chaos.writing import Ledger
from tests.diary import Client
from tests.programs import ROOT

# Among the first of this seed: PostgreSQL crashes, a worker dies before telling, Redis freezes.
_SECONDS, _SEED = "7", "9"
_MOTHER, _OTHER = frozenset({1}), frozenset({2})
_LINES = [
    Line("school:1", ChangeArea.MARKS, "a", 0.0),
    Line("school:1", ChangeArea.MARKS, "b", 0.0),
    Line("school:1", ChangeArea.MARKS, "of another", 0.0),
    Line(topics.EVENTS, ChangeArea.EVENTS, "c", 0.0),
    Line(topics.person(1), ChangeArea.MESSAGES, "d", 0.0),
    Line(topics.person(2), ChangeArea.MESSAGES, "d", 0.0),
]
_HEARERS = {"a": _MOTHER, "b": _MOTHER, "of another": _OTHER, "c": _MOTHER, "d": _MOTHER | _OTHER}


async def test_everybody_hears_all_of_theirs_whatever_breaks(template_url: str) -> None:
    options = ("--seconds", _SECONDS, "--seed", _SEED, "--copied", template_url)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos", *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    print(output.decode())  # noqa: T201  # shown by pytest -rP

    assert process.returncode == 0, output.decode()


def _faults(heard: Sequence[str], hearers: dict[str, frozenset[int]] | None = None) -> list[str]:
    """What is found where a mother of number 1 has heard these."""
    part = Part(Client("", None), 1, "dashboardChanges", "")  # type: ignore[arg-type]  # says nothing
    listener = Listener(part, Random(1), by_events=False, heard=[(each, 0.0) for each in heard])
    return list(faults_found([listener], _LINES, Ledger(hearers or _HEARERS)))


@pytest.mark.parametrize("heard", ["abcd", "dcab", "adcb"])
def test_the_order_between_topics_is_nobody_s_business(heard: str) -> None:
    assert _faults([*heard]) == []


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (["a", "c", "d"], "school:1: 1 missing"),
        (["b", "a", "c", "d"], "school:1: out of order"),
        (["a", "b", "a", "c", "d"], "school:1: 1 doubled"),
        (["a", "b", "of another", "c", "d"], "school:1: 1 foreign"),
        (["a", "b", "c", "d", "of nowhere"], "no topic: 1 foreign"),
    ],
)
def test_what_is_missed_doubled_or_not_theirs_is_told(heard: list[str], said: str) -> None:
    assert _faults(heard) == [f"listener 0 (dashboardChanges): {said}"]


def test_what_was_acknowledged_is_in_the_log() -> None:
    (found,) = _faults([*"abcd"], {**_HEARERS, "never written": _OTHER})
    assert "never written" in found
