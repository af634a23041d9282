"""Enrolments: pupils in classes, teachers of sections, homeroom teachers."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from exchange.oneroster.checking import Record, RowRefused
from exchange.oneroster.draft import ClassInfo, Draft
from exchange.oneroster.facts import Fact, Ref, key_of, ref
from exchange.oneroster.kinds import ENROLLMENT, HOMEROOM, PERSON, SCHOOL_CLASS, STUDENT, TEACHING
from exchange.oneroster.known import ENDED, HomeroomRow
from exchange.oneroster.manifest import Mode
from exchange.oneroster.mapping.classes import info
from exchange.oneroster.mapping.people import pupil
from models import ClassKind


def enrollment(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield a pupil's place in a class, or what a teacher teaches there."""
    cells = record.cells
    class_id, user_id, role = cells["classSourcedId"], cells["userSourcedId"], cells["role"]
    about = info(draft, class_id)
    begins: date = cells.get("beginDate") or about.starts_on
    until: date = cells.get("endDate") or about.ends_on + timedelta(1)
    if until < begins:
        raise RowRefused(f"would end on {until}, before it begins on {begins}")
    if role == "student":
        draft.say_once(record, role, class_id, user_id, str(begins))
        yield from _place(draft, record, about, begins, until)
    elif role == "teacher":
        draft.say_once(record, role, class_id, user_id, str(begins))
        yield from _teaching(draft, record, about, begins, until)
    else:
        draft.note(record, f"the diary knows no {role} of a class; left out")


def _place(
    draft: Draft, record: Record, about: ClassInfo, begins: date, until: date
) -> Iterator[Fact]:
    class_id, user_id = record.cells["classSourcedId"], record.cells["userSourcedId"]
    roles = draft.roles.get(user_id)
    if roles and "student" not in roles:
        draft.note(record, f"{user_id} is a {', '.join(sorted(roles))}; a pupil here as well")
    if not draft.has(STUDENT, user_id):
        yield pupil(record, user_id)
    yield Fact(
        *(ENROLLMENT, record.id, record, (class_id, user_id, begins, until)),
        columns={
            "student_id": ref(STUDENT, user_id),
            "school_class_id": ref(SCHOOL_CLASS, class_id),
            "organization_id": about.organization,
            "kind": about.kind,
            "valid_from": begins,
            "valid_until": until,
        },
    )


def _teaching(
    draft: Draft, record: Record, about: ClassInfo, begins: date, until: date
) -> Iterator[Fact]:
    class_id, user_id = record.cells["classSourcedId"], record.cells["userSourcedId"]
    is_primary = bool(record.cells.get("primary"))
    is_homeroom = is_primary and about.kind == ClassKind.HOMEROOM
    draft.teachers[class_id].append((not is_primary, record.id, user_id))
    if not about.sections and not is_homeroom:
        draft.note(record, "the class has no subject, so its teacher teaches nothing")
    for subject, section in about.sections.items():
        yield Fact(
            *(TEACHING, key_of(record.id, subject), record, (class_id, user_id, begins, until)),
            columns={
                "section_id": section,
                "teacher_id": ref(PERSON, user_id),
                "valid_from": begins,
                "valid_until": until,
            },
        )
    if is_homeroom:
        line = draft.once.setdefault(("homeroom", class_id), record.line)
        if line != record.line:
            draft.note(record, f"the class has its homeroom teacher by line {line} already")
            return
        yield Fact(
            *(HOMEROOM, record.id, record, (class_id, user_id)),
            columns={"homeroom_teacher_id": ref(PERSON, user_id)},
            row=ref(SCHOOL_CLASS, class_id),
        )


def settle_homerooms(draft: Draft) -> None:
    """See to it that a pupil is in one homeroom of a school at a time, or refuse the later row.

    Where an old place ends in this import and the new one overlaps it, the pupil has moved: the
    old place ends on the day on which the new one begins, or the new one begins today.
    """
    taken: dict[tuple[Ref, object], list[Fact]] = defaultdict(list)
    places = {row.id: key for key, row in draft.known.rows[ENROLLMENT.name].items()}
    for fact in list(draft.facts[ENROLLMENT.name].values()):
        if fact.columns["kind"] != ClassKind.HOMEROOM:
            continue
        twins = taken[fact.columns["student_id"], fact.columns["organization_id"]]
        clash = next((twin for twin in twins if _overlap(fact, twin)), None)
        why = f"the pupil is in another homeroom then, line {clash.record.line}" if clash else ""
        why = why or _against_database(draft, fact, places)
        if why:
            del draft.facts[ENROLLMENT.name][fact.key]
            draft.refuse(fact.record.table, fact.record.line, fact.record.id, why)
        else:
            twins.append(fact)


def _overlap(one: Fact, other: Fact) -> bool:
    starts = max(one.columns["valid_from"], other.columns["valid_from"])
    ends: date = min(one.columns["valid_until"], other.columns["valid_until"])
    return bool(starts < ends)


def _against_database(draft: Draft, fact: Fact, places: dict[int, str]) -> str:
    known = draft.known
    row = known.rows[ENROLLMENT.name].get(fact.key)
    if row and row.digest == fact.digest:
        return ""
    student = known.row_id(STUDENT.name, fact.columns["student_id"].key)
    organization = _organization_id(draft, fact)
    for place in known.homerooms.get(student or 0, ()):
        key = places.get(place.id, "")
        is_restated = key in draft.facts[ENROLLMENT.name] or (row and place.id == row.id)
        if is_restated or place.organization_id != organization or not _meets(fact, place):
            continue
        if not key or not _is_ending(draft, key):
            return "the pupil is in another homeroom of the school then"
        _move(draft, fact, key, place)
    return ""


def _organization_id(draft: Draft, fact: Fact) -> int | None:
    organization = fact.columns["organization_id"]
    if isinstance(organization, int):
        return organization
    return draft.known.row_id(*organization)


def _meets(fact: Fact, place: HomeroomRow) -> bool:
    begins: date = fact.columns["valid_from"]
    until: date = fact.columns["valid_until"]
    return (place.valid_until is None or begins < place.valid_until) and place.valid_from < until


def _is_ending(draft: Draft, key: str) -> bool:
    if draft.known.rows[ENROLLMENT.name][key].digest == ENDED:
        return False
    if key in draft.refused["enrollments"]:
        return False
    record = draft.records("enrollments").get(key)
    return bool(record) or draft.checked["enrollments"].mode is Mode.BULK


def _move(draft: Draft, fact: Fact, key: str, place: HomeroomRow) -> None:
    today = draft.known.today
    begins = fact.columns["valid_from"]
    if place.valid_from < begins <= today:
        draft.moves[key] = begins
        return
    later = max(begins, today, place.valid_from)
    later = min(later, fact.columns["valid_until"])
    fact.columns = {**fact.columns, "valid_from": later}
