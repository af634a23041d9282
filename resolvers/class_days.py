"""A class's day: its sheet, and writing the attendance of all of its lessons at once."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from tortoise.expressions import Q

from access import rules, scopes, writing
from errors import UserError
from models import AttendanceCode
from resolvers import absence_alerts, attendance, limits, locks
from resolvers.absence_alerts import Taken
from resolvers.lessons import known_students, not_enrolled
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.attendance_counts import AttendanceSummary, ClassAttendance
from schema.class_day import (
    ClassDay,
    DayAttendanceEntryInput,
    RecordDayAttendanceInput,
    RecordDayAttendancePayload,
)
from schema.declaration import GIVEN, argument, id_argument, root_one
from schema.declaration.ids import decode

_MOST_ENTRIES = 600
_LONGEST_NOTE = 500

_CLASS = Reading(
    writing.ATTENDED_CLASSES,
    "SchoolClass",
    frozenset(writing.ATTENDED_CLASSES.by),
    "SELECT {row}.id, {row}.organization_id FROM {rows} WHERE {reached}",
    seen=scopes.CLASSES,
)
# Whoever writes at a lesson holds it; several are held in one order, and read behind that.
_HOLD = f"""
SELECT held.id, held.cancelled_at IS NOT NULL AS is_cancelled,
       {locks.columns("held.section_id", "class.organization_id", day="held.date")}
FROM lesson held JOIN school_class class ON class.id = held.school_class_id
WHERE held.id = ANY($3) AND held.id IN (
    SELECT day.lesson_id FROM class_day_lesson day
    WHERE day.school_class_id = $1 AND day.date = $2
)
ORDER BY held.id FOR NO KEY UPDATE OF held
""".format(writer="$4")  # noqa: S608 — as `locks.columns`
_CELLS = """
SELECT wanted.lesson_id, wanted.student_id, former.id IS NOT NULL AS is_there,
       former.code, former.note, coalesce(former.version, 0) AS version,
       coalesce(former.id, nextval('attendance_id_seq')) AS id
FROM unnest($1::bigint[], $2::bigint[]) AS wanted (lesson_id, student_id)
LEFT JOIN attendance former
    ON former.lesson_id = wanted.lesson_id AND former.student_id = wanted.student_id
WHERE EXISTS (
    SELECT FROM diary_entry entry
    WHERE entry.lesson_id = wanted.lesson_id AND entry.student_id = wanted.student_id
)
"""

Cell = tuple[int | None, int | None]
"""A lesson and a pupil."""


@dataclass(frozen=True)
class _Sheet:
    """The cells that are named, in the order of the entries, and what stands in them.

    `lessons` are those of the day that are named, by their numbers.
    """

    named: Sequence[Cell]
    lessons: Mapping[int | None, Mapping[str, Any]]
    reason: str | None
    cells: Mapping[Cell, Mapping[str, Any]]


@strawberry.type
class ClassDaysQuery:
    """Reading attendance by day and by term."""

    class_day: ClassDay | None = root_one(
        description="The sheet of a class's day; null beyond its school year.",
        arguments={
            "class_id": id_argument("SchoolClass", "Which class.", "school_class_id"),
            "date": argument(dt.date, "Which day.", Q(date=GIVEN)),
        },
        allow=rules.CLASS_KEEPERS,
    )
    attendance_summary: AttendanceSummary | None = root_one(
        description="A pupil's attendance in a term, counted.",
        arguments={
            "student_id": id_argument("Student", "Whose.", "student_id"),
            "term_id": id_argument("Term", "In which term.", "term_id"),
        },
        allow=rules.SIGNED_IN,
    )
    class_attendance: ClassAttendance | None = root_one(
        description="Attendance of a class in a term, counted.",
        arguments={
            "class_id": id_argument("SchoolClass", "Of which class.", "school_class_id"),
            "term_id": id_argument("Term", "In which term.", "term_id"),
        },
        allow=rules.CLASS_KEEPERS,
    )


@mutation(RecordDayAttendancePayload, allow=_CLASS.via)
async def record_day_attendance(
    work: Work,
    input: RecordDayAttendanceInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Write down the attendance of a class at the lessons of a day, all of it or nothing."""
    all_of(_of_form(input.entries))
    all_of((limits.optional_reason(input.reason, "reason"),))
    school_class = await work.read(_CLASS, input.class_id, "classId")
    sheet = await _sheet(work, school_class["id"], input)
    all_of(await _of_cells(work, sheet))
    all_of(
        attendance.conflict(sheet.cells[cell], entry.version, "entries", str(place))
        for place, (cell, entry) in enumerate(zip(sheet.named, input.entries, strict=True))
    )
    for held in sheet.lessons.values():
        locks.guard(work, held, "date")
    written = []
    for cell, entry in zip(sheet.named, input.entries, strict=True):
        former = sheet.cells[cell]
        if (entry.code, entry.note) != _there(former):
            lesson = {"id": cell[0], "organization_id": school_class["organization_id"]}
            said, why = (entry.code, entry.note), input.reason
            written.append(attendance.write(work, lesson, former, *said, reason=why))
    await absence_alerts.tell(
        work,
        (
            Taken(row["student_id"], row["lesson_id"], row, entry.code)
            for row, entry in zip(map(sheet.cells.get, sheet.named), input.entries, strict=True)
            if row is not None
        ),
    )
    return {"attendance": written}


def _there(former: Mapping[str, Any]) -> tuple[str, str | None]:
    """What stands in the cell; where nothing is written, the pupil was present."""
    if former["is_there"]:
        return former["code"], former["note"]
    return AttendanceCode.PRESENT, None


def _of_form(entries: Sequence[DayAttendanceEntryInput]) -> Iterator[UserError | None]:
    if not entries:
        yield UserError("REQUIRED", "Name at least one pupil.", "entries")
    if len(entries) > _MOST_ENTRIES:
        yield UserError("TOO_LONG", f"At most {_MOST_ENTRIES} cells.", "entries")
        return
    for place, entry in enumerate(entries):
        yield limits.text(entry.note, _LONGEST_NOTE, "entries", str(place), "note")


async def _sheet(work: Work, class_id: int, given: RecordDayAttendanceInput) -> _Sheet:
    """What is named of the day; its lessons are held until the commit."""
    named = [
        (decode("Lesson", entry.lesson_id), decode("Student", entry.student_id))
        for entry in given.entries
    ]
    wanted = [*{lesson for lesson, _ in named if lesson is not None}]
    values = [class_id, given.date, wanted, work.viewer.person_id]
    held = await work.connection.execute_query_dict(_HOLD, values)
    lessons = {row["id"]: row for row in held}
    asked = [(lesson, student) for lesson, student in {*named} if lesson in lessons and student]
    columns = [[lesson for lesson, _ in asked], [student for _, student in asked]]
    rows = await work.connection.execute_query_dict(_CELLS, columns)
    cells = {(row["lesson_id"], row["student_id"]): row for row in rows}
    return _Sheet(named, lessons, given.reason, cells)


def _locked(work: Work, sheet: _Sheet, lesson: int | None, *at: str) -> UserError | None:
    """Why nothing may be written on the lesson's page, unless a reason is given."""
    return locks.refusal(work, sheet.lessons[lesson], sheet.reason, at, ("reason",))


async def _of_cells(work: Work, sheet: _Sheet) -> Sequence[UserError]:
    """What is wrong with the cells, each in its place."""
    strangers = {student for lesson, student in sheet.named if (lesson, student) not in sheet.cells}
    asked = [student for student in strangers if student is not None]
    known = await known_students(work, asked) if asked else frozenset[int]()
    errors: list[UserError] = []
    seen: set[Cell] = set()
    for place, cell in enumerate(sheet.named):
        at = ("entries", str(place))
        lesson, student = cell
        if lesson not in sheet.lessons:
            message = "The class has no such lesson on that day."
            errors.append(UserError("NOT_FOUND", message, *at, "lessonId"))
        elif sheet.lessons[lesson]["is_cancelled"]:
            errors.append(UserError("CANCELLED", "The lesson was cancelled.", *at, "lessonId"))
        elif error := _locked(work, sheet, lesson, *at, "lessonId"):
            errors.append(error)
        elif cell not in sheet.cells:
            errors.append(not_enrolled(*at, "studentId", is_known=student in known))
        elif cell in seen:
            message = "This pupil is named twice at this lesson."
            errors.append(UserError("DUPLICATE", message, *at, "studentId"))
        seen.add(cell)
    return errors


@strawberry.type
class ClassDaysMutation:
    """Writing attendance by day."""

    record_day_attendance = record_day_attendance
