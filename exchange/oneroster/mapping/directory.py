"""Organizations, academic sessions and courses."""

from collections.abc import Iterator
from datetime import date, timedelta

from exchange.oneroster.checking import Record, RowRefused
from exchange.oneroster.draft import Draft
from exchange.oneroster.facts import Fact, ref
from exchange.oneroster.kinds import COURSE, DEPARTMENT, ORGANIZATION, SESSION, SUBJECT
from models import OrganizationKind

_KINDS = {
    "school": OrganizationKind.GENERAL,
    "department": OrganizationKind.GENERAL,
    "local": OrganizationKind.MUNICIPAL_AUTHORITY,
    "district": OrganizationKind.MUNICIPAL_AUTHORITY,
    "state": OrganizationKind.REGIONAL_AUTHORITY,
    "national": OrganizationKind.REGIONAL_AUTHORITY,
}
# Sessions that begin from July on belong to the school year that ends in the next calendar year.
_NEW_YEAR_FROM_MONTH = 7


def org(draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield an organization, or the school that a department belongs to."""
    name, kind = record.cells["name"], record.cells["type"]
    home = draft.organization(record.id)
    if home != record.id:
        yield Fact(DEPARTMENT, record.id, record, (home,), row=ref(ORGANIZATION, home))
        return
    if kind == "department":
        draft.note(record, "a department without its school; taken as an organization of its own")
    yield Fact(
        *(ORGANIZATION, record.id, record, (name, kind)),
        columns={"name": name, "kind": _KINDS[kind].value},
    )


def session(draft: Draft, record: Record) -> Iterator[Fact]:
    """Remember the session's school year; classes make years and terms of it."""
    starts, ends = record.cells["startDate"], record.cells["endDate"]
    if ends <= starts:
        raise RowRefused("endDate is not after startDate; the end is the first day afterwards")
    number = _number(draft, record)
    draft.numbers[record.id] = number
    if parent := record.cells.get("parentSourcedId"):
        draft.children[parent].append(record.id)
    first, last = draft.spans.get(number, (starts, ends - timedelta(1)))
    draft.spans[number] = min(first, starts), max(last, ends - timedelta(1))
    yield Fact(SESSION, record.id, record, tuple(record.cells.items()), row=number)


def _number(draft: Draft, record: Record) -> int:
    """Return the year in which the session's school year ends, from it or from those above it."""
    above: Record | None = record
    seen: set[str] = set()
    while above and above.id not in seen:
        if number := above.cells.get("schoolYear"):
            return int(number)
        seen.add(above.id)
        above = draft.live("academicSessions", above.cells.get("parentSourcedId") or "")
    starts: date = record.cells["startDate"]
    return starts.year + (starts.month >= _NEW_YEAR_FROM_MONTH)


def course(_draft: Draft, record: Record) -> Iterator[Fact]:
    """Yield the subject that a course teaches: its title."""
    title = record.cells["title"]
    grades = record.cells.get("grades", ())
    yield subject(title, record)
    yield Fact(*(COURSE, record.id, record, (title, grades)), row=ref(SUBJECT, title.casefold()))


def subject(name: str, record: Record) -> Fact:
    """Return a subject of the region's common list; case does not tell two apart."""
    return Fact(SUBJECT, name.casefold(), record, (), columns={"name": name})
