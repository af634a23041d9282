"""Looking into a diary: how far each account has seen each pupil's."""

from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules, scopes
from errors import ResyncRequired
from models import DiaryMarker
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work
from schema.diary_markers import MarkDiarySeenInput, MarkDiarySeenPayload
from subscriptions import cursor, topics
from subscriptions.log import ChangeLog

_PUPIL = Reading(
    scopes.STUDENTS,
    "Student",
    rules.FAMILY,
    """
    SELECT {row}.id,
           ARRAY(SELECT DISTINCT organization_id FROM enrollment WHERE student_id = {row}.id)
               AS schools
    FROM {rows} WHERE {reached}
    """,
)
_FORMER = "SELECT id, topic, seq FROM diary_marker WHERE account_id = $1 AND student_id = $2"


@mutation(MarkDiarySeenPayload, allow=_PUPIL.via)
async def mark_diary_seen(work: Work, input: MarkDiarySeenInput) -> Mapping[str, Any]:  # noqa: A002
    """Say up to where one has seen a pupil's diary; what was seen once stays seen."""
    await work.hold_viewer()
    pupil = await work.read(_PUPIL, input.student_id, "studentId")
    seen = await _positions(input.cursor, pupil["schools"])
    of = {"account_id": work.viewer.account_id, "student_id": pupil["id"]}
    former = await work.connection.execute_query_dict(_FORMER, [*of.values()])
    held = {row["topic"]: row for row in former}
    for topic, seq in seen.items():
        if topic not in held:
            work.writes.make(DiaryMarker, **of, topic=topic, seq=seq)
        elif held[topic]["seq"] < seq:
            work.writes.change(DiaryMarker, held[topic]["id"], seq=seq)
    return {"student": pupil["id"]}


async def _positions(given: str, schools: list[int]) -> Mapping[str, int]:
    """How far each of the pupil's schools was heard; raises ResyncRequired beyond the log's end."""
    names = {topics.school(school) for school in schools}
    seen = {topic: seq for topic, seq in cursor.decode(given).items() if topic in names}
    ends = (await ChangeLog().ends(seen)).numbers
    if any(seq > ends.get(topic, 0) for topic, seq in seen.items()):
        raise ResyncRequired("Your cursor is beyond the log's end.")
    return seen


@strawberry.type
class DiaryMutation:
    """Looking into a diary."""

    mark_diary_seen = mark_diary_seen
