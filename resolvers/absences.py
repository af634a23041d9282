"""Notes about absence: written and taken back by guardians, decided on by the school."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import strawberry

from access import absences, rules, scopes, writing
from errors import UserError
from models import (
    AbsenceNote,
    AbsenceNoteState,
    AbsenceReason,
    AttendanceCode,
    ChangeArea,
    ChangeKind,
)
from resolvers import attendance, limits, locks
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.excusing import (
    ApproveAbsenceNoteInput,
    ApproveAbsenceNotePayload,
    DeclineAbsenceNoteInput,
    DeclineAbsenceNotePayload,
    SubmitAbsenceNoteInput,
    SubmitAbsenceNotePayload,
    WithdrawAbsenceNoteInput,
    WithdrawAbsenceNotePayload,
)
from subscriptions import topics
from subscriptions.log import Change

_LONGEST_TEXT = 1000
_MOST_DAYS = 62
_EARLIEST = timedelta(days=30)
_LATEST = timedelta(days=180)
_LESSONS = range(21)
"""The numbers that a lesson may have in its day."""

# Both parents may write at once: the second waits for the pupil's row and then sees the first note.
_CHILD = Reading(
    scopes.STUDENTS,
    "Student",
    rules.GUARDIAN,
    """
    SELECT {row}.id, home.school_class_id, home.organization_id,
           nextval('absence_note_id_seq') AS note_id
    FROM {rows} LEFT JOIN enrollment home
        ON home.student_id = {row}.id AND home.kind = 'HOMEROOM'
       AND home.valid_from <= CURRENT_DATE
       AND (home.valid_until IS NULL OR home.valid_until > CURRENT_DATE)
    WHERE {reached} ORDER BY home.id LIMIT 1 FOR NO KEY UPDATE OF {row}
    """,
)
_OVERLAPPING = """
SELECT FROM absence_note
WHERE student_id = $1 AND state IN ('SUBMITTED', 'APPROVED')
  AND starts_on <= $3 AND ends_on >= $2
  AND (first_lesson IS NULL OR $4::smallint IS NULL OR first_lesson <= $5 AND last_lesson >= $4)
"""
_HELD = "SELECT {row}.* FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}"
_OWN = Reading(absences.ABSENCE_NOTES, "AbsenceNote", rules.GUARDIAN, _HELD)
_DECIDED = Reading(
    writing.DECIDED_NOTES,
    "AbsenceNote",
    frozenset(writing.DECIDED_NOTES.by),
    _HELD,
    seen=absences.ABSENCE_NOTES,
)
# Whoever takes attendance holds the lesson; here all of the note are held, in one order.
_HOLD_LESSONS = """
SELECT held.id
FROM lesson held JOIN school_class class ON class.id = held.school_class_id
WHERE class.organization_id = $6 AND held.id IN (
    SELECT entry.lesson_id FROM diary_entry entry
    WHERE entry.student_id = $1 AND entry.date BETWEEN $2 AND $3
      AND ($4::smallint IS NULL OR entry.number BETWEEN $4 AND $5)
)
ORDER BY held.id FOR NO KEY UPDATE OF held
"""
# Read behind the locks, so that it is what the former writers left.
_WRITTEN = f"""
SELECT written.id, written.student_id, written.code, written.note, true AS is_there,
       {locks.place("lesson.section_id", day="lesson.date")}
FROM attendance written JOIN lesson ON lesson.id = written.lesson_id
WHERE written.student_id = $1 AND written.lesson_id = ANY($2) ORDER BY written.lesson_id
"""  # noqa: S608 — as `locks.columns`
_PLACE = ("student_id", "starts_on", "ends_on", "first_lesson", "last_lesson")


@mutation(SubmitAbsenceNotePayload, allow=_CHILD.via)
async def submit_absence_note(work: Work, input: SubmitAbsenceNoteInput) -> Mapping[str, Any]:  # noqa: A002
    """Tell the school that a child does not come; the homeroom teacher decides on it."""
    all_of(_problems(work, input))
    child = await work.read(_CHILD, input.student_id, "studentId")
    if child["school_class_id"] is None:
        raise UserError("NOT_ENROLLED", "The pupil is in no class today.", "studentId")
    said = {name: getattr(input, name) for name in _PLACE[1:]}
    place = {"student_id": child["id"], **said}
    if await work.connection.execute_query_dict(_OVERLAPPING, [place[name] for name in _PLACE]):
        raise UserError("DUPLICATE", "There is a note of these lessons already.", "startsOn")
    note = {
        "id": child["note_id"],
        **place,
        "school_class_id": child["school_class_id"],
        "organization_id": child["organization_id"],
        "reason": input.reason,
        "text": input.text.strip(),
        "state": AbsenceNoteState.SUBMITTED,
    }
    by = {"submitted_by_id": work.viewer.person_id, "submitted_at": work.viewer.now}
    work.writes.make(AbsenceNote, **note, **by)
    _tell(work, note, ChangeKind.SUBMITTED, {**said, "reason": input.reason, "text": note["text"]})
    return {"note": note["id"]}


@mutation(WithdrawAbsenceNotePayload, allow=_OWN.via)
async def withdraw_absence_note(work: Work, input: WithdrawAbsenceNoteInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a note back on which nobody has decided."""
    note = await _waiting(work, _OWN, input.note_id)
    _decide(work, note, AbsenceNoteState.WITHDRAWN, ChangeKind.REMOVED)
    return {"note": note["id"]}


@mutation(ApproveAbsenceNotePayload, allow=_DECIDED.via)
async def approve_absence_note(work: Work, input: ApproveAbsenceNoteInput) -> Mapping[str, Any]:  # noqa: A002
    """Excuse an absence: in what is written of it already, and as a proposal for what is not."""
    note = await _waiting(work, _DECIDED, input.note_id)
    written = await _written(work, note)
    code = _code(AbsenceReason(note["reason"]))
    unstated = [
        row for row in written if row["code"] == AttendanceCode.ABSENT and not row["is_locked"]
    ]
    for row in unstated:
        locks.guard(work, row, "noteId")
        attendance.write(work, note, row, code, row["note"])
    _decide(work, note, AbsenceNoteState.APPROVED, ChangeKind.APPROVED)
    conflicts = [row["id"] for row in written if row not in unstated and row["code"] != code]
    return {
        "note": note["id"],
        "attendance": [row["id"] for row in unstated],
        "conflicts": conflicts,
    }


@mutation(DeclineAbsenceNotePayload, allow=_DECIDED.via)
async def decline_absence_note(work: Work, input: DeclineAbsenceNoteInput) -> Mapping[str, Any]:  # noqa: A002
    """Do not excuse an absence; the family is told why."""
    all_of((limits.reason(input.reason),))
    note = await _waiting(work, _DECIDED, input.note_id)
    reason = input.reason.strip()
    _decide(work, note, AbsenceNoteState.DECLINED, ChangeKind.DECLINED, decision_reason=reason)
    return {"note": note["id"]}


def _problems(work: Work, given: SubmitAbsenceNoteInput) -> Iterator[UserError | None]:
    """What is wrong with a note whatever the child."""
    today = work.viewer.today
    yield limits.required_text(given.text, _LONGEST_TEXT, "text")
    if given.starts_on < today - _EARLIEST:
        yield UserError("IN_PAST", "A note reaches back for 30 days.", "startsOn")
    if given.starts_on > today + _LATEST:
        yield UserError("OUT_OF_RANGE", "A note is for the next 180 days.", "startsOn")
    if not 0 <= (given.ends_on - given.starts_on).days < _MOST_DAYS:
        yield UserError("OUT_OF_RANGE", f"A note is for 1 to {_MOST_DAYS} days.", "endsOn")
    yield _problem_of_lessons(given)


def _problem_of_lessons(given: SubmitAbsenceNoteInput) -> UserError | None:
    first, last = given.first_lesson, given.last_lesson
    if first is None and last is None:
        return None
    if first is None or last is None:
        missing = "firstLesson" if first is None else "lastLesson"
        return UserError("REQUIRED", "Give the first lesson and the last one.", missing)
    if first not in _LESSONS or last not in _LESSONS or first > last:
        return UserError("OUT_OF_RANGE", "Lessons are 0 to 20, the first one first.", "lastLesson")
    if given.starts_on != given.ends_on:
        return UserError("OUT_OF_RANGE", "Single lessons are those of one day.", "endsOn")
    return None


async def _waiting(work: Work, reading: Reading, note_id: str) -> Mapping[str, Any]:
    """The note, held until the commit; raises CONFLICT where it waits for nothing any more."""
    note = await work.read(reading, note_id, "noteId")
    if note["state"] != AbsenceNoteState.SUBMITTED:
        raise UserError("CONFLICT", f"The note is {note['state']} already.", "noteId")
    return note


async def _written(work: Work, note: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What the journal says of the pupil at the note's lessons; the lessons are held."""
    place = [note[name] for name in _PLACE]
    held = await work.connection.execute_query_dict(
        _HOLD_LESSONS, [*place, note["organization_id"]]
    )
    lessons = [row["id"] for row in held]
    rows: Sequence[Mapping[str, Any]] = await work.connection.execute_query_dict(
        _WRITTEN, [note["student_id"], lessons]
    )
    return rows


def _code(reason: AbsenceReason) -> AttendanceCode:
    """The code that a reason speaks for, as the view `expected_absence` has it too."""
    is_sick = reason is AbsenceReason.SICK
    return AttendanceCode.ABSENT_SICK if is_sick else AttendanceCode.ABSENT_EXCUSED


def _decide(
    work: Work,
    note: Mapping[str, Any],
    state: AbsenceNoteState,
    kind: ChangeKind,
    **reason: str,
) -> None:
    """Put the note into its last state, and say who did it."""
    by = {"decided_by_id": work.viewer.person_id, "decided_at": work.viewer.now}
    work.writes.change(AbsenceNote, note["id"], state=state, **by, **reason)
    _tell(work, {**note, "state": state}, kind, reason)


def _tell(work: Work, note: Mapping[str, Any], kind: ChangeKind, after: Mapping[str, Any]) -> None:
    """Write down what was done to the note, and let the family and the school hear of it."""
    school = note["organization_id"]
    work.audit(
        f"attendance.note_{note['state'].lower()}",
        AbsenceNote,
        note["id"],
        after={"student_id": note["student_id"], **after},
        organization_id=school,
    )
    topic = topics.school(school)
    work.announce(Change(topic, ChangeArea.ABSENCES, kind, note["id"], note["student_id"]))


@strawberry.type
class AbsencesMutation:
    """Writing notes about absence, and deciding on them."""

    submit_absence_note = submit_absence_note
    withdraw_absence_note = withdraw_absence_note
    approve_absence_note = approve_absence_note
    decline_absence_note = decline_absence_note
