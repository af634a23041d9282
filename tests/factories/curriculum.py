"""School years, quarters, and sections that are taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from models import (
    CourseSection,
    Organization,
    SchoolYear,
    Subject,
    Substitution,
    TeachingAssignment,
    Term,
    TermKind,
)
from tests.factories.made import Fact, Made
from tests.factories.people import PersonMade
from tests.factories.timetable import LessonMade, a_lesson

if TYPE_CHECKING:
    from tests.factories.classes import ClassMade

# First and last day of each quarter, counted from today: whatever the date, the second one is
# going on, with a month of it on either side, and a week's vacation lies between any two.
_QUARTERS = ((-100, -38), (-30, 30), (38, 98), (106, 168))


@dataclass
class SectionMade(Made[CourseSection]):
    """A subject taught to a class; `assignment` is what lets `teacher` teach it."""

    klass: ClassMade
    subject: Subject
    teacher: PersonMade
    assignment: Fact[TeachingAssignment]

    async def lesson(
        self, on: date | None = None, number: int | None = None, **columns: Any
    ) -> LessonMade:
        """Plan a lesson: today and in the next free slot of class and teacher unless told."""
        return await a_lesson(self, on or self.klass.school.today, number, **columns)

    async def taught_by(self, teacher: PersonMade, since: date | None = None) -> Fact[Any]:
        """Let somebody else teach it too; `teacher` stays who gives the lessons."""
        return await _an_assignment(self.row, teacher, since or self.klass.school.year.starts_on)

    async def substituted_by(
        self, teacher: PersonMade, since: date | None = None, until: date | None = None
    ) -> Fact[Substitution]:
        """Let somebody stand in: today alone unless told."""
        first = since or self.klass.school.today
        row = await Substitution.create(
            section=self.row,
            teacher=teacher.row,
            valid_from=first,
            valid_until=until or first + timedelta(days=1),
        )
        return Fact(row)


async def a_section(klass: ClassMade, name: str, teacher: PersonMade) -> SectionMade:
    subject, _ = await Subject.get_or_create(name=name)
    row = await CourseSection.create(school_class=klass.row, subject=subject)
    assignment = await _an_assignment(row, teacher, klass.school.year.starts_on)
    return SectionMade(row, klass, subject, teacher, assignment)


async def _an_assignment(
    section: CourseSection, teacher: PersonMade, since: date
) -> Fact[TeachingAssignment]:
    row = await TeachingAssignment.create(section=section, teacher=teacher.row, valid_from=since)
    return Fact(row)


async def a_year(school: Organization, day: date) -> SchoolYear:
    """A school year around that day, from the first quarter's beginning to the last one's end."""
    first = day + timedelta(days=_QUARTERS[0][0])
    last = day + timedelta(days=_QUARTERS[-1][-1])
    return await SchoolYear.create(
        organization=school, name=f"{first.year}/{last.year}", starts_on=first, ends_on=last
    )


async def quarters(year: SchoolYear, grade_level: int, day: date) -> list[Term]:
    """Four quarters of a grade, the second of them around that day."""
    return [
        await Term.create(
            school_year=year,
            grade_level=grade_level,
            kind=TermKind.QUARTER,
            number=number,
            name=f"{number}-я четверть",
            starts_on=day + timedelta(days=first),
            ends_on=day + timedelta(days=last),
        )
        for number, (first, last) in enumerate(_QUARTERS, start=1)
    ]
