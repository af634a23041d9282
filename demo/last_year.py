"""The year before of the class that the demo shows: annual marks, and two that were not enough."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from demo.curriculum import MATHEMATICS, RUSSIAN, Grading, grading, hours
from demo.grades import VALUES, VALUES_A_LEVEL, in_subject
from demo.pupils import SchoolClass
from demo.school import School
from demo.timetable import Week, duties_of

_LASTED, _RESTED = timedelta(weeks=38), timedelta(weeks=14)
_RETAKEN_AFTER = timedelta(days=14)
_CONCLUDED_AT, _RETAKEN_AT = time(15), time(16)
_ENOUGH, _TOO_LITTLE = 3, 2


class _Failed(NamedTuple):
    """Which member of the class did not reach a 3 in what, and what the first retake came to."""

    place: int
    subject: str
    retaken: int


# The first has made it good; the second may try once more, and is promoted conditionally.
_FAILED = (_Failed(0, MATHEMATICS, 4), _Failed(1, RUSSIAN, 2))


class LastYear:
    """The year before as rows: its class with the sections that the same teachers taught."""

    def __init__(self, school: School, of: SchoolClass, subjects: dict[str, int]) -> None:
        self._school = school
        self._of = of
        self._subjects = subjects
        self._begins = school.span.first
        self._ends = self._begins - _RESTED
        self._began = self._ends - _LASTED
        self._stays = [stay for stay in of.stays if stay.first == self._begins]

    def write(self, week: Week) -> None:
        """Enrol the pupils in the grade below, and mark the year in what they still learn."""
        sink, grade = self._school.sink, self._of.name.grade - 1
        name = "/".join(dict.fromkeys((str(self._began.year), str(self._ends.year))))
        year = sink.add("school_year", self._school.id, name, self._began, self._ends)
        title = str(self._of.name._replace(grade=grade))
        school_class = sink.add(
            "school_class", self._school.id, year, "HOMEROOM", None, grade, title, None
        )
        for stay in self._stays:
            days = (self._began, self._begins)
            pupil, kind = stay.pupil.student, "HOMEROOM"
            sink.add("enrollment", pupil, school_class, self._school.id, kind, *days)
        teachers = {duty.subject: duty.teachers[0] for _, _, duty in duties_of(week)}
        for subject in hours(grade):
            if grading(subject, grade) is Grading.NUMBERS and subject in teachers:
                teacher = self._school.teachers[teachers[subject]]
                self._mark(school_class, subject, teacher)

    def _mark(self, school_class: int, subject: str, teacher: int) -> None:
        sink = self._school.sink
        section = sink.add("course_section", school_class, self._subjects[subject])
        sink.add("teaching_assignment", section, teacher, self._began, self._begins)
        at = datetime.combine(self._ends, _CONCLUDED_AT)
        failed = {each.place: each for each in _FAILED if each.subject == subject}
        for place, stay in enumerate(self._stays):
            value = self._value(place, subject) if place not in failed else _TOO_LITTLE
            student = stay.pupil.student
            mark = sink.add("period_mark", student, section, None, value, None, "ANNUAL", at)
            sink.add("period_mark_revision", mark, 1, "RECORDED", value, None, teacher, at)
            if place in failed:
                self._retake(mark, failed[place].retaken, teacher)

    def _value(self, place: int, subject: str) -> int:
        """Return what the pupil is given most often, and enough for a pass."""
        member = self._of.roll.members[place]
        level = in_subject(member.level, member.student, self._subjects[subject])
        return max(_ENOUGH, VALUES[level][VALUES_A_LEVEL // 2])

    def _retake(self, mark: int, value: int, teacher: int) -> None:
        day = self._begins + _RETAKEN_AFTER
        at = datetime.combine(day, _RETAKEN_AT)
        self._school.sink.add("retake", mark, 1, day, False, value, None, teacher, at)
