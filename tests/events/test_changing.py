"""Drafts, changes and calling off."""

from typing import Any

from models import AuditEntry, ChangeEntry, EventAudience, SchoolEvent, TeachingAssignment
from schema.declaration.ids import decode
from tests.diary import Client
from tests.events.story import Story, an_announcement, done, of_classes, of_school, refused, soon
from tests.factories import an_event, gid

_EVENT = (
    "query ($id: ID!) { node(id: $id) { ... on SchoolEvent { title place version publishedAt "
    "cancelledAt cancellationReason organization { name } } } }"
)


async def read(client: Client, event_id: str) -> Any:
    return (await client.send(_EVENT, id=event_id)).data["node"]


async def entries(event_id: str) -> list[str]:
    found = ChangeEntry.filter(area="EVENTS", row_id=decode("SchoolEvent", event_id))
    return [entry.kind for entry in await found.order_by("seq")]


async def test_a_draft_is_its_authors_until_it_is_announced(story: Story) -> None:
    author, mother = await story.client(story.head), await story.client(story.mother)
    given = an_announcement(of_classes(story.other), title="Черновик")
    event_id = (await done(author, "DraftEvent", **given))["event"]["id"]
    assert (await read(author, event_id))["publishedAt"] is None
    for who in (story.mother, story.homeroom, story.father):
        assert await read(await story.client(who), event_id) is None
    assert await entries(event_id) == []

    draft: dict[str, Any] = {"eventId": event_id, "version": 1}
    changed = await done(
        author,
        "ChangeEvent",
        "event { title version }",
        **draft,
        title="Собрание",
        audience=of_classes(story.klass),
    )
    assert changed == {"event": {"title": "Собрание", "version": 2}}
    row = decode("SchoolEvent", event_id)
    audience = await EventAudience.get(event_id=row)
    assert audience.school_class_id == story.klass.id
    assert await entries(event_id) == []

    assert await refused(author, "PublishEventDraft", **draft) == [("CONFLICT", "version")]
    await done(author, "PublishEventDraft", eventId=event_id, version=2)
    assert (await read(mother, event_id))["title"] == "Собрание"
    assert await read(await story.client(story.father), event_id) is None
    assert await entries(event_id) == ["PUBLISHED"]
    again: dict[str, Any] = {"eventId": event_id, "version": 3}
    assert await refused(author, "PublishEventDraft", **again) == [("CONFLICT", "eventId")]


async def test_a_change_is_heard_and_a_stale_one_is_refused(story: Story) -> None:
    author, mother = await story.client(story.homeroom), await story.client(story.mother)
    event = await an_event(story.homeroom, story.klass, place="Зал", body="Текст")
    event_id = gid("SchoolEvent", event.id)
    payload = await done(
        author, "ChangeEvent", "event { version }", eventId=event_id, version=1, place=None
    )
    assert payload == {"event": {"version": 2}}
    assert (await read(mother, event_id))["place"] is None
    assert (await SchoolEvent.get(id=event.id)).body == "Текст"
    assert await entries(event_id) == ["CHANGED"]
    audit = await AuditEntry.get(action="event.changed", row_id=event.id)
    assert (audit.before, audit.after) == ({"place": "Зал"}, {"place": None})

    given: dict[str, Any] = {"eventId": event_id, "version": 1}
    stale = await refused(author, "ChangeEvent", **given, place="Двор")
    assert stale == [("CONFLICT", "version")]
    given["version"] = 2
    for wrong, error in (
        ({}, ("REQUIRED", None)),
        ({"title": None}, ("REQUIRED", "title")),
        ({"startsAt": None}, ("REQUIRED", "startsAt")),
        ({"endsAt": soon(-1).isoformat()}, ("OUT_OF_RANGE", "endsAt")),
        ({"audience": of_school(story.school)}, ("CONFLICT", "audience")),
    ):
        assert await refused(author, "ChangeEvent", **given, **wrong) == [error]


async def test_what_is_called_off_stays_to_be_read_with_its_reason(story: Story) -> None:
    author, mother = await story.client(story.homeroom), await story.client(story.mother)
    event = await an_event(story.homeroom, story.klass)
    given: dict[str, Any] = {"eventId": gid("SchoolEvent", event.id), "version": 1}
    assert await refused(author, "CancelEvent", **given, reason=" ") == [("REQUIRED", "reason")]
    await done(author, "CancelEvent", **given, reason=" Карантин ")
    told = await read(mother, given["eventId"])
    assert told["cancellationReason"] == "Карантин"
    assert told["cancelledAt"] is not None
    upcoming = await mother.send("{ viewer { upcomingEvents(first: 50) { id } } }")
    assert {"id": given["eventId"]} not in upcoming.data["viewer"]["upcomingEvents"]
    assert await entries(given["eventId"]) == ["CANCELLED"]
    given["version"] = 2
    for operation, rest in (
        ("CancelEvent", {"reason": "Ещё раз"}),
        ("ChangeEvent", {"place": "Двор"}),
    ):
        assert await refused(author, operation, **given, **rest) == [("CANCELLED", "eventId")]


async def test_a_draft_cannot_be_called_off(story: Story) -> None:
    draft = await an_event(story.head, story.school, published_at=None)
    named: dict[str, Any] = {"eventId": gid("SchoolEvent", draft.id), "version": 1}
    client = await story.client(story.head)
    assert await refused(client, "CancelEvent", **named, reason="Передумали") == [
        ("CONFLICT", "eventId")
    ]


async def test_who_may_write_there_no_longer_announces_no_draft(story: Story) -> None:
    section = await story.klass.section("Химия")
    client = await story.client(section.teacher)
    given = an_announcement(of_classes(story.klass))
    event_id = (await done(client, "DraftEvent", **given))["event"]["id"]
    await TeachingAssignment.filter(teacher_id=section.teacher.id).update(
        valid_until=story.school.today
    )
    refusals = await refused(client, "PublishEventDraft", eventId=event_id, version=1)
    assert refusals == [("FORBIDDEN", "eventId")]


async def test_a_draft_is_thrown_away_and_what_was_announced_is_not(story: Story) -> None:
    client, colleague = await story.client(story.homeroom), await story.client(story.head)
    given = an_announcement(of_classes(story.klass), title="Передумали")
    event_id = (await done(client, "DraftEvent", **given))["event"]["id"]
    draft: dict[str, Any] = {"eventId": event_id, "version": 1}
    for who, sent, error in (
        (client, {**draft, "version": 2}, ("CONFLICT", "version")),
        (client, {**draft, "eventId": gid("SchoolEvent", 2**50)}, ("NOT_FOUND", "eventId")),
        (colleague, draft, ("NOT_FOUND", "eventId")),
    ):
        assert await refused(who, "DiscardEventDraft", "eventId", **sent) == [error]

    gone = await done(client, "DiscardEventDraft", "eventId", **draft)
    assert gone == {"eventId": event_id}
    assert await read(client, event_id) is None
    assert await entries(event_id) == []
    row = decode("SchoolEvent", event_id)
    assert not await EventAudience.filter(event_id=row).exists()
    audit = await AuditEntry.get(action="event.draft_discarded", row_id=row)
    assert (audit.before or {})["title"] == "Передумали"
    again = await refused(client, "DiscardEventDraft", "eventId", **draft)
    assert again == [("NOT_FOUND", "eventId")]

    announced = await an_event(story.homeroom, story.klass)
    named: dict[str, Any] = {"eventId": gid("SchoolEvent", announced.id), "version": 1}
    errors = await refused(client, "DiscardEventDraft", "eventId", **named)
    assert errors == [("CONFLICT", "eventId")]
