"""School years: the ordinary one, and the current week that is always taught."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest

from demo.calendar import SchoolCalendar, Span

DAY = timedelta(days=1)
TODAYS = [
    pytest.param(date(2026, 3, 2), id="a Monday in mid-term"),
    pytest.param(date(2025, 12, 31), id="New Year's week, before"),
    pytest.param(date(2026, 1, 1), id="New Year's week, after"),
    pytest.param(date(2026, 1, 8), id="the second week of January"),
    pytest.param(date(2025, 10, 29), id="autumn vacations"),
    pytest.param(date(2026, 7, 15), id="July"),
    pytest.param(date(2026, 8, 31), id="the day before a new year"),
    pytest.param(date(2026, 9, 2), id="the first week of a new year"),
    pytest.param(date(2026, 9, 22), id="a new year of three weeks"),
    pytest.param(date(2026, 2, 22), id="a Sunday"),
    pytest.param(date(2024, 2, 29), id="29 February"),
    pytest.param(date(2026, 5, 26), id="the last ordinary day"),
    pytest.param(date(2031, 5, 1), id="a holiday of a year without a calendar"),
]


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize("year", [SchoolCalendar.around, SchoolCalendar.ending])
def test_the_current_week_is_taught_in_a_term_of_a_year_that_holds_today(
    today: date, year: Callable[[date], SchoolCalendar]
) -> None:
    calendar = year(today)
    monday = today - DAY * today.weekday()
    week = [monday + DAY * n for n in range(6)]
    for grade in (1, 7, 11):
        taught = [day for day, _ in calendar.days(grade)]
        assert [day for day in taught if monday <= day <= monday + 6 * DAY] == week
        holding = [term for term in calendar.terms(grade) if today in term.span]
        assert len(holding) == 1
        assert all(day in holding[0].span for day in week)
    assert today in calendar.span


@pytest.mark.parametrize("today", TODAYS)
def test_terms_follow_each_other_without_overlap(today: date) -> None:
    for calendar in (SchoolCalendar.around(today), SchoolCalendar.ending(today)):
        for grade, count in ((9, 4), (10, 2)):
            spans = [term.span for term in calendar.terms(grade)]
            assert len(spans) == count
            assert all(a.last < b.first for a, b in pairwise(spans))


def test_an_ordinary_year() -> None:
    calendar = SchoolCalendar.around(date(2026, 3, 4))
    assert calendar.quarters == (
        Span(date(2025, 9, 1), date(2025, 10, 26)),
        Span(date(2025, 11, 3), date(2025, 12, 28)),
        Span(date(2026, 1, 12), date(2026, 3, 29)),
        Span(date(2026, 4, 6), date(2026, 5, 26)),
    )
    days = [day for day, _ in calendar.days(7)]
    assert len(days) == 199
    assert date(2026, 2, 23) not in days
    assert date(2025, 11, 4) not in days


def test_grade_1_rests_in_february() -> None:
    calendar = SchoolCalendar.around(date(2026, 3, 4))
    resting = {day for day, _ in calendar.days(2)} - {day for day, _ in calendar.days(1)}
    assert resting == {date(2026, 2, 9) + DAY * n for n in range(6)}


def test_summer_stretches_the_last_quarter_over_the_current_week_only() -> None:
    calendar = SchoolCalendar.around(date(2026, 7, 15))
    assert calendar.span == Span(date(2025, 9, 1), date(2026, 7, 19))
    summer = [day for day, _ in calendar.days(7) if day > date(2026, 5, 26)]
    assert summer == [date(2026, 7, 13) + DAY * n for n in range(6)]


def test_a_working_saturday_follows_the_weekday_that_is_off() -> None:
    days = dict(SchoolCalendar.around(date(2024, 4, 10)).days(3))
    assert days[date(2024, 4, 27)] == 0
    assert date(2024, 4, 29) not in days
