"""What the school's rules propose for a term, against tables counted by hand."""

from typing import Any

import pytest

from models import MarkSign, Position, TermKind
from tests.diary import Client, Diary
from tests.factories import gid
from tests.grading.story import give, marked, proposed, row_of
from tests.journal.story import Story, a_story
from tests.sessions import signed_in
from tests.traces import reasons

pytestmark = pytest.mark.usefixtures("database")

_PASSED, _EXEMPT = MarkSign.PASSED, MarkSign.EXEMPT


@pytest.mark.parametrize(
    ("marks", "mean", "proposal"),
    [
        ([(5, 10), (5, 10), (5, 10)], 5.0, (5, None)),
        ([(5, 1), (4, 1), (5, 1), (4, 1)], 4.5, (5, None)),
        ([(5, 3), (5, 1), (4, 5)], 4.44, (4, None)),
        ([(5, 99), (4, 51), (4, 50)], 4.5, (5, None)),  # 899/200 = 4.495, as 4.50 is shown
        ([(4, 1), (3, 1), (4, 1), (3, 1)], 3.5, (4, None)),
        ([(4, 1), (3, 1), (3, 1)], 3.33, (3, None)),
        ([(2, 1), (3, 1), (2, 1), (3, 1)], 2.5, (3, None)),
        ([(2, 1), (2, 1), (3, 1)], 2.33, (2, None)),
        ([(1, 1), (1, 1), (1, 1)], 1.0, (2, None)),
        ([(5, 1), (5, 1)], 5.0, (None, "NOT_ATTESTED")),
        ([(5, 1), (5, 1), (_PASSED, 1)], 5.0, (None, "NOT_ATTESTED")),
        ([(5, 1), (5, 1), (5, 1), (_EXEMPT, 50)], 5.0, (5, None)),
        ([], None, (None, "NOT_ATTESTED")),
        ([(_EXEMPT, 1)], None, (None, "EXEMPT")),
        ([(_PASSED, 1)], None, (None, None)),
    ],
)
async def test_a_mark_is_proposed(story: Story, marks: Any, mean: float, proposal: Any) -> None:
    await marked(story.section, story.pupil, *marks)
    row = await row_of(story)
    assert (row["weightedAverage"], (row["proposedValue"], row["proposedSign"])) == (mean, proposal)
    assert row["markCount"] == sum(isinstance(value, int) for value, _ in marks)


async def test_half_a_year_takes_more_marks(story: Story) -> None:
    await story.klass.term.update_from_dict({"kind": TermKind.SEMESTER}).save()
    await marked(story.section, story.pupil, *[(5, 1)] * 4)
    assert await proposed(story) == (None, "NOT_ATTESTED")
    await marked(story.section, story.pupil, (5, 1))
    assert await proposed(story) == (5, None)


async def test_marks_that_were_taken_back_do_not_count(story: Story) -> None:
    await marked(story.section, story.pupil, *[(5, 1)] * 3)
    lesson = await story.section.lesson()
    mark = await lesson.mark(story.pupil, 2, weight=100)
    assert await proposed(story) == (2, None)
    await mark.remove()
    assert await proposed(story) == (5, None)


async def test_a_substitute_is_not_told_what_is_proposed(diary: Diary, story: Story) -> None:
    await marked(story.section, story.pupil, *[(5, 1)] * 3)
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute)
    for who, value in ((substitute, None), (await story.school.staff(Position.HEAD), 5)):
        assert (await row_of_proposals(await signed_in(diary, who), story)) == (value, None)


async def row_of_proposals(client: Client, story: Story) -> tuple[int | None, str | None]:
    """What somebody is told of the pupil's row."""
    document = """query ($klass: ID!, $subject: ID!, $term: ID!) {
        classJournal(classId: $klass, subjectId: $subject, termId: $term) {
            rows { proposedValue proposedSign } } }"""
    given = {
        "klass": gid("SchoolClass", story.klass.id),
        "subject": gid("Subject", story.section.subject.id),
        "term": gid("Term", story.klass.term.id),
    }
    answer = await client.send(document, **given)
    assert (await client.send_unplanned(document, **given)).data == answer.data
    (row,) = answer.data["classJournal"]["rows"]
    return row["proposedValue"], row["proposedSign"]


async def test_nothing_is_proposed_for_the_first_grade(diary: Diary) -> None:
    story = await a_story(diary, "1А")
    assert await proposed(story) == (None, None)
    assert reasons(await give(story, value=5)) == [("MARKS_NOT_USED", "value")]
    assert reasons(await give(story, sign="PASSED")) == []
