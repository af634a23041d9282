"""Marks, attendance and the pages of the class journal."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from access import absences, rules, scopes
from models import MARK_WORDS, AttendanceCode, JournalDeedKind, MarkChangeKind, MarkSign
from schema.absences import AbsenceNote
from schema.curriculum import Subject
from schema.declaration import (
    Node,
    column,
    computed,
    describe_enum,
    entity,
    many,
    one,
)
from schema.journal_deeds import JournalDeed, history_of
from schema.staff import StaffMember
from schema.timetable import Lesson

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]

describe_enum(
    AttendanceCode,
    "Whether a pupil was at a lesson, and if not, why.",
    PRESENT="Was there.",
    ABSENT="Absent, reason not stated (ОТ).",
    ABSENT_EXCUSED="Absent for a good reason (УП).",
    ABSENT_SICK="Absent because of illness (Б).",
    ABSENT_UNEXCUSED="Absent without a good reason (НП).",
    LATE="Came late, and so was there (ОП).",
    EXEMPT="Freed from attending (ОСВ).",
)
describe_enum(
    MarkSign,
    "A mark that is a word.",
    PASSED="Passed (зач).",
    FAILED="Not passed (незач).",
    EXEMPT="Freed from the subject (осв).",
    NOT_ATTESTED="Not attested (н/а).",
)
describe_enum(
    MarkChangeKind,
    "What happened to a mark.",
    RECORDED="It was given.",
    CORRECTED="It was changed.",
    REMOVED="It was taken back.",
)

# What a person reads in the cell: the number, or the word's usual abbreviation.
_WORDS = " ".join(f"WHEN '{sign}' THEN '{word}'" for sign, word in MARK_WORDS.items())
MARK_TEXT = f"CASE {{row}}.sign {_WORDS} ELSE {{row}}.value::text END"

# The first version is the mark as it was given: most marks need no look into their history.
_CORRECTED_ON = (
    "CASE WHEN {row}.version > 1 THEN (SELECT max(revision.at)::date FROM mark_revision revision"
    " WHERE revision.mark_id = {row}.id AND revision.kind = 'CORRECTED') END"
)


@entity(reach=scopes.WORK_TYPES)
class WorkType(Node):
    """A kind of work that is marked (тип задания)."""

    code: str = column(description="Its code within the school, such as CONTROL_WORK.")
    abbreviation: str = column(description="The letter that stands in the journal.")
    name: str = column(description="Its name.")
    weight: int = column(description="The weight that a mark for it has unless told otherwise.")


@entity(reach=scopes.ASSIGNMENTS)
class Assignment(Node):
    """A work that pupils hand in or write (работа), set at a lesson and due on a day."""

    title: str = column(description="What it is.")
    due_on: dt.date = column(description="The day on which it is written or handed in.")
    is_mandatory: bool = column(description="Whether everybody has to have a mark for it.")
    weight: int | None = column(
        description="The weight of a mark for it; null where it is its work type's."
    )
    version: int = column(description="What a change of it must be made from.")
    work_type: WorkType = one(description="Which kind of work it is.")
    lesson: Lesson | None = one(description="At which lesson it was set.")
    subject: Subject = one("section__subject_id", description="In which subject.")


@entity(reach=scopes.DEBTS)
class Debt(Node):
    """A work that a pupil owes («точка»); it counts in no mean, and a number for it clears it."""

    deadline: dt.date = column(description="Until when it may be handed in.")
    set_at: dt.datetime = column(description="When it was written down.")
    assignment: Assignment | None = one(description="Which work.")
    student: _Student | None = one(description="Whose debt.")
    subject: Subject = one("lesson__section__subject_id", description="In which subject.")


@entity(reach=scopes.MARK_HISTORY)
class MarkRevision(Node):
    """What a mark was made to at one moment; revisions are never changed."""

    kind: MarkChangeKind = column(description="What happened.")
    value: int | None = column(description="The value from then on, 1–5; null for a word.")
    text: str = computed(MARK_TEXT, description="The mark as a person sees it.")
    weight: int = column(description="The weight from then on.")
    comment: str | None = column(description="The comment from then on.")
    reason: str | None = column(description="Why it was changed.")
    at: dt.datetime = column(description="When.")
    by: StaffMember | None = one(description="Who did it.")


@entity(reach=scopes.MARKS)
class Mark(Node):
    """One mark given to one pupil at one lesson (отметка)."""

    value: int | None = column(description="1–5; null for a mark in words.")
    text: str = computed(MARK_TEXT, description="The mark as a person sees it: 5, зач, н/а.")
    weight: int = column(description="How much it counts in the weighted average.")
    comment: str | None = column(description="The teacher's comment.")
    version: int = column(description="What a change of it must be made from.")
    recorded_at: dt.datetime = column(description="When it was given.")
    corrected_on: dt.date | None = computed(
        _CORRECTED_ON,
        description="The day on which it was corrected last; null where it stands as it was given. "
        "Why and by whom stands in the history, which a family does not read.",
    )
    work_type: WorkType = one(description="What it was given for.")
    student: _Student | None = one(description="To whom.")
    lesson: Lesson | None = one(description="At which lesson.")
    assignment: Assignment | None = one(
        description="The work that it was given for, where there is one."
    )
    subject: Subject = one("lesson__section__subject_id", description="In which subject.")
    history: list[MarkRevision] | None = many(
        description="All that was ever done to it, the oldest first.",
        on={"mark_id": "id"},
        order_by=("version",),
        allow=rules.JOURNAL_STAFF,
        expected=2,
    )


@entity(reach=scopes.ATTENDANCE)
class Attendance(Node):
    """A pupil's attendance at one lesson; where there is none, the pupil was present."""

    code: AttendanceCode = column(description="Present or absent, and why.")
    note: str | None = column(description="The teacher's note.")
    version: int = column(
        description="What a change of it may say that it is made from; 0 stands for a cell in "
        "which nothing is written."
    )
    student: _Student | None = one(description="Whose attendance.")
    lesson: Lesson | None = one(description="At which lesson.")
    history: list[JournalDeed] | None = history_of(JournalDeedKind.ATTENDANCE)


@entity(reach=absences.EXPECTED_ABSENCES)
class ExpectedAbsence:
    """That an approved note excuses a pupil at a lesson; attendance itself is written by staff."""

    code: AttendanceCode = column(description="The code that is proposed for the lesson.")
    note: AbsenceNote | None = one(
        description="The note, for those who read what families write of absence."
    )


_CELL = {"lesson_id": "lesson_id", "student_id": "student_id"}


def attendance_in_cell() -> Any:
    """The attendance of a row that is one pupil at one lesson."""
    return one(on=_CELL, description="The pupil's attendance; null where the pupil was present.")


def debts_in_cell() -> Any:
    """The debts of a row that is one pupil at one lesson."""
    return many(
        description="Works of this lesson that the pupil owes («точка»).",
        on=_CELL,
        order_by=("deadline", "id"),
        expected=0,
    )


def works_due() -> Any:
    """The works that are due for a row that is one lesson of a section."""
    return many(
        description="Works that are written or handed in in the subject on this day (контрольная), "
        "wherever they were set.",
        on={"section_id": "section_id", "due_on": "date"},
        order_by=("id",),
        expected=0,
    )


def marks_in_cell() -> Any:
    """The marks of a row that is one pupil at one lesson."""
    return many(
        description="The pupil's marks, in the order in which they were given.",
        on=_CELL,
        order_by=("recorded_at", "id"),
        expected=1,
    )


def expected_absence_in_cell() -> Any:
    """The expected absence of a row that is one pupil at one lesson."""
    return one(
        description="That an approved note excuses the pupil at this lesson, and by which code; "
        "null where none does.",
        on=_CELL,
        order_by=("-note_id",),
    )
