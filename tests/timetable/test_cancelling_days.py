"""All lessons of some days cancelled at once, and rooms of a school."""

import asyncio
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Attendance, AttendanceCode, Lesson, Position, Room
from tests.diary import Diary
from tests.factories import a_school, gid
from tests.locks import waiting
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story, document
from tests.traces import announced, deeds, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")


async def _cancel(story: Story, first: int = 1, last: int = 1, **given: Any) -> Any:
    usual = {
        "schoolYearId": gid("SchoolYear", story.school.year.id),
        "from": str(story.school.today + first * DAY),
        "until": str(story.school.today + last * DAY),
        "reason": " Карантин ",
    }
    sent = document("CancelLessons", "cancelledCount heldCount")
    return (await story.client.send(sent, input=usual | given)).data["cancelLessons"]


async def _cancelled(story: Story) -> set[int]:
    lessons = Lesson.filter(school_class__organization_id=story.school.id)
    return {each.id for each in await lessons.filter(cancelled_at__isnull=False)}


async def test_all_lessons_of_some_days_are_cancelled_and_told(diary: Diary, story: Story) -> None:
    group = await story.klass.group("7А англ.", story.pupil)
    english = await (await group.section("Английский язык")).lesson(story.tomorrow, 5)
    later = await story.section.lesson(story.tomorrow + DAY, 1)
    beyond = await story.section.lesson(story.tomorrow + 2 * DAY, 1)
    family = await signed_in(diary, await story.pupil.guardian())
    begun = (await family.send("{ changesCursor }")).data["changesCursor"]
    async with family.socket() as socket:
        await socket.subscribe(
            """subscription ($after: String) { lessonChanges(after: $after) {
                kind lesson { cancellationReason } } }""",
            after=begun,
        )
        payload = await _cancel(story, 1, 2)
        assert payload == {"cancelledCount": 3, "heldCount": 0, "userErrors": []}
        change = {"kind": "CANCELLED", "lesson": {"cancellationReason": "Карантин"}}
        for _ in range(3):
            assert await socket.next() == {"lessonChanges": change}
        await socket.nothing()
    assert await _cancelled(story) == {story.lesson.id, english.id, later.id}
    assert (await Lesson.get(id=beyond.id)).cancellation_reason is None
    assert await told_students(story.school) == [[story.pupil.id]] * 3
    assert [deed.action for deed in await deeds("Lesson", english.id)] == ["lesson.cancelled"]
    assert (await _cancel(story, 1, 2))["cancelledCount"] == 0


async def test_those_of_a_class_are_cancelled_and_what_was_held_stays(story: Story) -> None:
    other = await (await story.school.class_("7Б")).section("Химия")
    stays = await other.lesson(story.tomorrow, 1)
    held = await story.section.lesson(story.tomorrow, 6)
    await held.attendance(story.pupil)
    payload = await _cancel(story, classId=gid("SchoolClass", story.klass.id))
    assert payload == {"cancelledCount": 1, "heldCount": 1, "userErrors": []}
    assert await _cancelled(story) == {story.lesson.id}
    assert (await Lesson.get(id=stays.id)).cancelled_at is None


async def test_what_is_written_meanwhile_stays(story: Story) -> None:
    async with in_transaction() as writing:
        await Attendance.create(
            lesson_id=story.lesson.id,
            student_id=story.pupil.id,
            code=AttendanceCode.ABSENT,
            using_db=writing,
        )
        late = asyncio.create_task(_cancel(story))
        await waiting(writing, 1)
    assert await late == {"cancelledCount": 0, "heldCount": 1, "userErrors": []}
    assert await story.is_untouched()


@pytest.mark.parametrize(
    ("first", "last", "given", "told"),
    [
        (2, 1, {}, ("OUT_OF_RANGE", "until")),
        (-101, 1, {}, ("OUT_OF_RANGE", "from")),
        (1, 169, {}, ("OUT_OF_RANGE", "until")),
        (1, 1, {"reason": " "}, ("REQUIRED", "reason")),
        (1, 1, {"classId": gid("SchoolClass", 2**40)}, ("NOT_FOUND", "classId")),
        (1, 1, {"schoolYearId": gid("SchoolYear", 2**40)}, ("NOT_FOUND", "schoolYearId")),
    ],
)
async def test_days_that_cannot_be_cancelled(
    story: Story, first: int, last: int, given: dict[str, Any], told: tuple[str, str]
) -> None:
    payload = await _cancel(story, first, last, **given)
    assert (payload["cancelledCount"], reasons(payload)) == (None, [told])
    assert await story.is_untouched()
    assert await announced(story.school) == []


async def test_more_than_can_be_told_at_once_is_refused(story: Story) -> None:
    lesson = (await Lesson.get(id=story.lesson.id)).__dict__
    columns = ("section_id", "school_class_id", "teacher_id", "starts_at", "ends_at")
    of = {name: lesson[name] for name in columns}
    slots = [(2 + n // 60, 1 + n // 20 % 3, n % 20) for n in range(500)]
    await Lesson.bulk_create(
        Lesson(date=story.school.today + day * DAY, shift=shift, number=place, **of)
        for day, shift, place in slots
    )
    assert reasons(await _cancel(story, 1, 20)) == [("TOO_LONG", "until")]
    assert await _cancelled(story) == set()
    assert (await _cancel(story, 2, 20))["cancelledCount"] == 500


async def _room(story: Story, **given: Any) -> Any:
    usual = {"organizationId": gid("Organization", story.school.id), "name": " 305 "}
    sent = document("CreateRoom", "room { id name }")
    return (await story.client.send(sent, input=usual | given)).data["createRoom"]


async def test_a_room_is_made_and_lessons_are_planned_in_it(diary: Diary, story: Story) -> None:
    made = await _room(story)
    row = await Room.get(organization_id=story.school.id)
    assert made == {"room": {"id": gid("Room", row.id), "name": "305"}, "userErrors": []}
    (deed,) = await deeds("Room", row.id)
    assert (deed.action, deed.after) == ("timetable.room_created", {"name": "305"})
    assert (await story.do("ChangeLesson", roomId=made["room"]["id"]))["lesson"]["room"] == "305"
    elsewhere = await a_school()
    other = await signed_in(diary, await elsewhere.staff(Position.DEPUTY_HEAD))
    given = {"organizationId": gid("Organization", elsewhere.id), "name": "305"}
    answer = await other.send(document("CreateRoom", "room { id }"), input=given)
    assert number(answer.data["createRoom"]["room"]["id"]) != row.id


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ("DUPLICATE", "name")),
        ({"name": ""}, ("REQUIRED", "name")),
        ({"name": "я" * 51}, ("TOO_LONG", "name")),
        ({"organizationId": gid("Organization", 2**40)}, ("NOT_FOUND", "organizationId")),
    ],
)
async def test_a_room_that_cannot_be(
    story: Story, given: dict[str, Any], told: tuple[str, str]
) -> None:
    await story.school.room("305")
    assert reasons(await _room(story, **given)) == [told]
    assert await Room.filter(organization_id=story.school.id).count() == 1
