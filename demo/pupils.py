"""Who is in which class of a school: pupils, groups, and those who come, leave or change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from demo import rolls
from demo.people import Family, Pupil
from demo.rolls import Member, Roll
from demo.school import School
from demo.staffing import SHOWN, ClassName

_MOVABLE_CLASS = 10
_LEAVE, _COME, _CHANGE = 0.35, 0.35, 0.15
# Nobody moves in the first two weeks, nor in the last.
_SETTLED, _LATELY = timedelta(days=14), timedelta(days=7)
_NEVER = date.max
_YOUNGER = ClassName(3, "Б")
_OF_SCHOOL_TWO = ClassName(5, "А")


class Stay(NamedTuple):
    """A pupil in a class from one day to before another."""

    pupil: Pupil
    first: date
    until: date | None


@dataclass(frozen=True, slots=True, eq=False)
class SchoolClass:
    """A class with its members; `halves` are its two groups for a foreign language."""

    id: int
    name: ClassName
    teacher: int
    roll: Roll
    halves: tuple[tuple[int, Roll], ...]
    stays: tuple[Stay, ...]


class Pupils:
    """Makes a school's pupils, with their families, and enrols them."""

    def __init__(self, school: School) -> None:
        self.families: list[Family] = []
        self._school = school
        self._plan = school.plan
        self._sink = school.sink
        self._people = school.world.people
        self._draws = school.plan.draws("pupils", school.number)

    def classes(self) -> Iterator[SchoolClass]:
        """Make every class, in the order of the plan's classes."""
        homeroom = self._plan.staffing.homeroom
        for (name, stays), teacher in zip(self._stays().items(), homeroom, strict=True):
            yield self._class(name, stays, self._school.teachers[teacher])

    def _stays(self) -> dict[ClassName, list[Stay]]:
        """Make all pupils; then some leave, come, or change from one class to its neighbour."""
        shown = self._shown()
        stays = {
            name: [
                Stay(pupil, self._school.span.first, None)
                for pupil in self._filled(name, shown.get(name, []), size)
            ]
            for name, size in self._plan.class_sizes()
        }
        movable = [name for name, members in stays.items() if len(members) >= _MOVABLE_CLASS]
        for name in movable:
            self._leave(stays[name])
            self._come(name, stays[name])
        # After all others, so that nobody leaves a class before having come to it.
        for name in movable:
            self._change(name, stays)
        return stays

    def _shown(self) -> dict[ClassName, list[Pupil]]:
        """Make the children whom the contract names, with their parents."""
        shown: dict[ClassName, list[Pupil]] = {}
        people, cast = self._people, self._school.world.cast
        if self._school.is_first:
            one, two = people.family(), people.family()
            first, second = people.pupil(SHOWN.grade, one), people.pupil(SHOWN.grade, two)
            shown[SHOWN] = [first, second]
            shown[_YOUNGER] = [people.pupil(_YOUNGER.grade, one)]
            cast["parent.one"], cast["parent.two"] = one.first, two.first
            cast["student.one"], cast["student.two"] = first.person, second.person
        if self._school.is_second:
            three = people.family()
            shown[_OF_SCHOOL_TWO] = [people.pupil(_OF_SCHOOL_TWO.grade, three)]
            cast["parent.three"] = three.first
        return shown

    def _filled(self, name: ClassName, pupils: list[Pupil], size: int) -> list[Pupil]:
        return [*pupils, *(self._pupil(name) for _ in range(size - len(pupils)))]

    def _pupil(self, name: ClassName) -> Pupil:
        return self._people.pupil(name.grade, self._people.family_for(self.families))

    def _leave(self, members: list[Stay]) -> None:
        """Let the last of the list leave, perhaps."""
        left = self._some_day()
        if left and self._draws.chance(_LEAVE):
            members[-1] = members[-1]._replace(until=left)

    def _come(self, name: ClassName, members: list[Stay]) -> None:
        came = self._some_day()
        if came and self._draws.chance(_COME):
            members.append(Stay(self._pupil(name), came, None))

    def _change(self, name: ClassName, stays: dict[ClassName, list[Stay]]) -> None:
        """Let one pupil change to Б with the third quarter: no quarter's marks are split."""
        neighbour = stays[name._replace(letter="Б")]
        day = self._plan.calendar.quarters[2].first
        if name.letter == "А" and day < self._plan.today and self._draws.chance(_CHANGE):
            changing = stays[name][4]
            stays[name][4] = changing._replace(until=day)
            neighbour.append(Stay(changing.pupil, day, None))

    def _some_day(self) -> date | None:
        """Return a day of the part of the year that has passed, if there is one to speak of."""
        first = self._school.span.first + _SETTLED
        count = (self._plan.today - _LATELY - first).days
        return first + timedelta(days=self._draws.below(count)) if count > 0 else None

    def _class(self, name: ClassName, stays: list[Stay], teacher: int) -> SchoolClass:
        number = self._row(name, str(name), None, teacher)
        members = [self._member(name.grade, stay) for stay in stays]
        self._enrol(number, "HOMEROOM", stays)
        halves = []
        for half in range(2) if self._plan.staffing.is_halved(name) else ():
            group = self._row(name, f"{name}, английский язык, группа {half + 1}", number, None)
            self._enrol(group, "GROUP", stays[half::2])
            halves.append((group, Roll(members[half::2])))
        return SchoolClass(number, name, teacher, Roll(members), tuple(halves), tuple(stays))

    def _row(self, name: ClassName, title: str, parent: int | None, teacher: int | None) -> int:
        kind = "GROUP" if parent else "HOMEROOM"
        school, year = self._school.id, self._school.year
        return self._sink.add(
            "school_class", school, year, kind, parent, name.grade, title, teacher
        )

    def _enrol(self, school_class: int, kind: str, stays: list[Stay]) -> None:
        school = self._school.id
        for pupil, first, until in stays:
            self._sink.add("enrollment", pupil.student, school_class, school, kind, first, until)

    def _member(self, grade: int, stay: Stay) -> Member:
        draws = self._plan.draws("pupil", stay.pupil.student)
        away, late = rolls.attendance(draws, self._plan.days_past(grade))
        first, until = stay.first.toordinal(), (stay.until or _NEVER).toordinal()
        return Member(stay.pupil.student, rolls.level(draws), first, until, away, late)
