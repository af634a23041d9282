"""Works and debts as teachers write them through the API."""

from datetime import timedelta
from typing import Any

from tests.diary import Client
from tests.factories import LessonMade, gid
from tests.journal.story import Story

DAY = timedelta(days=1)
_ASSIGNMENT = "assignment { id title dueOn weight isMandatory workType { code } lesson { id } }"
_DEBT = "debt { id deadline assignment { title } student { id } subject { name } }"
_WORK_TYPE = "workType { id code abbreviation name weight }"
_ANSWERS = {
    "createAssignment": _ASSIGNMENT,
    "changeAssignment": _ASSIGNMENT,
    "removeAssignment": "assignment { id }",
    "setDebt": _DEBT,
    "changeDebt": _DEBT,
    "clearDebt": "debt { id }",
    "createWorkType": _WORK_TYPE,
    "changeWorkType": _WORK_TYPE,
}


async def do(client: Client, mutation: str, **given: Any) -> Any:
    """Send one of these mutations, and return its payload."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
    document = (
        f"mutation ($input: {kind}) {{ {mutation}(input: $input) {{ {_ANSWERS[mutation]} "
        "userErrors { code message field } } }"
    )
    return (await client.send(document, input=given)).data[mutation]


def new(story: Story, lesson: LessonMade | None = None, **given: Any) -> dict[str, Any]:
    """The input of a work at a lesson, the story's unless told."""
    usual = {"lessonId": gid("Lesson", (lesson or story.lesson).id), "title": "Эссе"}
    return {**usual, "workType": "К", **given}


async def set_debt(story: Story, work: int, days: int = 5, **given: Any) -> Any:
    """Let the pupil owe a work until so many days from today; the payload."""
    usual = {
        "assignmentId": gid("Assignment", work),
        "studentId": gid("Student", story.pupil.id),
        "deadline": str(story.school.today + days * DAY),
    }
    return await do(story.client, "setDebt", **{**usual, **given})
