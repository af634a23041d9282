"""Writing attendance into the journal."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

import models
from access import rules
from errors import UserError
from models import ChangeArea
from resolvers import limits
from resolvers.lessons import enrolled_student, lesson_to_write
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.marking import AttendanceEntryInput, RecordAttendanceInput, RecordAttendancePayload
from subscriptions import topics

_WRITERS = rules.JOURNAL_WRITERS | rules.HOMEROOM
_MOST_ENTRIES = 100
_LONGEST_NOTE = 500


@mutation(RecordAttendancePayload, allow=_WRITERS)
async def record_attendance(work: Work, input: RecordAttendanceInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down the attendance of pupils at a lesson, in place of what was written before."""
    _check(input.entries)
    lesson = await lesson_to_write(work, input.lesson_id, _WRITERS)
    # Who writes at the same lesson waits here: entries in another order would end in a deadlock.
    await models.Lesson.filter(id=lesson.id).select_for_update(no_key=True).get()
    school_class = await models.SchoolClass.get(id=lesson.school_class_id)
    students = await _students(work, lesson, input.entries)
    rows = []
    for student_id, entry in zip(students, input.entries, strict=True):
        row = await _write(work, lesson, student_id, entry)
        topic = topics.school(school_class.organization_id)
        work.announce(topic, ChangeArea.ATTENDANCE, "RECORDED", row=row, student_id=student_id)
        rows.append(row.id)
    return {"attendance": rows}


def _check(entries: Sequence[AttendanceEntryInput]) -> None:
    if not entries:
        raise UserError("REQUIRED", "Name at least one pupil.", "entries")
    if len(entries) > _MOST_ENTRIES:
        raise UserError("TOO_LONG", f"At most {_MOST_ENTRIES} pupils.", "entries")
    all_of(
        limits.text(entry.note, _LONGEST_NOTE, "entries", str(place), "note")
        for place, entry in enumerate(entries)
    )


async def _students(
    work: Work, lesson: models.Lesson, entries: Sequence[AttendanceEntryInput]
) -> list[int]:
    """The pupils' numbers in the order of the entries; raises every entry's error together."""
    students: list[int] = []
    errors: list[UserError] = []
    for place, entry in enumerate(entries):
        at = ("entries", str(place), "studentId")
        try:
            student_id = await enrolled_student(work, lesson, entry.student_id, *at)
            if student_id in students:
                errors.append(UserError("DUPLICATE", "This pupil is named twice.", *at))
            students.append(student_id)
        except UserError as error:
            errors.append(error)
    all_of(errors)
    return students


async def _write(
    work: Work, lesson: models.Lesson, student_id: int, entry: AttendanceEntryInput
) -> models.Attendance:
    """Put the entry in place of the pupil's former one, and both into the audit."""
    former = (
        await models.Attendance.filter(lesson_id=lesson.id, student_id=student_id)
        .select_for_update()
        .get_or_none()
    )
    before = {"code": former.code, "note": former.note} if former else None
    after = {"code": entry.code, "note": entry.note}
    row, _ = await models.Attendance.update_or_create(
        after, lesson_id=lesson.id, student_id=student_id
    )
    await work.audit("attendance.recorded", row, before=before, after=after)
    return row


@strawberry.type
class AttendanceMutation:
    """Writing attendance."""

    record_attendance = record_attendance
