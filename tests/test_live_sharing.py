"""One reading for all who are told alike: who shares it, and who never does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson
import pytest

from access.throttle import Throttle
from access.tokens import TokenSigner
from api.schema import DiarySchema, make_schema
from api.streams import answers_of
from models import Person
from planner.islands import Islands
from schema.context import Context, Services
from subscriptions import cursor, topics
from subscriptions.live import Live
from tests.diary import Client, Diary
from tests.hearing import Story, a_story, now, signed_in
from tests.live import end_of, eventually

pytestmark = pytest.mark.usefixtures("database")

# Whoever reaches the mark by being a guardian reaches its pupil.
ALIKE = """
subscription ($after: String) {
  markChanges(after: $after) { cursor markId mark { value student { fullName } } }
}
"""
# Guardians read an address and teachers do not: of whoever is both, the row has to be asked.
PERSONAL = """
subscription ($after: String) {
  markChanges(after: $after) { cursor markId mark { student { address } } }
}
"""
ADDRESS = "Сыктывкар, ул. Лесная, 1"


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """For which person each reading of an event was made."""
    found: list[int | None] = []
    read = Islands.read

    async def counting(self: Islands, info: Any, viewer: Any, *rest: Any) -> Any:
        found.append(viewer.person_id)
        return await read(self, info, viewer, *rest)

    monkeypatch.setattr(Islands, "read", counting)
    return found


class Answers(list[AsyncGenerator[bytes, None]]):
    """What each of several clients is told, and what they listen through."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live


async def all_seated(live: Live, topic: str, count: int) -> None:
    """Return once so many stand at the end of the topic's log and wait."""
    feeds = live.hub._feeds  # noqa: SLF001 — nobody but a test waits for a seat
    await eventually(
        lambda: topic in feeds and len(feeds[topic].readers) == count, "all to be seated"
    )


@asynccontextmanager
async def listening(
    document: str, clients: list[Client], **variables: Any
) -> AsyncIterator[Answers]:
    """The answers' iterators of these clients, over one hub as in one worker."""
    schema, live = make_schema(introspection=False), Live.over(None)
    async with live.running(), AsyncExitStack() as stack:
        found = Answers(live)
        for client in clients:
            context = _context(live, client)
            stream = await _stream(schema, document, context, variables)
            answers = answers_of(stream, context)
            stack.push_async_callback(answers.aclose)
            found.append(answers)
        yield found


def _context(live: Live, client: Client) -> Context:
    services = Services(TokenSigner("s" * 32), Throttle("s"), live.bus.publish, live)
    token = client.headers["Authorization"]
    return Context(services, "request-1", address="", user_agent="", authorization=token)


async def _stream(
    schema: DiarySchema, document: str, context: Context, variables: dict[str, Any]
) -> Any:
    return await schema.subscribe_to(schema.documents.prepared(document), None, variables, context)


async def heard(answers: Sequence[AsyncGenerator[bytes, None]]) -> list[bytes]:
    """The next answer of each, as the text that would be sent; all wait at once."""
    async with asyncio.timeout(10):
        texts: list[bytes] = await asyncio.gather(*(anext(each) for each in answers))
    return texts


def change(text: bytes) -> Any:
    return orjson.loads(text)["data"]["markChanges"]


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def test_those_who_are_told_alike_are_read_for_once(
    story: Story, diary: Diary, readings: list[int | None]
) -> None:
    guardians = [await story.pupil.guardian() for _ in range(4)]
    clients = [story.parent, *[await signed_in(diary, each) for each in guardians]]
    topic = topics.school(story.school.id)
    # All are there when the entry comes, as the families of a class are.
    async with listening(ALIKE, clients, after=await now(story.school)) as answers:
        waiting = [asyncio.create_task(anext(each)) for each in answers]
        await all_seated(answers.live, topic, len(clients))
        mark = await story.record()
        await answers.live.bus.publish(topic, await end_of(topic))
        async with asyncio.timeout(10):
            texts = await asyncio.gather(*waiting)

    assert [change(text)["markId"] for text in texts] == [mark] * 5
    assert len(set(texts)) == 1
    assert len(readings) == 1


async def test_what_depends_on_who_reads_is_read_for_everybody(
    story: Story, diary: Diary, readings: list[int | None]
) -> None:
    """Both are guardians and teachers: one of this pupil, the other teaches this pupil."""
    await Person.filter(id=story.pupil.row.person_id).update(address=ADDRESS)
    mother = await story.school.teacher()
    await story.pupil.guardian(mother)
    teacher = story.lesson.section.teacher
    await (await story.klass.pupil()).guardian(teacher)
    before = await now(story.school)
    mark = await story.record()
    clients = [await signed_in(diary, mother), story.teacher]
    async with listening(PERSONAL, clients, after=before) as answers:
        seen = [change(text) for text in await heard(answers)]

    assert [each["markId"] for each in seen] == [mark] * 2
    assert [each["mark"]["student"]["address"] for each in seen] == [ADDRESS, None]
    assert sorted(readings, key=str) == sorted([mother.id, teacher.id], key=str)


async def test_different_variables_are_told_as_they_ask(story: Story) -> None:
    document = """
    subscription ($after: String, $more: Boolean!) {
      markChanges(after: $after) { markId mark @include(if: $more) { value } }
    }
    """
    before = await now(story.school)
    mark = await story.record(4)
    seen = []
    for more in (True, False):
        async with listening(document, [story.parent], after=before, more=more) as answers:
            seen += [change(text) for text in await heard(answers)]

    assert seen == [{"markId": mark, "mark": {"value": 4}}, {"markId": mark}]


async def test_each_goes_on_from_a_cursor_of_their_own(story: Story, diary: Diary) -> None:
    """One who listens to two schools shares what is read, and stands at two places."""
    other = await a_story(diary)
    both = await signed_in(diary, await other.pupil.guardian(await story.pupil.guardian()))
    before = await now(story.school, other.school)
    await other.record()
    mark = await story.record()
    async with listening(ALIKE, [both, story.parent], after=before) as (of_two, of_one):
        first, second = [change(await anext(of_two)) for _ in range(2)]
        (last,) = [change(text) for text in await heard([of_one])]

    assert {first["markId"], second["markId"]} > {mark}
    assert last["markId"] == mark
    assert cursor.decode(second["cursor"]).keys() > cursor.decode(last["cursor"]).keys()
