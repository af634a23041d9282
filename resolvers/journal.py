"""The class journal: reading a page, and giving, changing and removing marks."""

from collections.abc import Mapping
from typing import Any, TypeVar

import strawberry
from strawberry import UNSET

import models
from access import rules, scopes
from errors import UserError
from models import ChangeArea, MarkChangeKind
from resolvers import limits
from resolvers.lessons import enrolled_student, lesson_to_write
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.class_journal import ClassJournal
from schema.declaration import id_argument, root_one
from schema.declaration.ids import encode
from schema.marking import (
    CorrectMarkInput,
    CorrectMarkPayload,
    RecordMarkInput,
    RecordMarkPayload,
    RemoveMarkInput,
    RemoveMarkPayload,
)
from subscriptions import topics

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


@mutation(RecordMarkPayload, allow=rules.JOURNAL_WRITERS)
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
    lesson = await lesson_to_write(work, input.lesson_id, rules.JOURNAL_WRITERS)
    school_class = await models.SchoolClass.get(id=lesson.school_class_id)
    _may_be_marked(work, lesson, school_class, input.value)
    student_id = await enrolled_student(work, lesson, input.student_id, "studentId")
    work_type = await _work_type(school_class.organization_id, input.work_type or USUAL_WORK)
    mark = await models.Mark.create(
        lesson_id=lesson.id,
        student_id=student_id,
        work_type_id=work_type.id,
        value=input.value,
        sign=input.sign,
        weight=input.weight or work_type.weight,
        comment=input.comment,
        recorded_at=work.viewer.now,
    )
    await _written(work, mark, school_class.organization_id, MarkChangeKind.RECORDED)
    return {"mark": mark.id}


@mutation(CorrectMarkPayload, allow=rules.JOURNAL_WRITERS)
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
    mark = await _mark(work, input.mark_id, input.version)
    before = _told(mark)
    _apply(mark, input)
    all_of((_value_or_sign(mark.value, mark.sign),))
    lesson = await models.Lesson.get(id=mark.lesson_id).select_related("school_class")
    _may_be_marked(work, lesson, lesson.school_class, mark.value)
    mark.version += 1
    await mark.save()
    organization_id = lesson.school_class.organization_id
    await _written(
        work, mark, organization_id, MarkChangeKind.CORRECTED, before=before, reason=input.reason
    )
    return {"mark": mark.id}


@mutation(RemoveMarkPayload, allow=rules.JOURNAL_WRITERS)
async def remove_mark(work: Work, input: RemoveMarkInput) -> Mapping[str, Any]:  # noqa: A002
    """Take a mark back; it leaves the journal and the diary, and stays in the history."""
    all_of((limits.reason(input.reason),))
    mark = await _mark(work, input.mark_id, input.version)
    before = _told(mark)
    mark.removed_at = work.viewer.now
    mark.version += 1
    await mark.save()
    lesson = await models.Lesson.get(id=mark.lesson_id).select_related("school_class")
    organization_id = lesson.school_class.organization_id
    await _written(
        work, mark, organization_id, MarkChangeKind.REMOVED, before=before, reason=input.reason
    )
    return {"mark_id": encode("Mark", mark.id)}


def _value_or_sign(value: int | None, sign: models.MarkSign | None) -> UserError | None:
    if (value is None) == (sign is None):
        return UserError("REQUIRED", "A mark is either a value or a word.", "value")
    return None


def _may_be_marked(
    work: Work, lesson: models.Lesson, school_class: models.SchoolClass, value: int | None
) -> None:
    """Raise UserError where the rules of the journal forbid a mark at this lesson."""
    if lesson.date > work.viewer.today:
        raise UserError("IN_FUTURE", "The lesson has not taken place yet.", "lessonId")
    if school_class.grade_level == 1 and value is not None:
        raise UserError("MARKS_NOT_USED", "The first grade is taught without marks.", "value")


async def _work_type(organization_id: int, given: str) -> models.WorkType:
    """The school's work type of that code or abbreviation; raises UserError."""
    known = await models.WorkType.filter(organization_id=organization_id)
    for name in ("code", "abbreviation"):
        for work_type in known:
            if getattr(work_type, name) == given:
                return work_type
    raise UserError("NOT_FOUND", "The school has no such work type.", "workType")


async def _mark(work: Work, given: str, version: int) -> models.Mark:
    """The mark to be changed, held until the commit; raises UserError, CONFLICT among others."""
    mark = await work.reach(
        models.Mark,
        scopes.MARKS,
        "Mark",
        given,
        via=rules.JOURNAL_WRITERS,
        at="markId",
        lock=True,
    )
    if mark.version != version:
        raise UserError(
            "CONFLICT", f"The mark was changed meanwhile; its version is {mark.version}.", "version"
        )
    return mark


def _apply(mark: models.Mark, change: CorrectMarkInput) -> None:
    """Put what was given into the row; value and word take each other's place."""
    given = {
        name: getattr(change, name)
        for name in ("value", "sign", "weight", "comment")
        if getattr(change, name) is not UNSET
    }
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.", "value")
    if given.get("weight", mark.weight) is None:
        raise UserError("REQUIRED", "A mark has a weight.", "weight")
    if given.get("value") is not None:
        given.setdefault("sign", None)
    elif given.get("sign") is not None:
        given.setdefault("value", None)
    mark.update_from_dict(given)


def _given(value: Given | None) -> Given | None:
    """What was given, None where nothing was; zero and the empty text are something."""
    return None if value is UNSET else value


def _told(mark: models.Mark) -> dict[str, Any]:
    """What a revision and the audit say of a mark."""
    return {name: getattr(mark, name) for name in ("value", "sign", "weight", "comment")}


async def _written(
    work: Work,
    mark: models.Mark,
    organization_id: int,
    kind: MarkChangeKind,
    *,
    before: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write history, audit and log of what was just done to the mark."""
    after = _told(mark)
    await models.MarkRevision.create(
        mark_id=mark.id,
        version=mark.version,
        kind=kind,
        reason=reason.strip() if reason else None,
        by_id=work.viewer.person_id,
        at=work.viewer.now,
        **after,
    )
    await work.audit(f"mark.{kind.lower()}", mark, before=before, after=after)
    work.announce(
        topics.school(organization_id),
        ChangeArea.MARKS,
        kind,
        row=mark,
        student_id=mark.student_id,
    )


@strawberry.type
class JournalMutation:
    """Giving, changing and removing marks."""

    record_mark = record_mark
    correct_mark = correct_mark
    remove_mark = remove_mark
