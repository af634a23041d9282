"""Pages of the journal that are locked: teachers write there no more, whatever they try."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Attendance, AuditEntry, JournalLock, Lesson, Mark, MarkRevision, Position
from tests.diary import Diary
from tests.factories import gid
from tests.journal.desks import LOCK, UNLOCK, Desk
from tests.journal.sheets import Page, of_mark
from tests.journal.story import a_story, untouched
from tests.locks import waiting
from tests.sessions import signed_in
from tests.traces import announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_PAGE = """query ($klass: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $klass, subjectId: $subject, termId: $term) {
        lock { id reason lockedBy { fullName } } } }"""
_OPERATIONS = ("RecordMark", "CorrectMark", "RemoveMark", "RecordAttendance", "recordLesson")
_DONE: dict[str, Any] = {operation: [] for operation in _OPERATIONS}


def _refused(code: str, at: str = "lessonId") -> dict[str, Any]:
    return {
        "RecordMark": [(code, at)],
        "CorrectMark": [(code, "markId")],
        "RemoveMark": [(code, "markId")],
        "RecordAttendance": [(code, at)],
        "recordLesson": [(code, at)],
    }


async def test_a_page_is_locked_and_opened_again(desk: Desk) -> None:
    story = desk.story
    payload = await desk.lock()
    lock = await JournalLock.get(id=number(payload["lock"]["id"])).select_related("locked_by")
    assert (lock.reason, lock.lifted_at) == ("Четверть закрыта", None)
    assert payload["lock"] == {
        "id": gid("JournalLock", lock.id),
        "kind": "TERM",
        "reason": "Четверть закрыта",
        "lockedAt": payload["lock"]["lockedAt"],
        "liftedAt": None,
        "lockedBy": {"fullName": lock.locked_by.full_name},
        "schoolClass": {"id": desk.page["classId"]},
        "subject": {"id": desk.page["subjectId"]},
        "term": {"id": desk.page["termId"]},
    }
    [deed] = await deeds("JournalLock", lock.id)
    assert (deed.action, deed.roles, deed.after["reason"]) == (
        "journal.locked",
        ["DEPUTY_HEAD"],
        "Четверть закрыта",
    )
    asked = {"klass": "classId", "subject": "subjectId", "term": "termId"}
    page = {name: desk.page[field] for name, field in asked.items()}
    seen = (await story.client.send(_PAGE, **page)).data["classJournal"]["lock"]
    assert seen["lockedBy"] == payload["lock"]["lockedBy"]

    opened = await desk.unlock(lock)
    assert opened["userErrors"] == []
    assert opened["lock"]["liftedAt"] is not None
    assert [each.action for each in await deeds("JournalLock", lock.id)] == [
        "journal.locked",
        "journal.unlocked",
    ]
    assert (await story.client.send(_PAGE, **page)).data["classJournal"]["lock"] is None
    assert reasons(await desk.unlock(lock)) == [("IN_PAST", "lockId")]
    assert (await desk.locked()).id != lock.id


async def test_a_teacher_writes_nothing_on_a_locked_page_until_it_is_opened(desk: Desk) -> None:
    story = desk.story
    assert await desk.write(story.client) == _DONE
    lock = await desk.locked()
    before = await announced(story.school), await AuditEntry.filter(entity="Mark").count()
    topic = (await Lesson.get(id=story.lesson.id)).topic
    assert await desk.write(story.client, reason="Очень надо") == _refused("LOCKED")
    assert await Mark.filter(lesson_id=story.lesson.id, value=5, version=1).count() == 2
    assert (await Lesson.get(id=story.lesson.id)).topic == topic
    assert (await announced(story.school), await AuditEntry.filter(entity="Mark").count()) == before
    await desk.unlock(lock)
    assert (await desk.write(story.client))["RecordMark"] == []


async def test_the_management_writes_there_and_says_why(diary: Diary, desk: Desk) -> None:
    story = desk.story
    await desk.locked()
    administrator = await signed_in(diary, await story.school.staff(Position.SCHOOL_ADMINISTRATOR))
    told = await desk.write(desk.deputy)
    asked = [("REQUIRED", "reason")]
    for operation in ("RecordMark", "RecordAttendance", "recordLesson"):
        assert told[operation] == asked
    assert await Attendance.filter(lesson_id=story.lesson.id).count() == 0
    told = await desk.write(desk.deputy, reason=" Комиссия ")
    assert told == _DONE
    given = await Mark.filter(lesson_id=story.lesson.id, value=5, version=1)
    assert len(given) == 2
    reasons_told = await MarkRevision.filter(mark_id__in=[mark.id for mark in given])
    assert {each.reason for each in reasons_told} == {"Комиссия"}
    mark = await story.lesson.mark(story.pupil, 3)
    changed = {"markId": gid("Mark", mark.id), "version": 1, "value": 4, "reason": "Апелляция"}
    assert reasons(await administrator.do("CorrectMark", **changed)) == []


async def test_a_deputy_elsewhere_is_a_teacher_here(diary: Diary, desk: Desk) -> None:
    other = await a_story(diary)
    await other.school.staff(Position.DEPUTY_HEAD, desk.story.teacher)
    await desk.locked()
    assert await desk.write(desk.story.client, reason="Очень надо") == _refused("LOCKED")


async def test_it_is_of_the_class_the_subject_and_the_term(desk: Desk) -> None:
    story = desk.story
    await desk.locked()
    before = await story.section.lesson(on=story.klass.terms[0].ends_on)
    other = await (await story.klass.section("Физика", story.teacher)).lesson()
    neighbours = await story.school.class_("7Б")
    for lesson in (before, other):
        pupil = gid("Student", story.pupil.id)
        given = {
            "lessonId": gid("Lesson", lesson.id),
            "entries": [{"studentId": pupil, "code": "LATE"}],
        }
        assert reasons(await story.client.do("RecordAttendance", **given)) == []
    neighbour = await neighbours.pupil()
    lesson = await (await neighbours.section("Алгебра", story.teacher)).lesson()
    at = {"lessonId": gid("Lesson", lesson.id), "studentId": gid("Student", neighbour.id)}
    assert reasons(await story.client.do("RecordMark", **at, value=5)) == []


async def test_a_class_is_locked_with_its_groups(desk: Desk) -> None:
    story = desk.story
    group = await story.klass.group("7А англ. 1", story.pupil)
    section = await group.section("Английский язык", story.teacher)
    lesson = await section.lesson()
    subject = gid("Subject", section.subject.id)
    assert reasons(await desk.lock(subjectId=subject)) == []
    assert await desk.write(story.client, lesson) == _refused("LOCKED")


async def test_a_page_is_locked_once_and_only_where_there_is_one(desk: Desk) -> None:
    await desk.locked()
    assert reasons(await desk.lock()) == [("DUPLICATE", "classId")]
    elsewhere = gid("Subject", 2**40)
    assert reasons(await desk.lock(subjectId=elsewhere)) == [("NOT_FOUND", "subjectId")]
    assert reasons(await desk.lock(classId=gid("SchoolClass", 2**40))) == [("NOT_FOUND", "classId")]
    assert reasons(await desk.lock(reason=" ")) == [("REQUIRED", "reason")]
    assert await JournalLock.filter(school_class_id=desk.story.klass.id).count() == 1
    both = await asyncio.gather(
        *(desk.lock(termId=gid("Term", desk.story.klass.terms[0].id)) for _ in "ab")
    )
    assert sorted(map(reasons, both)) == [[], [("DUPLICATE", "classId")]]


async def test_teachers_lock_nothing(desk: Desk) -> None:
    given = {**desk.page, "reason": "Хочу"}
    answer = await desk.story.client.send(LOCK, input=given)
    assert answer.codes == ["FORBIDDEN"]
    assert await JournalLock.filter(school_class_id=desk.story.klass.id).count() == 0
    lock = await desk.locked()
    given = {"lockId": gid("JournalLock", lock.id), "reason": "Хочу"}
    assert (await desk.story.client.send(UNLOCK, input=given)).codes == ["FORBIDDEN"]
    assert (await JournalLock.get(id=lock.id)).lifted_at is None


async def test_a_lock_that_comes_while_somebody_writes_holds(desk: Desk) -> None:
    """Whoever has read that the page is open waits for the lock's commit, and is refused."""
    story = desk.story
    mark = await story.lesson.mark(story.pupil, 3)
    where = {
        "school_class_id": story.klass.id,
        "subject_id": story.section.subject.id,
        "term_id": story.klass.term.id,
    }
    page = Page(story, [story.pupil])
    async with in_transaction() as locking:
        await locking.execute_query("SELECT close_journal($1)", [story.section.id])
        entry = {"studentId": gid("Student", story.pupil.id), "code": "LATE"}
        changed = {"markId": gid("Mark", mark.id), "version": 1, "reason": "Описка"}
        writing = [
            asyncio.create_task(story.record()),
            asyncio.create_task(story.client.do("CorrectMark", **changed, value=5)),
            asyncio.create_task(page.send(page.entry(0, {"value": 4}))),
        ]
        await waiting(locking, len(writing))
        teacher, now = story.teacher.id, mark.row.recorded_at
        await JournalLock.create(
            **where, locked_by_id=teacher, locked_at=now, reason="Закрыта", using_db=locking
        )
    told = [reasons(each) for each in await asyncio.gather(*writing)]
    assert told == [[("LOCKED", "lessonId")], [("LOCKED", "markId")], [("LOCKED", "lessonId")]]
    await untouched(mark)
    assert await story.marks() == 1
    assert await announced(story.school) == []
    given = {"lessonId": gid("Lesson", story.lesson.id), "entries": [entry]}
    assert reasons(await story.client.do("RecordAttendance", **given)) == [("LOCKED", "lessonId")]


async def test_who_locks_waits_for_those_who_write(desk: Desk) -> None:
    story = desk.story
    async with in_transaction() as writing:
        await writing.execute_query(
            "INSERT INTO journal_guard (section_id, date) VALUES ($1, $2)",
            [story.section.id, story.school.today],
        )
        locking = asyncio.create_task(desk.lock())
        await waiting(writing, 1)
        assert await JournalLock.filter(school_class_id=story.klass.id).count() == 0
    assert reasons(await locking) == []


_WINDOW = timedelta(days=7)


async def test_teachers_give_marks_for_so_many_days_after_the_lesson(desk: Desk) -> None:
    story, today = desk.story, desk.story.school.today
    lessons = [await story.section.lesson(on=today - _WINDOW - timedelta(days=n)) for n in (0, 1)]
    last, late = [{"lessonId": gid("Lesson", each.id)} for each in lessons]
    assert reasons(await story.record(**last)) == []
    refused = await story.record(**late, reason="Забыл")
    assert reasons(refused) == [("LOCKED", "lessonId")]
    [error] = refused["userErrors"]
    assert error["message"] == (
        f"Teachers could do this until {today - timedelta(days=1)}; now only the deputy head or an "
        "administrator may write there, saying why."
    )
    page = Page(replace(story, lesson=lessons[1]), [story.pupil])
    refused = await page.send(page.entry(0, {"value": 5}, attendance="LATE"))
    assert reasons(refused) == [("LOCKED", "entries.0.marks.0.value")]
    assert await Mark.filter(lesson_id=lessons[1].id).count() == 0
    # Attendance has no such days: a note from a family may come late.
    assert reasons(await page.send(page.entry(0, attendance="LATE"))) == []
    deputy = replace(story, client=desk.deputy)
    assert reasons(await deputy.record(**late)) == [("REQUIRED", "reason")]
    assert reasons(await deputy.record(**late, reason="Комиссия")) == []
    refused = await page.send(page.entry(0, {"value": 5}), client=desk.deputy)
    assert reasons(refused) == [("REQUIRED", "entries.0.marks.0.reason")]
    sent = await page.send(page.entry(0, {"value": 5}), client=desk.deputy, reason="Комиссия")
    assert reasons(sent) == []


async def test_teachers_correct_for_so_many_days_after_the_mark_was_given(desk: Desk) -> None:
    story = desk.story
    old = await story.section.lesson(on=story.school.today - 3 * _WINDOW)
    now = (await story.lesson.mark(story.pupil, 5)).row.recorded_at
    fresh = await old.mark(story.pupil, 3, recorded_at=now - _WINDOW)
    stale = await old.mark(story.pupil, 3, recorded_at=now - _WINDOW - timedelta(days=1))
    page = Page(replace(story, lesson=old), [story.pupil])
    assert reasons(await page.send(page.entry(0, of_mark(fresh.id, value=4)))) == []
    refused = await page.send(page.entry(0, of_mark(stale.id, value=4)))
    assert reasons(refused) == [("LOCKED", "entries.0.marks.0.markId")]
    given = {"markId": gid("Mark", stale.id), "version": 1, "reason": "Описка"}
    assert reasons(await story.client.do("CorrectMark", **given, value=4)) == [("LOCKED", "markId")]
    assert reasons(await story.client.do("RemoveMark", **given)) == [("LOCKED", "markId")]
    await untouched(stale)
    assert reasons(await desk.deputy.do("CorrectMark", **given, value=4)) == []
