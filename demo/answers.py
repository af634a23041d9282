"""What families answer to what is announced, and what everybody is told of the service."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from demo.draws import Draws
from demo.people import Family
from demo.pupils import SchoolClass
from demo.sink import Sink

_TAKES_PART, _HAS_READ = 0.8, 0.6
_WITHIN_MINUTES = 480


class Announced(NamedTuple):
    """An event of a class, how many find room at it if one registers, and since when it is told."""

    event: int
    capacity: int | None
    published_at: datetime


class _Notice(NamedTuple):
    days_ahead: int
    starts_at: time
    hours: int
    title: str
    body: str
    days_before: int


# One that is over, and one that is still shown.
_NOTICES = (
    _Notice(-10, time(22), 2, "Обновление дневника", "Дневник будет недоступен до полуночи.", 12),
    _Notice(
        3,
        time(23),
        4,
        "Плановые работы",
        "Ночью дневник может отвечать медленно. Оценки и сообщения не потеряются.",
        4,
    ),
)


def register(sink: Sink, of: SchoolClass, told: Announced, draws: Draws) -> None:
    """Let most of the class take part, each by a guardian; behind the capacity one waits."""
    taken = 0
    for person, family in _present(of):
        if draws.chance(_TAKES_PART):
            at = told.published_at + timedelta(minutes=30 + taken)
            is_waiting = told.capacity is not None and taken >= told.capacity
            sink.add("event_registration", told.event, person, family.first, at, is_waiting)
            taken += 1


def acknowledge(sink: Sink, of: SchoolClass, told: Announced, draws: Draws) -> None:
    """Let some of the guardians say that they have read it, each once."""
    families = (family for _, family in _present(of))
    for guardian in dict.fromkeys(adult for family in families for adult, _ in family.guardians):
        if draws.chance(_HAS_READ):
            at = told.published_at + timedelta(minutes=draws.below(_WITHIN_MINUTES))
            sink.add("event_acknowledgement", told.event, guardian, at)


def write_notices(sink: Sink, today: date, publisher: int) -> None:
    """Tell of works on the service, in the name of whoever runs it."""
    for notice in _NOTICES:
        starts_at = datetime.combine(today + timedelta(days=notice.days_ahead), notice.starts_at)
        ends_at = starts_at + timedelta(hours=notice.hours)
        published_on = starts_at.date() - timedelta(days=notice.days_before)
        published_at = datetime.combine(published_on, time(10))
        told = (notice.title, notice.body, starts_at, ends_at, published_at)
        sink.add("service_notice", publisher, *told)


def _present(of: SchoolClass) -> Iterator[tuple[int, Family]]:
    """The pupils who are in the class today, as persons, with their families."""
    return ((pupil.person, pupil.family) for pupil, _, until in of.stays if until is None)
