"""Who teaches what to whom in a school of a given shape, before anybody has a name."""

from dataclasses import dataclass
from typing import NamedTuple

from demo.curriculum import (
    ENGLISH,
    LAST_GRADE,
    PRIMARY_GRADES,
    SPECIALITIES,
    TALKS,
    Speciality,
    hours,
)

# Teachers are numbered; these two are the ones that the demo's own teachers are.
MATHEMATICIAN = 0
PHILOLOGIST = 1
# Who stands in for the mathematician teaches the youngest, and so nobody in the shown class.
SUBSTITUTE = -2
_USUAL_LOAD = 21
_MOST_PUPILS = 25
_LETTERS = "АБВГДЕЖИКЛМН"


class ClassName(NamedTuple):
    """A class of a grade: 7А."""

    grade: int
    letter: str

    def __str__(self) -> str:
        return f"{self.grade}{self.letter}"


SHOWN = ClassName(7, "А")
"""The class of the demo's own teachers: one teaches it mathematics, the other leads it."""


class Duty(NamedTuple):
    """A subject's weekly lessons in one class; two teachers have half of the class each."""

    subject: str
    hours: int
    teachers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Staffing:
    """Classes, the duties of each, and each one's homeroom teacher; `size` counts the teachers."""

    classes: tuple[ClassName, ...]
    duties: tuple[tuple[Duty, ...], ...]
    homeroom: tuple[int, ...]
    size: int

    def is_halved(self, name: ClassName) -> bool:
        """Whether the class learns something in two groups."""
        return any(len(duty.teachers) > 1 for duty in self.duties[self.classes.index(name)])


def classes_for(pupils: int) -> tuple[ClassName, ...]:
    """Return the classes of a full school: at least two of each grade, of 25 pupils at most."""
    each = max(2, -(-pupils // (LAST_GRADE * _MOST_PUPILS)))
    return tuple(
        ClassName(grade, letter) for grade in range(1, LAST_GRADE + 1) for letter in _LETTERS[:each]
    )


def staff(classes: tuple[ClassName, ...]) -> Staffing:
    """Divide all lessons among as few teachers as their usual load allows."""
    pool = _Pool(classes)
    lessons = tuple(tuple(pool.duties(name)) for name in classes)
    homeroom = _homeroom_teachers(classes, lessons, pool.primary, pool.size)
    talks = tuple(Duty(TALKS, 1, (teacher,)) for teacher in homeroom)
    return Staffing(
        classes,
        tuple((talk, *duties) for talk, duties in zip(talks, lessons, strict=True)),
        homeroom,
        pool.size,
    )


class _Pool:
    """The teachers of each speciality and what each of them has to teach so far."""

    def __init__(self, classes: tuple[ClassName, ...]) -> None:
        self._load: list[int] = []
        self._of: dict[str, list[int]] = {}
        self._hire(SPECIALITIES[0], 1)
        self._hire(SPECIALITIES[1], 1)
        for speciality in SPECIALITIES:
            needed = sum(_hours_of(speciality, name.grade) for name in classes)
            self._hire(speciality, max(-(-needed // _USUAL_LOAD), 2))
        primary = [name for name in classes if name.grade in PRIMARY_GRADES]
        self.primary = {name: len(self._load) + n for n, name in enumerate(primary)}
        self._load += [0] * len(primary)
        self._shown = {
            SPECIALITIES[0]: MATHEMATICIAN,
            SPECIALITIES[1]: PHILOLOGIST,
        }
        for speciality, teacher in self._shown.items():
            self._load[teacher] += _hours_of(speciality, SHOWN.grade)

    @property
    def size(self) -> int:
        return len(self._load)

    def duties(self, name: ClassName) -> list[Duty]:
        """Return the class's subjects with their teachers, one of each speciality."""
        table = hours(name.grade)
        found = []
        for speciality in SPECIALITIES:
            subjects = [subject for subject in table if _teaches(speciality, subject, name.grade)]
            if subjects:
                teachers = self._take(speciality, name, sum(table[each] for each in subjects))
                found += [Duty(each, table[each], teachers) for each in subjects]
        taken = {duty.subject for duty in found} | {TALKS}
        own = [subject for subject in table if subject not in taken]
        return found + [Duty(each, table[each], (self.primary[name],)) for each in own]

    def _hire(self, speciality: Speciality, count: int) -> None:
        teachers = self._of.setdefault(speciality.name, [])
        while len(teachers) < count:
            teachers.append(len(self._load))
            self._load.append(0)

    def _take(self, speciality: Speciality, name: ClassName, weekly: int) -> tuple[int, ...]:
        if name == SHOWN and speciality in self._shown:
            return (self._shown[speciality],)
        free = sorted(self._of[speciality.name], key=lambda teacher: (self._load[teacher], teacher))
        teachers = tuple(free[: 2 if ENGLISH in speciality.subjects else 1])
        for teacher in teachers:
            self._load[teacher] += weekly
        return teachers


def _teaches(speciality: Speciality, subject: str, grade: int) -> bool:
    return subject in speciality.subjects and grade >= speciality.first_grade


def _hours_of(speciality: Speciality, grade: int) -> int:
    """Return the weekly hours of the speciality's teachers in one class of the grade."""
    weekly = sum(n for subject, n in hours(grade).items() if _teaches(speciality, subject, grade))
    return weekly * (2 if ENGLISH in speciality.subjects else 1)


def _homeroom_teachers(
    classes: tuple[ClassName, ...],
    lessons: tuple[tuple[Duty, ...], ...],
    primary: dict[ClassName, int],
    size: int,
) -> tuple[int, ...]:
    """Give each class one of its own teachers where one is left, else any that is left."""
    taken = {MATHEMATICIAN, PHILOLOGIST}
    chosen = []
    for name, duties in zip(classes, lessons, strict=True):
        teacher = PHILOLOGIST if name == SHOWN else primary.get(name)
        if teacher is None:
            known = sorted(duties, key=lambda duty: -duty.hours)
            wished = [each for duty in known for each in duty.teachers]
            teacher = next(each for each in (*wished, *range(size)) if each not in taken)
        taken.add(teacher)
        chosen.append(teacher)
    return tuple(chosen)
