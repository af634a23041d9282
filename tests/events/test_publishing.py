"""Announcing: what is written and logged, whom it reaches, and what is refused."""

from typing import Any

import pytest

from models import AuditEntry, ChangeEntry, EventAudience, Position
from tests.diary import Client
from tests.events.story import (
    Story,
    an_announcement,
    done,
    latest,
    of_classes,
    of_school,
    refused,
    soon,
)
from tests.factories import a_school, gid
from tests.moments import rfc3339
from tests.sessions import signed_in

_TITLES = "{ viewer { upcomingEvents(first: 50) { title } } }"


async def titles(client: Client) -> set[str]:
    """What somebody finds in their list."""
    found = (await client.send(_TITLES)).data["viewer"]["upcomingEvents"]
    return {event["title"] for event in found}


async def test_a_homeroom_teacher_invites_a_class(story: Story) -> None:
    client = await story.client(story.homeroom)
    given = an_announcement(of_classes(story.klass), title=" Собрание ", body="О поездке.")
    payload = await client.do("PublishEvent", **given)

    row = await latest()
    assert payload == {
        "event": {
            "id": gid("SchoolEvent", row.id),
            "title": "Собрание",
            "startsAt": rfc3339(row.starts_at),
        },
        "userErrors": [],
    }
    assert (row.author_id, row.organization_id) == (story.homeroom.id, story.school.id)
    (audience,) = await EventAudience.filter(event_id=row.id).values(
        "organization_id", "school_class_id", "grade_level", "role"
    )
    assert audience == {
        "organization_id": story.school.id,
        "school_class_id": story.klass.id,
        "grade_level": None,
        "role": None,
    }
    entry = await AuditEntry.get(entity="SchoolEvent", row_id=row.id)
    assert (entry.action, entry.organization_id) == ("event.published", story.school.id)
    (change,) = await ChangeEntry.filter(area="EVENTS", row_id=row.id)
    assert (change.topic, change.kind, change.organizations) == (
        "events",
        "PUBLISHED",
        [story.school.id],
    )


# Whoever works at the school finds all that is announced there.
_STAFF = {"teacher", "homeroom", "head"}
_IN_7A = {"pupil", "mother"}
_IN_8B = {"neighbour", "father"}


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ({"classes": ["klass"]}, _IN_7A),
        ({"classes": ["klass", "other"]}, _IN_7A | _IN_8B),
        ({"classes": ["klass"], "roles": ["PARENTS"]}, {"mother"}),
        # What a pupil is told, whoever stands for them is told too.
        ({"classes": ["klass"], "roles": ["PUPILS"]}, _IN_7A),
        ({}, _IN_7A | _IN_8B),
        ({"roles": ["PARENTS"]}, {"mother", "father"}),
        ({"roles": ["TEACHERS"]}, set()),
        ({"gradeLevels": [8]}, _IN_8B),
        ({"gradeLevels": [7, 8], "roles": ["PARENTS", "STAFF"]}, {"mother", "father"}),
    ],
)
async def test_whom_an_event_of_the_school_reaches(
    story: Story, audience: dict[str, Any], readers: set[str]
) -> None:
    given = dict(audience)
    if classes := given.pop("classes", None):
        given |= of_classes(*(getattr(story, name) for name in classes))
    else:
        given |= of_school(story.school)
    title = f"Для {sorted(readers)} {audience}"
    await done(
        await story.client(story.head), "PublishEvent", **an_announcement(given, title=title)
    )
    found = {
        name
        for name, who in story.everybody().items()
        if title in await titles(await story.client(who))
    }
    assert found == readers | _STAFF


@pytest.mark.parametrize(
    ("roles", "readers"),
    [
        (None, {*_IN_7A, *_IN_8B, *_STAFF, "far pupil"}),
        (["TEACHERS"], {"teacher", "homeroom"}),
        (["STAFF"], _STAFF),
        (["PARENTS"], {"mother", "father"}),
        (["PUPILS"], {*_IN_7A, *_IN_8B, "far pupil"}),
    ],
)
async def test_whom_an_event_of_the_municipality_reaches(
    story: Story, roles: list[str] | None, readers: set[str]
) -> None:
    near, elsewhere = await a_school(near=story.school), await a_school()
    far = await (await near.class_("9В")).pupil()
    stranger = await (await elsewhere.class_("9В")).pupil()
    office = await near.staff(Position.MUNICIPAL_AUTHORITY)
    place = gid("Municipality", story.school.settlement.municipality_id)
    title = f"Район: {roles}"
    audience = {"municipalityId": place, "roles": roles}
    client = await signed_in(story.diary, office)
    payload = await done(client, "PublishEvent", **an_announcement(audience, title=title))

    people = {**story.everybody(), "far pupil": far, "stranger": stranger}
    found = {name for name, who in people.items() if title in await titles(await story.client(who))}
    assert found == readers
    row = await latest()
    assert payload["event"]["id"] == gid("SchoolEvent", row.id)
    assert row.organization_id == office.post.row.organization_id
    change = await ChangeEntry.get(area="EVENTS", row_id=row.id)
    assert {story.school.id, near.id} <= set(change.organizations or ())
    assert elsewhere.id not in (change.organizations or ())


async def test_an_event_of_the_region_is_for_all_of_a_grade_anywhere(story: Story) -> None:
    elsewhere = await a_school()
    far = await (await elsewhere.class_("8А")).pupil()
    office = await elsewhere.staff(Position.REGIONAL_OPERATOR)
    settlement = story.school.settlement
    await settlement.fetch_related("municipality")
    audience = {
        "regionId": gid("Region", settlement.municipality.region_id),
        "gradeLevels": [8],
        "roles": ["PUPILS"],
    }
    title = "Олимпиада"
    client = await signed_in(story.diary, office)
    await done(client, "PublishEvent", **an_announcement(audience, title=title))
    people = {**story.everybody(), "far": far}
    found = {name for name, who in people.items() if title in await titles(await story.client(who))}
    # The schools of a test are of regions of their own.
    assert found <= _IN_8B | {"far"}
    assert found >= _IN_8B
    row = await latest()
    assert (await ChangeEntry.get(area="EVENTS", row_id=row.id)).organizations is None


async def test_a_group_hears_and_its_class_does_not(story: Story) -> None:
    group = await story.klass.group("7А, английский")
    member = await story.klass.pupil()
    await group.enroll(member)
    client = await story.client(story.head)
    await done(client, "PublishEvent", **an_announcement(of_classes(group), title="Группе"))
    assert "Группе" in await titles(await story.client(member))
    assert "Группе" not in await titles(await story.client(story.pupil))


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"title": " "}, [("REQUIRED", "title")]),
        ({"title": "а" * 301}, [("TOO_LONG", "title")]),
        ({"body": "а" * 20_001}, [("TOO_LONG", "body")]),
        ({"place": "а" * 301}, [("TOO_LONG", "place")]),
        ({"endsAt": soon(0).isoformat()}, [("OUT_OF_RANGE", "endsAt")]),
        ({"startsAt": soon(-2).isoformat()}, [("IN_PAST", "startsAt")]),
        ({"startsAt": "2090-01-01T10:00:00"}, [("MALFORMED", "startsAt")]),
        ({"endsAt": "2090-01-01T10:00:00"}, [("MALFORMED", "endsAt")]),
        ({"audience": {}}, [("REQUIRED", "audience")]),
        ({"audience": {"classIds": []}}, [("REQUIRED", "audience.classIds")]),
        ({"audience": {"classIds": ["x"] * 101}}, [("TOO_LONG", "audience.classIds")]),
        ({"audience": {"classIds": [gid("Student", 1)]}}, [("NOT_FOUND", "audience.classIds.0")]),
        ({"audience": {"schoolId": gid("Student", 1)}}, [("NOT_FOUND", "audience.schoolId")]),
    ],
)
async def test_what_is_wrong_with_an_event(
    story: Story, given: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    client = await story.client(story.head)
    usual = an_announcement(of_school(story.school))
    assert await refused(client, "PublishEvent", **usual | given) == errors
    assert await refused(client, "DraftEvent", **usual | given) == errors


async def test_what_is_wrong_with_an_audience(story: Story) -> None:
    client = await story.client(story.head)
    elsewhere = await a_school()
    foreign = await elsewhere.class_("7А")
    here, there = of_school(story.school), of_school(elsewhere)
    classes = of_classes(story.klass)
    for audience, error in (
        (there, ("FORBIDDEN", "audience.schoolId")),
        (of_classes(story.klass, foreign), ("NOT_FOUND", "audience.classIds.1")),
        ({**there, **classes}, ("OUT_OF_RANGE", "audience.classIds.0")),
        ({**classes, "gradeLevels": [7]}, ("OUT_OF_RANGE", "audience.gradeLevels")),
        ({**here, "gradeLevels": [13]}, ("OUT_OF_RANGE", "audience.gradeLevels")),
        ({**here, "regionId": gid("Region", 1)}, ("OUT_OF_RANGE", "audience")),
    ):
        assert await refused(client, "PublishEvent", **an_announcement(audience)) == [error]


async def test_a_teacher_writes_for_their_classes_alone(story: Story) -> None:
    client = await story.client(story.teacher)
    await done(client, "PublishEvent", **an_announcement(of_classes(story.klass)))
    for audience, error in (
        (of_school(story.school), ("FORBIDDEN", "audience.schoolId")),
        (of_classes(story.other), ("NOT_FOUND", "audience.classIds.0")),
    ):
        assert await refused(client, "PublishEvent", **an_announcement(audience)) == [error]


async def test_the_school_may_be_named_beside_its_classes(story: Story) -> None:
    client = await story.client(story.teacher)
    audience = {**of_school(story.school), **of_classes(story.klass, story.klass)}
    await done(client, "PublishEvent", **an_announcement(audience, title="Обоим"))
    row = await latest()
    assert await EventAudience.filter(event_id=row.id).count() == 1
