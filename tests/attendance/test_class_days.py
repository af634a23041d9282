"""The sheet of a class's day: read by one statement, written as one."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from models import AbsenceNoteState, Attendance, AttendanceCode
from tests.attendance.story import DAY, Story
from tests.factories import LessonMade, PupilMade, a_school, an_absence_note, gid
from tests.traces import announced, deeds, reasons

_SHEET = """query ($class: ID!, $date: Date!) { classDay(classId: $class, date: $date) {
    date schoolClass { name } lessons { id number }
    rows { name student { id } entries {
        lessonId attendance { code note } expectedAbsence { code } } } } }"""
_WRITTEN = "attendance { code student { id } lesson { id } }"
_RECORD = "RecordDayAttendance"


def _entry(lesson: LessonMade, pupil: PupilMade, code: str = "ABSENT", **more: Any) -> Any:
    ids = {"lessonId": gid("Lesson", lesson.id), "studentId": gid("Student", pupil.id)}
    return {**ids, "code": code, **more}


def _day(story: Story, *entries: Any, days: int = 0) -> dict[str, Any]:
    return {
        "classId": gid("SchoolClass", story.klass.id),
        "date": str(story.school.today + days * DAY),
        "entries": list(entries),
    }


def _cell(lesson: LessonMade, **more: Any) -> dict[str, Any]:
    empty = {"attendance": None, "expectedAbsence": None}
    return {"lessonId": gid("Lesson", lesson.id), **empty, **more}


async def test_the_sheet_has_every_pupil_at_every_lesson(story: Story) -> None:
    group = await story.klass.group("7А английский", story.pupil)
    first = await story.lesson()
    second = await (await group.section("Английский язык")).lesson(number=2)
    await story.lesson(1)
    await first.attendance(story.classmate, AttendanceCode.LATE, note="10 минут")
    approved: dict[str, Any] = {
        "state": AbsenceNoteState.APPROVED,
        "decided_by": story.homeroom.row,
        "decided_at": datetime.now(UTC),
    }
    await an_absence_note(story.klass, story.pupil, story.mother, **approved)
    given = {"class": gid("SchoolClass", story.klass.id), "date": str(story.school.today)}

    for who in (story.homeroom, story.deputy):
        client = await story.client(who)
        plan = await client.plan(_SHEET, **given)
        assert (plan["planned"], plan["statements"]) == (True, 1)
        found = (await client.send(_SHEET, **given)).data["classDay"]
        assert (found["date"], found["schoolClass"]) == (given["date"], {"name": "7А"})
        assert found["lessons"] == [
            {"id": gid("Lesson", first.id), "number": 1},
            {"id": gid("Lesson", second.id), "number": 2},
        ]
        sick = {"expectedAbsence": {"code": "ABSENT_SICK"}}
        late = {"attendance": {"code": "LATE", "note": "10 минут"}}
        expected = {
            story.pupil.id: [_cell(first, **sick), _cell(second, **sick)],
            story.classmate.id: [_cell(first, **late)],
        }
        pupils = sorted(
            (story.pupil, story.classmate), key=lambda each: (each.person.row.full_name, each.id)
        )
        assert found["rows"] == [
            {
                "name": pupil.person.row.full_name,
                "student": {"id": gid("Student", pupil.id)},
                "entries": expected[pupil.id],
            }
            for pupil in pupils
        ]


async def test_a_day_without_lessons_has_an_empty_sheet_and_none_is_beyond_the_year(
    quiet: Story,
) -> None:
    client, klass = await quiet.client(quiet.deputy), gid("SchoolClass", quiet.klass.id)
    empty = await client.send(_SHEET, **{"class": klass, "date": str(quiet.school.today + DAY)})
    found = empty.data["classDay"]
    assert (found["lessons"], [row["entries"] for row in found["rows"]]) == ([], [[], []])
    beyond = quiet.school.year.ends_on + DAY
    answer = await client.send(_SHEET, **{"class": klass, "date": str(beyond)})
    assert answer.data == {"classDay": None}


async def test_a_pupil_who_left_is_not_on_the_sheet(story: Story) -> None:
    await (await story.klass.enrollment(story.pupil)).end(story.school.today)
    client = await story.client(story.homeroom)
    for days, count in ((-1, 2), (0, 1)):
        day = story.school.today + days * DAY
        given = {"class": gid("SchoolClass", story.klass.id), "date": str(day)}
        found = (await client.send(_SHEET, **given)).data["classDay"]
        assert len(found["rows"]) == count


async def test_a_whole_day_is_written_at_once(story: Story) -> None:
    first, second = await story.lesson(), await story.lesson()
    there = await second.attendance(story.pupil, AttendanceCode.LATE, note="5 минут")
    payload = await story.do(
        story.homeroom,
        _RECORD,
        _WRITTEN,
        **_day(
            story,
            _entry(second, story.pupil, "ABSENT_SICK"),
            _entry(first, story.pupil, "ABSENT_SICK", note="Мама звонила"),
            # These say what is there already: nothing is written, nobody is told.
            _entry(first, story.classmate, "PRESENT"),
        ),
    )
    pupil = {"id": gid("Student", story.pupil.id)}
    assert payload["attendance"] == [
        {"code": "ABSENT_SICK", "student": pupil, "lesson": {"id": gid("Lesson", each.id)}}
        for each in (second, first)
    ]
    rows = await Attendance.filter(lesson__school_class_id=story.klass.id).order_by("id")
    assert [(row.lesson_id, row.student_id, row.code.value, row.note) for row in rows] == [
        (second.id, story.pupil.id, "ABSENT_SICK", None),
        (first.id, story.pupil.id, "ABSENT_SICK", "Мама звонила"),
    ]
    assert await announced(story.school) == [
        (1, "ATTENDANCE", "CORRECTED", there.id, story.pupil.id),
        (2, "ATTENDANCE", "RECORDED", rows[1].id, story.pupil.id),
    ]
    [told] = await deeds("Attendance", there.id)
    assert (told.before, told.after) == (
        {"code": "LATE", "note": "5 минут"},
        {"code": "ABSENT_SICK", "note": None},
    )


async def test_one_wrong_cell_takes_all_others_back(story: Story) -> None:
    lesson, tomorrow = await story.lesson(), await story.lesson(1)
    neighbours = await story.school.class_("8Б")
    foreign = await (await neighbours.section("Физика")).lesson()
    neighbour = await neighbours.pupil()
    stranger = await (await (await a_school()).class_("7А")).pupil()
    cancelled = await story.lesson()
    await cancelled.change(cancelled_at=datetime.now(UTC), cancellation_reason="Карантин")
    errors = await story.refused(
        story.deputy,
        _RECORD,
        _WRITTEN,
        **_day(
            story,
            _entry(lesson, story.pupil),
            _entry(tomorrow, story.pupil),
            _entry(foreign, neighbour),
            _entry(lesson, neighbour),
            _entry(lesson, stranger),
            _entry(lesson, story.classmate),
            _entry(lesson, story.pupil, "LATE"),
            _entry(cancelled, story.pupil),
        ),
    )
    assert errors == [
        ("NOT_FOUND", "entries.1.lessonId"),
        ("NOT_FOUND", "entries.2.lessonId"),
        ("NOT_ENROLLED", "entries.3.studentId"),
        ("NOT_FOUND", "entries.4.studentId"),
        ("DUPLICATE", "entries.6.studentId"),
        ("CANCELLED", "entries.7.lessonId"),
    ]


async def test_the_form_is_looked_at_first(quiet: Story) -> None:
    lesson = await quiet.lesson()
    one = _entry(lesson, quiet.pupil)
    notes = [{**one, "note": "ё" * 501}, {**one, "note": "\x00"}]
    for entries, errors in (
        ([], [("REQUIRED", "entries")]),
        ([one] * 601, [("TOO_LONG", "entries")]),
        (notes, [("TOO_LONG", "entries.0.note"), ("OUT_OF_RANGE", "entries.1.note")]),
    ):
        given = _day(quiet, *entries)
        assert await quiet.refused(quiet.homeroom, _RECORD, _WRITTEN, **given) == errors


async def test_only_those_who_keep_the_class_write_its_day(quiet: Story) -> None:
    lesson = await quiet.lesson()
    given = _day(quiet, _entry(lesson, quiet.classmate))
    for who in (quiet.teacher, quiet.mother, quiet.pupil):
        answer = await quiet.send(who, _RECORD, _WRITTEN, given)
        assert answer.refused == [("FORBIDDEN", "recordDayAttendance")]
    other = await quiet.school.teacher()
    await (await quiet.school.class_("6Б")).led_by(other)
    assert await quiet.refused(other, _RECORD, _WRITTEN, **given) == [("NOT_FOUND", "classId")]
    assert not await Attendance.filter(lesson_id=lesson.id).exists()


async def test_those_who_write_at_once_do_not_stand_in_each_others_way(story: Story) -> None:
    """The homeroom teacher's day and the lessons' teachers, each in another order."""
    lessons = [await story.lesson() for _ in range(4)]
    pupils = (story.pupil, story.classmate)
    days = [
        _day(story, *(_entry(lesson, pupil, code) for lesson in order for pupil in pupils))
        for order, code in ((lessons, "ABSENT"), (lessons[::-1], "ABSENT_SICK"))
    ]
    taken = [
        {
            "lessonId": gid("Lesson", lesson.id),
            "entries": [
                {"studentId": gid("Student", pupil.id), "code": "LATE"} for pupil in pupils[::-1]
            ],
        }
        for lesson in lessons
    ]
    for who in (story.homeroom, story.deputy, story.teacher):
        await story.client(who)
    answers = await asyncio.gather(
        story.send(story.homeroom, _RECORD, _WRITTEN, days[0]),
        *(
            story.send(story.teacher, "RecordAttendance", "attendance { code }", each)
            for each in taken
        ),
        story.send(story.deputy, _RECORD, _WRITTEN, days[1]),
    )
    assert [reasons(payload) for each in answers for payload in each.data.values()] == [[]] * 6
    for row in await Attendance.filter(lesson__school_class_id=story.klass.id):
        told = await deeds("Attendance", row.id)
        assert [deed.before for deed in told] == [None, *(deed.after for deed in told[:-1])]
        assert told[-1].after["code"] == row.code


@pytest.mark.parametrize("code", AttendanceCode)
async def test_every_code_can_be_written(quiet: Story, code: AttendanceCode) -> None:
    lesson = await quiet.lesson()
    given = _day(quiet, _entry(lesson, quiet.classmate, code.value, note="Да"))
    payload = await quiet.do(quiet.homeroom, _RECORD, "attendance { code note }", **given)
    assert payload["attendance"] == [{"code": code.value, "note": "Да"}]
