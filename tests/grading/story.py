"""Marks for terms and years, as they are given and read through the door."""

from collections.abc import Sequence
from typing import Any

from models import (
    ClassKind,
    Enrollment,
    MarkSign,
    PeriodMark,
    PeriodMarkRevision,
    SchoolClass,
    SchoolYear,
)
from tests.diary import Client
from tests.factories import ClassMade, PupilMade, SectionMade, gid
from tests.factories.curriculum import quarters
from tests.journal.story import Story

_RECORD = """
mutation ($input: %sInput!) {
  %s(input: $input) {
    %s { id kind value text version term { number } }
    userErrors { code message field }
  }
}
"""
_REMOVE = """
mutation ($input: RemovePeriodMarkInput!) {
  removePeriodMark(input: $input) {
    periodMarkId userErrors { code message field current { text version } }
  }
}
"""
_OPERATIONS = {
    "RecordPeriodMark": "periodMark",
    "RecordPeriodMarks": "periodMarks",
    "RecordYearMark": "periodMark",
    "RecordYearMarks": "periodMarks",
}
ROW = """
query ($classId: ID!, $subjectId: ID!, $termId: ID!) {
  classJournal(classId: $classId, subjectId: $subjectId, termId: $termId) {
    rows {
      section { id } markCount weightedAverage proposedValue proposedSign
      periodMark {
        value version correctedOn
        history {
          kind value text formerValue formerSign proposedValue proposedSign reason
          by { fullName }
        }
      }
    }
  }
}
"""


async def do(client: Client, operation: str, **given: Any) -> Any:
    """Send one of the mutations with this input; its payload."""
    name = operation[0].lower() + operation[1:]
    document = _RECORD % (operation, name, _OPERATIONS[operation])
    return (await client.send(document, input=given)).data[name]


async def give(story: Story, client: Client | None = None, **given: Any) -> Any:
    """Give a mark for the current term: 4 to the pupil unless told."""
    usual = {
        "sectionId": gid("CourseSection", story.section.id),
        "termId": gid("Term", story.klass.term.id),
        "studentId": gid("Student", story.pupil.id),
    }
    if "sign" not in given:
        usual["value"] = given.pop("value", 4)
    return await do(client or story.client, "RecordPeriodMark", **usual | given)


async def give_year(story: Story, kind: str, client: Client | None = None, **given: Any) -> Any:
    """Give an annual, exam or final mark to the pupil."""
    usual = {
        "sectionId": gid("CourseSection", story.section.id),
        "studentId": gid("Student", story.pupil.id),
        "kind": kind,
    }
    return await do(client or story.client, "RecordYearMark", **usual | given)


async def take_back(story: Story, mark_id: str, client: Client | None = None, **given: Any) -> Any:
    """Take a mark back: its first version, by mistake, unless told."""
    usual = {"periodMarkId": mark_id, "version": 1, "reason": "Не тому ученику"}
    answer = await (client or story.client).send(_REMOVE, input=usual | given)
    return answer.data["removePeriodMark"]


async def marked(
    section: SectionMade, pupil: PupilMade, *marks: tuple[int | MarkSign, int]
) -> None:
    """Give marks with their weights at a lesson of the term."""
    lesson = await section.lesson()
    for value, weight in marks:
        await lesson.mark(pupil, value, weight=weight)


async def row_of(story: Story, client: Client | None = None, term: int = 1) -> Any:
    """The pupil's row on the page of the journal; the class has no other pupil."""
    answer = await (client or story.client).send(
        ROW,
        classId=gid("SchoolClass", story.klass.id),
        subjectId=gid("Subject", story.section.subject.id),
        termId=gid("Term", story.klass.terms[term].id),
    )
    (row,) = answer.data["classJournal"]["rows"]
    return row


async def proposed(story: Story) -> tuple[int | None, str | None]:
    """What the school's rules propose for the term, as the journal's page says."""
    row = await row_of(story)
    return row["proposedValue"], row["proposedSign"]


async def rows() -> tuple[int, int]:
    """How many period marks and revisions of them there are."""
    return await PeriodMark.all().count(), await PeriodMarkRevision.all().count()


async def last_year(story: Story, name: str, grade_level: int, subject: str) -> SectionMade:
    """A section of the subject in the class that the pupil was in the year before."""
    school = story.school
    first = school.year.starts_on.replace(year=school.year.starts_on.year - 1)
    last = school.year.starts_on.fromordinal(school.year.starts_on.toordinal() - 1)
    year = await SchoolYear.create(
        organization=school.row, name="Прошлый", starts_on=first, ends_on=last
    )
    day = first.fromordinal(first.toordinal() + 101)
    terms = await quarters(year, grade_level, day)
    row = await SchoolClass.create(
        organization=school.row,
        school_year=year,
        kind=ClassKind.HOMEROOM,
        grade_level=grade_level,
        name=name,
    )
    klass = ClassMade(row, school, terms)
    await Enrollment.create(
        student=story.pupil.row,
        school_class=row,
        organization=school.row,
        kind=row.kind,
        valid_from=first,
        valid_until=school.year.starts_on,
    )
    return await klass.section(subject)


def texts(found: Sequence[Any]) -> list[str]:
    """The marks as a person reads them."""
    return [each["text"] for each in found]
