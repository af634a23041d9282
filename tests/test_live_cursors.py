"""Cursors of live delivery: from each of them exactly the rest comes, or a refusal."""

import asyncio
from base64 import b64encode

import asyncpg
import orjson
import pytest

from models import ChangeEntry
from subscriptions import cursor, topics
from subscriptions.log import ENDS, ChangeLog
from tests.commands import told
from tests.diary import Diary
from tests.factories import gid
from tests.hearing import Story, a_story, hearing, now

_NEW_EPOCH = "A new epoch has begun; clients with older cursors read their data anew."

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def test_without_a_cursor_it_begins_with_the_subscription(story: Story) -> None:
    before = await story.record(2)
    async with hearing(story.parent) as stream:
        recorded, first = [], asyncio.create_task(stream.change())
        while not first.done():
            recorded.append(await story.record())
            await asyncio.wait([first], timeout=0.2)
        began = recorded.index((await first)["markId"])
        rest = await stream.marks(len(recorded) - began - 1)

    assert before not in recorded
    assert rest == recorded[began + 1 :]


async def test_a_first_cursor_is_had_before_anything_happens(story: Story) -> None:
    await story.record(2)
    begun = (await story.parent.send("{ changesCursor }")).data["changesCursor"]
    marks = [await story.record() for _ in range(2)]
    async with hearing(story.parent, after=begun) as stream:
        assert await stream.marks(2) == marks


async def test_a_first_cursor_is_of_pupils_whom_one_sees(diary: Diary, story: Story) -> None:
    asked = "query ($ids: [ID!]) { changesCursor(studentIds: $ids) }"
    own, other = gid("Student", story.pupil.id), await a_story(diary)
    begun = (await story.parent.send(asked, ids=[own])).data["changesCursor"]
    hidden = await story.parent.send(asked, ids=[own, gid("Student", other.pupil.id)])

    assert topics.school(story.school.id) in cursor.decode(begun)
    assert hidden.refused == [("NOT_FOUND", "changesCursor")]
    assert (await diary.nobody.send(asked, ids=[own])).codes == ["UNAUTHENTICATED"]


async def test_from_any_cursor_exactly_the_rest_comes(story: Story) -> None:
    whole = await now(story.school)
    marks = [await story.record(value) for value in (5, 4, 3, 2)]
    async with hearing(story.parent, after=whole) as stream:
        cursors = [(await stream.change())["cursor"] for _ in marks]

    for place, each in enumerate([whole, *cursors]):
        async with hearing(story.parent, after=each) as stream:
            assert await stream.marks(len(marks[place:])) == marks[place:]
            # And then live, without a gap or a repeat.
            marks.append(await story.record())
            assert await stream.marks(1) == marks[-1:]


async def test_what_was_missed_is_told_of_the_mark_as_it_is_now(story: Story) -> None:
    before = await now(story.school)
    kept, taken_back = await story.record(2), await story.record(3)
    reason = {"reason": "Описка", "version": 1}
    await story.teacher.do("CorrectMark", markId=kept, value=5, **reason)
    await story.teacher.do("RemoveMark", markId=taken_back, **reason)

    async with hearing(story.parent, after=before) as stream:
        changes = [await stream.change() for _ in range(4)]

    assert [(each["kind"], (each["mark"] or {}).get("value")) for each in changes] == [
        ("RECORDED", 5),
        ("RECORDED", None),
        ("CORRECTED", 5),
        ("REMOVED", None),
    ]


async def test_a_cursor_of_the_future_asks_to_read_anew(story: Story) -> None:
    future = cursor.encode({topics.school(story.school.id): 10**6})
    async with hearing(story.parent, after=future) as stream:
        assert await stream.end() == ["RESYNC_REQUIRED"]


async def test_a_cursor_older_than_the_log_asks_to_read_anew(story: Story) -> None:
    before = await now(story.school)
    await story.record()
    await story.record()
    await ChangeEntry.filter(topic=topics.school(story.school.id), seq=1).delete()
    async with hearing(story.parent, after=before) as stream:
        assert await stream.end() == ["RESYNC_REQUIRED"]


async def test_a_cursor_of_another_log_asks_to_read_anew(story: Story) -> None:
    """One whose numbers would fit."""
    await story.record()
    text = b64encode(orjson.dumps(["another", {topics.school(story.school.id): 0}])).decode()
    async with hearing(story.parent, after=text) as stream:
        assert await stream.end() == ["RESYNC_REQUIRED"]


async def test_a_new_epoch_asks_everybody_to_read_anew(story: Story, database: str) -> None:
    await story.record()
    before = await now(story.school)
    async with hearing(story.parent, after=before) as stream:
        ended = await told("changes", "new-epoch", database=database)
        assert await stream.end() == ["RESYNC_REQUIRED"]
    async with hearing(story.parent, after=before) as stream:
        assert await stream.end() == ["RESYNC_REQUIRED"]
    cursor.use((await ChangeLog().ends([])).epoch)
    async with hearing(story.parent, after=await now(story.school)) as stream:
        mark = await story.record()
        assert await stream.marks(1) == [mark]

    assert (ended.code, ended.output) == (0, f"{_NEW_EPOCH}\n")


async def test_a_copy_of_the_database_has_an_epoch_of_its_own(
    template_url: str, scratch_url: str
) -> None:
    """As after a restored dump: the rows are the same, and what follows is not."""
    values, epochs = set(), set()
    for url in (template_url, scratch_url):
        connection = await asyncpg.connect(url)
        values.add(await connection.fetchval("SELECT value FROM change_epoch"))
        epochs.add((await connection.fetchrow(ENDS, []))["epoch"])
        await connection.close()

    assert (len(values), len(epochs)) == (1, 2)


async def test_a_forged_cursor_opens_nothing_foreign(diary: Diary, story: Story) -> None:
    foreign = await a_story(diary)
    forged = {topics.school(school.id): 0 for school in (story.school, foreign.school)}
    forged |= {"school:0": 5, "": 1, "x" * 100: 2**62}
    await foreign.record()
    await story.record()
    async with hearing(story.parent, after=cursor.encode(forged)) as stream:
        first = await stream.change()
        await foreign.record()
        own = await story.record()
        assert await stream.marks(1) == [own]

    assert cursor.decode(first["cursor"]) == {topics.school(story.school.id): 1}
