"""Every operation on mail × everybody: the mail of the school's deputy head and of a pupil."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.outcomes import (
    NOBODY,
    Outcome,
    Table,
    assert_audited,
    assert_refused,
    cases,
    payload_of,
    state_around,
)
from tests.access.state import changed
from tests.diary import contract
from tests.factories import a_message, gid

_COLLEAGUES = {
    Who.TEACHER,
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.SUBSTITUTE,
    Who.FORMER_SUBSTITUTE,
    Who.COMING_SUBSTITUTE,
    Who.HOMEROOM,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HEAD,
    Who.ADMINISTRATOR,
    Who.LIBRARIAN,
    Who.PSYCHOLOGIST,
    Who.TEACHER_AND_GUARDIAN,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
}
_WRITE_TO_THE_DEPUTY = {
    *_COLLEAGUES,
    Who.PUPIL,
    Who.CLASSMATE,
    Who.NEIGHBOUR,
    Who.GUARDIAN,
    Who.GUARDIAN_OF_CLASSMATE,
    Who.MUNICIPAL,
    Who.REGION,
}


def _others(outcome: Outcome, table: Table) -> Table:
    """The table; whoever is signed in and not named comes to that outcome."""
    named = set().union(*table.values())
    return {**table, outcome: EVERYBODY - named - NOBODY, Outcome.UNAUTHENTICATED: NOBODY}


OF_MAIL: Mapping[str, Table] = {
    "SendMessage": _others(Outcome.HIDDEN, {Outcome.DONE: _WRITE_TO_THE_DEPUTY}),
    # Sent to the pupil by the deputy head.
    "MarkMessageRead": _others(
        Outcome.HIDDEN, {Outcome.DONE: {Who.PUPIL}, Outcome.READ_ONLY: {Who.DEPUTY}}
    ),
}
_CHANGES = {
    "SendMessage": {"message": 1, "message_receipt": 1, "audit_entry": 1, "change_entry": 1},
    "MarkMessageRead": {"message_receipt": 1, "audit_entry": 1, "change_entry": 2},
}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_MAIL))
async def test_a_mutation_of_mail(cast: Cast, operation: str, who: Who, outcome: Outcome) -> None:
    field, given = await _of_mail(cast, operation)
    client = await cast.client(who)
    before = await state_around(cast)
    answer = await client.send(contract(operation), input=given)
    after = await state_around(cast)
    if outcome is Outcome.DONE:
        assert payload_of(answer)["userErrors"] == []
        assert changed(before, after) == _CHANGES[operation]
        assert_audited(cast, who, before, after)
    else:
        assert_refused(answer, outcome, field)
        assert after == before


@pytest.mark.parametrize("table", OF_MAIL.values(), ids=OF_MAIL)
def test_a_table_of_mail_names_everybody_once(table: Table) -> None:
    assert sorted(who for people in table.values() for who in people) == sorted(EVERYBODY)


async def _of_mail(cast: Cast, operation: str) -> tuple[str, dict[str, Any]]:
    """What is sent, and which field of it says to whom or of what."""
    deputy = cast.person(Who.DEPUTY)
    if operation == "SendMessage":
        to = gid("Correspondent", deputy.id)
        return "recipientIds.0", {"recipientIds": [to], "subject": "Вопрос", "body": "Когда?"}
    message = await a_message(deputy, cast.person(Who.PUPIL))
    return "messageId", {"messageId": gid("Message", message.id)}
