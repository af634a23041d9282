"""The rows that a sheet is written into, read behind the lesson's lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from strawberry import UNSET
from tortoise.expressions import RawSQL

from access import scopes, writing
from access.rows import reached
from access.scope import Scope
from resolvers import locks, mark_rules
from resolvers.lesson_recording.sheet import At, Sheet, Slip
from resolvers.lessons import known_students
from resolvers.reading import Reading
from resolvers.work import Work

Rows = Mapping[int | None, Mapping[str, Any]]


def _lesson_in(scope: Scope) -> Reading:
    """The lesson, held until the commit, for those who write what the scope is about."""
    return Reading(
        scope,
        "Lesson",
        frozenset(scope.by),
        f"""
        SELECT {{row}}.id, {{row}}.date, {{row}}.topic, {{row}}.cancelled_at,
               class.grade_level, class.organization_id,
               ARRAY(SELECT student_id FROM diary_entry WHERE lesson_id = {{row}}.id) AS students,
               {locks.columns("{row}.section_id", "class.organization_id", day="{row}.date")}
        FROM {{rows}} JOIN school_class class ON class.id = {{row}}.school_class_id
        WHERE {{reached}}
        FOR NO KEY UPDATE OF {{row}}
        """,  # noqa: S608 — as `locks.columns`
        given=locks.GIVEN,
        seen=scopes.LESSONS,
    )


# Marks and topic are the business of fewer than attendance is.
ATTENDED = _lesson_in(writing.ATTENDED_LESSONS)
_MARKED = _lesson_in(writing.MARKED_LESSONS)

# The pupils among these who are in the lesson's class on its day, each with what is written. The
# version counts whatever was done in the cell, for no mark is ever deleted.
_CELLS = """
SELECT wanted.student_id, former.id IS NOT NULL AS is_there, former.code, former.note,
       coalesce(former.id, nextval('attendance_id_seq')) AS id,
       coalesce(former.version, 0) + marks.versions AS version, marks.standing AS marks
FROM unnest($2::bigint[]) AS wanted (student_id)
LEFT JOIN attendance former ON former.lesson_id = $1 AND former.student_id = wanted.student_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(mark.version), 0) AS versions,
           coalesce(
               json_agg(
                   json_build_object(
                       'id', mark.id, 'value', mark.value, 'sign', mark.sign,
                       'of_another_day', task.due_on <> mark.date
                   )
                   ORDER BY mark.recorded_at, mark.id
               ) FILTER (WHERE mark.removed_at IS NULL), '[]'
           ) AS standing
    FROM mark LEFT JOIN assignment task ON task.id = mark.assignment_id
    WHERE mark.lesson_id = $1 AND mark.student_id = wanted.student_id
) marks
WHERE EXISTS (
    SELECT FROM diary_entry entry
    WHERE entry.lesson_id = $1 AND entry.student_id = wanted.student_id
)
"""
# The school's own code comes before what others of its work types are abbreviated to.
_KINDS = """
SELECT work_type.id AS work_type_id, coalesce(task.weight, work_type.weight) AS weight,
       task.id AS assignment_id, task.due_on, nextval('mark_id_seq') AS id
FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS wanted (name, task_id, place)
LEFT JOIN assignment task
  ON task.id = wanted.task_id AND task.section_id = $4 AND task.removed_at IS NULL
LEFT JOIN LATERAL (
    SELECT id, weight FROM work_type
    WHERE id = task.work_type_id OR task.id IS NULL
      AND organization_id = $1 AND wanted.name IN (code, abbreviation)
    ORDER BY code = wanted.name DESC, id LIMIT 1
) work_type ON TRUE
ORDER BY wanted.place
"""
# The day by the school's clock.
_RECORDED_ON = RawSQL('"mark"."recorded_at"::date')
_OF_MARK = ("id", "student_id", "value", "sign", "weight", "comment", "version")


@dataclass(frozen=True)
class Page:
    """A sheet and its rows: enrolled pupils, marks that may be changed, and kinds of new ones."""

    sheet: Sheet
    lesson: Mapping[str, Any]
    held: Rows
    cells: Rows
    kinds: Mapping[At, Mapping[str, Any]]

    def given_on(self, slip: Slip) -> date:
        """The day that a new mark is about: the lesson's or, where that is later, its work's."""
        day: date = self.lesson["date"]
        return max(day, self.kinds[slip.at]["due_on"] or day)

    async def known_strangers(self, work: Work) -> frozenset[int]:
        """Pupils of the sheet who are not in the class, and of whom the writer may know."""
        named = {row.student_id for row in self.sheet.rows if row.student_id not in self.cells}
        strangers = {number for number in named if number is not None}
        return await known_students(work, strangers) if strangers else frozenset()


def needed(sheet: Sheet) -> Reading:
    """By what the lesson has to be reached for all that the sheet says."""
    has_more = sheet.told.topic is not UNSET or any(sheet.slips)
    return _MARKED if has_more else ATTENDED


async def read(work: Work, lesson: Mapping[str, Any], sheet: Sheet) -> Page:
    """Marks are held in the order of their ids, before anything else is read of the cells."""
    held = await _held(work, lesson["id"], sheet)
    students = {row.student_id for row in sheet.rows} - {None}
    cells = await work.connection.execute_query_dict(_CELLS, [lesson["id"], [*students]])
    found = {row["student_id"]: {**row, "marks": orjson.loads(row["marks"])} for row in cells}
    return Page(sheet, lesson, held, found, await _kinds(work, lesson, sheet))


async def _held(work: Work, lesson_id: int, sheet: Sheet) -> Rows:
    wanted = {slip.number for slip in sheet.slips} - {None}
    if not wanted:
        return {}
    marks = reached(writing.CHANGED_MARKS, work.viewer).using_db(work.connection)
    found = marks.filter(id__in=[*wanted], lesson_id=lesson_id).annotate(recorded_on=_RECORDED_ON)
    held = found.order_by("id").select_for_update(no_key=True, of=("mark",))
    rows = await held.values(*_OF_MARK, "recorded_on")
    return {row["id"]: row for row in rows}


async def _kinds(
    work: Work, lesson: Mapping[str, Any], sheet: Sheet
) -> Mapping[At, Mapping[str, Any]]:
    new = [slip for slip in sheet.slips if slip.is_new]
    if not new:
        return {}
    names = [mark_rules.storable(slip.told.work_type or mark_rules.USUAL_WORK) for slip in new]
    tasks = [mark_rules.task(slip.told.assignment_id) for slip in new]
    values = [lesson["organization_id"], names, tasks, lesson["section_id"]]
    rows = await work.connection.execute_query_dict(_KINDS, values)
    return {slip.at: row for slip, row in zip(new, rows, strict=True)}
