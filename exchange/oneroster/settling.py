"""One homeroom of a school at a time, and each teacher of a section once: found before writing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from exchange.oneroster.draft import Draft
from exchange.oneroster.facts import Fact, Ref, parts_of
from exchange.oneroster.kinds import ENROLLMENT, HOMEROOM, TEACHING, Kind
from exchange.oneroster.known import ENDED, Place, Places
from exchange.oneroster.manifest import Mode
from models import ClassKind

_FILE = "enrollments"


def settle(draft: Draft) -> None:
    """Refuse enrolments that overlap others which they may not overlap.

    Where the other one ends in this import, its person has moved: the old place ends on the day
    on which the new one begins, or the new one begins today.
    """
    homerooms = [
        fact
        for fact in draft.facts[ENROLLMENT.name].values()
        if fact.columns["kind"] == ClassKind.HOMEROOM
    ]
    _settle(draft, homerooms, ("student_id", "organization_id"), draft.known.homerooms)
    teaching = list(draft.facts[TEACHING.name].values())
    _settle(draft, teaching, ("section_id", "teacher_id"), draft.known.teaching)
    for kind in (ENROLLMENT, TEACHING, HOMEROOM):
        facts = draft.facts[kind.name]
        for key, fact in list(facts.items()):
            if fact.record.id in draft.refused[_FILE]:
                del facts[key]


def _settle(draft: Draft, facts: Iterable[Fact], group: tuple[str, str], places: Places) -> None:
    taken: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        twins = taken[tuple(fact.columns[name] for name in group)]
        clash = next((twin for twin in twins if _overlap(fact, twin)), None)
        if clash:
            draft.refuse(
                *(_FILE, fact.record.line, fact.record.id),
                f"overlaps line {clash.record.line}: {_RULES[fact.kind.name]}",
            )
            continue
        twins.append(fact)
        ids = [_row_id(draft, fact.columns[name]) for name in group]
        _against_database(draft, fact, places.get((ids[0] or 0, ids[1] or 0), ()))


_RULES = {
    ENROLLMENT.name: "a pupil is in one homeroom of a school at a time",
    TEACHING.name: "a teacher teaches a section once at a time",
}


def _overlap(one: Fact, other: Fact) -> bool:
    starts = max(one.columns["valid_from"], other.columns["valid_from"])
    ends: date = min(one.columns["valid_until"], other.columns["valid_until"])
    return bool(starts < ends)


def _row_id(draft: Draft, target: Ref | int) -> int | None:
    return target if isinstance(target, int) else draft.known.row_id(*target)


def _against_database(draft: Draft, fact: Fact, places: Iterable[Place]) -> None:
    row = draft.known.rows[fact.kind.name].get(fact.key)
    if row and row.digest == fact.digest:
        return
    for place in places:
        key = _key_of(draft, fact.kind, place)
        is_restated = key in draft.facts[fact.kind.name] or (row and place.id == row.id)
        if is_restated or not _meets(fact, place) or _continues(draft, fact, place):
            continue
        if place.valid_until and place.valid_until <= draft.known.today:
            _begin(draft, fact, place.valid_until)
        elif not _is_ending(draft, key):
            why = f"overlaps what is there already: {_RULES[fact.kind.name]}"
            draft.refuse(_FILE, fact.record.line, fact.record.id, why)
            return
        else:
            _move(draft, fact, key, place)


def _key_of(draft: Draft, kind: Kind, place: Place) -> str:
    if kind.name not in draft.keys:
        rows = draft.known.rows[kind.name]
        draft.keys[kind.name] = {row.id: key for key, row in rows.items() if row.digest != ENDED}
    return draft.keys[kind.name].get(place.id, "")


def _meets(fact: Fact, place: Place) -> bool:
    begins: date = fact.columns["valid_from"]
    until: date = fact.columns["valid_until"]
    return (place.valid_until is None or begins < place.valid_until) and place.valid_from < until


def _continues(draft: Draft, fact: Fact, place: Place) -> bool:
    """Whether it is the same place under a new sourcedId, which then takes over its row."""
    school_class = fact.columns.get("school_class_id")
    is_same = school_class is None or _row_id(draft, school_class) == place.school_class_id
    return is_same and bool(place.valid_from == fact.columns["valid_from"])


def _is_ending(draft: Draft, key: str) -> bool:
    owner = parts_of(key)[0]
    if not key or owner in draft.refused[_FILE]:
        return False
    return owner in draft.records(_FILE) or draft.checked[_FILE].mode is Mode.BULK


def _move(draft: Draft, fact: Fact, key: str, place: Place) -> None:
    today = draft.known.today
    begins = fact.columns["valid_from"]
    if place.valid_from < begins <= today:
        draft.moves[key] = begins
        return
    _begin(draft, fact, max(begins, today, place.valid_from))


def _begin(draft: Draft, fact: Fact, day: date) -> None:
    day = min(day, fact.columns["valid_until"])
    fact.columns = {**fact.columns, "valid_from": day}
    draft.note(fact.record, f"begins on {day}, where an earlier place ends")
