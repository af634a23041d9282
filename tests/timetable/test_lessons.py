"""Lessons that are cancelled, restored, moved, changed and scheduled."""

from typing import Any

import pytest

from models import Attendance, Lesson, Mark
from tests.diary import Client, Diary
from tests.factories import a_school, gid
from tests.factories.timetable import bell
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story
from tests.traces import Deed, announced, deeds, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")

_DIARY = """query ($id: ID!, $day: Date!) { student(id: $id) { diary(from: $day, to: $day) {
    date lessons { id number topic cancelledAt cancellationReason movedFromDate } } } }"""


async def _diary(client: Client, story: Story, day: Any) -> list[Any]:
    answer = await client.send(_DIARY, id=gid("Student", story.pupil.id), day=str(day))
    days: list[Any] = answer.data["student"]["diary"]
    return [lesson for each in days for lesson in each["lessons"]]


async def test_a_lesson_is_cancelled_and_restored(diary: Diary, story: Story) -> None:
    payload = await story.do("CancelLesson", reason=" Карантин ")
    assert payload["userErrors"] == []
    row = await story.row()
    assert (row.cancelled_at is not None, row.cancellation_reason) == (True, "Карантин")
    assert payload["lesson"]["cancellationReason"] == "Карантин"
    family = await signed_in(diary, await story.pupil.guardian())
    (shown,) = await _diary(family, story, story.tomorrow)
    assert (shown["cancelledAt"] is not None, shown["cancellationReason"]) == (True, "Карантин")

    assert reasons(await story.do("CancelLesson", reason="Ещё раз")) == [("DUPLICATE", "lessonId")]
    for operation, given in (("MoveLesson", {"number": 3}), ("ChangeLesson", {"topic": "Дроби"})):
        assert reasons(await story.do(operation, **given)) == [("CANCELLED", "lessonId")]

    assert (await story.do("RestoreLesson"))["userErrors"] == []
    assert await story.is_untouched()
    assert reasons(await story.do("RestoreLesson")) == [("DUPLICATE", "lessonId")]
    kinds = [(area, kind) for _, area, kind, *_ in await announced(story.school)]
    assert kinds == [("LESSONS", "CANCELLED"), ("LESSONS", "RESTORED")]
    assert await told_students(story.school) == [[story.pupil.id]] * 2
    actions = [deed.action for deed in await deeds("Lesson", story.lesson.id)]
    assert actions == ["lesson.cancelled", "lesson.restored"]


async def test_nothing_is_written_at_a_cancelled_lesson(diary: Diary, story: Story) -> None:
    today = await story.section.lesson(story.school.today)
    given = {"lessonId": gid("Lesson", today.id)}
    assert (await story.do("CancelLesson", reason="Карантин", **given))["userErrors"] == []
    teacher = await signed_in(diary, story.teacher)
    student = {"studentId": gid("Student", story.pupil.id)}
    entries = [{**student, "code": "LATE"}]
    for payload in (
        await teacher.do("RecordMark", **given, **student, value=5),
        await teacher.do("RecordAttendance", **given, entries=entries),
    ):
        assert reasons(payload) == [("CANCELLED", "lessonId")]
    assert await Mark.filter(lesson_id=today.id).count() == 0
    assert await Attendance.filter(lesson_id=today.id).count() == 0


async def test_a_lesson_that_was_held_is_not_cancelled_nor_moved_ahead(story: Story) -> None:
    today = await story.section.lesson(story.school.today, 1)
    other = await story.section.lesson(story.school.today, 2)
    await today.mark(story.pupil, 5)
    await other.attendance(story.pupil)
    for lesson in (today, other):
        given = {"lessonId": gid("Lesson", lesson.id)}
        cancelled = await story.do("CancelLesson", reason="Карантин", **given)
        ahead = await story.do("MoveLesson", date=str(story.tomorrow + DAY), **given)
        assert reasons(cancelled) == reasons(ahead) == [("ALREADY_HELD", "lessonId")]
        row = await Lesson.get(id=lesson.id)
        assert (row.date, row.cancelled_at) == (story.school.today, None)
    back = await story.do(
        "MoveLesson", date=str(story.school.today - DAY), lessonId=gid("Lesson", today.id)
    )
    assert back["userErrors"] == []
    assert (await Mark.get(lesson_id=today.id)).date == story.school.today - DAY


async def test_a_lesson_is_moved_and_moved_back(diary: Diary, story: Story) -> None:
    room = await story.school.room("305")
    day = story.tomorrow + DAY
    payload = await story.do("MoveLesson", date=str(day), number=4, roomId=gid("Room", room.id))
    starts_at, ends_at = bell(4)
    assert payload == {
        "lesson": {
            "id": gid("Lesson", story.lesson.id),
            "date": str(day),
            "shift": 1,
            "number": 4,
            "startsAt": str(starts_at),
            "endsAt": str(ends_at),
            "room": "305",
            "topic": None,
            "cancelledAt": None,
            "cancellationReason": None,
            "movedFromDate": str(story.tomorrow),
            "movedFromNumber": 2,
        },
        "userErrors": [],
    }
    family = await signed_in(diary, await story.pupil.guardian())
    (shown,) = await _diary(family, story, day)
    assert shown["movedFromDate"] == str(story.tomorrow)
    assert await _diary(family, story, story.tomorrow) == []
    assert await announced(story.school) == [(1, "LESSONS", "MOVED", story.lesson.id, None)]
    (deed,) = await deeds("Lesson", story.lesson.id)
    assert (deed.before["date"], deed.after["date"]) == (str(story.tomorrow), str(day))

    back = await story.do("MoveLesson", date=str(story.tomorrow), number=2, roomId=None)
    assert (back["lesson"]["movedFromDate"], back["lesson"]["room"]) == (None, None)
    assert await story.is_untouched()


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        pytest.param({}, "REQUIRED", None, id="nowhere"),
        pytest.param({"number": 2}, "DUPLICATE", "lessonId", id="where it is"),
        pytest.param({"number": 9}, "OUT_OF_RANGE", "number", id="no such bell"),
        pytest.param({"number": 2**31 - 1}, "OUT_OF_RANGE", "number", id="no number of a lesson"),
        pytest.param({"shift": 2}, "OUT_OF_RANGE", "number", id="no such shift"),
        pytest.param({"date": "1999-09-01"}, "OUT_OF_RANGE", "date", id="another year"),
        pytest.param({"roomId": gid("Room", 2**40)}, "NOT_FOUND", "roomId", id="no room"),
        pytest.param(
            {"lessonId": gid("Lesson", 2**40), "number": 3}, "NOT_FOUND", "lessonId", id="no lesson"
        ),
    ],
)
async def test_a_move_that_cannot_be(
    story: Story, given: dict[str, Any], code: str, field: str | None
) -> None:
    payload = await story.do("MoveLesson", **given)
    assert (payload["lesson"], reasons(payload)) == (None, [(code, field)])
    assert await story.is_untouched()
    assert await announced(story.school) == []


async def test_a_room_is_the_schools_own(story: Story) -> None:
    room = await (await a_school()).room()
    given = {"roomId": gid("Room", room.id)}
    for operation in ("MoveLesson", "ChangeLesson"):
        assert reasons(await story.do(operation, **given)) == [("NOT_FOUND", "roomId")]
    assert await story.is_untouched()


async def test_a_topic_is_written_by_who_gives_the_lesson(diary: Diary, story: Story) -> None:
    room = await story.school.room("12")
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute, story.school.today, story.tomorrow + DAY)
    teachers = [await signed_in(diary, who) for who in (story.teacher, substitute)]
    for client, topic in zip((*teachers, story.client), ("Дроби", "Доли", ""), strict=True):
        payload = await story.do_as(client, "ChangeLesson", topic=topic)
        assert payload["lesson"]["topic"] == (topic or None)
    for client in teachers:
        payload = await story.do_as(
            client, "ChangeLesson", roomId=gid("Room", room.id), topic="Части"
        )
        assert reasons(payload) == [("FORBIDDEN", "lessonId")]
    assert await story.is_untouched()
    payload = await story.do("ChangeLesson", roomId=gid("Room", room.id))
    assert payload["lesson"]["room"] == "12"
    assert reasons(await story.do("ChangeLesson")) == [("REQUIRED", None)]
    assert reasons(await story.do("ChangeLesson", topic="я" * 501)) == [("TOO_LONG", "topic")]


async def test_a_lesson_is_scheduled(story: Story) -> None:
    other = await story.school.teacher()
    room = await story.school.room("7")
    await story.section.taught_by(other)
    given = {
        "sectionId": gid("CourseSection", story.section.id),
        "date": str(story.tomorrow),
        "number": 5,
        "roomId": gid("Room", room.id),
        "topic": "Консультация",
    }
    payload = await story.do("ScheduleLesson", **given)
    assert payload["userErrors"] == []
    row = await Lesson.get(id=number(payload["lesson"]["id"]))
    starts_at, ends_at = bell(5)
    assert (row.section_id, row.school_class_id, row.teacher_id, row.room_id) == (
        story.section.id,
        story.klass.id,
        story.teacher.id,
        room.id,
    )
    assert (row.date, row.number, row.starts_at, row.ends_at, row.topic) == (
        story.tomorrow,
        5,
        starts_at,
        ends_at,
        "Консультация",
    )
    assert await announced(story.school) == [(1, "LESSONS", "SCHEDULED", row.id, None)]
    named = {**given, "number": 6, "roomId": None, "teacherId": gid("StaffMember", other.id)}
    again = await story.do("ScheduleLesson", **named)
    assert (await Lesson.get(id=number(again["lesson"]["id"]))).teacher_id == other.id
    stranger = gid("StaffMember", (await story.school.teacher()).id)
    refused = await story.do("ScheduleLesson", **{**named, "number": 7, "teacherId": stranger})
    assert reasons(refused) == [("NOT_FOUND", "teacherId")]
    await story.section.assignment.end(story.school.today)
    first = await story.do("ScheduleLesson", **{**given, "number": 8, "roomId": None})
    assert (await Lesson.get(id=number(first["lesson"]["id"]))).teacher_id == other.id
    assert await Lesson.filter(section_id=story.section.id).count() == 4


async def test_a_section_without_a_teacher_is_not_scheduled(story: Story) -> None:
    await story.section.assignment.end(story.school.today)
    payload = await story.do(
        "ScheduleLesson",
        sectionId=gid("CourseSection", story.section.id),
        date=str(story.tomorrow),
        number=5,
    )
    assert reasons(payload) == [("REQUIRED", "teacherId")]
    assert await Lesson.filter(section_id=story.section.id).count() == 1


@pytest.mark.parametrize("who", ["pupil", "guardian", "teacher", "substitute", "stranger"])
async def test_those_concerned_hear_of_it(diary: Diary, story: Story, who: str) -> None:
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute, story.school.today, story.tomorrow + 7 * DAY)
    people = {
        "pupil": story.pupil,
        "guardian": await story.pupil.guardian(),
        "teacher": story.teacher,
        "substitute": substitute,
        "stranger": await (await story.school.class_("7Б")).pupil(),
    }
    listener = await signed_in(diary, people[who])
    begun = (await listener.send("{ changesCursor }")).data["changesCursor"]
    async with listener.socket() as socket:
        await socket.subscribe(
            """subscription ($after: String) { lessonChanges(after: $after) {
                kind lesson { cancellationReason number } } }""",
            after=begun,
        )
        for operation, given, kind, reason in (
            ("MoveLesson", {"number": 3}, "MOVED", None),
            ("CancelLesson", {"reason": "Карантин"}, "CANCELLED", "Карантин"),
            ("RestoreLesson", {}, "RESTORED", None),
        ):
            assert (await story.do(operation, **given))["userErrors"] == []
            if who == "stranger":
                continue
            lesson = {"cancellationReason": reason, "number": 3}
            assert await socket.next() == {"lessonChanges": {"kind": kind, "lesson": lesson}}
        if who == "stranger":
            await socket.nothing()


async def test_a_phone_is_told_of_a_cancelled_lesson(diary: Diary, story: Story) -> None:
    family = await signed_in(diary, await story.pupil.guardian())
    before = (await family.send("{ changesCursor }")).data["changesCursor"]
    await story.do("CancelLesson", reason="Карантин")
    document = """query ($after: String!) { changes(after: $after) { changes {
        kind lesson { cancellationReason } } } }"""
    answer = await family.send(document, after=before)
    assert answer.data["changes"]["changes"] == [
        {"kind": "CANCELLED", "lesson": {"cancellationReason": "Карантин"}}
    ]


async def test_a_cancelled_lesson_is_cancelled_in_the_audit(story: Story) -> None:
    await story.do("CancelLesson", reason="Карантин")
    (deed,) = await deeds("Lesson", story.lesson.id)
    row = await story.row()
    assert row.cancelled_at is not None
    assert deed == Deed(
        "lesson.cancelled",
        story.deputy.id,
        ["DEPUTY_HEAD"],
        {"cancelled_at": None, "cancellation_reason": None},
        {"cancelled_at": deed.after["cancelled_at"], "cancellation_reason": "Карантин"},
    )
