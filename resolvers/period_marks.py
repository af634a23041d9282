"""Giving and changing marks for terms and years, one or a whole section's at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from errors import UserError
from models import PeriodMarkKind
from resolvers import locks, period_marking
from resolvers.mutation import mutation
from resolvers.period_entries import Entry
from resolvers.period_marking import EXAMINED, GRADED
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.period_marking import (
    PeriodMarkEntryInput,
    RecordPeriodMarkInput,
    RecordPeriodMarkPayload,
    RecordPeriodMarksInput,
    RecordPeriodMarksPayload,
    RecordYearMarkInput,
    RecordYearMarksInput,
)

_MOST_ENTRIES = 100


@mutation(RecordPeriodMarkPayload, allow=GRADED.via)
async def record_period_mark(work: Work, input: RecordPeriodMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a pupil a mark for a term, or change it."""
    (number,) = await _of_term(work, input.section_id, input.term_id, [Entry.of(input)])
    return {"period_mark": number}


@mutation(RecordPeriodMarksPayload, allow=GRADED.via)
async def record_period_marks(work: Work, input: RecordPeriodMarksInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a section's pupils marks for a term, or change them; all or none."""
    entries = _entries(input.entries)
    return {"period_marks": await _of_term(work, input.section_id, input.term_id, entries)}


@mutation(RecordPeriodMarkPayload, allow=GRADED.via | EXAMINED.via)
async def record_year_mark(work: Work, input: RecordYearMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a pupil an annual, exam or final mark, or change it.

    Marks of exams are given by the school's management and by the authorities over it.
    """
    (number,) = await _of_year(work, input.section_id, input.kind, [Entry.of(input)])
    return {"period_mark": number}


@mutation(RecordPeriodMarksPayload, allow=GRADED.via | EXAMINED.via)
async def record_year_marks(work: Work, input: RecordYearMarksInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a section's pupils annual, exam or final marks, or change them; all or none."""
    entries = _entries(input.entries)
    return {"period_marks": await _of_year(work, input.section_id, input.kind, entries)}


async def _of_term(
    work: Work, section_id: str, term_id: str, entries: Sequence[Entry]
) -> list[int]:
    all_of(entry.error() for entry in entries)
    period = {"term": decode("Term", term_id) or 0, "kind": None}
    section = await work.read(GRADED, section_id, "sectionId", **period, **locks.given(work))
    if section["term_id"] is None:
        raise UserError("NOT_FOUND", "The section's class has no such term.", "termId")
    if section["starts_on"] > work.viewer.today:
        raise UserError("IN_FUTURE", "The term has not begun yet.", "termId")
    return await period_marking.record(work, section, PeriodMarkKind.TERM, entries)


async def _of_year(
    work: Work, section_id: str, kind: PeriodMarkKind, entries: Sequence[Entry]
) -> list[int]:
    if kind is PeriodMarkKind.TERM:
        raise UserError("OUT_OF_RANGE", "Marks for terms name their term.", "kind")
    all_of(entry.error() for entry in entries)
    reading = EXAMINED if kind is PeriodMarkKind.EXAM else GRADED
    period = {"term": 0, "kind": kind.value}
    section = await work.read(reading, section_id, "sectionId", **period, **locks.given(work))
    return await period_marking.record(work, section, kind, entries)


def _entries(given: Sequence[PeriodMarkEntryInput]) -> list[Entry]:
    if not given:
        raise UserError("REQUIRED", "Name at least one pupil.", "entries")
    if len(given) > _MOST_ENTRIES:
        raise UserError("TOO_LONG", f"At most {_MOST_ENTRIES} pupils.", "entries")
    return [Entry.of(each, "entries", str(place)) for place, each in enumerate(given)]


@strawberry.type
class PeriodMarkMutation:
    """Giving and changing marks for terms and years."""

    record_period_mark = record_period_mark
    record_period_marks = record_period_marks
    record_year_mark = record_year_mark
    record_year_marks = record_year_marks
