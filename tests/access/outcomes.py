"""What may come of an operation, and tables that say for whom it comes to what."""

import json
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest

from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.state import State, changed, state_of
from tests.diary import Answer


class Outcome(StrEnum):
    """What comes of an operation."""

    DONE = "done, or read"
    HIDDEN = "the row reads as absent: null, or the user error NOT_FOUND"
    READ_ONLY = "the user error FORBIDDEN: the row may be read and not changed"
    FORBIDDEN = "the GraphQL error FORBIDDEN: the caller's roles may never do this"
    UNAUTHENTICATED = "the GraphQL error UNAUTHENTICATED"


NOBODY = {Who.NOBODY}

Table = Mapping[Outcome, AbstractSet[Who]]


def others_forbidden(table: Table) -> Table:
    """The table; the roles of those who are not named may never do this."""
    named = set().union(*table.values())
    return {
        **table,
        Outcome.FORBIDDEN: EVERYBODY - named - NOBODY,
        Outcome.UNAUTHENTICATED: NOBODY,
    }


def others_hidden(table: Table) -> Table:
    """The table; whoever is signed in and not named finds nothing."""
    named = set().union(*table.values())
    return {**table, Outcome.HIDDEN: EVERYBODY - named - NOBODY, Outcome.UNAUTHENTICATED: NOBODY}


def cases(tables: Mapping[str, Table]) -> list[Any]:
    """Every operation with everybody, and what comes of it."""
    return [
        pytest.param(operation, who, outcome, id=f"{operation}-{who.name}")
        for operation, table in tables.items()
        for outcome, people in table.items()
        for who in sorted(people)
    ]


def payload_of(answer: Answer) -> Any:
    """The one payload of the answer."""
    (payload,) = answer.data.values()
    return payload


def assert_refused(answer: Answer, outcome: Outcome, field: str) -> None:
    """It was refused in that way; a user error is at that field of the input."""
    if outcome in (Outcome.FORBIDDEN, Outcome.UNAUTHENTICATED):
        assert answer.codes == [outcome.name]
        assert answer.partial is None
        return
    code = "FORBIDDEN" if outcome is Outcome.READ_ONLY else "NOT_FOUND"
    payload = dict(payload_of(answer))
    (error,) = payload.pop("userErrors")
    assert (error["code"], error["field"]) == (code, field)
    assert set(payload.values()) == {None}


async def state_around(
    cast: Cast, pupils: Sequence[int] = (), persons: Sequence[int] = ()
) -> State:
    """The rows of the cast, and of these pupils and persons."""
    world = cast.world
    return await state_of(
        schools=[world.school.id, world.elsewhere.id],
        students=[*pupils, *(pupil.id for pupil in world.pupils.values())],
        sections=[world.algebra.id, world.russian.id],
        people=[*persons, *(cast.person_id(who) for who in cast.people)],
    )


def assert_audited(cast: Cast, who: Who, before: State, after: State) -> None:
    """What was added to the audit says who did it."""
    (entry,) = after["audit_entry"] - before["audit_entry"]
    assert json.loads(entry)["person_id"] == cast.person_id(who)


@dataclass(frozen=True)
class Deed:
    """A mutation as it is asked for: its document, its input, and which field says of what."""

    document: str
    given: Mapping[str, Any]
    field: str


async def assert_comes_to(
    cast: Cast,
    who: Who,
    outcome: Outcome,
    deed: Deed,
    changes: Mapping[str, int],
    *,
    deleted: Collection[str] = (),
) -> None:
    """The deed is done and leaves these changes and its audit; or it is refused and leaves none."""
    client = await cast.client(who)
    before = await state_around(cast)
    answer = await client.send(deed.document, input=deed.given)
    after = await state_around(cast)
    if outcome is Outcome.DONE:
        assert payload_of(answer)["userErrors"] == []
        assert changed(before, after, deleted=deleted) == changes
        assert_audited(cast, who, before, after)
    else:
        assert_refused(answer, outcome, deed.field)
        assert after == before


def assert_names_everybody_once(table: Table) -> None:
    """For each of the cast it is said what comes of the operation, and said once."""
    assert sorted(who for people in table.values() for who in people) == sorted(EVERYBODY)
