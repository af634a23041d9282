"""A lesson to be marked, and what is done to its marks."""

from dataclasses import dataclass
from typing import Any

from models import Mark, MarkRevision
from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    LessonMade,
    MarkMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    StaffMade,
    a_school,
    gid,
)
from tests.sessions import signed_in
from tests.traces import deeds


@dataclass
class Story:
    """A lesson that a teacher gave today to a class of one pupil, and the teacher's client."""

    school: SchoolMade
    klass: ClassMade
    pupil: PupilMade
    teacher: StaffMade
    section: SectionMade
    lesson: LessonMade
    client: Client

    async def record(self, **given: Any) -> Any:
        """Give a mark: 5 to the pupil at the lesson unless told."""
        usual = {
            "lessonId": gid("Lesson", self.lesson.id),
            "studentId": gid("Student", self.pupil.id),
            "value": 5,
        }
        return await self.client.do("RecordMark", **usual | given)

    async def marks(self) -> int:
        """How many marks there ever were in the school."""
        schools = {"lesson__school_class__organization_id": self.school.id}
        return await Mark.filter(**schools).count()


async def a_story(diary: Diary, name: str = "7А") -> Story:
    school = await a_school()
    klass = await school.class_(name)
    pupil, teacher = await klass.pupil(), await school.teacher()
    section = await klass.section("Алгебра", teacher)
    lesson = await section.lesson()
    client = await signed_in(diary, teacher)
    return Story(school, klass, pupil, teacher, section, lesson, client)


async def history(mark: Mark) -> list[tuple[Any, ...]]:
    return [
        (one.kind.value, one.version, one.value, one.sign, one.weight, one.reason, one.by_id)
        for one in await MarkRevision.filter(mark_id=mark.id).order_by("id")
    ]


async def untouched(mark: MarkMade) -> None:
    row = await Mark.get(id=mark.id)
    names = ("value", "sign", "weight", "comment", "version", "recorded_at", "removed_at")
    assert [getattr(row, name) for name in names] == [getattr(mark.row, name) for name in names]
    assert await MarkRevision.filter(mark_id=mark.id).count() == mark.row.version
    assert await deeds("Mark", mark.id) == []


async def correct(story: Story, mark: MarkMade, **given: Any) -> Any:
    usual = {"markId": gid("Mark", mark.id), "version": mark.row.version, "reason": "Описка"}
    return await story.client.do("CorrectMark", **usual | given)


async def remove(story: Story, mark: MarkMade, **given: Any) -> Any:
    usual = {"markId": gid("Mark", mark.id), "version": mark.row.version, "reason": "Не тому"}
    return await story.client.do("RemoveMark", **usual | given)


async def page_of(story: Story, term: int = 1, client: Client | None = None) -> Any:
    answer = await (client or story.client).ask(
        "ClassJournal",
        classId=gid("SchoolClass", story.klass.id),
        subjectId=gid("Subject", story.section.subject.id),
        termId=gid("Term", story.klass.terms[term].id),
    )
    return answer.data["classJournal"]
