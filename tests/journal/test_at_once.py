"""Two write the same thing at once: one is first, and the other one is told what is there now."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Assignment, Attendance, AuditEntry, DebtMark, Homework, PeriodMark
from tests.diary import Client
from tests.factories import gid
from tests.journal.desks import Desk
from tests.journal.sheets import Page
from tests.locks import waiting
from tests.traces import announced

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def _run(client: Client, mutation: str, **given: Any) -> Any:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    document = (
        f"mutation ($input: {kind}) {{ {mutation}(input: $input) "
        "{ userErrors { code message field current { text version } } } }"
    )
    return (await client.send(document, input=given)).data[mutation]


@dataclass(frozen=True)
class Contest:
    """What both try, one with the first value and one with the second.

    `held` is the table and the row that both wait for; `there` reads what was written.
    """

    held: tuple[str, int]
    attempt: Callable[[Client, Any], Coroutine[Any, Any, Any]]
    values: tuple[Any, Any]
    there: Callable[[], Awaitable[list[Any]]]
    field: str
    version: int = 1
    # A cell is told by its marks, of which these have none.
    has_text: bool = True

    def refusal(self, winner: Any) -> tuple[str, str, dict[str, Any]]:
        """What the second is told of the first one's value."""
        return (
            "CONFLICT",
            self.field,
            {
                "text": str(winner) if self.has_text else "",
                "version": self.version,
            },
        )


def _pupil(desk: Desk) -> dict[str, str]:
    return {"studentId": gid("Student", desk.story.pupil.id)}


def _lesson(desk: Desk) -> dict[str, str]:
    return {"lessonId": gid("Lesson", desk.story.lesson.id)}


async def _new_attendance(desk: Desk) -> Contest:
    async def attempt(client: Client, code: str) -> Any:
        entry = {**_pupil(desk), "code": code, "version": 0}
        return await _run(client, "recordAttendance", **_lesson(desk), entries=[entry])

    return Contest(
        ("lesson", desk.story.lesson.id),
        attempt,
        ("LATE", "ABSENT"),
        lambda: _of_lesson(Attendance, desk, "code"),
        "entries.0.version",
    )


async def _attendance_of_the_day(desk: Desk) -> Contest:
    await desk.story.lesson.attendance(desk.story.pupil)
    day = {"classId": desk.page["classId"], "date": str(desk.story.school.today)}

    async def attempt(client: Client, code: str) -> Any:
        cell = {**_lesson(desk), **_pupil(desk), "code": code, "version": 1}
        if client is desk.deputy:
            return await _run(client, "recordDayAttendance", **day, entries=[cell])
        del cell["lessonId"]
        return await _run(client, "recordAttendance", **_lesson(desk), entries=[cell])

    return Contest(
        ("lesson", desk.story.lesson.id),
        attempt,
        ("LATE", "ABSENT_SICK"),
        lambda: _of_lesson(Attendance, desk, "code"),
        "entries.0.version",
        version=2,
    )


async def _empty_cell(desk: Desk) -> Contest:
    page = Page(desk.story, [desk.story.pupil])

    async def attempt(client: Client, code: str) -> Any:
        return await page.send(page.entry(0, attendance=code, version=0), client=client)

    return Contest(
        ("lesson", desk.story.lesson.id),
        attempt,
        ("LATE", "ABSENT"),
        lambda: _of_lesson(Attendance, desk, "code"),
        "entries.0.version",
        has_text=False,
    )


async def _homework(desk: Desk) -> Contest:
    row = await desk.story.lesson.homework("№ 12")

    async def attempt(client: Client, text: str) -> Any:
        change = {"homeworkId": gid("Homework", row.id), "version": 1, "text": text}
        return await _run(client, "changeHomework", **change)

    return Contest(
        ("homework", row.id),
        attempt,
        ("№ 13", "№ 14"),
        lambda: _of_lesson(Homework, desk, "text"),
        "version",
        version=2,
    )


async def _work(desk: Desk) -> Contest:
    row = await desk.story.lesson.assignment("Эссе")

    async def attempt(client: Client, title: str) -> Any:
        change = {"assignmentId": gid("Assignment", row.id), "version": 1, "title": title}
        return await _run(client, "changeAssignment", **change)

    return Contest(
        ("assignment", row.id),
        attempt,
        ("Сочинение", "Изложение"),
        lambda: _of_lesson(Assignment, desk, "title"),
        "version",
        version=2,
    )


async def _new_period_mark(desk: Desk) -> Contest:
    return _period_mark(desk, version=None)


async def _changed_period_mark(desk: Desk) -> Contest:
    contest = _period_mark(desk, version=None)
    await contest.attempt(desk.deputy, 3)
    return _period_mark(desk, version=1)


def _period_mark(desk: Desk, version: int | None) -> Contest:
    story = desk.story

    async def attempt(client: Client, value: int) -> Any:
        given = {"termId": desk.page["termId"], "value": value, "reason": "Устно"}
        section = {"sectionId": gid("CourseSection", story.section.id)}
        whole = {**section, **_pupil(desk), **given, "version": version}
        return await _run(client, "recordPeriodMark", **whole)

    async def there() -> list[Any]:
        return [row.value for row in await PeriodMark.filter(student_id=story.pupil.id)]

    section = ("course_section", story.section.id)
    seen = (version or 0) + 1
    return Contest(section, attempt, (4, 5), there, "version", version=seen)


async def _of_lesson(model: Any, desk: Desk, column: str) -> list[Any]:
    rows = await model.filter(lesson_id=desk.story.lesson.id)
    return [getattr(row, column) for row in rows]


@pytest.mark.parametrize(
    "make",
    [
        _new_attendance,
        _attendance_of_the_day,
        _empty_cell,
        _homework,
        _work,
        _new_period_mark,
        _changed_period_mark,
    ],
    ids=lambda make: make.__name__[1:],
)
async def test_of_two_at_once_one_wins_and_the_other_is_told(
    desk: Desk, make: Callable[[Desk], Awaitable[Contest]]
) -> None:
    contest = await make(desk)
    told = len(await announced(desk.story.school))
    deeds = await AuditEntry.filter(organization_id=desk.story.school.id).count()
    table, number = contest.held
    async with in_transaction() as holding:
        statement = f'SELECT FROM "{table}" WHERE id = $1 FOR UPDATE'
        await holding.execute_query(statement, [number])
        writing = [
            asyncio.create_task(contest.attempt(client, value))
            for client, value in zip((desk.story.client, desk.deputy), contest.values, strict=True)
        ]
        await waiting(holding, 2)
    payloads = await asyncio.gather(*writing)
    errors = [
        [(each["code"], each["field"], each["current"]) for each in payload["userErrors"]]
        for payload in payloads
    ]
    assert sorted(map(len, errors)) == [0, 1]
    winner = contest.values[errors.index([])]
    assert max(errors) == [contest.refusal(winner)]
    assert await contest.there() == [winner]
    assert len(await announced(desk.story.school)) == told + 1
    written = await AuditEntry.filter(organization_id=desk.story.school.id).count()
    assert written == deeds + 1


async def test_a_debt_is_written_down_once(desk: Desk) -> None:
    work = await desk.story.lesson.assignment("Эссе")
    given = {
        "assignmentId": gid("Assignment", work.id),
        "deadline": str(desk.story.school.today + _DAY),
        **_pupil(desk),
    }
    async with in_transaction() as holding:
        await holding.execute_query("SELECT FROM assignment WHERE id = $1 FOR UPDATE", [work.id])
        writing = [
            asyncio.create_task(_run(client, "setDebt", **given))
            for client in (desk.story.client, desk.deputy)
        ]
        await waiting(holding, 2)
    payloads = await asyncio.gather(*writing)
    codes = sorted(
        tuple((each["code"], each["field"]) for each in payload["userErrors"])
        for payload in payloads
    )
    assert codes == [(), (("DUPLICATE", "assignmentId"),)]
    assert await DebtMark.filter(assignment_id=work.id).count() == 1


async def test_a_work_that_was_changed_is_not_taken_back(desk: Desk) -> None:
    contest = await _work(desk)
    work = {"assignmentId": gid("Assignment", contest.held[1]), "version": 1}
    assert (await contest.attempt(desk.deputy, "Сочинение"))["userErrors"] == []
    payload = await _run(desk.story.client, "removeAssignment", **work)
    [error] = payload["userErrors"]
    assert (error["code"], error["current"]) == (
        "CONFLICT",
        {"text": "Сочинение", "version": 2},
    )
    assert (await Assignment.get(id=contest.held[1])).removed_at is None
    payload = await _run(desk.story.client, "removeAssignment", **{**work, "version": 2})
    assert payload["userErrors"] == []


async def test_several_wrong_cells_are_told_together_and_none_is_written(desk: Desk) -> None:
    story = desk.story
    others = [await story.klass.pupil() for _ in range(3)]
    for pupil in others[:2]:
        await story.lesson.attendance(pupil)
    entries = [
        {"studentId": gid("Student", pupil.id), "code": "LATE", "version": version}
        for pupil, version in zip((story.pupil, *others), (0, 0, 1, 7), strict=True)
    ]
    before = await Attendance.filter(lesson_id=story.lesson.id).order_by("id").values()
    payload = await _run(story.client, "recordAttendance", **_lesson(desk), entries=entries)
    assert [(each["field"], each["current"]) for each in payload["userErrors"]] == [
        ("entries.1.version", {"text": "ABSENT", "version": 1}),
        ("entries.3.version", {"text": "", "version": 0}),
    ]
    assert await Attendance.filter(lesson_id=story.lesson.id).order_by("id").values() == before
    assert await announced(story.school) == []
