"""The class journal: reading a page, and giving, changing and removing marks."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules
from errors import UserError
from models import MarkChangeKind
from resolvers import limits, locks, mark_rules, marks
from resolvers.lessons import known_students, not_enrolled, refuse_cancelled
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.class_journal import ClassJournal
from schema.declaration import id_argument, root_one
from schema.declaration.ids import decode, encode
from schema.marking import (
    CorrectMarkInput,
    CorrectMarkPayload,
    RecordMarkInput,
    RecordMarkPayload,
    RemoveMarkInput,
    RemoveMarkPayload,
)


@strawberry.type
class JournalQuery:
    """Reading the journal."""

    class_journal: ClassJournal | None = root_one(
        description="A page of the class journal (классный журнал): one subject in one term.",
        arguments={
            "class_id": id_argument("SchoolClass", "Whose journal.", "school_class_id"),
            "subject_id": id_argument("Subject", "Which subject.", "subject_id"),
            "term_id": id_argument("Term", "Which term.", "term_id"),
        },
        allow=rules.JOURNAL_STAFF,
    )


@mutation(RecordMarkPayload, allow=marks.PLACE.via, locks=False)
async def record_mark(work: Work, input: RecordMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a pupil a mark at a lesson."""
    all_of(
        (
            mark_rules.value_or_sign(input.value, input.sign, "value"),
            *mark_rules.within_limits(input),
            limits.optional_reason(input.reason, "reason"),
        )
    )
    student_id = decode("Student", input.student_id) or 0
    place = await work.read(
        marks.PLACE,
        input.lesson_id,
        "lessonId",
        student=student_id,
        task=mark_rules.task(input.assignment_id),
        work_type=mark_rules.storable(input.work_type or mark_rules.USUAL_WORK),
        **locks.given(work),
    )
    refuse_cancelled(place)
    _may_be_marked(work, place, input.value)
    all_of((mark_rules.of_work(input, place["assignment_id"]),))
    mark_rules.work_stays(work, "assignmentId")
    since = max(place["date"], place["due_on"] or place["date"])
    until = locks.last_day(since, place["correction_days"])
    locks.keep(work, place, input.reason, "lessonId", until=until)
    if not place["is_enrolled"]:
        known = await known_students(work, [student_id])
        raise not_enrolled("studentId", is_known=student_id in known)
    if place["work_type_id"] is None:
        raise UserError("NOT_FOUND", "The school has no such work type.", "workType")
    mark = {**place, "id": place["mark_id"], "student_id": student_id, "version": 1}
    mark |= {"value": input.value, "sign": input.sign, "comment": input.comment}
    mark["weight"] = input.weight or place["weight"]
    marks.record(work, mark, reason=input.reason)
    return {"mark": mark["id"]}


@mutation(CorrectMarkPayload, allow=marks.HELD.via)
async def correct_mark(work: Work, input: CorrectMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Change a mark; the reason and the former value stay in its history."""
    all_of(
        (
            limits.reason(input.reason),
            *mark_rules.within_limits(input),
        )
    )
    former = await _mark(work, input.mark_id, input.version)
    given = mark_rules.changes(input)
    mark = {**former, **given}
    all_of((mark_rules.value_or_sign(mark["value"], mark["sign"], "value"),))
    _may_be_marked(work, mark, mark["value"])
    _keep(work, former, input.reason)
    marks.change(work, former, MarkChangeKind.CORRECTED, input.reason, **given)
    return {"mark": mark["id"]}


@mutation(RemoveMarkPayload, allow=marks.HELD.via)
async def remove_mark(work: Work, input: RemoveMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a mark back; it leaves the journal and the diary, and stays in the history."""
    all_of((limits.reason(input.reason),))
    mark = await _mark(work, input.mark_id, input.version)
    _keep(work, mark, input.reason)
    now = work.viewer.now
    marks.change(work, mark, MarkChangeKind.REMOVED, input.reason, removed_at=now)
    return {"mark_id": encode("Mark", mark["id"])}


def _may_be_marked(work: Work, lesson: Mapping[str, Any], value: int | None) -> None:
    """Raise UserError where the rules of the journal forbid a mark at this lesson."""
    all_of((mark_rules.not_held_yet(work, lesson["date"], "lessonId"),))
    all_of((mark_rules.not_used(lesson["grade_level"], value, "value"),))


def _keep(work: Work, mark: Mapping[str, Any], reason: str) -> None:
    """Raise UserError where the page of the mark is closed to the writer."""
    until = locks.last_day(mark["recorded_on"], mark["correction_days"])
    locks.keep(work, mark, reason, "markId", until=until)


async def _mark(work: Work, given: str, version: int) -> Mapping[str, Any]:
    """The mark to be changed, held until the commit; raises UserError, CONFLICT among others."""
    mark = await work.read(marks.HELD, given, "markId", **locks.given(work))
    all_of((mark_rules.conflict(mark, version, "version"),))
    return mark


@strawberry.type
class JournalMutation:
    """Giving, changing and removing marks."""

    record_mark = record_mark
    correct_mark = correct_mark
    remove_mark = remove_mark
