"""The class journal: reading a page, and giving, changing and removing marks."""

from collections.abc import Mapping
from typing import Any, TypeVar

import strawberry
from strawberry import UNSET

from access import rules
from errors import UserError
from models import MarkChangeKind, MarkSign
from resolvers import limits, marks
from resolvers.lessons import known_students, not_enrolled
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

Given = TypeVar("Given")

USUAL_WORK = "LESSON_ANSWER"


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
            _value_or_sign(input.value, input.sign),
            limits.value(input.value),
            limits.weight(input.weight),
            limits.text(input.comment, 1000, "comment"),
        )
    )
    student_id = decode("Student", input.student_id) or 0
    place = await work.read(
        marks.PLACE,
        input.lesson_id,
        "lessonId",
        student=student_id,
        work_type=_storable(input.work_type or USUAL_WORK),
    )
    _may_be_marked(work, place, input.value)
    if not place["is_enrolled"]:
        known = await known_students(work, [student_id])
        raise not_enrolled("studentId", is_known=student_id in known)
    if place["work_type_id"] is None:
        raise UserError("NOT_FOUND", "The school has no such work type.", "workType")
    mark = {**place, "id": place["mark_id"], "student_id": student_id, "version": 1}
    mark |= {"value": input.value, "sign": input.sign, "comment": input.comment}
    mark["weight"] = input.weight or place["weight"]
    marks.record(work, mark)
    return {"mark": mark["id"]}


@mutation(CorrectMarkPayload, allow=marks.HELD.via)
async def correct_mark(work: Work, input: CorrectMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Change a mark; the reason and the former value stay in its history."""
    all_of(
        (
            limits.reason(input.reason),
            limits.value(_given(input.value)),
            limits.weight(_given(input.weight)),
            limits.text(_given(input.comment), 1000, "comment"),
        )
    )
    former = await _mark(work, input.mark_id, input.version)
    given = _changes(input)
    mark = {**former, **given}
    all_of((_value_or_sign(mark["value"], mark["sign"]),))
    _may_be_marked(work, mark, mark["value"])
    marks.change(work, former, MarkChangeKind.CORRECTED, input.reason, **given)
    return {"mark": mark["id"]}


@mutation(RemoveMarkPayload, allow=marks.HELD.via)
async def remove_mark(work: Work, input: RemoveMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a mark back; it leaves the journal and the diary, and stays in the history."""
    all_of((limits.reason(input.reason),))
    mark = await _mark(work, input.mark_id, input.version)
    now = work.viewer.now
    marks.change(work, mark, MarkChangeKind.REMOVED, input.reason, removed_at=now)
    return {"mark_id": encode("Mark", mark["id"])}


def _value_or_sign(value: int | None, sign: MarkSign | None) -> UserError | None:
    if (value is None) == (sign is None):
        return UserError("REQUIRED", "A mark is either a value or a word.", "value")
    return None


def _storable(work_type: str) -> str | None:
    """PostgreSQL takes no NUL characters, and no work type's name has one."""
    return None if "\x00" in work_type else work_type


def _may_be_marked(work: Work, lesson: Mapping[str, Any], value: int | None) -> None:
    """Raise UserError where the rules of the journal forbid a mark at this lesson."""
    if lesson["date"] > work.viewer.today:
        raise UserError("IN_FUTURE", "The lesson has not taken place yet.", "lessonId")
    if lesson["grade_level"] == 1 and value is not None:
        raise UserError("MARKS_NOT_USED", "The first grade is taught without marks.", "value")


async def _mark(work: Work, given: str, version: int) -> Mapping[str, Any]:
    """The mark to be changed, held until the commit; raises UserError, CONFLICT among others."""
    mark = await work.read(marks.HELD, given, "markId")
    if mark["version"] != version:
        raise UserError(
            "CONFLICT",
            f"The mark was changed meanwhile; its version is {mark['version']}.",
            "version",
        )
    return mark


def _changes(change: CorrectMarkInput) -> Mapping[str, Any]:
    """What the row is given; value and word take each other's place."""
    given = {
        name: getattr(change, name) for name in marks.TOLD if getattr(change, name) is not UNSET
    }
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.", "value")
    if "weight" in given and given["weight"] is None:
        raise UserError("REQUIRED", "A mark has a weight.", "weight")
    if given.get("value") is not None:
        given.setdefault("sign", None)
    elif given.get("sign") is not None:
        given.setdefault("value", None)
    return given


def _given(value: Given | None) -> Given | None:
    """What was given, None where nothing was; zero and the empty text are something."""
    return None if value is UNSET else value


@strawberry.type
class JournalMutation:
    """Giving, changing and removing marks."""

    record_mark = record_mark
    correct_mark = correct_mark
    remove_mark = remove_mark
