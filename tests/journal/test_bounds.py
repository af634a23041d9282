"""The first and the last day of each right to write, by the school's clock, and the days beside."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import Attendance, Mark, MarkRevision
from tests.diary import Client, Diary
from tests.factories import LessonMade, gid
from tests.factories.grading import a_grading_policy
from tests.grading.story import do, give_year
from tests.grading.story import rows as period_rows
from tests.journal.desks import Desk
from tests.journal.sheets import Page, of_mark
from tests.journal.story import Story, a_story, correct, remove, untouched
from tests.sessions import signed_in
from tests.traces import announced, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)
_WINDOW = 7
_MOSCOW = ZoneInfo("Europe/Moscow")


def _midnight(day: date) -> datetime:
    """The school's first moment of the day, which is still the day before in UTC."""
    return datetime.combine(day, time(), _MOSCOW)


async def _ways_to_mark(story: Story, lesson: LessonMade, client: Client, **why: str) -> list[Any]:
    """Give a mark by itself, and as part of a whole lesson."""
    at = {"lessonId": gid("Lesson", lesson.id)}
    page = Page(replace(story, lesson=lesson), [story.pupil])
    return [
        reasons(await replace(story, client=client).record(**at, **why)),
        reasons(await page.send(page.entry(0, {"value": 4}), client=client, **why)),
    ]


_LATE = [[("LOCKED", "lessonId")], [("LOCKED", "entries.0.marks.0.value")]]
_UNEXPLAINED = [[("REQUIRED", "reason")], [("REQUIRED", "entries.0.marks.0.reason")]]


@pytest.mark.parametrize("days", [0, 1, 7, 30])
async def test_marks_are_given_until_the_last_day_and_then_with_a_reason(
    desk: Desk, days: int
) -> None:
    story, today = desk.story, desk.story.school.today
    await a_grading_policy(story.school, correction_days=days)
    last, late = [await story.section.lesson(on=today - n * _DAY) for n in (days, days + 1)]
    assert await _ways_to_mark(story, last, story.client) == [[], []]
    assert await _ways_to_mark(story, late, story.client, reason="Забыл") == _LATE
    assert await _ways_to_mark(story, late, desk.deputy) == _UNEXPLAINED
    assert await Mark.filter(lesson_id=late.id).count() == 0
    assert await _ways_to_mark(story, late, desk.deputy, reason=" Комиссия ") == [[], []]
    kept: Any = await MarkRevision.filter(mark__lesson_id=late.id).values_list("reason", flat=True)
    assert list(kept) == ["Комиссия"] * 2


async def test_marks_are_corrected_from_the_day_on_which_the_school_gave_them(desk: Desk) -> None:
    """By the school's midnight: in UTC both marks are of the day before the window."""
    story, first = desk.story, desk.story.school.today - _WINDOW * _DAY
    old = await story.section.lesson(on=story.school.today - 3 * _WINDOW * _DAY)
    page = Page(replace(story, lesson=old), [story.pupil])
    for moment, is_late in (
        (_midnight(first), False),
        (_midnight(first) - timedelta(seconds=1), True),
    ):
        locked = [("LOCKED", "markId")] if is_late else []
        in_sheet = [("LOCKED", "entries.0.marks.0.markId")] if is_late else []
        marks = [await old.mark(story.pupil, 3, recorded_at=moment) for _ in range(4)]
        assert reasons(await correct(story, marks[0], value=4)) == locked
        assert reasons(await remove(story, marks[1])) == locked
        sent = await page.send(page.entry(0, of_mark(marks[2].id, value=4)))
        assert reasons(sent) == in_sheet
        sent = await page.send(page.entry(0, of_mark(marks[3].id, isRemoved=True)))
        assert reasons(sent) == in_sheet
        if is_late:
            for mark in marks:
                await untouched(mark)
            deputy = replace(story, client=desk.deputy)
            assert reasons(await correct(deputy, marks[0], value=4, reason="Апелляция")) == []
            assert reasons(await remove(deputy, marks[1], reason="Апелляция")) == []


async def test_a_work_s_days_are_counted_from_its_own_day(desk: Desk) -> None:
    story, today = desk.story, desk.story.school.today
    lesson = await story.section.lesson(on=today - 3 * _WINDOW * _DAY)
    last, late = [
        await lesson.assignment(f"Эссе {days}", due_on=today - days * _DAY)
        for days in (_WINDOW, _WINDOW + 1)
    ]
    at = {"lessonId": gid("Lesson", lesson.id)}
    work = {"assignmentId": gid("Assignment", last.id)}
    assert reasons(await story.record(**at, **work)) == []
    page = Page(replace(story, lesson=lesson), [story.pupil])
    assert reasons(await page.send(page.entry(0, {"value": 4, **work}))) == []
    work = {"assignmentId": gid("Assignment", late.id)}
    assert reasons(await story.record(**at, **work)) == _LATE[0]
    assert reasons(await page.send(page.entry(0, {"value": 4, **work}))) == _LATE[1]
    assert await Mark.filter(assignment_id=late.id).count() == 0
    # A mark for it may be given at a lesson of today, however old the work is.
    assert reasons(await story.record(**work)) == []


async def _substitute_writes(client: Client, story: Story, lesson: LessonMade) -> set[str]:
    """What every way to write at the lesson comes to."""
    at = {"lessonId": gid("Lesson", lesson.id)}
    pupil = gid("Student", story.pupil.id)
    page = Page(replace(story, lesson=lesson), [story.pupil])
    told = [
        await client.do("RecordMark", **at, studentId=pupil, value=4),
        await client.do("RecordAttendance", **at, entries=[{"studentId": pupil, "code": "LATE"}]),
        await page.send(page.entry(0, {"value": 5}), client=client, topic="Дроби"),
        await client.do("AssignHomework", **at, text="№ 1", dueOn=str(lesson.row.date + _DAY)),
    ]
    return {code for each in told for code, _ in reasons(each) or [("done", None)]}


async def test_a_substitute_writes_from_the_first_day_s_lesson_to_the_last_one_s(
    diary: Diary, story: Story
) -> None:
    """Today is the last day: what was held on the first one may be written late."""
    today = story.school.today
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute, today - 2 * _DAY, today + _DAY)
    client = await signed_in(diary, substitute)
    for days, told in ((3, "NOT_FOUND"), (2, "done"), (1, "done"), (0, "done"), (-1, "NOT_FOUND")):
        lesson = await story.section.lesson(on=today - days * _DAY, number=5)
        assert await _substitute_writes(client, story, lesson) == {told}, days
        marks = await Mark.filter(lesson_id=lesson.id).count()
        attendance = await Attendance.filter(lesson_id=lesson.id).count()
        assert (marks, attendance) == ((2, 1) if told == "done" else (0, 0))


async def test_a_substitute_of_yesterday_or_tomorrow_writes_nothing(
    diary: Diary, story: Story
) -> None:
    today = story.school.today
    for first, last in ((today - 3 * _DAY, today - _DAY), (today + _DAY, today + 3 * _DAY)):
        substitute = await story.school.teacher()
        await story.section.substituted_by(substitute, first, last + _DAY)
        client = await signed_in(diary, substitute)
        for day in (first, last, today):
            lesson = await story.section.lesson(on=day)
            told = await _substitute_writes(client, story, lesson)
            # Whoever is no substitute today has no role by which anything is written.
            assert told == {"NOT_FOUND"}
            assert await Mark.filter(lesson_id=lesson.id).count() == 0
    assert await announced(story.school) == []


async def test_a_substitute_is_late_as_a_teacher_is(diary: Diary, story: Story) -> None:
    today = story.school.today
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute, today - 20 * _DAY, today + _DAY)
    client = await signed_in(diary, substitute)
    last, late = [
        await story.section.lesson(on=today - days * _DAY) for days in (_WINDOW, _WINDOW + 1)
    ]
    assert await _ways_to_mark(story, last, client) == [[], []]
    assert await _ways_to_mark(story, late, client, reason="Забыл") == _LATE
    assert await Mark.filter(lesson_id=late.id).count() == 0


async def test_the_first_grade_has_no_number_whichever_way_it_comes(diary: Diary) -> None:
    story = await a_story(diary, "1А")
    page = Page(story, [story.pupil])
    word = await story.lesson.mark(story.pupil, 3)
    payload = await story.record(value=None, sign="PASSED")
    assert reasons(payload) == []
    word_id = number(payload["mark"]["id"])
    section = {"sectionId": gid("CourseSection", story.section.id)}
    term = {**section, "termId": gid("Term", story.klass.term.id)}
    pupil = {"studentId": gid("Student", story.pupil.id)}
    before = await page.state(), await period_rows()
    change = {"markId": gid("Mark", word_id), "version": 1, "value": 5, "reason": "Описка"}
    told = {
        "RecordMark": await story.record(),
        "CorrectMark": await story.client.do("CorrectMark", **change),
        "recordLesson": await page.send(page.entry(0, {"value": 5}), topic="Дроби"),
        "recordLesson, changed": await page.send(page.entry(0, of_mark(word_id, value=5))),
        "RecordPeriodMark": await do(
            story.client, "RecordPeriodMark", **term, **pupil, value=5, reason="Устно"
        ),
        "RecordPeriodMarks": await do(
            story.client, "RecordPeriodMarks", **term, entries=[{**pupil, "value": 5}]
        ),
        "RecordYearMark": await give_year(story, "ANNUAL", value=5),
        "RecordYearMarks": await do(
            story.client,
            "RecordYearMarks",
            **section,
            kind="FINAL",
            entries=[{**pupil, "value": 5}],
        ),
    }
    at = {
        "recordLesson": "entries.0.marks.0.value",
        "recordLesson, changed": "entries.0.marks.0.value",
        "RecordPeriodMarks": "entries.0.value",
        "RecordYearMarks": "entries.0.value",
    }
    assert {name: reasons(each) for name, each in told.items()} == {
        name: [("MARKS_NOT_USED", at.get(name, "value"))] for name in told
    }
    assert (await page.state(), await period_rows()) == before
    assert word.row.value == 3
    words = await give_year(story, "ANNUAL", value=None, sign="PASSED", reason="Устно")
    assert reasons(words) == []


async def test_a_pupil_may_have_several_marks_of_a_lesson(story: Story) -> None:
    work = await story.lesson.assignment("Эссе")
    page = Page(story, [story.pupil])
    payload = await page.send(
        page.entry(
            0,
            {"value": 5},
            {"value": 3, "workType": "К"},
            {"value": 4, "assignmentId": gid("Assignment", work.id)},
            {"sign": "EXEMPT"},
        )
    )
    assert [mark["text"] for mark in payload["marks"]] == ["5", "3", "4", "осв"]
    assert reasons(await story.record(value=2)) == []
    assert await Mark.filter(lesson_id=story.lesson.id, removed_at__isnull=True).count() == 5
