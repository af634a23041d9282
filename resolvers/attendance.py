"""Writing attendance into the journal."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import strawberry

from access import scopes, writing
from errors import Current, UserError
from models import Attendance, AttendanceCode, ChangeArea, ChangeKind
from resolvers import absence_alerts, limits, locks
from resolvers.absence_alerts import Taken
from resolvers.lessons import known_students, not_enrolled, refuse_cancelled
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.marking import AttendanceEntryInput, RecordAttendanceInput, RecordAttendancePayload
from subscriptions import topics
from subscriptions.log import Change

_MOST_ENTRIES = 100
_LONGEST_NOTE = 500

# Who writes at the same lesson waits here: entries in another order would end in a deadlock, and
# what is read before the lock would be the former attendance no more.
_LESSON = Reading(
    writing.ATTENDED_LESSONS,
    "Lesson",
    frozenset(writing.ATTENDED_LESSONS.by),
    f"""
    SELECT {{row}}.id, {{row}}.cancelled_at, class.organization_id,
           {locks.columns("{row}.section_id", "class.organization_id", day="{row}.date")}
    FROM {{rows}} JOIN school_class class ON class.id = {{row}}.school_class_id
    WHERE {{reached}}
    FOR NO KEY UPDATE OF {{row}}
    """,  # noqa: S608 — as `locks.columns`
    given=locks.GIVEN,
    seen=scopes.LESSONS,
)
# The pupils among these who are in the lesson's class on its day, each with what is written.
_ENROLLED = """
SELECT wanted.student_id, former.id IS NOT NULL AS is_there, former.code, former.note,
       coalesce(former.version, 0) AS version,
       coalesce(former.id, nextval('attendance_id_seq')) AS id
FROM unnest($2::bigint[]) AS wanted (student_id)
LEFT JOIN attendance former ON former.lesson_id = $1 AND former.student_id = wanted.student_id
WHERE EXISTS (
    SELECT FROM diary_entry entry
    WHERE entry.lesson_id = $1 AND entry.student_id = wanted.student_id
)
"""

Former = Mapping[int | None, Mapping[str, Any]]
"""The row of each enrolled pupil, or what is needed to make it."""


@mutation(RecordAttendancePayload, allow=_LESSON.via)
async def record_attendance(work: Work, input: RecordAttendanceInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down the attendance of pupils at a lesson, in place of what was written before."""
    _check(input.entries)
    all_of((limits.optional_reason(input.reason, "reason"),))
    lesson = await work.read(_LESSON, input.lesson_id, "lessonId", **locks.given(work))
    refuse_cancelled(lesson)
    locks.keep(work, lesson, input.reason, "lessonId")
    numbers = [decode("Student", entry.student_id) for entry in input.entries]
    former = await _former(work, lesson["id"], numbers)
    await _refuse_strangers(work, numbers, former)
    all_of(
        conflict(former[number], entry.version, "entries", str(place))
        for place, (number, entry) in enumerate(zip(numbers, input.entries, strict=True))
    )
    for number, entry in zip(numbers, input.entries, strict=True):
        write(work, lesson, former[number], entry.code, entry.note, reason=input.reason)
    await absence_alerts.tell(
        work,
        (
            Taken(row["student_id"], lesson["id"], row, entry.code)
            for row, entry in zip(map(former.__getitem__, numbers), input.entries, strict=True)
        ),
    )
    return {"attendance": [former[number]["id"] for number in numbers]}


def _check(entries: Sequence[AttendanceEntryInput]) -> None:
    if not entries:
        raise UserError("REQUIRED", "Name at least one pupil.", "entries")
    if len(entries) > _MOST_ENTRIES:
        raise UserError("TOO_LONG", f"At most {_MOST_ENTRIES} pupils.", "entries")
    all_of(
        limits.text(entry.note, _LONGEST_NOTE, "entries", str(place), "note")
        for place, entry in enumerate(entries)
    )


async def _former(work: Work, lesson_id: int, numbers: Sequence[int | None]) -> Former:
    wanted = [*{number for number in numbers if number is not None}]
    rows = await work.connection.execute_query_dict(_ENROLLED, [lesson_id, wanted])
    return {row["student_id"]: row for row in rows}


async def _refuse_strangers(
    work: Work, numbers: Sequence[int | None], enrolled: Container[int | None]
) -> None:
    """Raise the errors of all entries together; a pupil may be named once."""
    strangers = {number for number in numbers if number is not None and number not in enrolled}
    known = await known_students(work, strangers) if strangers else frozenset()
    errors: list[UserError] = []
    for place, number in enumerate(numbers):
        at = ("entries", str(place), "studentId")
        if number not in enrolled:
            errors.append(not_enrolled(*at, is_known=number in known))
        elif number in numbers[:place]:
            errors.append(UserError("DUPLICATE", "This pupil is named twice.", *at))
    all_of(errors)


def conflict(former: Mapping[str, Any], version: int | None, *at: str) -> UserError | None:
    """A cell that says from which version it was made is as it was then."""
    if version in (None, former["version"]):
        return None
    there = Current(former["code"] or "", former["version"])
    message = f"The attendance was written meanwhile; its version is {there.version}."
    return UserError("CONFLICT", message, *at, "version", current=there)


def write(
    work: Work,
    lesson: Mapping[str, Any],
    former: Mapping[str, Any],
    code: AttendanceCode,
    note: str | None,
    *,
    reason: str | None = None,
) -> int:
    """Put code and note in place of the pupil's former ones, tell it, and both to the audit."""
    row_id: int = former["id"]
    after = {"code": code, "note": note}
    if former["is_there"]:
        work.writes.change(Attendance, row_id, **after)
    else:
        place = {"lesson_id": lesson["id"], "student_id": former["student_id"]}
        work.writes.make(Attendance, id=row_id, **place, **after)
    before = {name: former[name] for name in after} if former["is_there"] else None
    work.audit(
        "attendance.recorded",
        Attendance,
        row_id,
        before=before,
        after=locks.with_reason(after, reason),
        organization_id=lesson["organization_id"],
    )
    kind = ChangeKind.CORRECTED if former["is_there"] else ChangeKind.RECORDED
    topic = topics.school(lesson["organization_id"])
    work.announce(Change(topic, ChangeArea.ATTENDANCE, kind, row_id, former["student_id"]))
    return row_id


@strawberry.type
class AttendanceMutation:
    """Writing attendance."""

    record_attendance = record_attendance
