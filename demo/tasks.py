"""What pupils do of the homework of the last days, and what teachers say of their answers."""

from typing import NamedTuple

from demo.desk import Desk, Held
from demo.draws import Draws
from demo.rolls import Member, Roll
from demo.sink import NULL

SINCE_DAYS = 7
"""How many days back homework is still told as overdue, and looked at by its pupils."""
_DONE_IN_TIME, _DONE_EARLY = 0.88, 0.3
_ANSWERED, _READ, _COMMENTED = 0.6, 0.7, 0.3
_DONE_AT, _READ_AT = "18:40:00", "15:20:00"
_TEXTS = (
    "Сделал всё, проверил по ответам.",
    "Ответ: x = 3. Решение записано в тетради.",
    "Упражнение выполнено, правило выучено.",
    "Прочитал и составил план из пяти пунктов.",
)
_COMMENTS = ("Молодец, всё верно.", "Проверь вторую задачу.", "Хорошо, но объясни подробнее.")


class Given(NamedTuple):
    """Homework, the day by which it is due as an ordinal, and what is asked of it."""

    id: int
    lesson: Held
    due: int
    is_mandatory: bool
    takes_answers: bool


class Tasks:
    """Lets the members of one roll do what they were given."""

    def __init__(self, desk: Desk, roll: Roll, teacher: int, draws: Draws) -> None:
        self._desk = desk
        self._roll = roll
        self._teacher = teacher
        self._draws = draws

    def do(self, given: Given) -> None:
        """Write what they have done of it by today; whoever heads the roll does nothing that must.

        So that each class has somebody who owes something.
        """
        share = _DONE_IN_TIME if given.due <= self._desk.today else _DONE_EARLY
        head = self._roll.members[0]
        for each in self._roll.enrolled(given.lesson.day.ordinal):
            is_owed = given.is_mandatory and each is head
            if self._draws.chance(share) and not is_owed:
                self._done(given, each)

    def _done(self, given: Given, by: Member) -> None:
        done_at = self._desk.moment(given.lesson.day.ordinal, _DONE_AT)
        answered = given.takes_answers and self._draws.chance(_ANSWERED)
        if not answered:
            empty = (None, 0, None, None, None, None, None)
            self._desk.sink.add("homework_answer", given.id, by.student, done_at, *empty)
            return
        text = self._draws.pick(_TEXTS)
        said = self._said(given.due)
        answer = self._desk.sink.add(
            "homework_answer", given.id, by.student, done_at, text, 1, done_at, *said
        )
        self._desk.sink.add("homework_answer_revision", answer, 1, text, done_at)

    def _said(self, due: int) -> tuple[str | int | None, ...]:
        """Return when it was read, and the comment with its moment and author."""
        at = self._desk.moment(due, _READ_AT)
        if due >= self._desk.today or not self._draws.chance(_READ):
            return None, None, None, None
        if not self._draws.chance(_COMMENTED):
            return at, None, None, None
        return at, self._draws.pick(_COMMENTS), at, self._teacher


def columns(lesson: Held, *, is_recent: bool) -> tuple[bool, bool, str]:
    """Return whether homework of the lesson must be done and may be answered, and its columns."""
    is_mandatory = is_recent and lesson.id % 2 == 0
    takes_answers = is_recent and lesson.id % 3 == 0
    minutes = str(15 + 5 * (lesson.id % 4)) if is_recent else NULL
    return is_mandatory, takes_answers, f"{minutes}\t{is_mandatory}\t{takes_answers}"
