"""Classes, groups within them, and who is enrolled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import ClassKind, Enrollment, SchoolClass, Term
from tests.factories.curriculum import SectionMade, a_section
from tests.factories.made import Fact, Made
from tests.factories.people import PersonMade, PupilMade, a_student

if TYPE_CHECKING:
    from datetime import date

    from tests.factories.directory import SchoolMade


@dataclass
class ClassMade(Made[SchoolClass]):
    """A class or group of a school; `terms` are the four quarters of its grade."""

    school: SchoolMade
    terms: list[Term]

    @property
    def term(self) -> Term:
        """The quarter that goes on today."""
        return self.terms[1]

    async def pupil(self, *, since: date | None = None, **person: Any) -> PupilMade:
        """Enrol somebody new, since the year's first day unless told."""
        pupil = await a_student(since or self.school.year.starts_on, **person)
        await self.enroll(pupil, since)
        return pupil

    async def enroll(self, pupil: PupilMade, since: date | None = None) -> Fact[Enrollment]:
        """Enrol a pupil who is there."""
        row = await Enrollment.create(
            student=pupil.row,
            school_class=self.row,
            organization_id=self.row.organization_id,
            kind=self.row.kind,
            valid_from=since or self.school.year.starts_on,
        )
        return Fact(row)

    async def enrollment(self, pupil: PupilMade) -> Fact[Enrollment]:
        """The pupil's latest enrolment here, in order to end it."""
        found = await Enrollment.filter(student_id=pupil.id, school_class_id=self.id)
        return Fact(max(found, key=lambda row: row.valid_from))

    async def group(self, name: str, *pupils: PupilMade) -> ClassMade:
        """Make a group within this class and enrol these pupils in it."""
        row = await SchoolClass.create(
            organization_id=self.row.organization_id,
            school_year_id=self.row.school_year_id,
            kind=ClassKind.GROUP,
            parent=self.row,
            grade_level=self.row.grade_level,
            name=name,
        )
        group = ClassMade(row, self.school, self.terms)
        for pupil in pupils:
            await group.enroll(pupil)
        return group

    async def led_by(self, teacher: PersonMade) -> None:
        """Make somebody its homeroom teacher."""
        await self.change(homeroom_teacher_id=teacher.id)

    async def section(self, subject: str, teacher: PersonMade | None = None) -> SectionMade:
        """Teach it a subject, by a new teacher unless told."""
        return await a_section(self, subject, teacher or await self.school.teacher())
