"""Taking part: places, waiting, taking back, and many at once."""

import asyncio
from typing import Any

import pytest

from models import ChangeEntry, EventRegistration
from schema.declaration.ids import decode
from tests.diary import Client
from tests.events.story import (
    Story,
    an_announcement,
    done,
    of_classes,
    refused,
    soon,
)
from tests.factories import EventMade, PersonMade, PupilMade, an_event, gid

_PLACES = "registration { fullName isWaiting }"
_REGISTRATION = "registration { id }"
_AT_ONCE = 12
_CAPACITY = 5


async def an_outing(story: Story, **columns: Any) -> EventMade:
    """An event of 7А that one registers for."""
    return await an_event(story.homeroom, story.klass, takes_registrations=True, **columns)


async def register(client: Client, event: EventMade, **given: Any) -> Any:
    event_id = gid("SchoolEvent", event.id)
    payload = await done(client, "RegisterForEvent", _PLACES, eventId=event_id, **given)
    return payload["registration"]


async def counts(client: Client, event: EventMade) -> tuple[int, int]:
    """How many take part and wait, as somebody reads it."""
    document = (
        "query ($id: ID!) { node(id: $id) "
        "{ ... on SchoolEvent { participantCount waitingCount } } }"
    )
    found = (await client.send(document, id=gid("SchoolEvent", event.id))).data["node"]
    return found["participantCount"], found["waitingCount"]


async def test_a_mother_registers_her_child_and_then_herself(story: Story) -> None:
    mother, event = await story.client(story.mother), await an_outing(story, capacity=1)
    child = await register(mother, event, studentId=gid("Student", story.pupil.id))
    assert child == {"fullName": story.pupil.person.row.full_name, "isWaiting": False}
    assert (await register(mother, event))["isWaiting"] is True
    row = await EventRegistration.get(event_id=event.id, person_id=story.pupil.person.id)
    assert row.registered_by_id == story.mother.id
    assert await counts(mother, event) == (1, 1)


async def test_names_are_the_organizers(story: Story) -> None:
    event = await an_outing(story)
    await register(await story.client(story.pupil), event)
    await register(await story.client(story.mother), event)
    document = (
        "query ($id: ID!) { node(id: $id) { ... on SchoolEvent "
        "{ registrations { nodes { fullName } } ownRegistrations { fullName } } } }"
    )
    pupil, mother = story.pupil.person.row.full_name, story.mother.row.full_name
    for who, names, own in (
        (story.homeroom, [pupil, mother], []),
        (story.head, [pupil, mother], []),
        (story.mother, [pupil, mother], [mother]),
        (story.pupil, [pupil], [pupil]),
        (story.teacher, [], []),
    ):
        client = await story.client(who)
        found = (await client.send(document, id=gid("SchoolEvent", event.id))).data["node"]
        assert [each["fullName"] for each in found["registrations"]["nodes"]] == names
        assert [each["fullName"] for each in found["ownRegistrations"]] == own


async def test_of_many_at_once_no_more_come_than_there_are_places(story: Story) -> None:
    event = await an_outing(story, capacity=_CAPACITY)
    pupils = [await story.klass.pupil() for _ in range(_AT_ONCE)]
    clients = [await story.client(pupil) for pupil in pupils]
    told = await asyncio.gather(*(register(client, event) for client in clients))
    assert sum(not each["isWaiting"] for each in told) == _CAPACITY
    rows = await EventRegistration.filter(event_id=event.id).order_by("id")
    assert [row.is_waiting for row in rows] == [False] * _CAPACITY + [True] * (_AT_ONCE - _CAPACITY)


async def test_whoever_takes_it_back_lets_the_next_one_in(story: Story) -> None:
    event = await an_outing(story, capacity=1)
    first, second, third = [await story.klass.pupil() for _ in range(3)]
    for pupil in (first, second, third):
        await register(await story.client(pupil), event)
    event_id = gid("SchoolEvent", event.id)
    await withdraw(story, first, event)
    rows = await EventRegistration.filter(event_id=event.id).order_by("id")
    assert [row.is_waiting for row in rows] == [False, False, True]
    entry = await ChangeEntry.get(area="EVENTS", row_id=event.id)
    assert (entry.kind, entry.people) == ("CHANGED", [second.person.id])
    # Who only waited gives no place away.
    await withdraw(story, third, event)
    assert await counts(await story.client(second), event) == (1, 0)
    # And may come again.
    assert await register(await story.client(first), event) == {
        "fullName": first.person.row.full_name,
        "isWaiting": True,
    }
    organizer = await story.client(story.homeroom)
    await done(organizer, "ChangeEvent", eventId=event_id, version=1, registration={"capacity": 2})
    assert await counts(organizer, event) == (2, 0)
    given: dict[str, Any] = {"eventId": event_id, "version": 2}
    for terms, field in ((None, "registration"), ({"capacity": 1}, "registration.capacity")):
        errors = await refused(organizer, "ChangeEvent", **given, registration=terms)
        assert errors == [("CONFLICT", field)]


async def withdraw(story: Story, who: PupilMade, event: EventMade) -> None:
    person: PersonMade = who.person
    row = await EventRegistration.get(
        event_id=event.id, person_id=person.id, withdrawn_at__isnull=True
    )
    given = {"registrationId": gid("EventRegistration", row.id)}
    client = await story.client(who)
    payload = await done(client, "WithdrawRegistration", "registrationId", **given)
    assert payload == given
    errors = await refused(client, "WithdrawRegistration", "registrationId", **given)
    assert errors == [("NOT_FOUND", "registrationId")]


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"takes_registrations": False}, ("REGISTRATION_CLOSED", "eventId")),
        ({"registration_closes_at": soon(-1)}, ("REGISTRATION_CLOSED", "eventId")),
        ({"starts_at": soon(-1)}, ("REGISTRATION_CLOSED", "eventId")),
        ({"cancelled_at": soon(-1)}, ("CANCELLED", "eventId")),
    ],
)
async def test_when_nobody_registers(
    story: Story, columns: dict[str, Any], error: tuple[str, str]
) -> None:
    event = await an_event(story.homeroom, story.klass, **{"takes_registrations": True, **columns})
    given = {"eventId": gid("SchoolEvent", event.id)}
    client = await story.client(story.pupil)
    assert await refused(client, "RegisterForEvent", _REGISTRATION, **given) == [error]


async def test_who_may_not_be_registered(story: Story) -> None:
    event = await an_outing(story)
    given = {"eventId": gid("SchoolEvent", event.id)}
    pupil, neighbour = gid("Student", story.pupil.id), gid("Student", story.neighbour.id)
    mother, father = await story.client(story.mother), await story.client(story.father)
    await register(mother, event)
    for client, child, error in (
        (mother, None, ("DUPLICATE", "eventId")),
        (mother, neighbour, ("NOT_FOUND", "studentId")),
        (father, pupil, ("NOT_FOUND", "studentId")),
        (father, neighbour, ("NOT_FOUND", "eventId")),
        (await story.client(story.teacher), None, ("NOT_INVITED", "eventId")),
    ):
        child_given = {"studentId": child, **given}
        errors = await refused(client, "RegisterForEvent", _REGISTRATION, **child_given)
        assert errors == [error]


async def test_an_event_of_pupils_is_no_place_for_those_who_read_it_on_their_behalf(
    story: Story,
) -> None:
    place = {
        "organization_id": story.school.id,
        "school_class_id": story.klass.id,
        "role": "PUPILS",
    }
    event = await an_event(story.homeroom, place, takes_registrations=True)
    mother, given = await story.client(story.mother), {"eventId": gid("SchoolEvent", event.id)}
    errors = await refused(mother, "RegisterForEvent", _REGISTRATION, **given)
    assert errors == [("NOT_INVITED", "eventId")]
    child = gid("Student", story.pupil.id)
    assert (await register(mother, event, studentId=child))["isWaiting"] is False


async def test_what_has_begun_is_not_taken_back(story: Story) -> None:
    event = await an_outing(story, starts_at=soon(-1))
    made = await event.registers(story.mother)
    given = {"registrationId": gid("EventRegistration", made.id)}
    client = await story.client(story.mother)
    errors = await refused(client, "WithdrawRegistration", "registrationId", **given)
    assert errors == [("REGISTRATION_CLOSED", "registrationId")]


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"capacity": 0}, ("OUT_OF_RANGE", "registration.capacity")),
        ({"closesAt": soon(3).isoformat()}, ("OUT_OF_RANGE", "registration.closesAt")),
        ({"closesAt": "2090-01-01T10:00:00"}, ("MALFORMED", "registration.closesAt")),
    ],
)
async def test_terms_that_make_no_sense(
    story: Story, terms: dict[str, Any], error: tuple[str, str]
) -> None:
    given = an_announcement(of_classes(story.klass), registration=terms)
    assert await refused(await story.client(story.homeroom), "PublishEvent", **given) == [error]


async def test_terms_are_told(story: Story) -> None:
    closes_at = soon(0).isoformat()
    given = an_announcement(
        of_classes(story.klass), registration={"capacity": 3, "closesAt": closes_at}
    )
    told = await done(
        await story.client(story.homeroom),
        "PublishEvent",
        "event { id takesRegistrations capacity }",
        **given,
    )
    assert decode("SchoolEvent", told["event"].pop("id")) is not None
    assert told["event"] == {"takesRegistrations": True, "capacity": 3}
