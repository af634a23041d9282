"""A week's timetable of a whole school in which nobody is in two places at once."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from demo.curriculum import PRIMARY_GRADES
from demo.draws import Draws
from demo.staffing import MATHEMATICIAN, PHILOLOGIST, Duty, Staffing

MONDAY, SATURDAY = 0, 5
MOST_LESSONS = 7
_SLOTS_A_DAY = 8
_MOST_TRIES = 40
_MOST_SWAPS = 6000
# A swap is not taken back for so many swaps, or the search would go round in circles.
_REST = 12
_CLASH, _REPEAT = 10, 1

Week = tuple[tuple[tuple[int, Duty], ...], ...]
"""What one class has on each weekday (0–5): lesson numbers from 1 on, with their duties."""


@lru_cache(maxsize=4)
def solve(staffing: Staffing) -> tuple[Week, ...]:
    """Return every class's week.

    Days have no gaps and begin with lesson 1; the homeroom teacher's talk is Monday's first; no
    subject comes twice a day; the demo's own two teachers are at school on every day.
    """
    for attempt in range(_MOST_TRIES):
        search = _Search(staffing, Draws("timetable", len(staffing.classes), attempt))
        if search.run() and search.works_daily(MATHEMATICIAN) and search.works_daily(PHILOLOGIST):
            return tuple(search.week(n) for n in range(len(staffing.classes)))
    raise AssertionError("no timetable found for this staffing")


def reordered(week: Week, order: Sequence[int]) -> Week:
    """Return the week with its days from Tuesday to Friday in another order.

    Schools of one shape share one solution; this makes their weeks differ.
    """
    days = {day: week[source] for day, source in zip(range(1, SATURDAY), order, strict=True)}
    return tuple(days.get(day, week[day]) for day in range(len(week)))


class _Search:
    """Local search: lessons of one class change places until no teacher has two at a time."""

    def __init__(self, staffing: Staffing, draws: Draws) -> None:
        self._draws = draws
        self._size = staffing.size
        self._busy = [[0] * (_SLOTS_A_DAY * (SATURDAY + 1)) for _ in range(staffing.size)]
        self._table: list[dict[int, Duty]] = []
        for name, duties in zip(staffing.classes, staffing.duties, strict=True):
            days = SATURDAY if name.grade in PRIMARY_GRADES else SATURDAY + 1
            self._table.append(self._first_table(duties, days))
        self._rested: dict[tuple[int, int], int] = {}

    def run(self) -> bool:
        """Swap until all is well; false when that took too long."""
        for swap in range(_MOST_SWAPS):
            wrong = self._wrong()
            if not wrong:
                return True
            self._improve(*self._draws.pick(wrong), swap)
        return False

    def works_daily(self, teacher: int) -> bool:
        """Whether the teacher has a lesson on every weekday."""
        busy = self._busy[teacher]
        days = range(0, len(busy), _SLOTS_A_DAY)
        return all(any(busy[day : day + _SLOTS_A_DAY]) for day in days)

    def week(self, number: int) -> Week:
        """Return what the class has on each weekday."""
        table = self._table[number]
        return tuple(
            tuple((slot % _SLOTS_A_DAY + 1, table[slot]) for slot in _of_day(day) if slot in table)
            for day in range(SATURDAY + 1)
        )

    def _first_table(self, duties: Sequence[Duty], days: int) -> dict[int, Duty]:
        """Spread each subject over as many days as it has lessons; teachers are not looked at."""
        talk, *others = duties
        filled: list[list[Duty]] = [[] for _ in range(days)]
        filled[MONDAY].append(talk)
        for duty in sorted(others, key=lambda duty: -duty.hours):
            emptiest = sorted(range(days), key=lambda day: (len(filled[day]), self._draws.share()))
            for n in range(duty.hours):
                filled[emptiest[n % days]].append(duty)
        table: dict[int, Duty] = {}
        for day, lessons in enumerate(filled):
            rest = lessons[1:] if day == MONDAY else lessons
            ordered = [*lessons[: len(lessons) - len(rest)], *self._draws.shuffled(rest)]
            table |= {day * _SLOTS_A_DAY + n: duty for n, duty in enumerate(ordered)}
        for slot, duty in table.items():
            self._mark(slot, duty, 1)
        return table

    def _wrong(self) -> list[tuple[int, int]]:
        """Return class and slot of every lesson whose teacher is elsewhere too, or that repeats."""
        return [
            (number, slot)
            for number, table in enumerate(self._table)
            for slot, duty in table.items()
            if slot and self._cost(table, slot, duty, 1)
        ]

    def _improve(self, number: int, slot: int, swap: int) -> None:
        """Swap the lesson with the one of its class by which most is won."""
        table = self._table[number]
        best, chosen = 0.0, -1
        for other in table:
            if not other or other == slot or self._rested.get((number, other), -1) > swap:
                continue
            gain = self._gain(table, slot, other) + self._draws.share() / 2
            if chosen < 0 or gain > best:
                best, chosen = gain, other
        if chosen >= 0:
            self._exchange(table, slot, chosen)
            self._rested[number, slot] = self._rested[number, chosen] = swap + _REST

    def _gain(self, table: dict[int, Duty], slot: int, other: int) -> int:
        before = self._cost(table, slot, table[slot], 1) + self._cost(table, other, table[other], 1)
        self._exchange(table, slot, other)
        after = self._cost(table, slot, table[slot], 1) + self._cost(table, other, table[other], 1)
        self._exchange(table, slot, other)
        return before - after

    def _cost(self, table: dict[int, Duty], slot: int, duty: Duty, own: int) -> int:
        clashes = sum(self._busy[teacher][slot] > own for teacher in duty.teachers)
        same = sum(table.get(each) is duty for each in _of_day(slot // _SLOTS_A_DAY))
        return _CLASH * clashes + _REPEAT * (same > own)

    def _exchange(self, table: dict[int, Duty], slot: int, other: int) -> None:
        for place, by in ((slot, -1), (other, -1)):
            self._mark(place, table[place], by)
        table[slot], table[other] = table[other], table[slot]
        for place, by in ((slot, 1), (other, 1)):
            self._mark(place, table[place], by)

    def _mark(self, slot: int, duty: Duty, by: int) -> None:
        for teacher in duty.teachers:
            self._busy[teacher][slot] += by


def _of_day(day: int) -> range:
    return range(day * _SLOTS_A_DAY, (day + 1) * _SLOTS_A_DAY)


def duties_of(week: Week) -> Iterator[tuple[int, int, Duty]]:
    """Yield weekday, lesson number and duty of every lesson of a week."""
    for day, lessons in enumerate(week):
        for number, duty in lessons:
            yield day, number, duty
