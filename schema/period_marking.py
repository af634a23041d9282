"""What is sent to give marks for terms and years, and what is answered."""

import strawberry

from models import MarkSign, PeriodMarkKind
from schema.declaration import found, payload
from schema.errors import UserError
from schema.period_marks import PeriodMark

_ERRORS = "Why nothing was changed; empty when it was."
_REASON = (
    "Why, up to 1000 characters, kept for ever; required where a mark is changed, where it is not "
    "what the school's rules propose, and where the term is locked."
)
_VERSION = "The version of the mark that there is; left out where there is none yet."


_ENTRY = "One pupil's mark for a term or a year: a value, a word, or points."


@strawberry.input(description=_ENTRY)
class PeriodMarkEntryInput:
    """One pupil's mark for a term or a year: a value, a word, or points."""

    student_id: strawberry.ID = strawberry.field(description="To which pupil.")
    value: int | None = strawberry.field(default=None, description="1–5.")
    sign: MarkSign | None = strawberry.field(default=None, description="A word instead of a value.")
    points: int | None = strawberry.field(
        default=None,
        description="0–100 in the place of a value: what the state's exam (ЕГЭ) came to, from "
        "grade 10 on.",
    )
    carried_from: str | None = strawberry.field(
        default=None,
        description="The school that gave the mark, up to 300 characters: for a term that was over "
        "when the pupil came, by the deputy head or an administrator.",
    )
    version: int | None = strawberry.field(default=None, description=_VERSION)
    reason: str | None = strawberry.field(default=None, description=_REASON)


@strawberry.input(description="A pupil's mark for a term.")
class RecordPeriodMarkInput(PeriodMarkEntryInput):
    """A pupil's mark for a term."""

    section_id: strawberry.ID = strawberry.field(description="In which section's subject.")
    term_id: strawberry.ID = strawberry.field(description="For which term.")


@strawberry.input(description="Marks of a section's pupils for a term; all are taken, or none.")
class RecordPeriodMarksInput:
    """Marks of a section's pupils for a term; all are taken, or none."""

    section_id: strawberry.ID = strawberry.field(description="In which section's subject.")
    term_id: strawberry.ID = strawberry.field(description="For which term.")
    entries: list[PeriodMarkEntryInput] = strawberry.field(
        description="1–100 pupils, each once. A mark that is as it was stays untouched."
    )


@strawberry.input(description="A pupil's annual, exam or final mark.")
class RecordYearMarkInput(PeriodMarkEntryInput):
    """A pupil's annual, exam or final mark."""

    section_id: strawberry.ID = strawberry.field(
        description="In which section's subject, and so in which school year."
    )
    kind: PeriodMarkKind = strawberry.field(description="ANNUAL, EXAM or FINAL.")


@strawberry.input(
    description="Annual, exam or final marks of a section's pupils; all are taken, or none."
)
class RecordYearMarksInput:
    """Annual, exam or final marks of a section's pupils; all are taken, or none."""

    section_id: strawberry.ID = strawberry.field(
        description="In which section's subject, and so in which school year."
    )
    kind: PeriodMarkKind = strawberry.field(description="ANNUAL, EXAM or FINAL.")
    entries: list[PeriodMarkEntryInput] = strawberry.field(
        description="1–100 pupils, each once. A mark that is as it was stays untouched."
    )


@strawberry.input(description="A mark for a term or a year to be taken back.")
class RemovePeriodMarkInput:
    """A mark for a term or a year to be taken back."""

    period_mark_id: strawberry.ID = strawberry.field(description="Which mark.")
    version: int = strawberry.field(description="The version that was seen last.")
    reason: str = strawberry.field(description="Why, 1–1000 characters; kept for ever.")


@payload
class RemovePeriodMarkPayload:
    """The mark that was taken back, or why it was not."""

    period_mark_id: strawberry.ID | None = strawberry.field(
        description="The id that the mark had, and has again when it is given anew."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class RecordPeriodMarkPayload:
    """The mark as it is now, or why it was not given."""

    period_mark: PeriodMark | None = found(
        description="The mark; null also for authorities, who enter results of exams unread."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@payload
class RecordPeriodMarksPayload:
    """The marks as they are now, or why none was given."""

    period_marks: list[PeriodMark | None] | None = found(
        description="In the order of the entries; each null for authorities, who enter unread."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was changed, each with the entry's place as in `entries.3.value`."
    )
