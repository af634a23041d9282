"""State holidays and moved working days of Russia, as facts."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

# Days off by law and by decree, "mm.dd" or "mm.dd-mm.dd", of the years whose calendars are known.
_DAYS_OFF = {
    2020: "01.01-01.08 02.23-02.24 03.08-03.09 03.30-05.11 06.12 06.24 07.01 11.04",
    2021: "01.01-01.08 02.22-02.23 03.08 05.01 05.03-05.07 05.09-05.10 06.12 06.14 10.30-11.05 "
    "12.31",
    2022: "01.01-01.08 02.23 03.07-03.08 05.01-05.03 05.09-05.10 06.12-06.13 11.04",
    2023: "01.01-01.08 02.23-02.24 03.08 05.01 05.08-05.09 06.12 11.04 11.06",
    2024: "01.01-01.08 02.23 03.08 04.29-05.01 05.09-05.10 06.12 11.04 12.30-12.31",
    2025: "01.01-01.08 02.23 03.08 05.01-05.02 05.08-05.09 06.12-06.13 11.03-11.04 12.31",
    2026: "01.01-01.09 02.23 03.08-03.09 05.01 05.09 05.11 06.12 11.04 12.31",
}
# The labour code's own list, for years whose calendar has not been decreed yet.
_BY_LAW = "01.01-01.08 02.23 03.08 05.01 05.09 06.12 11.04"

# Working Saturdays, and the weekday that is off instead: such a Saturday follows its timetable.
WORKING_SATURDAYS = {
    date(2021, 2, 20): date(2021, 2, 22),
    date(2022, 3, 5): date(2022, 3, 7),
    date(2024, 4, 27): date(2024, 4, 29),
    date(2024, 11, 2): date(2024, 4, 30),
    date(2024, 12, 28): date(2024, 12, 30),
    date(2025, 11, 1): date(2025, 11, 3),
}


@cache
def days_off(year: int) -> frozenset[date]:
    """Return the state holidays of a calendar year and the days off joined to them."""
    spelled = _DAYS_OFF.get(year, _BY_LAW)
    return frozenset(day for run in spelled.split() for day in _days(year, run))


def _days(year: int, run: str) -> Iterator[date]:
    first, _, last = run.partition("-")
    day, end = _day(year, first), _day(year, last or first)
    while day <= end:
        yield day
        day += timedelta(days=1)


def _day(year: int, spelled: str) -> date:
    month, day = spelled.split(".")
    return date(year, int(month), int(day))
