"""A whole lesson in one mutation."""

import asyncio
from typing import Any

import pytest

from models import Attendance, AttendanceCode, AuditEntry, Mark, Position
from tests.diary import Diary
from tests.factories import gid
from tests.journal.sheets import Page, of_mark
from tests.journal.story import history
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")


async def test_a_lesson_is_written_in_one_go(page: Page) -> None:
    story, (first, second, third) = page.story, page.pupils
    corrected = await story.lesson.mark(second, 3)
    removed = await story.lesson.mark(third, 2)
    await story.lesson.attendance(third, AttendanceCode.ABSENT)

    payload = await page.send(
        page.entry(
            0,
            {"value": 5, "comment": "Отлично"},
            {"value": 4, "workType": "К", "weight": 7},
            {"sign": "PASSED", "workType": "TEST"},
        ),
        page.entry(1, of_mark(corrected.id, value=4), attendance="LATE", note="5 минут"),
        page.entry(2, of_mark(removed.id, isRemoved=True, reason=None), attendance="ABSENT_SICK"),
        topic="  Квадратные уравнения ",
        reason=" Не тому ",
    )

    given = await Mark.filter(student_id=first.id).order_by("id")
    student = {"student": {"id": gid("Student", first.id)}, "version": 1}
    assert payload == {
        "lesson": {"topic": "Квадратные уравнения"},
        "marks": [
            {
                "id": gid("Mark", mark.id),
                "text": text,
                "weight": weight,
                "comment": comment,
                "workType": {"code": code},
                **student,
            }
            for mark, text, weight, comment, code in zip(
                given,
                ("5", "4", "зач"),
                (10, 7, 20),
                ("Отлично", None, None),
                ("LESSON_ANSWER", "CONTROL", "TEST"),
                strict=True,
            )
        ]
        + [
            {
                "id": gid("Mark", corrected.id),
                "text": "4",
                "weight": 10,
                "comment": None,
                "version": 2,
                "workType": {"code": "LESSON_ANSWER"},
                "student": {"id": gid("Student", second.id)},
            }
        ],
        "removedMarkIds": [gid("Mark", removed.id)],
        "attendance": [
            {"code": "LATE", "note": "5 минут", "student": {"id": gid("Student", second.id)}},
            {"code": "ABSENT_SICK", "note": None, "student": {"id": gid("Student", third.id)}},
        ],
        "warnings": [],
        "userErrors": [],
    }
    who = story.teacher.id
    assert [await history(mark) for mark in given] == [
        [("RECORDED", 1, 5, None, 10, None, who)],
        [("RECORDED", 1, 4, None, 7, None, who)],
        [("RECORDED", 1, None, "PASSED", 20, None, who)],
    ]
    assert await history(await Mark.get(id=corrected.id)) == [
        ("RECORDED", 1, 3, None, 10, None, who),
        ("CORRECTED", 2, 4, None, 10, "Описка", who),
    ]
    assert await history(gone := await Mark.get(id=removed.id)) == [
        ("RECORDED", 1, 2, None, 10, None, who),
        ("REMOVED", 2, 2, None, 10, "Не тому", who),
    ]
    assert gone.removed_at is not None
    late, sick = await Attendance.filter(lesson_id=story.lesson.id).order_by("student_id")
    assert [(one.code, one.note, one.version) for one in (late, sick)] == [
        ("LATE", "5 минут", 1),
        ("ABSENT_SICK", None, 2),
    ]
    assert await announced(story.school) == [
        (1, "LESSONS", "CHANGED", story.lesson.id, None),
        *((2 + place, "MARKS", "RECORDED", mark.id, first.id) for place, mark in enumerate(given)),
        (5, "ATTENDANCE", "RECORDED", late.id, second.id),
        (6, "MARKS", "CORRECTED", corrected.id, second.id),
        (7, "ATTENDANCE", "CORRECTED", sick.id, third.id),
        (8, "MARKS", "REMOVED", removed.id, third.id),
    ]
    assert sorted((await told_students(story.school))[0] or []) == sorted(p.id for p in page.pupils)
    topics = {"topic": None}, {"topic": "Квадратные уравнения"}
    told = Deed("journal.topic_written", who, ["TEACHER"], *topics)
    assert await deeds("Lesson", story.lesson.id) == [told]
    assert len({one.at for one in await AuditEntry.filter(person_id=who)}) == 1


async def test_what_does_not_differ_is_not_written(page: Page) -> None:
    await page.story.lesson.attendance(page.pupils[1], AttendanceCode.LATE, note="10 минут")
    await page.story.lesson.change(topic="Дроби")
    before = await page.state()
    payload = await page.send(
        page.entry(0, attendance="PRESENT"),
        page.entry(1, attendance="LATE", note="10 минут"),
        topic="Дроби",
    )
    assert (payload["attendance"], payload["userErrors"]) == ([], [])
    assert await page.state() == before


async def test_a_key_lets_nothing_be_written_twice(page: Page) -> None:
    entries = page.entry(0, {"value": 5}, attendance="ABSENT"), page.entry(1, {"value": 4})
    first = await page.send(*entries, key="lesson-1")
    state = await page.state()
    assert len(first["marks"]) == 2
    assert [each["code"] for each in first["warnings"]] == ["MARK_WITH_ABSENCE"]
    assert await page.send(*entries, key="lesson-1") == first
    assert await page.state() == state
    both = await asyncio.gather(*(page.send(page.entry(2, {"value": 3}), key="k") for _ in "ab"))
    assert both[0] == both[1]
    assert await Mark.filter(student_id=page.pupils[2].id).count() == 1


@pytest.mark.parametrize(
    ("there", "sent", "codes"),
    [
        ((), {"marks": [{"value": 5}], "attendance": "ABSENT_SICK"}, ["MARK_WITH_ABSENCE"]),
        ((5,), {"attendance": "ABSENT"}, ["MARK_WITH_ABSENCE"]),
        (("ABSENT",), {"marks": [{"value": 5}]}, ["MARK_WITH_ABSENCE"]),
        ((), {"marks": [{"value": 5}], "attendance": "LATE"}, []),
        ((), {"marks": [{"value": 5}], "attendance": "EXEMPT"}, []),
        ((), {"marks": [{"sign": "NOT_ATTESTED"}], "attendance": "ABSENT"}, []),
        (("ABSENT",), {"marks": [{"value": 5}], "attendance": "PRESENT"}, []),
    ],
)
async def test_a_number_beside_an_absence_is_written_with_a_warning(
    page: Page, there: Any, sent: Any, codes: Any
) -> None:
    for each in there:
        if isinstance(each, int):
            await page.story.lesson.mark(page.pupils[0], each)
        else:
            await page.story.lesson.attendance(page.pupils[0], AttendanceCode(each))
    payload = await page.send({**page.entry(0), **sent})
    assert payload["userErrors"] == []
    told = [(each["code"], each["field"]) for each in payload["warnings"]]
    assert told == [(code, "entries.0") for code in codes]


async def test_a_number_that_goes_leaves_no_warning(page: Page) -> None:
    removed = await page.story.lesson.mark(page.pupils[0], 5)
    worded = await page.story.lesson.mark(page.pupils[1], 5)
    payload = await page.send(
        page.entry(0, of_mark(removed.id, isRemoved=True), attendance="ABSENT"),
        page.entry(1, of_mark(worded.id, sign="NOT_ATTESTED"), attendance="ABSENT"),
    )
    assert (payload["warnings"], payload["userErrors"]) == ([], [])


async def test_a_cells_version_grows_with_whatever_is_written_into_it(page: Page) -> None:
    assert await page.versions() == [0, 0, 0]
    payload = await page.send(page.entry(0, {"value": 5}), page.entry(1, attendance="LATE"))
    assert await page.versions() == [1, 1, 0]
    mark = number(payload["marks"][0]["id"])
    await page.send(page.entry(0, of_mark(mark, value=4)), page.entry(1, attendance="ABSENT"))
    assert await page.versions() == [2, 2, 0]
    await page.send(page.entry(0, of_mark(mark, version=2, isRemoved=True)))
    assert await page.versions() == [3, 2, 0]


async def test_of_two_teachers_at_one_empty_cell_the_second_is_told(
    diary: Diary, page: Page
) -> None:
    deputy = await page.story.school.staff(Position.DEPUTY_HEAD)
    other = await signed_in(diary, deputy)
    both = await asyncio.gather(
        page.send(page.entry(0, {"value": 5}, version=0), page.entry(1, {"value": 5}, version=0)),
        page.send(page.entry(0, {"value": 2}, version=0), client=other),
    )
    refused = [each for each in both if each["userErrors"]]
    [mark] = await Mark.filter(student_id=page.pupils[0].id)
    assert [reasons(each) for each in refused] == [[("CONFLICT", "entries.0.version")]]
    [error] = refused[0]["userErrors"]
    assert error["current"] == {"text": str(mark.value), "version": 1}
    assert await Mark.filter(student_id=page.pupils[1].id).count() == (mark.value == 5)


async def test_two_who_write_the_same_marks_in_other_orders_do_not_wait_for_ever(
    page: Page,
) -> None:
    marks = [await page.story.lesson.mark(pupil, 3) for pupil in page.pupils]
    there, back = [list(enumerate(marks))[::step] for step in (1, -1)]
    both = await asyncio.gather(
        *(
            page.send(*(page.entry(place, of_mark(mark.id, value=4)) for place, mark in order))
            for order in (there, back)
        )
    )
    told = sorted(len(each["userErrors"]) for each in both)
    assert told == [0, 3]
    rows = await Mark.filter(lesson_id=page.story.lesson.id)
    assert [(row.value, row.version) for row in rows] == [(4, 2)] * 3
