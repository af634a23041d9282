"""Classes with their subjects, school years and terms."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from exchange.oneroster.checking import Record, RowRefused
from exchange.oneroster.draft import ClassInfo, Draft
from exchange.oneroster.facts import Fact, Ref, key_of, parts_of, ref
from exchange.oneroster.kinds import ORGANIZATION, SCHOOL_CLASS, SCHOOL_YEAR, SECTION, SUBJECT, TERM
from exchange.oneroster.known import year_key
from exchange.oneroster.manifest import Mode
from exchange.oneroster.mapping.directory import subject
from models import ClassKind, TermKind

_KINDS = {"homeroom": ClassKind.HOMEROOM.value, "scheduled": ClassKind.GROUP.value}
_TERMS = (
    (re.compile(r"quarter|четверт|\bq\s?[1-4]\b", re.IGNORECASE), TermKind.QUARTER),
    (re.compile(r"trimester|триместр", re.IGNORECASE), TermKind.TRIMESTER),
    (re.compile(r"semester|семестр|полугоди", re.IGNORECASE), TermKind.SEMESTER),
)
_HIGHEST_GRADE = 12
_NAME_LENGTH = 100


def school_class(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield a class, its sections, and the school year and terms that it needs."""
    organization = draft.organization(record.cells["schoolSourcedId"])
    number = _number(draft, record)
    kind, grade = _KINDS[record.cells["classType"]], _grade(draft, record)
    _refuse_another_class(draft, record, organization, kind)
    year = _year(draft, record, number, organization)
    starts, ends = _span(draft, number, organization)
    if year:
        yield year
    yield from _terms(draft, record, year_key(number, organization), grade)
    yield Fact(
        *(SCHOOL_CLASS, record.id, record),
        (record.cells["title"], record.cells.get("classCode"), organization, number, kind, grade),
        columns={
            "organization_id": ref(ORGANIZATION, organization),
            "school_year_id": ref(SCHOOL_YEAR, year_key(number, organization)),
            "kind": kind,
            "grade_level": grade,
            "name": record.cells["title"][:_NAME_LENGTH],
        },
    )
    sections: dict[str, Ref | int] = {}
    for name in _subjects(draft, record, kind):
        taught = subject(name, record)
        section = _section(record, taught)
        sections[taught.key] = section.ref
        yield taught
        yield section
    organization_ref = ref(ORGANIZATION, organization)
    draft.classes[record.id] = ClassInfo(organization_ref, kind, grade, starts, ends, sections)


def _section(record: Record, taught: Fact) -> Fact:
    return Fact(
        *(SECTION, key_of(record.id, taught.key), record, ()),
        first={
            "school_class_id": ref(SCHOOL_CLASS, record.id),
            "subject_id": ref(SUBJECT, taught.key),
        },
    )


def info(draft: Draft, name: str) -> ClassInfo:
    """Return what is known of a class, from this bundle or from an earlier one."""
    if name not in draft.classes:
        row_id = draft.known.row_id("school_class", name)
        row = draft.known.classes[row_id or 0]
        sections: dict[str, Ref | int] = dict(draft.known.sections[row.id])
        draft.classes[name] = ClassInfo(
            row.organization_id, row.kind, row.grade_level, row.starts_on, row.ends_on, sections
        )
    return draft.classes[name]


def _number(draft: Draft, record: Record) -> int:
    for name in record.cells["termSourcedIds"]:
        number = draft.numbers.get(name) or draft.known.row_id("academic_session", name)
        if number:
            return number
    raise RowRefused("none of its academic sessions says which school year it is")


def _refuse_another_class(draft: Draft, record: Record, organization: str, kind: str) -> None:
    row = draft.known.classes.get(draft.known.row_id("school_class", record.id) or 0)
    if row is None:
        return
    if row.kind != kind:
        raise RowRefused("classType differs from the earlier import; give a new class a new id")
    if row.organization_id != draft.known.row_id("organization", organization):
        raise RowRefused("its school differs from the earlier import; give a new class a new id")


def _span(draft: Draft, number: int, organization: str) -> tuple[date, date]:
    """Return first and last day of the year: of all its sessions here and, in a delta, before."""
    row_id = draft.known.row_id("school_year", year_key(number, organization))
    earlier = draft.known.years.get(row_id or 0)
    sessions = draft.checked.get("academicSessions")
    span = draft.spans.get(number)
    if span and earlier and sessions and sessions.mode is Mode.DELTA:
        return min(span[0], earlier[0]), max(span[1], earlier[1])
    if span or earlier:
        return span or earlier or (date.min, date.max)
    raise RowRefused("academicSessions.csv has to say when its school year begins and ends")


def _year(draft: Draft, record: Record, number: int, organization: str) -> Fact | None:
    starts, ends = _span(draft, number, organization)
    if number not in draft.spans:
        return None
    return Fact(
        *(SCHOOL_YEAR, year_key(number, organization), record, (starts, ends)),
        columns={"starts_on": starts, "ends_on": max(ends, starts + timedelta(1))},
        first={
            "organization_id": ref(ORGANIZATION, organization),
            "name": f"{number - 1}/{number}",
        },
    )


def _terms(draft: Draft, record: Record, year: str, grade: int) -> Iterator[Fact]:
    pending = list(record.cells["termSourcedIds"])
    seen: set[str] = set()
    while pending:
        name = pending.pop(0)
        session = draft.live("academicSessions", name)
        if name in seen or session is None:
            continue
        seen.add(name)
        pending += draft.children[name]
        if session.cells["type"] != "schoolYear":
            yield _term(session, year, grade)


def _term(session: Record, year: str, grade: int) -> Fact:
    cells = session.cells
    starts, ends = cells["startDate"], cells["endDate"] - timedelta(1)
    return Fact(
        *(TERM, key_of(session.id, year, str(grade)), session, (cells["title"], starts, ends)),
        columns={"name": cells["title"], "starts_on": starts, "ends_on": ends},
        first={
            "school_year_id": ref(SCHOOL_YEAR, year),
            "grade_level": grade,
            "kind": _term_kind(cells["title"], cells["type"]).value,
        },
    )


def _term_kind(title: str, session_type: str) -> TermKind:
    for pattern, kind in _TERMS:
        if pattern.search(title):
            return kind
    return TermKind.SEMESTER if session_type == "semester" else TermKind.OTHER


def _grade(draft: Draft, record: Record) -> int:
    course = draft.live("courses", record.cells.get("courseSourcedId") or "")
    grades = record.cells.get("grades") or (course.cells.get("grades", ()) if course else ())
    if not grades:
        draft.note(record, "no grade is given; taken as 0")
        return 0
    grade = _grade_of(grades[0])
    if grade > _HIGHEST_GRADE:
        raise RowRefused(f"grade {grades[0]} is beyond {_HIGHEST_GRADE}, the highest there is")
    return grade


@cache
def _grade_of(text: str) -> int:
    digits = re.search(r"\d{1,3}", text)
    return int(digits[0]) if digits else 0


def _subjects(draft: Draft, record: Record, kind: str) -> tuple[str, ...]:
    """Return what is taught: all of a homeroom's subjects, the one subject of a group."""
    own: tuple[str, ...] = tuple(name[:200] for name in record.cells.get("subjects", ()))
    if kind == ClassKind.HOMEROOM and own:
        return tuple({name.casefold(): name for name in own}.values())
    name = record.cells.get("courseSourcedId") or ""
    course = draft.live("courses", name)
    if course:
        return (course.cells["title"],)
    if row_id := draft.known.row_id("course", name):
        subjects = {number: folded for folded, number in draft.known.subjects.items()}
        return (subjects[row_id],) if row_id in subjects else own[:1]
    if kind == ClassKind.HOMEROOM:
        return ()
    return own[:1] or (record.cells["title"],)


def name_apart(draft: Draft) -> None:
    """Give every class of a school year a name of its own: title, then code, then sourcedId."""
    facts = draft.facts[SCHOOL_CLASS.name]
    titles = Counter(_named(fact) for fact in facts.values())
    owners: dict[tuple[object, str], object] = {
        (ref(SCHOOL_YEAR, key), name): class_id
        for key, row in draft.known.rows[SCHOOL_YEAR.name].items()
        for name, class_id in draft.known.names[row.id].items()
    }
    for fact in facts.values():
        me = draft.known.row_id(SCHOOL_CLASS.name, fact.key) or fact.key
        year, title = _named(fact)
        free = (
            name
            for name in (title, *_longer(fact, title))
            if owners.get((year, name), me) == me and (name != title or titles[year, title] == 1)
        )
        name = next(free, fact.key[:_NAME_LENGTH])
        owners[year, name] = me
        fact.columns = {**fact.columns, "name": name}


def _named(fact: Fact) -> tuple[Ref, str]:
    return fact.columns["school_year_id"], fact.columns["name"]


def _longer(fact: Fact, title: str) -> Iterator[str]:
    for more in (fact.record.cells.get("classCode"), fact.key):
        if more:
            yield f"{title[: _NAME_LENGTH - len(more) - 3]} ({more})"[-_NAME_LENGTH:]


def number_terms(draft: Draft) -> None:
    """Give new terms the next free numbers of their year, grade and kind, by their first day."""
    facts = draft.facts[TERM.name]
    fresh = [fact for fact in facts.values() if draft.known.row_id(TERM.name, fact.key) is None]
    used: dict[tuple[object, ...], set[int]] = {}
    for fact in sorted(fresh, key=lambda fact: (fact.columns["starts_on"], fact.key)):
        _session, *year, grade = parts_of(fact.key)
        kind = fact.first["kind"]
        year_id = draft.known.row_id(SCHOOL_YEAR.name, key_of(*year))
        taken = used.setdefault(
            (*year, grade, kind),
            set(draft.known.term_numbers.get((year_id or 0, int(grade), kind), ())),
        )
        number = next(number for number in range(1, len(taken) + 2) if number not in taken)
        taken.add(number)
        fact.first = {**fact.first, "number": number}
