"""A teacher reads pupils' answers to homework, and says something of them."""

from collections.abc import Mapping
from typing import Any

from access import scopes, writing
from errors import UserError
from models import ChangeArea, ChangeKind, HomeworkAnswer
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.homework_answers import (
    CommentHomeworkAnswerInput,
    CommentHomeworkAnswerPayload,
    ReadHomeworkAnswerInput,
    ReadHomeworkAnswerPayload,
)
from subscriptions import topics
from subscriptions.log import Change

_LONGEST_COMMENT = 2000

_HELD = Reading(
    writing.COMMENTED_ANSWERS,
    "HomeworkAnswer",
    frozenset(writing.COMMENTED_ANSWERS.by),
    """
    SELECT held.id, held.student_id, held.version, held.read_at, held.comment,
           class.organization_id
    FROM (SELECT {row}.* FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}) held
    JOIN homework ON homework.id = held.homework_id
    JOIN course_section section ON section.id = homework.section_id
    JOIN school_class class ON class.id = section.school_class_id
    """,
    seen=scopes.HOMEWORK_ANSWERS,
)


@mutation(ReadHomeworkAnswerPayload, allow=_HELD.via)
async def read_homework_answer(work: Work, input: ReadHomeworkAnswerInput) -> Mapping[str, Any]:  # noqa: A002
    """Let a pupil know that the answer was read."""
    answer = await _held(work, input.answer_id, input.version)
    if answer["read_at"] is None:
        work.writes.change(HomeworkAnswer, answer["id"], read_at=work.viewer.now)
        _trace(work, answer, ChangeKind.READ, after={"version": answer["version"]})
    return {"answer": answer["id"]}


@mutation(CommentHomeworkAnswerPayload, allow=_HELD.via)
async def comment_homework_answer(
    work: Work,
    input: CommentHomeworkAnswerInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Say something of an answer, in place of what was said of it before; it counts as read."""
    if input.comment is not None:
        all_of((limits.required_text(input.comment, _LONGEST_COMMENT, "comment"),))
    answer = await _held(work, input.answer_id, input.version)
    now, comment = work.viewer.now, input.comment and input.comment.strip()
    given = {"comment": comment, "commented_at": now, "commented_by_id": work.viewer.person_id}
    said = given if comment else dict.fromkeys(given)
    work.writes.change(HomeworkAnswer, answer["id"], **said, read_at=answer["read_at"] or now)
    before, after = {"comment": answer["comment"]}, {"comment": comment}
    _trace(work, answer, ChangeKind.CHANGED, before=before, after=after)
    return {"answer": answer["id"]}


async def _held(work: Work, wanted: str, version: int) -> Mapping[str, Any]:
    """The answer, held until the commit; raises UserError, CONFLICT among others."""
    answer = await work.read(_HELD, wanted, "answerId")
    if answer["version"] == 0:
        raise UserError("NOT_FOUND", "There is no answer yet.", "answerId")
    if answer["version"] != version:
        message = f"It was answered anew; the answer's version is {answer['version']}."
        raise UserError("CONFLICT", message, "version")
    return answer


def _trace(
    work: Work,
    answer: Mapping[str, Any],
    kind: ChangeKind,
    *,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    school, row = answer["organization_id"], answer["id"]
    deed = "homework.read" if kind is ChangeKind.READ else "homework.commented"
    work.audit(deed, HomeworkAnswer, row, before=before, after=after, organization_id=school)
    topic, student = topics.school(school), answer["student_id"]
    work.announce(Change(topic, ChangeArea.ANSWERS, kind, row, student))
