"""Hearing of events: whom each concerns, within a second, and nobody else."""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from models import Position
from tests.diary import Client, Socket, contract
from tests.events.story import Story, an_announcement, done, of_classes, of_school
from tests.factories import a_school, gid
from tests.sessions import signed_in

_SECOND = 1.0
_EVERYTHING = """
subscription ($after: String) {
  dashboardChanges(after: $after) { area kind nodeId event { title } mark { id } }
}
"""


@asynccontextmanager
async def listening(story: Story, *names: str) -> AsyncIterator[dict[str, Socket]]:
    """These people of the story, and a pupil of the next school, hear of events."""
    far = await (await (await a_school(near=story.school)).class_("7А")).pupil()
    people = {name: story.everybody()[name] for name in names} | {"far": far}
    async with AsyncExitStack() as stack:
        sockets = {}
        for name, who in people.items():
            client = await story.client(who)
            sockets[name] = await stack.enter_async_context(client.socket())
            await sockets[name].subscribe(contract("EventChanges"))
            await sockets[name].settled()
        yield sockets


async def change(socket: Socket) -> dict[str, Any]:
    """What is heard next, within a second."""
    told: dict[str, Any] = (await socket.next(_SECOND))["eventChanges"]
    return told


async def announced_to_all(story: Story) -> str:
    """Have everybody of the municipality hear of something: what came before has been told then."""
    office = await story.school.staff(Position.MUNICIPAL_AUTHORITY)
    place = gid("Municipality", story.school.settlement.municipality_id)
    given = an_announcement({"municipalityId": place})
    return await published(await signed_in(story.diary, office), **given)


async def published(client: Client, **given: Any) -> str:
    event_id: str = (await done(client, "PublishEvent", **given))["event"]["id"]
    return event_id


async def heard_by(sockets: dict[str, Socket], event_id: str, last: str) -> set[str]:
    """Who hears of the event before the last one, which everybody hears of."""
    readers = set()
    for name, socket in sockets.items():
        told = (await change(socket))["eventId"]
        if told == event_id:
            readers.add(name)
            told = (await change(socket))["eventId"]
        assert told == last, name
    return readers


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ({"classes": ["klass"]}, {"pupil", "mother"}),
        ({"classes": ["klass"], "roles": ["PARENTS"]}, {"mother"}),
        ({"roles": ["PARENTS"]}, {"mother", "father"}),
        ({"gradeLevels": [8], "roles": ["PUPILS"]}, {"neighbour", "father"}),
        ({"roles": ["TEACHERS"]}, set()),
    ],
)
async def test_it_is_heard_by_whom_it_is_for(
    story: Story, audience: dict[str, Any], readers: Collection[str]
) -> None:
    given = dict(audience)
    classes = [getattr(story, name) for name in given.pop("classes", ())]
    given |= of_classes(*classes) if classes else of_school(story.school)
    head = await story.client(story.head)
    async with listening(story, "pupil", "mother", "neighbour", "father", "teacher") as sockets:
        event_id = await published(head, **an_announcement(given))
        last = await announced_to_all(story)
        # Whoever works at the school knows of all that is announced there.
        assert await heard_by(sockets, event_id, last) == {*readers, "teacher"}


async def test_changing_and_calling_off_are_heard(story: Story) -> None:
    author = await story.client(story.homeroom)
    async with listening(story, "mother", "father") as sockets:
        given = an_announcement(of_classes(story.klass), title="Поход", place="Школа")
        event_id = await published(author, **given)
        named = {"eventId": event_id}
        await done(author, "ChangeEvent", **named, version=1, place="Вокзал")
        await done(author, "CancelEvent", **named, version=2, reason="Ливень")
        last = await announced_to_all(story)

        heard = [await change(sockets["mother"]) for _ in range(3)]
        kinds = ["PUBLISHED", "CHANGED", "CANCELLED"]
        assert [told["kind"] for told in heard] == kinds
        assert {told["eventId"] for told in heard} == {event_id}
        assert len({told["cursor"] for told in heard}) == len(kinds)
        # The row is read when it is told, and may be at a later state than the change was.
        shown = heard[0]["event"]
        assert (shown["id"], shown["title"]) == (event_id, "Поход")
        assert heard[1]["event"]["place"] == "Вокзал"
        assert heard[2]["event"] is None
        for socket in sockets.values():
            assert (await change(socket))["eventId"] == last


async def test_a_draft_is_heard_by_nobody_until_it_is_announced(story: Story) -> None:
    author = await story.client(story.homeroom)
    async with listening(story, "mother", "homeroom", "head") as sockets:
        given = an_announcement(of_classes(story.klass))
        draft = (await done(author, "DraftEvent", **given))["event"]["id"]
        await done(author, "ChangeEvent", eventId=draft, version=1, title="Иначе")
        last = await announced_to_all(story)
        assert await heard_by(sockets, draft, last) == set()
        await done(author, "PublishEventDraft", eventId=draft, version=2)
        last = await announced_to_all(story)
        assert await heard_by(sockets, draft, last) == {"mother", "homeroom", "head"}


async def test_what_was_missed_comes_first_and_nothing_else(story: Story) -> None:
    author, mother = await story.client(story.head), await story.client(story.mother)
    own = an_announcement(of_classes(story.klass))
    async with listening(story, "mother") as sockets:
        await published(author, **own)
        cursor = (await change(sockets["mother"]))["cursor"]
    missed = [await published(author, **own)]
    await published(author, **an_announcement(of_classes(story.other)))
    missed.append(await published(author, **own))
    async with mother.socket() as socket:
        await socket.subscribe(contract("EventChanges"), after=cursor)
        assert [(await change(socket))["eventId"] for _ in missed] == missed
        last = await announced_to_all(story)
        assert (await change(socket))["eventId"] == last


async def test_the_stream_of_everything_has_it_too(story: Story) -> None:
    author, mother = await story.client(story.homeroom), await story.client(story.mother)
    father = await story.client(story.father)
    async with mother.socket() as socket, father.socket() as other:
        for who, each in ((mother, socket), (father, other)):
            began = (await who.send("{ changesCursor }")).data["changesCursor"]
            await each.subscribe(_EVERYTHING, after=began)
        event_id = await published(
            author, **an_announcement(of_classes(story.klass), title="Выставка")
        )
        last = await announced_to_all(story)
        told = (await socket.next(_SECOND))["dashboardChanges"]
        assert told == {
            "area": "EVENTS",
            "kind": "PUBLISHED",
            "nodeId": event_id,
            "event": {"title": "Выставка"},
            "mark": None,
        }
        assert (await other.next(_SECOND))["dashboardChanges"]["nodeId"] == last


async def test_nobody_hears_who_is_not_signed_in(story: Story) -> None:
    async with story.diary.nobody.socket() as socket:
        await socket.subscribe(contract("EventChanges"))
        (error,) = (await socket.receive())["payload"]["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
