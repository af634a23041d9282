"""One full general school: its year, terms, bells, rooms and staff."""

from datetime import time
from typing import NamedTuple

from demo import timetable
from demo.calendar import Span
from demo.curriculum import LAST_GRADE
from demo.staffing import MATHEMATICIAN, PHILOLOGIST, SUBSTITUTE
from demo.works import WORKS
from demo.world import World

_FIRST_BELL = 8 * 60 + 30
_LESSON_MINUTES = 45
# Minutes after each lesson; the long ones are for breakfast and lunch.
_BREAKS = (10, 15, 20, 15, 10, 10, 10)
_ROOMS_A_FLOOR = 20
_WOMEN_ON_STAFF = 0.85


class Bell(NamedTuple):
    """When the n-th lesson begins and ends."""

    starts_at: time
    ends_at: time


class SchoolTerm(NamedTuple):
    """A term of one grade as a row, with its days as ordinals, both among them."""

    id: int
    first: int
    last: int


def bells() -> dict[int, Bell]:
    """Return the times of lessons 1 to 7: 45 minutes each, the first one at 08:30."""
    start, times = _FIRST_BELL, {}
    for number, pause in enumerate(_BREAKS, 1):
        end = start + _LESSON_MINUTES
        times[number] = Bell(time(*divmod(start, 60)), time(*divmod(end, 60)))
        start = end + pause
    return times


class School:
    """Makes the rows of one school; `number` counts from 1 and stands in its name.

    Every teacher has a room: while no teacher is in two places at once, no room is taken twice.
    """

    def __init__(self, world: World, number: int, settlement: int) -> None:
        self.number = number
        self.world = world
        self.plan = world.plan
        self.sink = world.sink
        self.span: Span = self.plan.calendar.span
        self._draws = self.plan.draws("school", number)
        self.id = self.sink.add("organization", settlement, "GENERAL", f"Школа № {number}")
        self.year = self._year()
        self._vacations()
        self.terms = {grade: self._terms(grade) for grade in range(1, LAST_GRADE + 1)}
        self._bells()
        self.works = self._work_types()
        self.teachers = self._teachers()
        self.rooms = [self._room(n) for n in range(len(self.teachers))]
        self.head = self._management()

    @property
    def is_first(self) -> bool:
        """Whether the demo's parents one and two and the teachers of 7А are of this school."""
        return self.number == 1

    @property
    def is_second(self) -> bool:
        """Whether the logins of "school 2" are of this school; an only school has them all."""
        return self.number == min(2, self.plan.schools)

    def weeks(self) -> list[timetable.Week]:
        """Return the timetable of every class, in the order of the plan's classes."""
        order = self._draws.shuffled(range(1, timetable.SATURDAY))
        return [timetable.reordered(week, order) for week in timetable.solve(self.plan.staffing)]

    def _year(self) -> int:
        first, last = self.span
        name = "/".join(dict.fromkeys((str(first.year), str(last.year))))
        return self.sink.add("school_year", self.id, name, first, last)

    def _terms(self, grade: int) -> list[SchoolTerm]:
        found = []
        for number, is_quarter, (first, last) in self.plan.calendar.terms(grade):
            kind, word = ("QUARTER", "четверть") if is_quarter else ("SEMESTER", "полугодие")
            name = f"{number} {word}"
            term = self.sink.add("term", self.year, grade, kind, number, name, first, last)
            found.append(SchoolTerm(term, first.toordinal(), last.toordinal()))
        return found

    def _vacations(self) -> None:
        for name, grade, (first, last) in self.plan.calendar.vacations():
            self.sink.add("vacation", self.year, grade, name, first, last)

    def _bells(self) -> None:
        schedule = self.sink.add("bell_schedule", self.id, "Обычный день", True)
        for number, bell in bells().items():
            self.sink.add("bell_period", schedule, 1, number, *bell)

    def _room(self, number: int) -> int:
        floor, place = divmod(number, _ROOMS_A_FLOOR)
        return self.sink.add("room", self.id, f"{floor + 1}{place + 1:02d}")

    def _work_types(self) -> dict[str, tuple[int, int]]:
        """Make the work types; return number and weight of each code."""
        return {
            work.code: (self.sink.add("work_type", self.id, *work), work.weight) for work in WORKS
        }

    def _teachers(self) -> list[int]:
        cast = self.world.cast
        found = [self._hired("TEACHER") for _ in range(self.plan.staffing.size)]
        if self.is_first:
            cast["teacher.math"] = found[MATHEMATICIAN]
            cast["teacher.class"] = found[PHILOLOGIST]
            cast["teacher.substitute"] = found[SUBSTITUTE]
        if self.is_second:
            cast["teacher.two"] = found[-1] if self.is_first else found[MATHEMATICIAN]
        return found

    def _management(self) -> int:
        """Hire head, deputy and administrator; return the head."""
        cast, head = self.world.cast, self._hired("HEAD")
        deputy, administrator = self._hired("DEPUTY_HEAD"), self._hired("SCHOOL_ADMINISTRATOR")
        if self.is_first:
            cast["head.one"], cast["deputy.one"] = head, deputy
            cast["admin.one"] = administrator
        if self.is_second:
            is_only = self.is_first
            cast["admin.two"] = self._hired("SCHOOL_ADMINISTRATOR") if is_only else administrator
        return head

    def _hired(self, position: str) -> int:
        person = self.world.people.adult(is_woman=self._draws.chance(_WOMEN_ON_STAFF))
        self.sink.add("staff_post", person, self.id, position, self.span.first, None)
        return person
