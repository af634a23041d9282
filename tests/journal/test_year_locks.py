"""Marks for the year are locked by kind; and who locks pages sees all that is and was locked."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import JournalLock, PeriodMark, PeriodMarkKind, Position
from tests.diary import Client, Diary
from tests.factories import gid
from tests.grading.story import do, give, give_year, rows
from tests.journal.desks import Desk, a_desk
from tests.locks import waiting
from tests.sessions import signed_in
from tests.traces import deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_KINDS = ("ANNUAL", "EXAM", "FINAL")
_LOCKS = """query ($klass: ID!, $school: ID!, $holds: Boolean, $kind: PeriodMarkKind) {
    klass: node(id: $klass) { ... on SchoolClass {
        journalLocks(holds: $holds, kind: $kind) { totalCount nodes { id liftReason } } } }
    school: node(id: $school) { ... on Organization {
        journalLocks(holds: $holds, kind: $kind) { totalCount nodes { id liftReason } } } } }"""
_YEAR_LOCKS = """query ($klass: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $klass, subjectId: $subject, termId: $term) {
        lock { id } yearLocks { kind reason } } }"""


async def test_a_locked_kind_is_the_deputy_s_who_says_why(desk: Desk) -> None:
    story = desk.story
    payload = await desk.send_lock(**desk.year, kind="ANNUAL")
    assert payload["lock"]["kind"] == "ANNUAL"
    assert payload["lock"]["term"] is None
    before = await rows()
    refused = await give_year(story, "ANNUAL", value=5, reason="Очень надо")
    assert reasons(refused) == [("LOCKED", "kind")]
    whole = {"sectionId": gid("CourseSection", story.section.id), "kind": "ANNUAL"}
    pupil = {"studentId": gid("Student", story.pupil.id), "value": 5, "reason": "Надо"}
    sent = await do(story.client, "RecordYearMarks", **whole, entries=[pupil])
    assert reasons(sent) == [("LOCKED", "kind")]
    assert reasons(await give_year(story, "ANNUAL", desk.deputy, value=5)) == [
        ("REQUIRED", "reason")
    ]
    assert await rows() == before
    given = await give_year(story, "ANNUAL", desk.deputy, value=5, reason=" Апелляция ")
    assert reasons(given) == []
    mark = await PeriodMark.get(student_id=story.pupil.id, kind=PeriodMarkKind.ANNUAL)
    revision = await mark.history.all().get()  # type: ignore[attr-defined]
    assert revision.reason == "Апелляция"


async def test_other_kinds_and_terms_stay_open(desk: Desk) -> None:
    story = desk.story
    await desk.locked(**desk.year, kind="ANNUAL")
    assert reasons(await give(story, reason="Устно")) == []
    assert reasons(await give_year(story, "FINAL", value=5)) == []
    assert reasons(await give_year(story, "EXAM", desk.deputy, value=5)) == []
    assert reasons(await story.record()) == []
    await desk.locked()
    assert reasons(await give(story, value=5, version=1)) == [("LOCKED", "termId")]
    assert reasons(await give_year(story, "FINAL", value=4, version=1, reason="Описка")) == []


async def test_an_exam_s_marks_are_locked_for_the_head_too(diary: Diary, desk: Desk) -> None:
    story = desk.story
    head = await signed_in(diary, await story.school.staff(Position.HEAD))
    assert reasons(await give_year(story, "EXAM", head, value=5)) == []
    await desk.locked(**desk.year, kind="EXAM")
    change: dict[str, Any] = {"value": 4, "version": 1, "reason": "Апелляция"}
    assert reasons(await give_year(story, "EXAM", head, **change)) == [("LOCKED", "kind")]
    assert reasons(await give_year(story, "EXAM", desk.deputy, **change)) == []


async def test_a_group_s_marks_are_locked_with_the_class(desk: Desk) -> None:
    story = desk.story
    group = await story.klass.group("7А англ. 1", story.pupil)
    section = await group.section("Английский язык", story.teacher)
    subject = gid("Subject", section.subject.id)
    await desk.locked(**{**desk.year, "subjectId": subject}, kind="FINAL")
    given: dict[str, Any] = {"sectionId": gid("CourseSection", section.id)}
    assert reasons(await give_year(story, "FINAL", value=5, **given)) == [("LOCKED", "kind")]
    assert reasons(await give_year(story, "ANNUAL", value=5, **given)) == []


async def test_a_page_has_a_term_and_a_year_has_none(desk: Desk) -> None:
    assert reasons(await desk.send_lock(**desk.year)) == [("REQUIRED", "termId")]
    for kind in _KINDS:
        wrong = await desk.send_lock(**desk.page, kind=kind)
        assert reasons(wrong) == [("OUT_OF_RANGE", "termId")]
    assert await JournalLock.filter(school_class_id=desk.story.klass.id).count() == 0
    first = await desk.locked(**desk.year, kind="FINAL")
    again = await desk.send_lock(**desk.year, kind="FINAL")
    assert reasons(again) == [("DUPLICATE", "classId")]
    assert reasons(await desk.send_lock(**desk.year, kind="EXAM")) == []
    assert reasons(await desk.unlock(first)) == []
    assert reasons(await desk.send_lock(**desk.year, kind="FINAL")) == []


async def test_a_lock_that_comes_while_the_mark_is_given_holds(desk: Desk) -> None:
    story = desk.story
    async with in_transaction() as locking:
        await locking.execute_query("SELECT close_journal($1)", [story.section.id])
        writing = asyncio.create_task(give_year(story, "FINAL", value=5))
        await waiting(locking, 1)
        await JournalLock.create(
            school_class_id=story.klass.id,
            subject_id=story.section.subject.id,
            kind=PeriodMarkKind.FINAL,
            reason="Закрыта",
            locked_by_id=story.teacher.id,
            locked_at=datetime.now(UTC),
            using_db=locking,
        )
    assert reasons(await writing) == [("LOCKED", "kind")]
    assert await PeriodMark.filter(student_id=story.pupil.id).count() == 0


async def test_a_lock_is_lifted_with_a_reason_that_stays(desk: Desk) -> None:
    lock = await desk.locked(**desk.year, kind="ANNUAL")
    assert reasons(await desk.unlock(lock, " ")) == [("REQUIRED", "reason")]
    assert (await JournalLock.get(id=lock.id)).lifted_at is None
    opened = await desk.unlock(lock, " Апелляция ")
    assert opened["lock"]["liftReason"] == "Апелляция"
    assert [each.after["reason"] for each in await deeds("JournalLock", lock.id)] == [
        "Четверть закрыта",
        "Апелляция",
    ]
    assert reasons(await give_year(desk.story, "ANNUAL", value=5)) == []


async def _locks(desk: Desk, client: Client, **given: Any) -> Any:
    """The locks of class and school, which both ways of reading tell alike."""
    places_given = {
        "klass": desk.year["classId"],
        "school": gid("Organization", desk.story.school.id),
    }
    answer = await client.send(_LOCKS, **places_given, **given)
    unplanned = await client.send_unplanned(_LOCKS, **places_given, **given)
    assert unplanned.partial == answer.partial
    places = {name: answer.partial[name] for name in ("klass", "school")}
    return {name: place and place["journalLocks"] for name, place in places.items()}


async def test_who_locks_sees_all_locks(diary: Diary, desk: Desk) -> None:
    story = desk.story
    lifted = await desk.locked()
    await desk.unlock(lifted)
    annual = await desk.locked(**desk.year, kind="ANNUAL")
    neighbours = await story.school.class_("7Б")
    await neighbours.section("Алгебра")
    other = await desk.locked(
        classId=gid("SchoolClass", neighbours.id),
        subjectId=desk.year["subjectId"],
        termId=gid("Term", neighbours.term.id),
    )

    def told(*locks: JournalLock) -> Any:
        nodes = [
            {
                "id": gid("JournalLock", each.id),
                "liftReason": "Открыта снова" if each is lifted else None,
            }
            for each in locks
        ]
        return {"totalCount": len(nodes), "nodes": nodes}

    seen = await _locks(desk, desk.deputy)
    assert seen == {"klass": told(annual, lifted), "school": told(other, annual, lifted)}
    assert (await _locks(desk, desk.deputy, holds=True))["school"] == told(other, annual)
    assert (await _locks(desk, desk.deputy, holds=False))["school"] == told(lifted)
    assert (await _locks(desk, desk.deputy, kind="ANNUAL"))["school"] == told(annual)

    plan = await desk.deputy.plan(
        _LOCKS, klass=desk.year["classId"], school=gid("Organization", story.school.id)
    )
    assert plan["planned"]
    seen = await _locks(desk, story.client)
    assert seen == {"klass": told(annual, lifted), "school": told(annual, lifted)}
    elsewhere = await (await a_desk(diary)).story.school.staff(Position.DEPUTY_HEAD)
    seen = await _locks(desk, await signed_in(diary, elsewhere))
    assert seen == {"klass": None, "school": told()}
    family = await signed_in(diary, await story.pupil.guardian())
    assert await _locks(desk, family) == {"klass": told(), "school": told()}


async def test_a_page_tells_which_marks_for_the_year_are_locked(desk: Desk) -> None:
    story = desk.story
    await desk.locked(**desk.year, kind="FINAL")
    await desk.locked(**desk.year, kind="ANNUAL")
    asked = {"klass": "classId", "subject": "subjectId", "term": "termId"}
    page = {name: desk.page[field] for name, field in asked.items()}
    seen = (await story.client.send(_YEAR_LOCKS, **page)).data["classJournal"]
    why = "Четверть закрыта"
    assert seen == {
        "lock": None,
        "yearLocks": [{"kind": "ANNUAL", "reason": why}, {"kind": "FINAL", "reason": why}],
    }
