"""What is to be built: how many schools of what size, over which school year."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from demo.calendar import SchoolCalendar
from demo.draws import Draws
from demo.staffing import ClassName, Staffing, classes_for, staff

_DEMO_SCHOOLS, _DEMO_PUPILS = 2, 500
# Shares of the pupils present that get a mark at an ordinary lesson; works come on top of it.
_DEMO_ANSWERS, _BENCHMARK_ANSWERS = 0.06, 0.19
_LEAST_IN_A_CLASS = 3
_LOAD_LOGINS = 1000


@dataclass(frozen=True)
class Plan:
    """The size and time of a data set; everything else follows from it and the seed."""

    seed: int
    today: date
    calendar: SchoolCalendar
    schools: int
    pupils: int
    answers: float
    load_logins: int
    _days_past: dict[int, list[int]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, seed: int, today: date, schools: int | None, pupils: int | None) -> "Plan":
        """Return the demo region's plan, or a benchmark's when `schools` is given."""
        if schools is None:
            calendar, answers, logins = SchoolCalendar.around(today), _DEMO_ANSWERS, 0
        else:
            calendar, answers = SchoolCalendar.ending(today), _BENCHMARK_ANSWERS
            logins = _LOAD_LOGINS
        size = pupils or _DEMO_PUPILS
        return cls(seed, today, calendar, schools or _DEMO_SCHOOLS, size, answers, logins)

    @cached_property
    def staffing(self) -> Staffing:
        """The classes and duties that every full school has."""
        return staff(classes_for(self.pupils))

    def class_sizes(self) -> list[tuple[ClassName, int]]:
        """Return how many pupils begin the year in each class."""
        classes = self.staffing.classes
        least, more = divmod(self.pupils, len(classes))
        return [
            (name, max(least + (number < more), _LEAST_IN_A_CLASS))
            for number, name in enumerate(classes)
        ]

    def days_past(self, grade: int) -> list[int]:
        """Return the grade's school days up to today, as ordinals."""
        if grade not in self._days_past:
            days = (day for day, _ in self.calendar.days(grade) if day <= self.today)
            self._days_past[grade] = [day.toordinal() for day in days]
        return self._days_past[grade]

    def draws(self, *purpose: object) -> Draws:
        """Return the stream of choices for one purpose."""
        return Draws(self.seed, *purpose)
