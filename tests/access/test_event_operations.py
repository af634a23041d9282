"""Every operation on events × everybody: an event for the class 7А, by its deputy head."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Position
from tests.access.cast import Cast, Who
from tests.access.outcomes import (
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
    others_hidden,
)
from tests.diary import contract
from tests.factories import a_notice, an_event, gid

_MANAGE = {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR}
_MANAGE_ELSEWHERE = {Who.DEPUTY_ELSEWHERE, Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE}
_TEACH_7A = {
    Who.TEACHER,
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
}
# Whoever works at the school knows of what is announced there, and may not change it.
_COLLEAGUES = {
    *_TEACH_7A,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.FORMER_SUBSTITUTE,
    Who.COMING_SUBSTITUTE,
    Who.SUBSTITUTE,
    Who.HOMEROOM,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.LIBRARIAN,
    Who.TEACHER_AND_GUARDIAN,
}
_AWAY = {Who.TEACHER_OF_STRANGERS, Who.HOMEROOM_OF_STRANGERS, Who.LIBRARIAN_ELSEWHERE}
_AUTHORITIES = {Who.MUNICIPAL, Who.REGION}

# The class is hidden from those who may not write for it, but for these, who read it.
_SEE_7A = {Who.SUBSTITUTE, Who.TEACHER_AND_GUARDIAN}
_PUBLISHING = others_forbidden(
    {
        Outcome.DONE: {*_MANAGE, *_TEACH_7A, Who.HOMEROOM, Who.LIBRARIAN, *_AUTHORITIES},
        Outcome.READ_ONLY: _SEE_7A,
        Outcome.HIDDEN: {
            *_COLLEAGUES - _TEACH_7A - _SEE_7A - {Who.HOMEROOM, Who.LIBRARIAN},
            *_AWAY,
            *_MANAGE_ELSEWHERE,
            Who.MUNICIPAL_ELSEWHERE,
        },
    }
)
_CHANGING = others_forbidden(
    {
        Outcome.DONE: _MANAGE,
        Outcome.READ_ONLY: _COLLEAGUES,
        Outcome.HIDDEN: {*_AWAY, *_MANAGE_ELSEWHERE, *_AUTHORITIES, Who.MUNICIPAL_ELSEWHERE},
    }
)
# A draft of the deputy head's.
_OF_DRAFTS = ("PublishEventDraft", "DiscardEventDraft")
_DRAFTS = others_forbidden(
    {
        Outcome.DONE: {Who.DEPUTY},
        Outcome.HIDDEN: {
            *_CHANGING[Outcome.DONE] - {Who.DEPUTY},
            *_CHANGING[Outcome.READ_ONLY],
            *_CHANGING[Outcome.HIDDEN],
        },
    }
)
_ORGANIZING: Mapping[str, Table] = {
    "PublishEvent": _PUBLISHING,
    "DraftEvent": _PUBLISHING,
    "ChangeEvent": _CHANGING,
    "CancelEvent": _CHANGING,
    **dict.fromkeys(_OF_DRAFTS, _DRAFTS),
}
_OWN_FAMILY = {Who.PUPIL, Who.GUARDIAN, Who.TEACHER_AND_GUARDIAN}
_ANSWERING: Mapping[str, Table] = {
    # The first pupil takes part, whom their family registers and the management may strike off.
    "RegisterForEvent": others_hidden({Outcome.DONE: _OWN_FAMILY}),
    "WithdrawRegistration": others_hidden({Outcome.DONE: _OWN_FAMILY | _MANAGE}),
    # An event for all parents of the municipality.
    "AcknowledgeEvent": others_hidden(
        {
            Outcome.DONE: {
                Who.GUARDIAN,
                Who.GUARDIAN_OF_CLASSMATE,
                Who.TEACHER_AND_GUARDIAN,
            }
        }
    ),
}
_RUN_THE_SERVICE = {Who.REGION, Who.SYSTEM_ADMINISTRATOR}
_NOTIFYING = others_forbidden({Outcome.DONE: _RUN_THE_SERVICE})
OF_EVENTS = {
    **_ORGANIZING,
    **_ANSWERING,
    "PublishServiceNotice": _NOTIFYING,
    "EndServiceNotice": _NOTIFYING,
}
_NEW = {"school_event": 1, "event_audience": 1, "audit_entry": 1}
_CHANGED = {"school_event": 1, "audit_entry": 1, "change_entry": 1}
_CHANGES = {
    "PublishEvent": {**_NEW, "change_entry": 1},
    "DraftEvent": _NEW,
    "ChangeEvent": _CHANGED,
    "CancelEvent": _CHANGED,
    "PublishEventDraft": _CHANGED,
    "DiscardEventDraft": {"school_event": 1, "event_audience": 1, "audit_entry": 1},
    "PublishServiceNotice": {"service_notice": 1, "audit_entry": 1, "change_entry": 1},
    "EndServiceNotice": {"service_notice": 1, "audit_entry": 1, "change_entry": 1},
    "RegisterForEvent": {"event_registration": 1, "audit_entry": 1},
    "WithdrawRegistration": {"event_registration": 1, "audit_entry": 1},
    "AcknowledgeEvent": {"event_acknowledgement": 1, "audit_entry": 1},
}
_DELETED = {"DiscardEventDraft": ("school_event", "event_audience")}
_SHOWN = {
    "DiscardEventDraft": "eventId",
    "RegisterForEvent": "registration { id }",
    "WithdrawRegistration": "registrationId",
    "AcknowledgeEvent": "acknowledgement { id }",
    "PublishServiceNotice": "notice { id }",
    "EndServiceNotice": "noticeId",
}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_EVENTS))
async def test_a_mutation_of_events(cast: Cast, operation: str, who: Who, outcome: Outcome) -> None:
    field, given = await _of_events(cast, operation)
    deed = Deed(_document(operation), given, field)
    await assert_comes_to(
        cast, who, outcome, deed, _CHANGES[operation], deleted=_DELETED.get(operation, ())
    )


@pytest.mark.parametrize("table", OF_EVENTS.values(), ids=OF_EVENTS)
def test_a_table_of_events_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _of_events(cast: Cast, operation: str) -> tuple[str, dict[str, Any]]:
    """What is sent, and which field of it says what it is about."""
    # Behind all that the tests of reading ask for.
    klass, starts_at = cast.world.klass, datetime.now(UTC) + timedelta(days=200)
    if operation in ("PublishEvent", "DraftEvent"):
        audience = {"classIds": [gid("SchoolClass", klass.id)]}
        given = {"title": "Собрание", "startsAt": starts_at.isoformat(), "audience": audience}
        return "audience.classIds.0", given
    if operation == "PublishServiceNotice":
        moment = starts_at.isoformat()
        return "title", {"title": "Работы", "startsAt": moment, "endsAt": moment}
    if operation == "EndServiceNotice":
        author = cast.person(Who.SYSTEM_ADMINISTRATOR)
        notice = await a_notice(author, starts_at=starts_at, ends_at=starts_at)
        return "noticeId", {"noticeId": gid("ServiceNotice", notice.id)}
    if operation in _ANSWERING:
        return await _answer(cast, operation, starts_at)
    columns = {"published_at": None} if operation in _OF_DRAFTS else {}
    event = await an_event(cast.person(Who.DEPUTY), klass, starts_at=starts_at, **columns)
    rest = {"ChangeEvent": {"place": "Зал"}, "CancelEvent": {"reason": "Карантин"}}
    named = {"eventId": gid("SchoolEvent", event.id), "version": 1}
    return "eventId", named | rest.get(operation, {})


async def _answer(cast: Cast, operation: str, starts_at: datetime) -> tuple[str, dict[str, Any]]:
    world, author = cast.world, await cast.world.school.staff(Position.HEAD)
    if operation == "AcknowledgeEvent":
        place = {"municipality_id": world.school.settlement.municipality_id, "role": "PARENTS"}
        asking = await an_event(author, place, starts_at=starts_at, asks_acknowledgement=True)
        return "eventId", {"eventId": gid("SchoolEvent", asking.id)}
    event = await an_event(author, world.klass, starts_at=starts_at, takes_registrations=True)
    if operation == "WithdrawRegistration":
        made = await event.registers(world.pupil.person)
        return "registrationId", {"registrationId": gid("EventRegistration", made.id)}
    pupil = gid("Student", world.pupil.id)
    return "studentId", {"eventId": gid("SchoolEvent", event.id), "studentId": pupil}


def _document(operation: str) -> str:
    """The contract's operation, or one of ours that asks for little more than the errors."""
    if operation == "PublishEvent":
        return contract(operation)
    field = operation[0].lower() + operation[1:]
    return (
        f"mutation ($input: {operation}Input!) {{ {field}(input: $input) "
        f"{{ {_SHOWN.get(operation, 'event { id }')} "
        "userErrors { code message field } } }"
    )
