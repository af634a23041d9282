"""Debts whose deadline is over: twos where the school has settled so, and nothing elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from deadlines.debts import Debts
from models import AuditEntry, DebtMark, JournalLock, Mark
from tests.diary import Diary
from tests.factories import AssignmentMade, a_grading_policy
from tests.journal.story import Story, a_story, history
from tests.traces import announced

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def _settled(story: Story, *, become: bool = True) -> None:
    await a_grading_policy(story.school, debts_become_two=become)


async def _owed(story: Story, days: int) -> tuple[AssignmentMade, DebtMark]:
    """A work that the pupil owes, until so many days from today."""
    work = await story.lesson.assignment(weight=30)
    debt = await DebtMark.create(
        assignment_id=work.id,
        lesson_id=story.lesson.id,
        student_id=story.pupil.id,
        deadline=story.school.today + days * _DAY,
        set_by_id=story.teacher.id,
        set_at=datetime.now(UTC),
    )
    return work, debt


async def _settle() -> list[tuple[str, int]]:
    """Look once; whom that woke."""
    woken: list[tuple[str, int]] = []

    async def wake(topic: str, seq: int) -> None:
        woken.append((topic, seq))

    await Debts(wake).settle()
    return woken


async def test_a_debt_becomes_a_two_when_its_deadline_is_over(story: Story) -> None:
    await _settled(story)
    work, debt = await _owed(story, -1)
    _, later = await _owed(story, 0)
    assert (f"school:{story.school.id}", 1) in await _settle()
    mark = await Mark.get(student_id=story.pupil.id)
    assert (mark.value, mark.weight, mark.assignment_id, mark.lesson_id, mark.version) == (
        2,
        30,
        work.id,
        story.lesson.id,
        1,
    )
    reason = "The debt was not cleared by its deadline."
    assert await history(mark) == [("RECORDED", 1, 2, None, 30, reason, story.teacher.id)]
    assert await announced(story.school) == [
        (1, "MARKS", "RECORDED", mark.id, story.pupil.id),
        (2, "DEBTS", "SETTLED", debt.id, story.pupil.id),
    ]
    [entry] = await AuditEntry.filter(entity="Mark", row_id=mark.id)
    assert (entry.person_id, entry.roles, entry.after["value"]) == (None, [], 2)
    assert (await DebtMark.get(id=debt.id)).cleared_at is not None
    assert (await DebtMark.get(id=later.id)).cleared_at is None
    await _settle()
    assert await story.marks() == 1


@pytest.mark.parametrize("become", [None, False])
async def test_nothing_becomes_of_it_unless_the_school_says_so(
    story: Story, become: bool | None
) -> None:
    if become is not None:
        await _settled(story, become=become)
    await _owed(story, -30)
    await _settle()
    assert await story.marks() == 0


async def test_a_locked_page_waits_and_the_first_grade_has_no_twos(
    diary: Diary, story: Story
) -> None:
    await _settled(story)
    await _owed(story, -1)
    lock = await JournalLock.create(
        school_class_id=story.klass.id,
        subject_id=story.section.subject.id,
        term_id=story.klass.term.id,
        reason="Закрыта",
        locked_by_id=story.teacher.id,
        locked_at=datetime.now(UTC),
    )
    await _settle()
    assert await story.marks() == 0
    await JournalLock.filter(id=lock.id).update(lifted_at=datetime.now(UTC))
    await _settle()
    assert await story.marks() == 1

    youngest = await a_story(diary, "1А")
    await _settled(youngest)
    await _owed(youngest, -1)
    await _settle()
    assert await youngest.marks() == 0
