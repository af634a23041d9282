"""School years: which days are taught, and how they are divided into terms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple, Self

from demo.holidays import WORKING_SATURDAYS, days_off

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_SUNDAY = 6
_FIRST_SEMESTER_GRADE = 10
_VACATIONS = ("Осенние каникулы", "Зимние каникулы", "Весенние каникулы")
_FIRST_SCHOOL_MONTH = 9
# By then a new school year has marks enough for a report.
_SETTLED = timedelta(weeks=3)
# Weeks of the first and the third quarter; the fifth of the third is free for grade 1.
_FIRST_QUARTER, _THIRD_QUARTER, _FREE_WEEK = 8, 11, 5


class Span(NamedTuple):
    """Some days in a row, both dates among them."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def moved(self, by: timedelta) -> "Span":
        """Return as many days, so much later."""
        return Span(self.first + by, self.last + by)


class Term(NamedTuple):
    """A quarter (of four) or a semester (of two) of one school year."""

    number: int
    is_quarter: bool
    span: Span


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """A school year as it is taught; `ordinary` are its quarters, `week` is the current one.

    An ordinary year is that of the federal programme: four quarters of about 8, 8, 11 and 7 weeks
    from 1 September to 26 May, of whole weeks, with vacations between them; grade 1 rests for one
    week more in February. State holidays are free.

    One thing is not ordinary: the current week is always taught in full, whatever it meets. Where
    it lies in vacations, the term before it is stretched up to that week's Sunday, and the days
    in between stay free.
    """

    ordinary: tuple[Span, ...]
    week: Span

    @classmethod
    def around(cls, today: date) -> Self:
        """Return the year that began last, once it is three weeks old, and until then the old one.

        So the old one goes on through the summer and there are always marks to count.
        """
        settled = today - _SETTLED
        began = settled.year if settled.month >= _FIRST_SCHOOL_MONTH else settled.year - 1
        return cls(_ordinary_quarters(began), _week_of(today))

    @classmethod
    def ending(cls, today: date) -> Self:
        """Return a whole ordinary year, moved by weeks so that its last week is the current one."""
        quarters = _ordinary_quarters(today.year - 1)
        week = _week_of(today)
        by = week.first - _monday(quarters[-1].last)
        return cls(tuple(quarter.moved(by) for quarter in quarters), week)

    @property
    def quarters(self) -> tuple[Span, ...]:
        """The four quarters, the one before the current week stretched over it where need be."""
        begun = max(n for n, quarter in enumerate(self.ordinary) if quarter.first <= self.week.last)
        first, last = self.ordinary[begun]
        stretched = Span(first, max(last, self.week.last))
        return (*self.ordinary[:begun], stretched, *self.ordinary[begun + 1 :])

    @property
    def span(self) -> Span:
        """The school year's first and last day."""
        quarters = self.quarters
        return Span(quarters[0].first, quarters[-1].last)

    def terms(self, grade: int) -> list[Term]:
        """Return the grade's terms in their order: quarters up to grade 9, then semesters."""
        quarters = self.quarters
        if grade < _FIRST_SEMESTER_GRADE:
            return [Term(number, True, span) for number, span in enumerate(quarters, 1)]
        first, second, third, fourth = quarters
        halves = Span(first.first, second.last), Span(third.first, fourth.last)
        return [Term(number, False, span) for number, span in enumerate(halves, 1)]

    def days(self, grade: int) -> list[tuple[date, int]]:
        """Return the grade's school days with the weekdays (0–5) whose timetables they follow."""
        year = self.span
        every = (year.first + _DAY * n for n in range((year.last - year.first).days + 1))
        return [
            (day, WORKING_SATURDAYS.get(day, day).weekday())
            for day in every
            if day.weekday() != _SUNDAY and self._is_taught(day, grade)
        ]

    def vacations(self) -> Iterator[tuple[str, int | None, Span]]:
        """Yield name, grade (None for all) and days of each; what is over a taught week is none."""
        for name, (before, after) in zip(_VACATIONS, pairwise(self.quarters), strict=True):
            if before.last + _DAY < after.first:
                yield name, None, Span(before.last + _DAY, after.first - _DAY)
        if self.week.first not in self._february_rest:
            yield "Дополнительные каникулы", 1, self._february_rest

    def days_off(self) -> Iterator[tuple[date, int | None]]:
        """Yield state holidays of the year (None), and working days with the weekdays of theirs."""
        year = self.span
        for day in sorted({*days_off(year.first.year), *days_off(year.last.year)}):
            if day in year and day not in self.week:
                yield day, None
        for day, other in WORKING_SATURDAYS.items():
            if day in year and day not in self.week:
                yield day, other.isoweekday()

    def _is_taught(self, day: date, grade: int) -> bool:
        if day in self.week:
            return True
        if day in days_off(day.year) or (grade == 1 and day in self._february_rest):
            return False
        return any(day in quarter for quarter in self.ordinary)

    @property
    def _february_rest(self) -> Span:
        monday = self.ordinary[2].first + _WEEK * (_FREE_WEEK - 1)
        return Span(monday, monday + 6 * _DAY)


def _ordinary_quarters(year: int) -> tuple[Span, ...]:
    """Return the quarters of the school year that begins in `year`."""
    first, last = _not_sunday(date(year, 9, 1), _DAY), _not_sunday(date(year + 1, 5, 26), -_DAY)
    autumn = _monday(first) + _WEEK * _FIRST_QUARTER
    winter = _monday(date(year + 1, 1, 1))
    third = _monday(date(year + 1, 1, 9) + 6 * _DAY)
    spring = third + _WEEK * _THIRD_QUARTER
    return (
        Span(first, autumn - _DAY),
        Span(autumn + _WEEK, winter - _DAY),
        Span(third, spring - _DAY),
        Span(spring + _WEEK, last),
    )


def _week_of(day: date) -> Span:
    return Span(_monday(day), _monday(day) + 6 * _DAY)


def _monday(day: date) -> date:
    return day - _DAY * day.weekday()


def _not_sunday(day: date, otherwise: timedelta) -> date:
    return day + otherwise if day.weekday() == _SUNDAY else day
