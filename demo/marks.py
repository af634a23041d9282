"""The marks of one section, with their history, and the marks of its finished terms."""

from typing import NamedTuple

from demo.curriculum import Grading
from demo.desk import Desk, Held
from demo.draws import Draws
from demo.grades import BEST, VALUES, VALUES_A_LEVEL, in_subject
from demo.rolls import Member, Roll
from demo.school import SchoolTerm
from demo.sink import NULL
from demo.works import AT_LESSON

_COMMENTED, _NOT_CORRECTED = 0.03, 0.988
_MADE_UP = 0.85
_MADE_UP_AFTER = 7
_CORRECTED_AT, _CONCLUDED_AT = "16:30:00", "15:00:00"
_REASON = "Ошибка при записи"
_COMMENTS = {
    2: ("Не готов к уроку", "Нужно повторить тему", "Задание не выполнено"),
    3: ("Есть ошибки в вычислениях", "Отвечал с помощью учителя", "Нужно аккуратнее"),
    4: ("Хорошо, но не полностью", "Небольшая неточность", "Хороший ответ"),
    5: ("Отличный ответ", "Молодец!", "Полный и точный ответ"),
}
# Value and sign as two columns.
_NUMBER = {value: f"{value}\t{NULL}" for value in range(1, BEST + 1)}
_PASSED = f"{NULL}\tPASSED"
_NOT_ATTESTED = f"{NULL}\tNOT_ATTESTED"


class Work(NamedTuple):
    """A work of the whole class: code of its type, and its assignment's number as text."""

    code: str
    assignment: str


class Marked(NamedTuple):
    """The section that marks are given in: its row, subject, teacher and way of marking."""

    section: int
    subject: int
    teacher: int
    grading: Grading


class _Occasion(NamedTuple):
    """What all marks given at once have in common: their weight and the ends of their lines."""

    weight: int
    mark: str
    revision: str
    correction: str


class Marks:
    """Gives marks to the members of one roll in one subject."""

    def __init__(self, desk: Desk, roll: Roll, of: Marked, draws: Draws) -> None:
        self._desk = desk
        self._sink = desk.sink
        self._roll = roll
        self._of = of
        self._draws = draws
        self._values = {
            each.student: VALUES[in_subject(each.level, each.student, of.subject)]
            for each in roll.members
        }
        self._sums: dict[int, list[int]] = {}
        self.missing: list[tuple[Held, Work, int]] = []
        """Works without a mark of a pupil who was away and has not made them up."""
        self._asked = draws.below(max(len(roll.members), 1))

    def begin(self) -> None:
        """Begin a term: its means start anew."""
        self._sums = {each.student: [0, 0] for each in self._roll.members}

    def give(self, lesson: Held, work: Work | None) -> None:
        """Mark everybody's work, or else a few answers, as of the lesson's own day."""
        day = lesson.day.ordinal
        present = self._roll.present(day)
        if work is None:
            answered = Work(self._draws.pick(AT_LESSON), NULL)
            self._record(self._next(present), self._occasion(lesson, answered, day))
            return
        self._record(present, self._occasion(lesson, work, day))
        later = day + _MADE_UP_AFTER
        if later < self._desk.today:
            away = self._roll.away(day)
            made_up = [each for each in away if self._draws.chance(_MADE_UP)]
            self._record(made_up, self._occasion(lesson, work, later))
            self.missing += [(lesson, work, each.student) for each in away if each not in made_up]

    def conclude(self, term: SchoolTerm) -> None:
        """Write the term's marks of whoever is enrolled at its end."""
        number, lines = self._sink.counts["period_mark"], []
        at = self._desk.moment(term.last, _CONCLUDED_AT)
        for each in self._roll.enrolled(term.last):
            number += 1
            text = self._total(*self._sums[each.student])
            lines.append(
                f"{number}\t{each.student}\t{self._of.section}\t{term.id}\t{text}\tTERM\t{at}\n"
            )
        self._sink.add_lines("period_mark", lines)

    def _next(self, present: list[Member]) -> list[Member]:
        """Return the next pupils in turn, so that everybody is asked about as often."""
        count = int(len(present) * self._desk.answers + self._draws.share())
        start = self._asked
        self._asked += count
        return [present[(start + n) % len(present)] for n in range(count)]

    def _occasion(self, lesson: Held, work: Work, day: int) -> _Occasion:
        number, weight = self._desk.school.works[work.code]
        at = self._desk.moment(day, self._desk.ends[lesson.number])
        corrected_at = self._desk.moment(day + 1, _CORRECTED_AT)
        by = f"\t{weight}\t{self._of.teacher}\n"
        mark = f"\t{at}\t{weight}\t{work.assignment}\t{lesson.id}\t{lesson.day.iso}\t{number}\n"
        return _Occasion(weight, mark, f"\t{at}{by}", f"\t{corrected_at}{by}")

    def _record(self, members: list[Member], occasion: _Occasion) -> None:
        """Write a mark and its first revision for each; few are commented, fewer corrected.

        One draw decides all of it: its coarse part the value, its fine part the rest.
        """
        mark, revision = self._sink.counts["mark"], self._sink.counts["mark_revision"]
        marks, revisions = [], []
        weight, mark_end, revision_end, correction_end = occasion
        for each in members:
            mark += 1
            revision += 1
            coarse, fine = divmod(self._draws.share() * VALUES_A_LEVEL, 1)
            value = self._values[each.student][int(coarse)]
            text = self._text(value)
            comment = self._draws.pick(_COMMENTS[value]) if fine < _COMMENTED else NULL
            said = f"{text}\t{comment}"
            revisions.append(f"{revision}\t{mark}\t1\tRECORDED\t{said}\t{NULL}{revision_end}")
            version = 1
            if fine > _NOT_CORRECTED:
                version = 2
                revision += 1
                value = value + 1 if value < BEST else BEST - 1
                said = f"{self._text(value)}\t{comment}"
                revisions.append(
                    f"{revision}\t{mark}\t2\tCORRECTED\t{said}\t{_REASON}{correction_end}"
                )
            marks.append(f"{mark}\t{each.student}\t{said}\t{version}{mark_end}")
            sums = self._sums[each.student]
            sums[0] += value * weight
            sums[1] += weight
        self._sink.add_lines("mark", marks)
        self._sink.add_lines("mark_revision", revisions)

    def _text(self, value: int) -> str:
        return _PASSED if self._of.grading is Grading.WORDS else _NUMBER[value]

    def _total(self, total: int, weight: int) -> str:
        """Return the weighted mean, half up, or that there was nothing to count."""
        return self._text((2 * total + weight) // (2 * weight)) if weight else _NOT_ATTESTED
