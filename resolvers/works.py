"""Works that are set at lessons: setting, changing and taking them back."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry import UNSET

from access import scopes, writing
from errors import Current, UserError
from models import Assignment, ChangeArea, ChangeKind
from resolvers import limits, locks, mark_rules
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.works import (
    AssignmentPayload,
    ChangeAssignmentInput,
    CreateAssignmentInput,
    RemoveAssignmentInput,
)
from subscriptions import topics
from subscriptions.log import Change

_LONGEST_TITLE = 300
_TOLD = ("title", "due_on", "weight", "is_mandatory")
_VERBS = {ChangeKind.ASSIGNED: "set", ChangeKind.REMOVED: "removed"}
# Who was in the class at the lesson, and who has come since: they have it to write too.
PUPILS = """ARRAY(
    SELECT student_id FROM enrollment
    WHERE school_class_id = class.id AND (valid_until IS NULL OR valid_until > {day})
)"""
_LESSON = Reading(
    writing.MARKED_LESSONS,
    "Lesson",
    frozenset(writing.MARKED_LESSONS.by),
    f"""
    SELECT {{row}}.id, {{row}}.date, class.organization_id, work_type.id AS work_type_id,
           nextval('assignment_id_seq') AS assignment_id,
           {PUPILS.format(day="{row}.date")} AS students,
           {locks.columns("{row}.section_id", "class.organization_id", day="{row}.date")}
    FROM {{rows}} JOIN school_class class ON class.id = {{row}}.school_class_id
    LEFT JOIN LATERAL (
        SELECT id FROM work_type
        WHERE organization_id = class.organization_id AND {{work_type}} IN (code, abbreviation)
        ORDER BY code = {{work_type}} DESC, id LIMIT 1
    ) work_type ON TRUE
    WHERE {{reached}}
    """,  # noqa: S608 — as `locks.columns`
    given={"work_type": "text", **locks.GIVEN},
    seen=scopes.LESSONS,
)
_WORK = Reading(
    writing.SET_WORKS,
    "Assignment",
    frozenset(writing.SET_WORKS.by),
    f"""
    SELECT {{row}}.id, {{row}}.title, {{row}}.due_on, {{row}}.weight, {{row}}.is_mandatory,
           {{row}}.version,
           lesson.date, class.organization_id,
           {PUPILS.format(day="lesson.date")} AS students,
           {locks.columns("lesson.section_id", "class.organization_id", day="lesson.date")}
    FROM {{rows}} JOIN lesson ON lesson.id = {{row}}.lesson_id
    JOIN school_class class ON class.id = lesson.school_class_id
    WHERE {{reached}}
    FOR UPDATE OF {{row}}
    """,  # noqa: S608 — as above
    given=locks.GIVEN,
    seen=scopes.ASSIGNMENTS,
)
# Asked behind the lock of the work, for which all wait who give a mark for it.
_USED = """
SELECT EXISTS (SELECT FROM mark WHERE assignment_id = $1 AND removed_at IS NULL)
    OR EXISTS (SELECT FROM debt_mark WHERE assignment_id = $1 AND cleared_at IS NULL) AS is_used
"""


@mutation(AssignmentPayload, allow=_LESSON.via, locks=False)
async def create_assignment(work: Work, input: CreateAssignmentInput) -> Mapping[str, Any]:  # noqa: A002
    """Set a work at a lesson, due on that day or later."""
    all_of(
        (
            limits.required_text(input.title, _LONGEST_TITLE, "title"),
            limits.weight(input.weight, "weight"),
            limits.optional_reason(input.reason, "reason"),
        )
    )
    kind = mark_rules.storable(input.work_type)
    lesson = await work.read(
        _LESSON, input.lesson_id, "lessonId", work_type=kind, **locks.given(work)
    )
    locks.keep(work, lesson, input.reason, "lessonId")
    if lesson["work_type_id"] is None:
        raise UserError("NOT_FOUND", "The school has no such work type.", "workType")
    given = {
        "title": input.title.strip(),
        "due_on": input.due_on or lesson["date"],
        "weight": input.weight,
        "is_mandatory": input.is_mandatory,
    }
    all_of((_in_order(lesson, given),))
    number = lesson["assignment_id"]
    place = {"lesson_id": lesson["id"], "section_id": lesson["section_id"]}
    kinds = {"work_type_id": lesson["work_type_id"]}
    work.writes.make(Assignment, id=number, **place, **kinds, **given)
    after = locks.with_reason(given, input.reason)
    trace(work, ChangeKind.ASSIGNED, number, lesson, after=after)
    return {"assignment": number}


@mutation(AssignmentPayload, allow=_WORK.via)
async def change_assignment(work: Work, input: ChangeAssignmentInput) -> Mapping[str, Any]:  # noqa: A002
    """Change a work; marks that were given for it keep their weight."""
    all_of(
        (
            None
            if input.title is None
            else limits.required_text(input.title, _LONGEST_TITLE, "title"),
            limits.weight(mark_rules.given(input.weight), "weight"),
            limits.optional_reason(input.reason, "reason"),
        )
    )
    given = {name: getattr(input, name) for name in _TOLD if name != "weight"}
    given = {name: value for name, value in given.items() if value is not None}
    if input.weight is not UNSET:
        given["weight"] = input.weight
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.", "title")
    row = await _held(work, input)
    all_of((_in_order(row, {**row, **given}),))
    if "title" in given:
        given["title"] = given["title"].strip()
    work.writes.change(Assignment, row["id"], **given)
    before = {name: row[name] for name in given}
    is_moved = given.get("due_on", row["due_on"]) != row["due_on"]
    kind = ChangeKind.MOVED if is_moved else ChangeKind.CHANGED
    after = locks.with_reason(given, input.reason)
    trace(work, kind, row["id"], row, before=before, after=after)
    return {"assignment": row["id"]}


@mutation(AssignmentPayload, allow=_WORK.via)
async def remove_assignment(work: Work, input: RemoveAssignmentInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a work back for which no mark was given, and which nobody owes."""
    all_of((limits.optional_reason(input.reason, "reason"),))
    row = await _held(work, input)
    (found,) = await work.connection.execute_query_dict(_USED, [row["id"]])
    if found["is_used"]:
        raise UserError("CONFLICT", "The work has marks, or is owed.", "assignmentId")
    work.writes.change(Assignment, row["id"], removed_at=work.viewer.now)
    before, after = {name: row[name] for name in _TOLD}, locks.with_reason(None, input.reason)
    trace(work, ChangeKind.REMOVED, row["id"], row, before=before, after=after)
    return {"assignment": None}


async def _held(
    work: Work, given: ChangeAssignmentInput | RemoveAssignmentInput
) -> Mapping[str, Any]:
    """The work, held until the commit; raises UserError, LOCKED and CONFLICT among others."""
    row = await work.read(_WORK, given.assignment_id, "assignmentId", **locks.given(work))
    locks.keep(work, row, given.reason, "assignmentId")
    there = Current(row["title"], row["version"])
    if there.version != given.version:
        message = f"The work was changed meanwhile; its version is {there.version}."
        raise UserError("CONFLICT", message, "version", current=there)
    return row


def _in_order(lesson: Mapping[str, Any], given: Mapping[str, Any]) -> UserError | None:
    if given["due_on"] < lesson["date"]:
        return UserError("IN_PAST", "A work is due on the lesson's day or later.", "dueOn")
    return None


def trace(
    work: Work, kind: ChangeKind, number: int, place: Mapping[str, Any], **values: Any
) -> None:
    """Write the deed, and let the class's families and the school hear of the work."""
    school, verb = place["organization_id"], _VERBS.get(kind, "changed")
    work.audit(f"journal.work_{verb}", Assignment, number, organization_id=school, **values)
    topic, students = topics.school(school), place["students"]
    work.announce(Change(topic, ChangeArea.WORKS, kind, number, students=students))


@strawberry.type
class WorksMutation:
    """Setting works at lessons."""

    create_assignment = create_assignment
    change_assignment = change_assignment
    remove_assignment = remove_assignment
