"""Having read it: who says so, and who is still awaited."""

from typing import Any

from models import AuditEntry, EventAcknowledgement
from tests.diary import Client
from tests.events.story import Story, an_announcement, done, of_classes, refused, soon
from tests.factories import an_event, gid

_ACKNOWLEDGEMENT = "acknowledgement { id fullName }"
_LISTS = (
    "query ($id: ID!) { node(id: $id) { ... on SchoolEvent { acknowledgementCount "
    "ownAcknowledgement { fullName } acknowledgements { nodes { fullName } } "
    "awaitedReaders { totalCount nodes { fullName } } } } }"
)


async def lists(client: Client, event_id: str) -> tuple[Any, ...]:
    """How many, oneself, who has and who has not read it, as somebody reads that."""
    found = (await client.send(_LISTS, id=event_id)).data["node"]
    own = found["ownAcknowledgement"]
    read, awaited = found["acknowledgements"]["nodes"], found["awaitedReaders"]["nodes"]
    assert found["awaitedReaders"]["totalCount"] == len(awaited)
    return (
        found["acknowledgementCount"],
        own and own["fullName"],
        [each["fullName"] for each in read],
        sorted(each["fullName"] for each in awaited),
    )


async def test_organizers_see_who_has_read_it_and_who_has_not(story: Story) -> None:
    klass = await story.school.class_("9А")
    pupil, other = await klass.pupil(), await klass.pupil()
    mother = await pupil.guardian()
    audience = {**of_classes(klass), "roles": ["PARENTS", "PUPILS"]}
    given = an_announcement(audience, asksAcknowledgement=True)
    organizer = await story.client(story.head)
    event_id = (await done(organizer, "PublishEvent", **given))["event"]["id"]
    names = sorted(each.person.row.full_name for each in (pupil, other))
    everybody = sorted([*names, mother.row.full_name])
    assert await lists(organizer, event_id) == (0, None, [], everybody)

    reader = await story.client(mother)
    first = await done(reader, "AcknowledgeEvent", _ACKNOWLEDGEMENT, eventId=event_id)
    again = await done(reader, "AcknowledgeEvent", _ACKNOWLEDGEMENT, eventId=event_id)
    assert first == again
    assert first["acknowledgement"]["fullName"] == mother.row.full_name
    row = await EventAcknowledgement.get(person_id=mother.id)
    assert await AuditEntry.filter(action="event.acknowledged", row_id=row.id).count() == 1

    name = mother.row.full_name
    assert await lists(organizer, event_id) == (1, None, [name], names)
    assert await lists(reader, event_id) == (1, name, [name], [])
    assert await lists(await story.client(other), event_id) == (1, None, [], [])
    assert await lists(await story.client(story.teacher), event_id) == (1, None, [], [])


async def test_who_cannot_have_read_it(story: Story) -> None:
    asking = {"asks_acknowledgement": True}
    mother, teacher = await story.client(story.mother), await story.client(story.teacher)
    for client, columns, error in (
        (mother, {}, "CONFLICT"),
        (mother, {**asking, "cancelled_at": soon(-1)}, "CANCELLED"),
        (teacher, asking, "NOT_INVITED"),
        (await story.client(story.father), asking, "NOT_FOUND"),
    ):
        event = await an_event(story.homeroom, story.klass, **columns)
        given = {"eventId": gid("SchoolEvent", event.id)}
        errors = await refused(client, "AcknowledgeEvent", _ACKNOWLEDGEMENT, **given)
        assert errors == [(error, "eventId")]
