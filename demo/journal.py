"""The class journals of a school: every class's week, laid over its school days."""

from collections import defaultdict
from collections.abc import Iterator

from demo.desk import Desk, Place
from demo.last_year import LastYear
from demo.pupils import SchoolClass
from demo.rolls import Roll
from demo.school import School
from demo.section import Part, Section
from demo.staffing import MATHEMATICIAN, SHOWN, SUBSTITUTE, Duty
from demo.timetable import Week, duties_of


class Journal:
    """Writes the journals of one school's classes."""

    def __init__(self, school: School, subjects: dict[str, int]) -> None:
        self._desk = Desk(school, subjects)

    def write(self, of: SchoolClass, week: Week) -> None:
        """Write every section of the class, with all that happened at its lessons."""
        school = self._desk.school
        if school.is_first and of.name == SHOWN:
            LastYear(school, of, self._desk.subjects).write(week)
        slots = _slots(week)
        for duty, places in self._places(of.name.grade, week).items():
            for part in _parts(of, duty):
                section = Section(self._desk, of.name.grade, duty, part)
                section.plan(slots[duty])
                section.write(places)
                if (
                    self._desk.school.is_first
                    and of.name == SHOWN
                    and part.teacher == MATHEMATICIAN
                ):
                    section.substitute(SUBSTITUTE, self._desk.school.plan.calendar.week.first)

    def _places(self, grade: int, week: Week) -> dict[Duty, list[Place]]:
        """Return when the class has each of its subjects."""
        places: dict[Duty, list[Place]] = {duty: [] for _, _, duty in duties_of(week)}
        for day in self._desk.days(grade):
            for number, duty in week[day.weekday]:
                places[duty].append(Place(day, number))
        return places


def _parts(of: SchoolClass, duty: Duty) -> Iterator[Part]:
    """Yield the class, or its halves where two teachers share it."""
    rolls: tuple[tuple[int, Roll], ...] = ((of.id, of.roll),)
    if len(duty.teachers) > 1:
        rolls = of.halves
    for (school_class, roll), teacher in zip(rolls, duty.teachers, strict=True):
        yield Part(school_class, of.id, roll, teacher)


def _slots(week: Week) -> dict[Duty, list[tuple[int, int]]]:
    """Return the weekdays and lesson numbers of each duty."""
    slots: dict[Duty, list[tuple[int, int]]] = defaultdict(list)
    for weekday, number, duty in duties_of(week):
        slots[duty].append((weekday, number))
    return slots
