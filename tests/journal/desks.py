"""The deputy head's desk: pages of the journal are locked there, opened again, and looked at."""

from dataclasses import dataclass, replace
from typing import Any

from models import JournalLock, Position
from tests.diary import Client, Diary
from tests.factories import LessonMade, gid
from tests.journal.sheets import Page
from tests.journal.story import Story, a_story, untouched
from tests.sessions import signed_in
from tests.traces import number, reasons

LOCK = """mutation ($input: LockJournalInput!) { lockJournal(input: $input) {
    lock { id kind reason lockedAt liftedAt lockedBy { fullName } term { id } subject { id }
           schoolClass { id } }
    userErrors { code message field } } }"""
UNLOCK = """mutation ($input: UnlockJournalInput!) { unlockJournal(input: $input) {
    lock { id liftedAt liftReason liftedBy { fullName } } userErrors { code message field } } }"""


@dataclass
class Desk:
    """A story with its deputy head."""

    story: Story
    deputy: Client

    @property
    def page(self) -> dict[str, Any]:
        """The page of the story's lesson."""
        return {**self.year, "termId": gid("Term", self.story.klass.term.id)}

    @property
    def year(self) -> dict[str, Any]:
        """The class and the subject, as marks for the year are locked."""
        return {
            "classId": gid("SchoolClass", self.story.klass.id),
            "subjectId": gid("Subject", self.story.section.subject.id),
        }

    async def send_lock(self, client: Client | None = None, **given: Any) -> Any:
        """The payload of a lock with this input."""
        whole = {"reason": " Четверть закрыта ", **given}
        answer = await (client or self.deputy).send(LOCK, input=whole)
        return answer.data["lockJournal"]

    async def lock(self, client: Client | None = None, **given: Any) -> Any:
        """Lock the page of the story's lesson."""
        return await self.send_lock(client, **{**self.page, **given})

    async def locked(self, **given: Any) -> JournalLock:
        """The lock of the page, or of what else is given."""
        payload = await (self.send_lock(**given) if given else self.lock())
        assert payload["userErrors"] == []
        return await JournalLock.get(id=number(payload["lock"]["id"]))

    async def unlock(self, lock: JournalLock, reason: str = "Открыта снова") -> Any:
        """Lift the lock."""
        given = {"lockId": gid("JournalLock", lock.id), "reason": reason}
        return (await self.deputy.send(UNLOCK, input=given)).data["unlockJournal"]

    async def write(
        self, client: Client, lesson: LessonMade | None = None, reason: str | None = None
    ) -> dict[str, Any]:
        """Every way to write at the lesson, and the errors that came of it."""
        lesson = lesson or self.story.lesson
        pupil = gid("Student", self.story.pupil.id)
        marks = [await lesson.mark(self.story.pupil, 3) for _ in range(2)]
        at = {"lessonId": gid("Lesson", lesson.id), **({"reason": reason} if reason else {})}
        changed = [
            {"markId": gid("Mark", each.id), "version": 1, "reason": "Описка"} for each in marks
        ]
        told = {}
        for operation, given in (
            ("RecordMark", {**at, "studentId": pupil, "value": 5}),
            ("CorrectMark", {**changed[0], "value": 5}),
            ("RemoveMark", changed[1]),
            ("RecordAttendance", {**at, "entries": [{"studentId": pupil, "code": "LATE"}]}),
        ):
            told[operation] = reasons(await client.do(operation, **given))
        page = Page(replace(self.story, lesson=lesson), [self.story.pupil])
        entry = page.entry(0, {"value": 5}, attendance="ABSENT")
        extra = {"reason": reason} if reason else {}
        told["recordLesson"] = reasons(
            await page.send(entry, client=client, topic="Дроби", **extra)
        )
        if told["CorrectMark"]:
            for each in marks:
                await untouched(each)
        return told


async def a_desk(diary: Diary) -> Desk:
    """A new story, and its deputy head's."""
    story = await a_story(diary)
    return Desk(story, await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD)))
