"""Whole lessons that are refused: nothing is written, and every wrong cell is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import AttendanceCode, Mark
from tests.diary import Diary
from tests.factories import gid
from tests.journal.sheets import Page, a_page, of_mark
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
async def quiet(diary: Diary) -> Page:
    """One page for all refusals, with a mark and a code in it."""
    made = await a_page(diary)
    await made.story.lesson.mark(made.pupils[0], 3)
    await made.story.lesson.attendance(made.pupils[1], AttendanceCode.LATE, note="10 минут")
    return made


async def test_every_wrong_cell_is_told_and_nothing_is_written(quiet: Page) -> None:
    await quiet.refused(
        [
            ("OUT_OF_RANGE", "entries.0.marks.0.value"),
            ("OUT_OF_RANGE", "entries.0.marks.1.weight"),
            ("REQUIRED", "entries.0.marks.2.value"),
            ("REQUIRED", "entries.1.attendance"),
            ("TOO_LONG", "entries.1.note"),
            ("TOO_LONG", "entries.2.marks.0.comment"),
        ],
        quiet.entry(0, {"value": 6}, {"value": 5, "weight": 0}, {"comment": "?"}),
        quiet.entry(1, {"value": 5}, note="ё" * 501),
        quiet.entry(2, {"value": 5, "comment": "ё" * 1001}),
    )


async def test_rows_that_do_not_fit_are_told_each_in_its_place(quiet: Page) -> None:
    story, (first, _, third) = quiet.story, quiet.pupils
    mark = await Mark.get(student_id=first.id)
    elsewhere = await (await story.section.lesson(on=story.school.today - _DAY)).mark(third, 4)
    stranger = await (await story.school.class_("7Б")).pupil()
    errors = await quiet.refused(
        [
            ("CONFLICT", "entries.0.version"),
            ("CONFLICT", "entries.0.marks.0.version"),
            ("DUPLICATE", "entries.0.marks.1.markId"),
            ("NOT_FOUND", "entries.1.marks.0.markId"),
            ("NOT_FOUND", "entries.1.marks.1.workType"),
            ("NOT_FOUND", "entries.2.marks.0.markId"),
            ("NOT_FOUND", "entries.3.studentId"),
            ("DUPLICATE", "entries.4.studentId"),
        ],
        quiet.entry(0, of_mark(mark.id, value=4, version=7), of_mark(mark.id, value=4), version=9),
        quiet.entry(1, of_mark(mark.id, value=5), {"value": 5, "workType": "ESSAY"}),
        quiet.entry(2, of_mark(elsewhere.id, value=5)),
        {"studentId": gid("Student", stranger.id)},
        quiet.entry(1, {"value": 5}),
    )
    assert [each["current"] for each in errors[:3]] == [{"text": "3", "version": 1}] * 2 + [None]


@pytest.mark.parametrize(
    ("mark", "errors"),
    [
        ({"isRemoved": True}, [("REQUIRED", "markId")]),
        ({"value": 4, "version": 1}, [("REQUIRED", "markId")]),
        ({"markId": 0, "version": 1, "value": 4}, [("REQUIRED", "reason")]),
        ({"markId": 0, "value": 4, "reason": "Описка"}, [("CONFLICT", "version")]),
        ({"markId": 0, "version": 1, "reason": "Описка"}, [("REQUIRED", "value")]),
        (
            {"markId": 0, "version": 1, "value": 4, "isRemoved": True, "reason": "Описка"},
            [("OUT_OF_RANGE", "isRemoved")],
        ),
        (
            {"markId": 0, "version": 1, "value": 4, "workType": "К", "reason": "Описка"},
            [("OUT_OF_RANGE", "workType")],
        ),
        (
            {"markId": 0, "version": 1, "value": 4, "sign": "PASSED", "reason": "Описка"},
            [("REQUIRED", "value")],
        ),
    ],
)
async def test_a_mark_in_the_sheet_is_refused_as_anywhere(
    quiet: Page, mark: Any, errors: Any
) -> None:
    there = await Mark.get(student_id=quiet.pupils[0].id)
    given = {**mark, **({"markId": gid("Mark", there.id)} if "markId" in mark else {})}
    told = [(code, f"entries.0.marks.0.{name}") for code, name in errors]
    await quiet.refused(told, quiet.entry(0, given))


async def test_a_sheet_has_a_size(quiet: Page) -> None:
    await quiet.refused([("REQUIRED", "entries")])
    await quiet.refused([("TOO_LONG", "entries")], *[quiet.entry(0)] * 101)
    await quiet.refused([("TOO_LONG", "entries")], quiet.entry(0, *[{"value": 5}] * 301))
    await quiet.refused([("TOO_LONG", "topic")], topic="ё" * 501)
    for empty in ("", "  "):
        await quiet.refused([("REQUIRED", "topic")], topic=empty)


async def test_marks_of_a_lesson_to_come_are_refused_and_attendance_is_not(page: Page) -> None:
    lesson = await page.story.section.lesson(on=page.story.school.today + _DAY)
    page = replace(page, story=replace(page.story, lesson=lesson))
    await page.refused([("IN_FUTURE", "lessonId")], page.entry(0, {"value": 5}))
    payload = await page.send(page.entry(0, attendance="ABSENT_EXCUSED"), topic="Дроби")
    assert [each["code"] for each in payload["attendance"]] == ["ABSENT_EXCUSED"]


async def test_the_first_grade_has_words_alone(diary: Diary) -> None:
    page = await a_page(diary, "1А")
    word = await page.story.lesson.mark(page.pupils[1], 5)
    refused = [
        ("MARKS_NOT_USED", "entries.0.marks.1.value"),
        ("MARKS_NOT_USED", "entries.1.marks.0.value"),
    ]
    entries = (
        page.entry(0, {"sign": "PASSED"}, {"value": 5}),
        page.entry(1, of_mark(word.id, comment="Молодец")),
    )
    await page.refused(refused, *entries)
    payload = await page.send(
        page.entry(0, {"sign": "PASSED"}), page.entry(1, of_mark(word.id, sign="EXEMPT"))
    )
    assert [each["text"] for each in payload["marks"]] == ["зач", "осв"]


async def test_a_homeroom_teacher_notes_attendance_and_neither_marks_nor_topic(
    diary: Diary, page: Page
) -> None:
    leader = await page.story.school.teacher()
    await page.story.klass.led_by(leader)
    client = await signed_in(diary, leader)
    forbidden = [("FORBIDDEN", "lessonId")]
    await page.refused(forbidden, page.entry(0, {"value": 5}), client=client)
    await page.refused(forbidden, client=client, topic="Дроби")
    payload = await page.send(page.entry(0, attendance="LATE"), client=client)
    assert [each["code"] for each in payload["attendance"]] == ["LATE"]


async def test_a_lesson_that_was_cancelled_is_not_written_down(page: Page) -> None:
    cancelled = {"cancelled_at": datetime.now(UTC), "cancellation_reason": "Карантин"}
    await page.story.lesson.change(**cancelled)
    for given in (page.entry(0, {"value": 5}), page.entry(0, attendance="LATE")):
        await page.refused([("CANCELLED", "lessonId")], given)
    await page.refused([("CANCELLED", "lessonId")], topic="Дроби")
