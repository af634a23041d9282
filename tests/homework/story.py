"""A lesson with homework to be given: its teacher, two pupils and their mothers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    GuardianMade,
    LessonMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    a_school,
    gid,
)
from tests.sessions import signed_in

FIELDS = (
    "id version text dueOn dueLesson { id } expectedMinutes isMandatory isIndividual "
    "takesAnswers takesLateAnswers recipients { id }"
)
_WARNINGS = "warnings { message dueOn normMinutes mostMinutes studentCount }"
_ERRORS = "userErrors { code message field }"
DAY = timedelta(days=1)


@dataclass
class Story:
    """Everybody is signed in; `lesson` is today's, `following` of the day after tomorrow."""

    diary: Diary
    school: SchoolMade
    klass: ClassMade
    section: SectionMade
    lesson: LessonMade
    following: LessonMade
    pupil: PupilMade
    classmate: PupilMade
    guardian: GuardianMade
    teacher: Client
    mother: Client
    pupil_client: Client
    classmate_client: Client

    @property
    def staff(self) -> PersonMade:
        return self.section.teacher

    async def assign(self, client: Client | None = None, **given: Any) -> Any:
        """Give homework at the lesson, and return the payload."""
        usual = {"lessonId": gid("Lesson", self.lesson.id), "text": "№ 12"}
        return await run(client or self.teacher, "assignHomework", **usual | given)

    async def change(self, homework: Any, client: Client | None = None, **given: Any) -> Any:
        """Change it from the version that it has."""
        usual = {"homeworkId": homework["id"], "version": homework["version"]}
        return await run(client or self.teacher, "changeHomework", **usual | given)

    async def remove(self, homework: Any, client: Client | None = None, **given: Any) -> Any:
        """Take it back."""
        usual = {"homeworkId": homework["id"], "version": homework["version"]}
        return await run(client or self.teacher, "removeHomework", **usual | given)

    async def seen(self, client: Client, pupil: PupilMade | None = None) -> list[str]:
        """Texts of the homework at the lesson in the pupil's diary."""
        answer = await client.send(
            "query ($id: ID!, $on: Date!) { student(id: $id) { diary(from: $on, to: $on) "
            "{ lessons { homework { text } } } } }",
            id=gid("Student", (pupil or self.pupil).id),
            on=str(self.lesson.row.date),
        )
        [day] = answer.data["student"]["diary"]
        return [each["text"] for lesson in day["lessons"] for each in lesson["homework"]]


async def run(client: Client, mutation: str, **given: Any) -> Any:
    """Send one of homework's mutations, and return the payload."""
    asked = f"homework {{ {FIELDS} }} {_WARNINGS}"
    if mutation == "removeHomework":
        asked = "homeworkId"
    kind = mutation[0].upper() + mutation[1:]
    document = (
        f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {asked} {_ERRORS} }} }}"
    )
    return (await client.send(document, input=given)).data[mutation]


async def a_story(diary: Diary, name: str = "7А") -> Story:
    school = await a_school()
    klass = await school.class_(name)
    section = await klass.section("Алгебра", await school.teacher())
    lesson = await section.lesson()
    following = await section.lesson(on=lesson.row.date + 2 * DAY)
    pupil, classmate = await klass.pupil(), await klass.pupil()
    guardian = await pupil.guardian()
    clients = [
        await signed_in(diary, each) for each in (section.teacher, guardian, pupil, classmate)
    ]
    return Story(
        diary, school, klass, section, lesson, following, pupil, classmate, guardian, *clients
    )
