"""The pages of the class journal, exactly."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models import AttendanceCode, MarkSign, Position
from tests.diary import Diary
from tests.factories import (
    LessonMade,
    MarkMade,
    PupilMade,
    a_period_mark,
    gid,
)
from tests.journal.story import Story, a_story, page_of
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def test_a_page_of_the_journal_exactly(story: Story) -> None:
    school, klass = story.school, story.klass
    yesterday = await story.section.lesson(on=school.today - _DAY, number=3, topic="Дроби")
    second = await klass.pupil(last_name="Аистова", first_name="Яна", middle_name="")
    first = story.pupil
    await yesterday.attendance(first, AttendanceCode.ABSENT_SICK)
    await story.lesson.attendance(second, AttendanceCode.LATE)
    # 40/9 = 4.44… for one, 33/8 = 4.125 for the other.
    given = [await yesterday.mark(second, value, weight=w) for value, w in ((5, 3), (5, 1))]
    given += [await story.lesson.mark(second, 4, weight=5)]
    others = [await story.lesson.mark(first, value, weight=w) for value, w in ((5, 1), (4, 7))]
    others += [await story.lesson.mark(first, MarkSign.EXEMPT)]
    await others[0].change(version=7)
    await a_period_mark(second, story.section, 4)
    await a_period_mark(second, story.section, 2, klass.terms[0])
    await a_period_mark(first, story.section, MarkSign.NOT_ATTESTED)

    page = await page_of(story)

    assert page == {
        "term": {
            "id": gid("Term", klass.term.id),
            "name": "2-я четверть",
            "startsOn": str(klass.term.starts_on),
            "endsOn": str(klass.term.ends_on),
        },
        "lessons": [_column(yesterday), _column(story.lesson)],
        "rows": [
            {
                "student": _person(second),
                "weightedAverage": 4.44,
                "periodMark": {"text": "4"},
                "entries": [
                    _cell(yesterday, [(given[0], "5"), (given[1], "5")]),
                    _cell(story.lesson, [(given[2], "4")], "LATE"),
                ],
            },
            {
                "student": _person(first),
                "weightedAverage": 4.13,
                "periodMark": {"text": "н/а"},
                "entries": [
                    _cell(yesterday, [], "ABSENT_SICK"),
                    _cell(story.lesson, [(others[0], "5"), (others[1], "4"), (others[2], "осв")]),
                ],
            },
        ],
    }


def _column(lesson: LessonMade) -> dict[str, Any]:
    row = lesson.row
    return {
        "id": gid("Lesson", row.id),
        "date": str(row.date),
        "number": row.number,
        "topic": row.topic,
    }


def _person(pupil: PupilMade) -> dict[str, Any]:
    return {"id": gid("Student", pupil.id), "fullName": pupil.person.row.full_name}


def _cell(
    lesson: LessonMade, marks: list[tuple[MarkMade, str]], attendance: str | None = None
) -> dict[str, Any]:
    return {
        "lessonId": gid("Lesson", lesson.id),
        "attendance": {"code": attendance} if attendance else None,
        "marks": [
            {
                "id": gid("Mark", mark.id),
                "value": mark.row.value,
                "text": text,
                "weight": mark.row.weight,
                "version": mark.row.version,
            }
            for mark, text in marks
        ],
    }


def _columns(page: Any) -> list[str]:
    return [lesson["id"] for lesson in page["lessons"]]


async def test_a_page_begins_and_ends_with_its_term(story: Story) -> None:
    before, term, after = story.klass.terms[:3]
    days: list[date] = [
        before.ends_on,
        before.ends_on + _DAY,
        term.starts_on,
        term.ends_on,
        term.ends_on + _DAY,
        after.starts_on,
    ]
    lessons = [await story.section.lesson(on=day) for day in days]
    for lesson in lessons[:3]:
        await lesson.mark(story.pupil, 2)
    await lessons[2].mark(story.pupil, 5)

    inner = [lessons[2], story.lesson, lessons[3]]
    page = await page_of(story)
    assert _columns(page) == [gid("Lesson", lesson.id) for lesson in inner]
    [row] = page["rows"]
    assert [entry["lessonId"] for entry in row["entries"]] == _columns(page)
    assert row["weightedAverage"] == 3.5
    assert _columns(await page_of(story, 0)) == [gid("Lesson", lessons[0].id)]
    assert _columns(await page_of(story, 2)) == [gid("Lesson", lessons[5].id)]


async def test_lessons_of_a_day_stand_by_shift_and_number(story: Story) -> None:
    later = await story.section.lesson(number=8)
    second_shift = await story.section.lesson(number=1, shift=2)
    page = await page_of(story)
    order = [gid("Lesson", lesson.id) for lesson in (story.lesson, later, second_shift)]
    assert _columns(page) == order
    assert [entry["lessonId"] for entry in page["rows"][0]["entries"]] == order


async def test_a_pupil_stands_on_the_page_while_in_the_class(diary: Diary, story: Story) -> None:
    today = story.school.today
    yesterday = await story.section.lesson(on=today - _DAY)
    came = await story.klass.pupil(since=today, last_name="Яковлев")
    left = await story.klass.pupil(last_name="Якушев")
    mark = await yesterday.mark(left, 3)
    await (await story.klass.enrollment(left)).end(on=today)

    page = await page_of(story)
    assert [row["student"] for row in page["rows"]] == [
        _person(story.pupil),
        _person(came),
        # Whoever has left is out of the teacher's reach; the journal keeps what was written.
        None,
    ]
    assert [row["entries"] for row in page["rows"]] == [
        [_cell(yesterday, []), _cell(story.lesson, [])],
        [_cell(story.lesson, [])],
        [_cell(yesterday, [(mark, "3")])],
    ]
    assert page["rows"][2]["weightedAverage"] == 3.0
    elsewhere = await story.school.class_("7Б")
    await elsewhere.enroll(left, since=today)
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    assert (await page_of(story, client=deputy))["rows"][2]["student"] == _person(left)


async def test_a_class_in_two_groups_has_one_page_of_both(diary: Diary, story: Story) -> None:
    klass, school = story.klass, story.school
    pupils = [await klass.pupil(last_name=name) for name in ("Агапов", "Борисов")]
    sections = []
    for place, pupil in enumerate(pupils, start=1):
        group = await klass.group(f"7А англ. {place}", pupil)
        sections.append(await group.section("Английский язык"))
    lessons = [await section.lesson(number=5) for section in sections]
    marks = [
        await lesson.mark(pupil, value)
        for lesson, pupil, value in zip(lessons, pupils, (5, 3), strict=True)
    ]
    await klass.led_by(story.teacher)
    whole = replace(story, section=sections[0])

    page = await page_of(whole)
    assert _columns(page) == [gid("Lesson", lesson.id) for lesson in lessons]
    assert page["rows"] == [
        {
            "student": _person(pupil),
            "weightedAverage": float(mark.row.value or 0),
            "periodMark": None,
            "entries": [_cell(lesson, [(mark, str(mark.row.value))])],
        }
        for pupil, lesson, mark in zip(pupils, lessons, marks, strict=True)
    ]
    of_one_group = await page_of(whole, client=await signed_in(diary, sections[1].teacher))
    assert _columns(of_one_group) == [gid("Lesson", lessons[1].id)]
    assert [row["student"] for row in of_one_group["rows"]] == [_person(pupils[1])]
    deputy = await signed_in(diary, await school.staff(Position.DEPUTY_HEAD))
    assert await page_of(whole, client=deputy) == page


async def test_a_page_that_is_hidden_reads_as_one_that_is_absent(
    diary: Diary, story: Story
) -> None:
    page = {
        "classId": gid("SchoolClass", story.klass.id),
        "subjectId": gid("Subject", story.section.subject.id),
        "termId": gid("Term", story.klass.term.id),
    }
    other = await a_story(diary)
    asked = [
        (other.client, page),
        (story.client, page | {"termId": gid("Term", other.klass.term.id)}),
        (story.client, page | {"subjectId": gid("Subject", 2**62)}),
        (story.client, page | {"classId": page["subjectId"]}),
        (await signed_in(diary, await story.school.teacher()), page),
    ]
    for client, variables in asked:
        answer = await client.ask("ClassJournal", **variables)
        assert answer.data == {"classJournal": None}


async def test_a_family_has_no_journal(diary: Diary, story: Story) -> None:
    page = {
        "classId": gid("SchoolClass", story.klass.id),
        "subjectId": gid("Subject", story.section.subject.id),
        "termId": gid("Term", story.klass.term.id),
    }
    for client, code in (
        (await signed_in(diary, story.pupil), "FORBIDDEN"),
        (diary.nobody, "UNAUTHENTICATED"),
    ):
        answer = await client.ask("ClassJournal", **page)
        assert (answer.partial, answer.refused) == (
            {"classJournal": None},
            [(code, "classJournal")],
        )
