"""What is written at a lesson stays, with who, when and why, and no way leads around a lock."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from models import Assignment, Attendance, DebtMark, Homework, Lesson
from tests.diary import Client, Diary
from tests.factories import gid
from tests.journal.desks import Desk
from tests.journal.sheets import Page
from tests.sessions import signed_in
from tests.traces import announced, reasons

pytestmark = pytest.mark.usefixtures("database")

_WHY = "По решению комиссии"
_DEEDS = """query ($id: ID!, $kind: JournalDeedKind) { node(id: $id) { ... on Lesson {
    deeds(kind: $kind, first: 50) { totalCount nodes {
        kind action at reason before after by { fullName } student { id } } } } } }"""
_HISTORY = """query ($id: ID!) { node(id: $id) { ... on Attendance {
    history { action reason before after by { fullName } } } } }"""

Write = Callable[[Desk, Client, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Way:
    """A way to write on a page: what the deed is then, and where it is refused if it is."""

    write: Write
    kind: str
    action: str
    at: str
    is_about_pupil: bool = False
    is_for_deputy: bool = False


async def _run(client: Client, mutation: str, **given: Any) -> Any:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    document = (
        f"mutation ($input: {kind}) {{ {mutation}(input: $input) "
        "{ userErrors { code message field } } }"
    )
    return (await client.send(document, input=given)).data[mutation]


def _lesson(desk: Desk) -> dict[str, str]:
    return {"lessonId": gid("Lesson", desk.story.lesson.id)}


def _pupil(desk: Desk) -> dict[str, str]:
    return {"studentId": gid("Student", desk.story.pupil.id)}


async def _mark(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    return await _run(client, "recordMark", **_lesson(desk), **_pupil(desk), value=5, **why)


async def _attendance(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    entries = [{**_pupil(desk), "code": "LATE"}]
    return await _run(client, "recordAttendance", **_lesson(desk), entries=entries, **why)


async def _day(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    day = {"classId": desk.page["classId"], "date": str(desk.story.school.today)}
    entries = [{**_lesson(desk), **_pupil(desk), "code": "ABSENT"}]
    return await _run(client, "recordDayAttendance", **day, entries=entries, **why)


async def _sheet(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    page = Page(desk.story, [desk.story.pupil])
    return await page.send(page.entry(0, attendance="LATE"), client=client, **why)


async def _topic_of_sheet(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    return await Page(desk.story, []).send(client=client, topic="Доли", **why)


async def _topic(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    return await _run(client, "changeLesson", **_lesson(desk), topic="Дроби", **why)


async def _work(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    work = {"title": "Контрольная", "workType": "К"}
    return await _run(client, "createAssignment", **_lesson(desk), **work, **why)


async def _changed_work(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    work = await desk.story.lesson.assignment("Эссе")
    given = {"assignmentId": gid("Assignment", work.id), "version": 1, "title": "Сочинение"}
    return await _run(client, "changeAssignment", **given, **why)


async def _removed_work(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    work = await desk.story.lesson.assignment("Эссе")
    old = {"assignmentId": gid("Assignment", work.id), "version": 1}
    return await _run(client, "removeAssignment", **old, **why)


async def _debt(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    work = await desk.story.lesson.assignment("Эссе")
    given = {"assignmentId": gid("Assignment", work.id), "deadline": str(desk.story.school.today)}
    return await _run(client, "setDebt", **given, **_pupil(desk), **why)


async def _homework(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    due = {"dueOn": str(desk.story.school.today + timedelta(days=1))}
    return await _run(client, "assignHomework", **_lesson(desk), **due, text="№ 14", **why)


async def _changed_homework(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    given = await desk.story.lesson.homework("№ 12")
    change = {"homeworkId": gid("Homework", given.id), "version": 1, "text": "№ 13"}
    return await _run(client, "changeHomework", **change, **why)


async def _removed_homework(desk: Desk, client: Client, why: dict[str, Any]) -> Any:
    given = await desk.story.lesson.homework("№ 12")
    old = {"homeworkId": gid("Homework", given.id), "version": 1}
    return await _run(client, "removeHomework", **old, **why)


_WAYS = [
    Way(_mark, "MARK", "mark.recorded", "lessonId", is_about_pupil=True),
    Way(_attendance, "ATTENDANCE", "attendance.recorded", "lessonId", is_about_pupil=True),
    Way(
        _day,
        "ATTENDANCE",
        "attendance.recorded",
        "entries.0.lessonId",
        is_about_pupil=True,
        is_for_deputy=True,
    ),
    Way(_sheet, "ATTENDANCE", "attendance.recorded", "lessonId", is_about_pupil=True),
    Way(_topic_of_sheet, "TOPIC", "journal.topic_written", "lessonId"),
    Way(_topic, "TOPIC", "lesson.changed", "lessonId"),
    Way(_work, "WORK", "journal.work_set", "lessonId"),
    Way(_changed_work, "WORK", "journal.work_changed", "assignmentId"),
    Way(_removed_work, "WORK", "journal.work_removed", "assignmentId"),
    Way(_debt, "DEBT", "journal.debt_set", "assignmentId", is_about_pupil=True),
    Way(_homework, "HOMEWORK", "homework.assigned", "lessonId"),
    Way(_changed_homework, "HOMEWORK", "homework.changed", "homeworkId"),
    Way(_removed_homework, "HOMEWORK", "homework.removed", "homeworkId"),
]
_each_way = pytest.mark.parametrize(
    "way", [pytest.param(each, id=each.write.__name__[1:]) for each in _WAYS]
)


async def _deeds(desk: Desk, client: Client, **given: Any) -> Any:
    answer = await client.send(_DEEDS, id=gid("Lesson", desk.story.lesson.id), **given)
    return answer.data["node"]["deeds"]["nodes"]


def _student(desk: Desk) -> dict[str, str]:
    return {"id": _pupil(desk)["studentId"]}


async def _written(desk: Desk) -> Any:
    lesson = desk.story.lesson.id
    return (
        await announced(desk.story.school),
        await Attendance.filter(lesson_id=lesson).count(),
        await Homework.filter(lesson_id=lesson).exclude(text="№ 12", version=1).count(),
        await Assignment.filter(lesson_id=lesson).exclude(title="Эссе").count(),
        await Assignment.filter(lesson_id=lesson, removed_at__isnull=False).count(),
        await DebtMark.filter(lesson_id=lesson).count(),
        (await Lesson.get(id=lesson)).topic,
        await desk.story.marks(),
    )


@_each_way
async def test_why_a_locked_page_is_written_into_stays(desk: Desk, way: Way) -> None:
    lock = await desk.locked()
    assert reasons(await way.write(desk, desk.deputy, {"reason": f" {_WHY} "})) == []
    [deed] = await _deeds(desk, desk.story.client)
    assert (deed["kind"], deed["action"], deed["reason"]) == (way.kind, way.action, _WHY)
    assert deed["by"] is not None
    assert datetime.now(UTC) - datetime.fromisoformat(deed["at"]) < timedelta(minutes=5)
    assert deed["student"] == (_student(desk) if way.is_about_pupil else None)
    assert "reason" not in (deed["after"] or {})
    assert (deed["after"] is None) == (way.write in (_removed_work, _removed_homework))
    await desk.unlock(lock)
    assert await _deeds(desk, desk.story.client) == [deed]


@_each_way
async def test_a_locked_page_takes_nothing_from_teachers(desk: Desk, way: Way) -> None:
    story = desk.story
    await desk.locked()
    before = await _written(desk)
    if not way.is_for_deputy:
        refused = await way.write(desk, story.client, {"reason": "Очень надо"})
        assert reasons(refused) == [("LOCKED", way.at)]
    for reason, code in (
        (None, "REQUIRED"),
        (" ", "REQUIRED"),
        ("я" * 1001, "TOO_LONG"),
        ("\0", "OUT_OF_RANGE"),
    ):
        why = {} if reason is None else {"reason": reason}
        assert reasons(await way.write(desk, desk.deputy, why)) == [(code, "reason")]
    assert await _written(desk) == before
    assert await _deeds(desk, story.client) == []


@_each_way
async def test_an_open_page_asks_for_no_reason(desk: Desk, way: Way) -> None:
    client = desk.deputy if way.is_for_deputy else desk.story.client
    assert reasons(await way.write(desk, client, {})) == []
    [deed] = await _deeds(desk, desk.story.client, kind=way.kind)
    assert (deed["action"], deed["reason"]) == (way.action, None)
    assert deed["student"] == (_student(desk) if way.is_about_pupil else None)


async def test_attendance_has_a_history_as_marks_have(desk: Desk) -> None:
    story = desk.story
    await _attendance(desk, story.client, {})
    await desk.locked()
    await _day(desk, desk.deputy, {"reason": _WHY})
    row = await Attendance.get(lesson_id=story.lesson.id)
    found = await story.client.send(_HISTORY, id=gid("Attendance", row.id))
    first, second = found.data["node"]["history"]
    assert (first["before"], first["after"]) == (None, {"code": "LATE", "note": None})
    assert (first["reason"], second["reason"]) == (None, _WHY)
    assert (second["before"], second["after"]) == (first["after"], {"code": "ABSENT", "note": None})
    assert first["by"] != second["by"]


async def test_what_was_taken_back_is_told_too(desk: Desk) -> None:
    story = desk.story
    mark = await story.lesson.mark(story.pupil, 3)
    given = {"markId": gid("Mark", mark.id), "version": 1, "reason": "Не тому"}
    assert reasons(await story.client.do("RemoveMark", **given)) == []
    removed, recorded = await _deeds(desk, story.client, kind="MARK")
    assert (recorded["action"], recorded["before"], recorded["after"]["value"]) == (
        "mark.recorded",
        None,
        3,
    )
    assert (removed["action"], removed["before"]["value"], removed["reason"]) == (
        "mark.removed",
        3,
        "Не тому",
    )


async def test_families_and_strangers_read_none_of_it(diary: Diary, desk: Desk) -> None:
    story = desk.story
    await desk.locked()
    await _mark(desk, desk.deputy, {"reason": _WHY})
    await _attendance(desk, desk.deputy, {"reason": _WHY})
    row = await Attendance.get(lesson_id=story.lesson.id)
    other = await story.school.teacher()
    await story.klass.section("Физика", other)
    for person in (await story.pupil.guardian(), other):
        client = await signed_in(diary, person)
        for document, number in ((_DEEDS, gid("Lesson", story.lesson.id)), (_HISTORY, row.id)):
            given = number if isinstance(number, str) else gid("Attendance", number)
            answer = await client.send(document, id=given)
            assert _WHY not in str(answer.body)
            assert (answer.partial["node"] or {}).get("deeds") is None


async def test_nobody_changes_a_deed(desk: Desk) -> None:
    await desk.locked()
    await _attendance(desk, desk.deputy, {"reason": _WHY})
    [deed] = await _deeds(desk, desk.story.client)
    for statement in (
        "UPDATE audit_entry SET after = '{}' WHERE entity = 'Attendance'",
        "DELETE FROM audit_entry WHERE entity = 'Attendance'",
        "UPDATE mark_revision SET reason = NULL",
    ):
        with pytest.raises((OperationalError, asyncpg.PostgresError)):
            await get_connection("default").execute_query(statement)
    assert await _deeds(desk, desk.story.client) == [deed]
