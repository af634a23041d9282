"""What was heard, asked for without a socket: pages behind a cursor, and what they leave out."""

from typing import Any

import pytest

from models import ChangeEntry
from subscriptions import cursor, topics
from tests.diary import Client, Diary
from tests.factories import gid
from tests.hearing import Story, a_story, now, signed_in
from tests.live import end_of

pytestmark = pytest.mark.usefixtures("database")

CHANGES = """
query ($after: String!, $first: Int) {
  changes(after: $after, first: $first) {
    cursor hasMore
    changes { cursor area kind nodeId mark { value } homework { text } }
  }
}
"""


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def page(client: Client, after: str, first: int = 50) -> Any:
    return (await client.send(CHANGES, after=after, first=first)).data["changes"]


def heard(found: Any) -> list[str]:
    return [each["nodeId"] for each in found["changes"]]


async def test_a_phone_catches_up_page_by_page(story: Story) -> None:
    before = await now(story.school)
    marks = [await story.record(value) for value in (3, 4, 5)]
    first = await page(story.parent, before, first=2)
    second = await page(story.parent, first["cursor"], first=2)
    last = await page(story.parent, second["cursor"], first=2)

    assert [heard(each) for each in (first, second, last)] == [marks[:2], marks[2:], []]
    assert [each["hasMore"] for each in (first, second, last)] == [True, False, False]
    assert [each["mark"]["value"] for each in first["changes"]] == [3, 4]


async def test_each_change_has_a_cursor_to_go_on_from(story: Story) -> None:
    before = await now(story.school)
    marks = [await story.record() for _ in range(3)]
    whole = await page(story.parent, before)
    for place, change in enumerate(whole["changes"], start=1):
        assert heard(await page(story.parent, change["cursor"])) == marks[place:]


async def test_areas_come_in_the_order_in_which_they_happened(story: Story) -> None:
    before = await now(story.school)
    mark = await story.record()
    given = await story.teacher.do(
        "AssignHomework",
        lessonId=gid("Lesson", story.lesson.id),
        text="§ 14",
        dueOn=str(story.lesson.row.date),
    )
    found = await page(story.parent, before)

    assert heard(found) == [mark, given["homework"]["id"]]
    assert [each["area"] for each in found["changes"]] == ["MARKS", "HOMEWORK"]


async def test_nothing_of_others_is_in_a_page(diary: Diary, story: Story) -> None:
    other = await a_story(diary)
    classmate = await story.klass.pupil()
    stranger = await signed_in(diary, await classmate.guardian())
    before = await now(story.school, other.school)
    await other.record()
    await story.record()

    found = await page(stranger, before)
    assert (heard(found), found["hasMore"]) == ([], False)


@pytest.mark.parametrize("first", [-1, 101])
async def test_a_page_is_bounded(story: Story, first: int) -> None:
    before = await now(story.school)
    answer = await story.parent.send(CHANGES, after=before, first=first)

    assert answer.partial == {"changes": None}
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_what_was_forgotten_is_told_to_be_read_anew(story: Story) -> None:
    """Wholly or in part: a page that passed over it would say that nothing has happened."""
    before = await now(story.school)
    for _ in range(2):
        await story.record()
    topic = topics.school(story.school.id)
    first = await ChangeEntry.filter(topic=topic).order_by("seq").first()
    for forgotten in ([first.id if first else 0], None):
        rows = ChangeEntry.filter(topic=topic)
        await (rows if forgotten is None else rows.filter(id__in=forgotten)).delete()
        answer = await story.parent.send(CHANGES, after=before)
        assert answer.partial == {"changes": None}
        assert answer.codes == ["RESYNC_REQUIRED"]


async def test_a_cursor_of_the_future_is_told_to_be_read_anew(story: Story) -> None:
    topic = topics.school(story.school.id)
    ahead = cursor.encode({topic: await end_of(topic) + 1})
    answer = await story.parent.send(CHANGES, after=ahead)

    assert (answer.partial, answer.codes) == ({"changes": None}, ["RESYNC_REQUIRED"])
