"""What every section of a school's journal looks up."""

from datetime import date
from typing import NamedTuple

from demo.school import School, bells


class Day(NamedTuple):
    """A school day: as a number to compare, as text to write, and whose timetable it follows."""

    ordinal: int
    iso: str
    weekday: int


class Place(NamedTuple):
    """A day and a lesson number of it."""

    day: Day
    number: int


class Held(NamedTuple):
    """A lesson of a section: its row and its place."""

    id: int
    day: Day
    number: int


class Desk:
    """One school's days, bells and moments, prepared for writing journals."""

    def __init__(self, school: School, subjects: dict[str, int]) -> None:
        self.school = school
        self.sink = school.sink
        self.subjects = subjects
        self.answers = school.plan.answers
        self.today = school.plan.today.toordinal()
        self.week_ends = school.plan.calendar.week.last.toordinal()
        self.clocks = {n: f"{bell.starts_at}\t{bell.ends_at}" for n, bell in bells().items()}
        self.ends = {n: str(bell.ends_at) for n, bell in bells().items()}
        self._midnight = f"{school.plan.today} 00:00:00"
        self._days: dict[int, list[Day]] = {}

    def days(self, grade: int) -> list[Day]:
        """Return the grade's school days."""
        if grade not in self._days:
            self._days[grade] = [
                Day(day.toordinal(), day.isoformat(), weekday)
                for day, weekday in self.school.plan.calendar.days(grade)
            ]
        return self._days[grade]

    def moment(self, day: int, clock: str) -> str:
        """Return the moment as text, or the midnight with which today begins if that is earlier.

        A demo that is opened in the morning must not hold moments that are yet to come.
        """
        return self._midnight if day >= self.today else f"{date.fromordinal(day)} {clock}"
