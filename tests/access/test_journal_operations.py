"""Operations on pages, works and debts of the journal × everybody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from models import JournalLock
from tests.access.cast import Cast, Who
from tests.access.outcomes import (
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
)
from tests.factories import gid

# Whose journal it is, whoever teaches there knows.
_LOCKING = others_forbidden(
    {
        Outcome.DONE: {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR},
        Outcome.READ_ONLY: {Who.RUSSIAN_AND_DEPUTY},
        Outcome.HIDDEN: {Who.DEPUTY_ELSEWHERE, Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE},
    }
)
OF_JOURNAL: Mapping[str, Table] = {"LockJournal": _LOCKING, "UnlockJournal": _LOCKING}
_MADE = {"LockJournal": "lock", "UnlockJournal": "lock"}
_CHANGES = {"lock": {"journal_lock": 1, "audit_entry": 1}}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_JOURNAL))
async def test_an_operation_on_the_journal(
    cast: Cast, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, operation)
    name, made = operation[0].lower() + operation[1:], _MADE[operation]
    document = (
        f"mutation ($input: {operation}Input!) {{ {name}(input: $input) "
        f"{{ {made} {{ id }} userErrors {{ code message field }} }} }}"
    )
    deed = Deed(document, given, next(iter(given)))
    await assert_comes_to(cast, who, outcome, deed, _CHANGES[made])


@pytest.mark.parametrize("table", OF_JOURNAL.values())
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _input(cast: Cast, operation: str) -> dict[str, Any]:
    """A page of a term that is over, on which nobody else of the tests writes."""
    klass, subject = cast.world.klass, cast.world.algebra.subject
    page: dict[str, Any] = {
        "school_class_id": klass.id,
        "subject_id": subject.id,
        "term_id": klass.terms[0].id,
    }
    await JournalLock.filter(**page).delete()
    if operation == "UnlockJournal":
        page |= {"locked_by_id": cast.world.algebra.teacher.id, "locked_at": datetime.now(UTC)}
        made = await JournalLock.create(**page, reason="Закрыта")
        return {"lockId": gid("JournalLock", made.id), "reason": "Открыта"}
    return {
        "classId": gid("SchoolClass", klass.id),
        "subjectId": gid("Subject", subject.id),
        "termId": gid("Term", klass.terms[0].id),
        "reason": "Закрыта",
    }
