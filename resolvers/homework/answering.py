"""A pupil says that homework is done, and answers it; nobody does so in the pupil's place."""

from collections.abc import Mapping
from typing import Any

from access import scopes, writing
from errors import UserError
from models import (
    ChangeArea,
    ChangeKind,
    HomeworkAnswer,
    HomeworkAnswerAttachment,
    HomeworkAnswerRevision,
)
from resolvers import attaching, limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.homework_answers import (
    AnswerHomeworkInput,
    AnswerHomeworkPayload,
    MarkHomeworkDoneInput,
    MarkHomeworkDonePayload,
)
from subscriptions import topics
from subscriptions.log import Change

_LONGEST_ANSWER = 8000

# Whoever writes at the same answer waits at the person or at the answer, and so this is behind it.
_HOMEWORK = Reading(
    writing.DONE_HOMEWORK,
    "Homework",
    frozenset(writing.DONE_HOMEWORK.by),
    """
    SELECT own.homework_id, own.student_id, own.due_on, class.organization_id,
           {row}.takes_answers AND settled.pupils_answer_homework AS takes_answers,
           {row}.takes_late_answers
    FROM {rows}
    JOIN student_homework own ON own.homework_id = {row}.id
    JOIN student ON student.id = own.student_id AND student.person_id = {person}
    JOIN course_section section ON section.id = own.section_id
    JOIN school_class class ON class.id = section.school_class_id
    JOIN settled_grading settled ON settled.organization_id = class.organization_id
    WHERE {reached}
    """,
    given={"person": "bigint"},
    seen=scopes.HOMEWORK,
)
_FORMER = """
SELECT id, done_at, version FROM homework_answer
WHERE homework_id = $1 AND student_id = $2 FOR NO KEY UPDATE
"""


@mutation(MarkHomeworkDonePayload, allow=_HOMEWORK.via)
async def mark_homework_done(work: Work, input: MarkHomeworkDoneInput) -> Mapping[str, Any]:  # noqa: A002
    """Say that one's homework is done, or that it is not."""
    homework = await _own(work, input.homework_id)
    former = await _former(work, homework)
    is_done = former is not None and former["done_at"] is not None
    if is_done == input.done:
        return {"answer": former and former["id"]}
    done_at = work.viewer.now if input.done else None
    answer = await _write(work, homework, former, done_at=done_at)
    deed = "done" if input.done else "undone"
    _trace(work, homework, answer, deed, is_new=former is None)
    return {"answer": answer}


@mutation(AnswerHomeworkPayload, allow=_HOMEWORK.via)
async def answer_homework(work: Work, input: AnswerHomeworkInput) -> Mapping[str, Any]:  # noqa: A002
    """Answer one's homework; former answers stay, and it is done by this."""
    check = limits.text if input.attachment_ids else limits.required_text
    all_of((check(input.text, _LONGEST_ANSWER, "text"),))
    files = await attaching.found(work, input.attachment_ids)
    homework = await _own(work, input.homework_id)
    _may_be_answered(work, homework)
    former = await _former(work, homework)
    version = former["version"] if former else 0
    if version != input.version:
        message = f"It was answered meanwhile; the answer's version is {version}."
        raise UserError("CONFLICT", message, "version")
    now, text = work.viewer.now, input.text.strip()
    given = {"text": text, "version": version + 1, "answered_at": now, "read_at": None}
    done_at = (former and former["done_at"]) or now
    answer = await _write(work, homework, former, **given, done_at=done_at)
    place = {"answer_id": answer, "version": version + 1}
    work.writes.make(HomeworkAnswerRevision, **place, text=text, at=now)
    attaching.attach(work, HomeworkAnswerAttachment, files, **place)
    after: dict[str, Any] = {"version": version + 1}
    if files:
        after["file_ids"] = [file.id for file in files]
    _trace(work, homework, answer, "answered", is_new=former is None, after=after)
    return {"answer": answer}


async def _own(work: Work, wanted: str) -> Mapping[str, Any]:
    """The pupil's homework, behind what they do on other devices; raises UserError."""
    await work.hold_viewer()
    return await work.read(_HOMEWORK, wanted, "homeworkId", person=work.viewer.person_id)


async def _former(work: Work, homework: Mapping[str, Any]) -> Mapping[str, Any] | None:
    values = [homework["homework_id"], homework["student_id"]]
    rows = await work.connection.execute_query_dict(_FORMER, values)
    return rows[0] if rows else None


def _may_be_answered(work: Work, homework: Mapping[str, Any]) -> None:
    """Raise UserError where it takes no answers, or no longer."""
    if not homework["takes_answers"]:
        raise UserError("FORBIDDEN", "This homework takes no answers.", "homeworkId")
    if homework["due_on"] < work.viewer.today and not homework["takes_late_answers"]:
        raise UserError("IN_PAST", "Its day is over.", "homeworkId")


async def _write(
    work: Work, homework: Mapping[str, Any], former: Mapping[str, Any] | None, **given: Any
) -> int:
    """Write what the answer is given; returns its number."""
    if former is not None:
        number: int = former["id"]
        work.writes.change(HomeworkAnswer, number, **given)
        return number
    number = await work.next_id(HomeworkAnswer)
    of = {"homework_id": homework["homework_id"], "student_id": homework["student_id"]}
    work.writes.make(HomeworkAnswer, **{"id": number, **of, "version": 0, **given})
    return number


def _trace(
    work: Work,
    homework: Mapping[str, Any],
    answer: int,
    deed: str,
    *,
    is_new: bool,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the deed, without the text, and let the family and the school hear of it."""
    school = homework["organization_id"]
    work.audit(f"homework.{deed}", HomeworkAnswer, answer, after=after, organization_id=school)
    kind = ChangeKind.RECORDED if is_new else ChangeKind.CHANGED
    topic, student = topics.school(school), homework["student_id"]
    work.announce(Change(topic, ChangeArea.ANSWERS, kind, answer, student))
