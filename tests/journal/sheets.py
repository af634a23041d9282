"""A lesson's page of three pupils, and whole sheets that are sent to it."""

from dataclasses import dataclass
from typing import Any

from models import Attendance, AuditEntry, Lesson, Mark
from tests.diary import Client, Diary
from tests.factories import PupilMade, gid
from tests.journal.story import Story, a_story
from tests.traces import announced, reasons

_DOCUMENT = """mutation RecordLesson($input: RecordLessonInput!) { recordLesson(input: $input) {
    lesson { topic }
    marks { id text weight comment version workType { code } student { id } }
    removedMarkIds
    attendance { code note student { id } }
    warnings { code message field }
    userErrors { code message field current { text version } }
} }"""
_CELLS = """query ($klass: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $klass, subjectId: $subject, termId: $term) {
        rows { student { id } entries { lessonId version } } } }"""


@dataclass
class Page:
    """A story's lesson with three pupils, and what is sent to it."""

    story: Story
    pupils: list[PupilMade]

    async def send(
        self, *entries: Any, client: Client | None = None, key: str | None = None, **given: Any
    ) -> Any:
        whole = {"lessonId": gid("Lesson", self.story.lesson.id), "entries": entries, **given}
        client = client or self.story.client
        answer = await client.http.post(
            f"{client.url}/graphql",
            json={"query": _DOCUMENT, "variables": {"input": whole}},
            headers={**client.headers, **({"Idempotency-Key": key} if key else {})},
        )
        return answer.json()["data"]["recordLesson"]

    def entry(self, place: int, *marks: Any, **given: Any) -> Any:
        return {"studentId": gid("Student", self.pupils[place].id), "marks": marks, **given}

    async def state(self) -> Any:
        """Everything that a lesson writes."""
        lesson = self.story.lesson.id
        return (
            await Mark.filter(lesson_id=lesson).order_by("id").values(),
            await Attendance.filter(lesson_id=lesson).order_by("id").values(),
            (await Lesson.get(id=lesson)).topic,
            await announced(self.story.school),
            await AuditEntry.filter(organization_id=self.story.school.id).count(),
        )

    async def refused(self, errors: Any, *entries: Any, **given: Any) -> Any:
        before = await self.state()
        payload = await self.send(*entries, **given)
        names = ("lesson", "marks", "removedMarkIds", "attendance", "warnings")
        assert [payload[name] for name in names] == [None] * 5
        assert reasons(payload) == errors
        assert await self.state() == before
        return payload["userErrors"]

    async def versions(self) -> list[int]:
        """Of the three cells, as the journal tells them."""
        story = self.story
        answer = await story.client.send(
            _CELLS,
            klass=gid("SchoolClass", story.klass.id),
            subject=gid("Subject", story.section.subject.id),
            term=gid("Term", story.klass.term.id),
        )
        found = {
            row["student"]["id"]: row["entries"][0]["version"]
            for row in answer.data["classJournal"]["rows"]
        }
        return [found[gid("Student", pupil.id)] for pupil in self.pupils]


async def a_page(diary: Diary, name: str = "7А") -> Page:
    story = await a_story(diary, name)
    return Page(story, [story.pupil, await story.klass.pupil(), await story.klass.pupil()])


def of_mark(mark_id: int, **given: Any) -> Any:
    return {"markId": gid("Mark", mark_id), "version": 1, "reason": "Описка", **given}
