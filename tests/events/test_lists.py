"""Lists beside what is to come: what is over or called off, and what one has written."""

from typing import Any

import pytest

from tests.diary import Client
from tests.events.story import Story, soon
from tests.factories import PersonMade, PupilMade, an_event, gid

_LIST = (
    "query ($first: Int, $after: String) {{ viewer {{ {}(first: $first, after: $after) {{ "
    "totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ id title publishedAt }} }} }} }}"
)
_PAST, _ORGANIZED = _LIST.format("pastEvents"), _LIST.format("organizedEvents")
_UPCOMING = "{ viewer { upcomingEvents(first: 50) { id } } }"


async def page(client: Client, document: str, **given: Any) -> dict[str, Any]:
    viewer = (await client.send(document, **given)).data["viewer"]
    (found,) = viewer.values()
    return dict(found)


async def ids(client: Client, document: str) -> list[str]:
    return [node["id"] for node in (await page(client, document, first=100))["nodes"]]


@pytest.mark.parametrize(
    ("columns", "is_past"),
    [
        ({"starts_at": soon(-1)}, True),
        ({"starts_at": soon(-2), "ends_at": soon(-1)}, True),
        ({"starts_at": soon(-1), "ends_at": soon(1)}, False),
        ({"starts_at": soon(1)}, False),
        ({"starts_at": soon(1), "cancelled_at": soon(0)}, True),
    ],
)
async def test_an_event_is_either_to_come_or_past(
    story: Story, columns: dict[str, Any], is_past: bool
) -> None:
    event = gid("SchoolEvent", (await an_event(story.homeroom, story.klass, **columns)).id)
    mother, father = await story.client(story.mother), await story.client(story.father)
    upcoming = (await mother.send(_UPCOMING)).data["viewer"]["upcomingEvents"]
    assert (event in await ids(mother, _PAST)) is is_past
    assert ({"id": event} in upcoming) is not is_past
    assert event not in await ids(father, _PAST)


async def test_past_events_are_read_by_pages_the_latest_first(story: Story) -> None:
    klass = await story.school.class_("5А")
    reader = await story.client(await klass.pupil())
    made = [
        await an_event(story.homeroom, klass, starts_at=soon(-days), title=str(days))
        for days in (3, 1, 2)
    ]
    await an_event(story.homeroom, klass, starts_at=soon(-1), published_at=None)
    first = await page(reader, _PAST, first=2)
    assert [node["title"] for node in first["nodes"]] == ["1", "2"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (len(made), True)
    rest = await page(reader, _PAST, first=2, after=first["pageInfo"]["endCursor"])
    assert [node["title"] for node in rest["nodes"]] == ["3"]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_who_organizes_finds_what_they_wrote_drafts_included(story: Story) -> None:
    author = await story.school.teacher()
    published = await an_event(author, story.klass, starts_at=soon(-1))
    draft = await an_event(author, story.klass, published_at=None)
    await an_event(story.homeroom, story.klass)
    client = await story.client(author)
    found = await page(client, _ORGANIZED)
    numbers = [gid("SchoolEvent", each.id) for each in (draft, published)]
    assert [node["id"] for node in found["nodes"]] == numbers
    assert [node["publishedAt"] is None for node in found["nodes"]] == [True, False]
    others: tuple[PersonMade | PupilMade, ...] = (story.mother, story.head)
    for who in others:
        assert not set(numbers) & set(await ids(await story.client(who), _ORGANIZED))


@pytest.mark.parametrize("document", [_PAST, _ORGANIZED])
async def test_they_are_planned(story: Story, document: str) -> None:
    plan = await (await story.client(story.mother)).plan(document, first=10)
    assert (plan["planned"], plan["statements"]) == (True, 1)
