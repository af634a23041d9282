"""What clashes, said once more in plain words: the oracle that the service is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any


@dataclass(frozen=True)
class Roll:
    """A class or group, the class that it is a group of, and who is in it from when until when."""

    id: int
    whole: int
    pupils: tuple[tuple[int, date, date], ...] = ()


@dataclass(frozen=True)
class Weekly:
    """An entry of the weekly timetable."""

    roll: Roll
    teacher: int
    room: int | None
    weekday: int
    bell: Bell
    weeks: frozenset[int]
    first: date
    after: date


@dataclass(frozen=True)
class Bell:
    """A slot with its times."""

    shift: int
    number: int
    starts_at: time
    ends_at: time

    def meets(self, other: Bell) -> bool:
        if (self.shift, self.number) == (other.shift, other.number):
            return True
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Held:
    """A dated lesson."""

    section: int
    roll: Roll
    teacher: int
    room: int | None
    day: date
    bell: Bell
    is_cancelled: bool = False


@dataclass(frozen=True)
class StandIn:
    """Somebody gives a section's lessons of some days."""

    section: int
    teacher: int
    first: date
    after: date
    is_joint: bool


def share_pupils(one: Roll, other: Roll, first: date, after: date) -> bool:
    """Whether a class holds the other, or a pupil is in both on one of these days."""
    if one.whole == other.whole and (one.id in (other.id, one.whole) or other.whole == other.id):
        return True
    return any(
        mine == theirs and max(begins, since, first) < min(ends, until, after)
        for mine, begins, ends in one.pupils
        for theirs, since, until in other.pupils
    )


def weekly_clash(one: Weekly, other: Weekly) -> bool:
    """Whether two weekly lessons cannot both be."""
    first, after = max(one.first, other.first), min(one.after, other.after)
    if one.weekday != other.weekday or not one.weeks & other.weeks or first >= after:
        return False
    if not one.bell.meets(other.bell):
        return False
    return (
        share_pupils(one.roll, other.roll, first, after)
        or one.teacher == other.teacher
        or (one.room is not None and one.room == other.room)
    )


@dataclass
class Plan:
    """The dated lessons of a school and who stands in, as they should be by now."""

    one_day: Any
    lessons: list[Held] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)

    def busy(self, lesson: Held) -> set[int]:
        """Who gives the lesson, so that they can give no other one then."""
        return {lesson.teacher} | {
            each.teacher
            for each in self.stand_ins
            if each.section == lesson.section
            and each.first <= lesson.day < each.after
            and not each.is_joint
        }

    def fits(self, wanted: Held, but: int | None = None, *, by_room_alone: bool = False) -> bool:
        """Whether nothing stands in the way of the lesson, the one of that place aside."""
        others = (each for n, each in enumerate(self.lessons) if n != but)
        return not any(
            self._clash(wanted, other, by_room_alone=by_room_alone)
            for other in others
            if not other.is_cancelled
        )

    def takes(self, wanted: StandIn) -> bool:
        """Whether somebody may stand in: nobody else does then, and they have no other lesson."""
        if any(
            each.section == wanted.section
            and max(each.first, wanted.first) < min(each.after, wanted.after)
            for each in self.stand_ins
        ):
            return False
        if wanted.is_joint:
            return True
        lessons = [each for each in self.lessons if not each.is_cancelled]
        return not any(
            wanted.teacher in self.busy(other)
            for own in lessons
            if own.section == wanted.section and wanted.first <= own.day < wanted.after
            for other in lessons
            if other.section != wanted.section
            and other.day == own.day
            and other.bell.meets(own.bell)
        )

    def change(self, place: int, **given: Any) -> None:
        self.lessons[place] = replace(self.lessons[place], **given)

    def _clash(self, one: Held, other: Held, *, by_room_alone: bool) -> bool:
        if one.day != other.day or not one.bell.meets(other.bell):
            return False
        if one.room is not None and one.room == other.room:
            return True
        if by_room_alone:
            return False
        if share_pupils(one.roll, other.roll, one.day, one.day + self.one_day):
            return True
        return bool(self.busy(one) & self.busy(other))
