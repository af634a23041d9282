"""Who is in a class or group on which day, and who is away."""

from dataclasses import dataclass, field

from demo.draws import Draws
from demo.grades import LEVELS

# Illnesses last days; other absences are short. About 5 % of the days of a pupil in all.
_RUNS = (
    ("ABSENT_SICK", 3, 7),
    ("ABSENT_SICK", 4, 9),
    ("ABSENT_EXCUSED", 1, 2),
    ("ABSENT_UNEXCUSED", 1, 1),
    ("ABSENT", 1, 1),
)
_RUN_STARTS = 0.018
_LATE = 0.012


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A pupil in a class from day `first` to before day `until` (ordinals), and their year."""

    student: int
    level: int
    first: int
    until: int
    away: dict[int, str]
    late: frozenset[int]


@dataclass(slots=True)
class Roll:
    """The members of one class or group; answers are kept, for several lessons ask them a day."""

    members: list[Member]
    _present: dict[int, list[Member]] = field(default_factory=dict)
    _away: dict[int, list[Member]] = field(default_factory=dict)

    def present(self, day: int) -> list[Member]:
        """Return who is at school on the day."""
        found = self._present.get(day)
        if found is None:
            found = [each for each in self.enrolled(day) if day not in each.away]
            self._present[day] = found
        return found

    def away(self, day: int) -> list[Member]:
        """Return who should be at school on the day and is not."""
        found = self._away.get(day)
        if found is None:
            found = self._away[day] = [each for each in self.enrolled(day) if day in each.away]
        return found

    def enrolled(self, day: int) -> list[Member]:
        """Return who belongs to the class on the day."""
        return [each for each in self.members if each.first <= day < each.until]


def attendance(draws: Draws, days: list[int]) -> tuple[dict[int, str], frozenset[int]]:
    """Draw a pupil's days away, each with its code, and the days of coming late."""
    away: dict[int, str] = {}
    late = set()
    for day in days:
        drawn = draws.share()
        if drawn < _RUN_STARTS and day not in away:
            code, shortest, longest = draws.pick(_RUNS)
            length = shortest + draws.below(longest - shortest + 1)
            away |= dict.fromkeys(range(day, day + length), code)
        elif drawn > 1 - _LATE:
            late.add(day)
    return away, frozenset(late - away.keys())


def level(draws: Draws) -> int:
    """Draw a pupil's ability: all levels are equally likely."""
    return draws.below(LEVELS)
