"""What families write of their children's absence, and what homeroom teachers decide."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from demo.pupils import SchoolClass, Stay
from demo.rolls import Member
from demo.school import School

_SICK = "ABSENT_SICK"
_LATELY = 30
_DAY = timedelta(days=1)
_DECLINED_BEFORE = timedelta(days=7)
_WRITTEN, _DECIDED = time(7, 40), time(9, 50)
_TELLS_SICK = "Заболел(а), вызвали врача. Справку принесём."


class _Note(NamedTuple):
    """A note of days, perhaps of some lessons alone, and what was decided on which day."""

    first: date
    last: date
    lessons: tuple[int | None, int | None]
    reason: str
    text: str
    written_on: date
    state: str = "SUBMITTED"
    decided_on: date | None = None
    decision: str | None = None


def write_notes(school: School, of: SchoolClass) -> None:
    """Write a note for everybody who was ill lately, and one of each kind for the first pupil."""
    days = [day for day, _ in school.plan.calendar.days(of.name.grade)]
    for stay, member in zip(of.stays, of.roll.members, strict=True):
        if stay.until is None and (ill := _last_illness(days, member, school.plan.today)):
            _add(school, of, stay, _of_illness(*ill))
    for note in _of_first(days, school.plan.today):
        _add(school, of, of.stays[0], note)


def _last_illness(days: list[date], member: Member, today: date) -> tuple[date, date] | None:
    """The school days of the latest illness, if it ended before today and not long ago."""
    lately = [day for day in days if today - timedelta(days=_LATELY) < day < today]
    ill = [day for day in lately if member.away.get(day.toordinal()) == _SICK]
    if not ill:
        return None
    first = ill[-1]
    for before, day in reversed([*pairwise(lately)]):
        if day == first and before in ill:
            first = before
    return first, ill[-1]


def _of_illness(first: date, last: date) -> _Note:
    whole = (None, None)
    return _Note(first, last, whole, "SICK", _TELLS_SICK, first, "APPROVED", first)


def _of_first(days: list[date], today: date) -> list[_Note]:
    """One that was declined, one that was approved ahead, and one that waits."""
    whole = (None, None)
    past = [day for day in days if day < today - _DECLINED_BEFORE]
    ahead = [*(day for day in days if day > today), today + _DAY, today + 2 * _DAY][:2]
    former = past[-1] if past else today - _DECLINED_BEFORE
    yesterday = today - _DAY
    declined = _Note(
        former,
        former,
        whole,
        "OTHER",
        "Поездка за покупками.",
        former - _DAY,
        "DECLINED",
        former,
        "Это не уважительная причина.",
    )
    approved = _Note(
        ahead[0],
        ahead[0],
        whole,
        "FAMILY",
        "Едем к бабушке на юбилей.",
        yesterday,
        "APPROVED",
        yesterday,
    )
    waiting = _Note(ahead[1], ahead[1], (1, 2), "OTHER", "Приём у стоматолога.", yesterday)
    return [declined, approved, waiting]


def _add(school: School, of: SchoolClass, stay: Stay, note: _Note) -> None:
    decided_at = note.decided_on and datetime.combine(note.decided_on, _DECIDED)
    school.sink.add(
        "absence_note",
        stay.pupil.student,
        of.id,
        school.id,
        note.first,
        note.last,
        *note.lessons,
        note.reason,
        note.text,
        note.state,
        stay.pupil.family.first,
        datetime.combine(note.written_on, _WRITTEN),
        of.teacher if decided_at else None,
        decided_at,
        note.decision,
    )
