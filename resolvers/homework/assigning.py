"""Giving homework at a lesson, to everybody there or to some."""

from collections.abc import Mapping, Sequence
from typing import Any

from access import scopes, writing
from errors import UserError
from models import ChangeArea, ChangeKind, Homework, HomeworkRecipient
from resolvers import limits, locks
from resolvers.homework import given, load
from resolvers.lessons import known_students, not_enrolled
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.homework import AssignHomeworkInput, AssignHomeworkPayload
from subscriptions import topics
from subscriptions.log import Change

_MOST_STUDENTS = 100
_OWN = ("expected_minutes", "is_mandatory", "takes_answers", "takes_late_answers")

_LESSON = Reading(
    writing.HOMEWORK_LESSONS,
    "Lesson",
    frozenset(writing.HOMEWORK_LESSONS.by),
    f"""
    SELECT lesson.id, lesson.date, class.organization_id, class.grade_level,
           nextval('homework_id_seq') AS homework_id,
           due.id AS due_lesson_id, due.date AS due_lesson_on,
           ARRAY(SELECT student_id FROM diary_entry WHERE lesson_id = lesson.id) AS students,
           {locks.columns("lesson.section_id", "class.organization_id", day="lesson.date")}
    FROM (SELECT {{row}}.* FROM {{rows}} WHERE {{reached}}) lesson
    JOIN school_class class ON class.id = lesson.school_class_id
    LEFT JOIN LATERAL ({given.DUE_LESSON}) due ON TRUE
    """,  # noqa: S608 — a constant
    given={"due_lesson": "bigint", **locks.GIVEN},
    seen=scopes.LESSONS,
)


@mutation(AssignHomeworkPayload, allow=_LESSON.via, locks=False)
async def assign_homework(work: Work, input: AssignHomeworkInput) -> Mapping[str, Any]:  # noqa: A002
    """Give homework at a lesson."""
    reason = limits.optional_reason(input.reason, "reason")
    all_of((*given.problems(vars(input)), given.answers(vars(input)), reason))
    named = given.due_lesson(input.due_lesson_id)
    lesson = await work.read(
        _LESSON, input.lesson_id, "lessonId", due_lesson=named, **locks.given(work)
    )
    locks.keep(work, lesson, input.reason, "lessonId")
    homework = {
        "id": lesson["homework_id"],
        "text": input.text.strip(),
        **given.due(input.due_on, input.due_lesson_id, lesson),
        **{name: getattr(input, name) for name in _OWN},
    }
    recipients = await _recipients(work, input.student_ids, lesson["students"])
    students = lesson["students"] if recipients is None else recipients
    warnings = await load.warnings(work, homework, lesson["grade_level"], students)
    _write(work, lesson, homework, recipients, input.reason)
    topic = topics.school(lesson["organization_id"])
    kind = ChangeKind.ASSIGNED
    work.announce(Change(topic, ChangeArea.HOMEWORK, kind, homework["id"], students=students))
    return {"homework": homework["id"], "warnings": warnings}


async def _recipients(
    work: Work, ids: Sequence[str] | None, enrolled: Sequence[int]
) -> Sequence[int] | None:
    """The pupils that are named, None where none are; raises UserError for each stranger."""
    if ids is None:
        return None
    if not ids:
        raise UserError("REQUIRED", "Name at least one pupil.", "studentIds")
    if len(ids) > _MOST_STUDENTS:
        raise UserError("TOO_LONG", f"At most {_MOST_STUDENTS} pupils.", "studentIds")
    numbers = [decode("Student", each) or 0 for each in ids]
    strangers = {*numbers} - {*enrolled}
    known = await known_students(work, strangers) if strangers else frozenset()
    all_of(
        not_enrolled("studentIds", str(place), is_known=number in known)
        for place, number in enumerate(numbers)
        if number in strangers
    )
    return [*dict.fromkeys(numbers)]


def _write(
    work: Work,
    lesson: Mapping[str, Any],
    homework: Mapping[str, Any],
    recipients: Sequence[int] | None,
    reason: str | None,
) -> None:
    """Write the homework, for whom it is, and the deed."""
    place = {"lesson_id": lesson["id"], "section_id": lesson["section_id"]}
    work.writes.make(Homework, **place, **homework, is_individual=recipients is not None)
    for student in recipients or ():
        work.writes.make(HomeworkRecipient, homework_id=homework["id"], student_id=student)
    after = {name: value for name, value in homework.items() if name != "id"}
    work.audit(
        "homework.assigned",
        Homework,
        homework["id"],
        after=locks.with_reason({**after, "student_ids": recipients}, reason),
        organization_id=lesson["organization_id"],
    )
