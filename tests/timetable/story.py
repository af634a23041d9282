"""A lesson of a class, and whoever plans lessons at its school."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models import Lesson, Position
from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    LessonMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    StaffMade,
    a_school,
    gid,
)
from tests.sessions import signed_in

DAY = timedelta(days=1)
_LESSON = """lesson { id date shift number startsAt endsAt room topic cancelledAt
    cancellationReason movedFromDate movedFromNumber }"""


def document(operation: str, shown: str = _LESSON) -> str:
    """A mutation of that name that shows this of its payload."""
    field = operation[0].lower() + operation[1:]
    return (
        f"mutation ($input: {operation}Input!) {{ {field}(input: $input) {{ "
        f"{shown} userErrors {{ code message field }} }} }}"
    )


@dataclass
class Story:
    """A lesson of tomorrow, given to a class of one pupil, and the deputy head's client."""

    school: SchoolMade
    klass: ClassMade
    pupil: PupilMade
    teacher: StaffMade
    section: SectionMade
    lesson: LessonMade
    deputy: StaffMade
    client: Client

    @property
    def tomorrow(self) -> date:
        return self.school.today + DAY

    async def do(self, operation: str, **given: Any) -> Any:
        """The payload of a mutation of the deputy head's; about the lesson unless told."""
        return await self.do_as(self.client, operation, **given)

    async def do_as(self, client: Client, operation: str, **given: Any) -> Any:
        """The same of somebody else's."""
        if "sectionId" not in given:
            given.setdefault("lessonId", gid("Lesson", self.lesson.id))
        answer = await client.send(document(operation), input=given)
        (payload,) = answer.data.values()
        return payload

    async def row(self) -> Lesson:
        """The lesson as it is now."""
        return await Lesson.get(id=self.lesson.id)

    async def is_untouched(self) -> bool:
        """Whether the lesson is as it was made."""
        names = ("date", "shift", "number", "room_id", "topic", "cancelled_at", "moved_from_date")
        row = await self.row()
        return all(getattr(row, name) == getattr(self.lesson.row, name) for name in names)


async def a_story(diary: Diary, name: str = "7А") -> Story:
    school = await a_school()
    klass = await school.class_(name)
    pupil, teacher = await klass.pupil(), await school.teacher()
    section = await klass.section("Алгебра", teacher)
    lesson = await section.lesson(school.today + DAY, 2)
    deputy = await school.staff(Position.DEPUTY_HEAD)
    client = await signed_in(diary, deputy)
    return Story(school, klass, pupil, teacher, section, lesson, deputy, client)
