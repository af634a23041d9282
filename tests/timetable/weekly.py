"""A weekly timetable as the deputy head makes it, and lessons of it."""

from datetime import date, timedelta
from typing import Any

from tests.factories import gid
from tests.timetable.story import Story, document

_MADE = "madeCount skippedCount skipped { date number schoolClass subject reason }"


def odd_monday(story: Story) -> date:
    """A Monday of an odd week, so far ahead that the story's own lesson lies before it."""
    first = story.school.year.starts_on
    monday = first - timedelta(days=first.weekday())
    weeks = (story.school.today - monday).days // 14 * 2 + 2
    return monday + timedelta(weeks=weeks)


async def create(story: Story, **given: Any) -> Any:
    usual = {
        "sectionId": gid("CourseSection", story.section.id),
        "weekday": 1,
        "number": 3,
        "validFrom": str(story.school.year.starts_on),
    }
    sent = document("CreateTimetableEntry", "entry { id }")
    answer = await story.client.send(sent, input=usual | given)
    return answer.data["createTimetableEntry"]


async def generate(story: Story, first: date, last: date, **given: Any) -> Any:
    usual = {"schoolYearId": gid("SchoolYear", story.school.year.id)}
    days = {"from": str(first), "until": str(last)}
    sent = document("GenerateLessons", _MADE)
    answer = await story.client.send(sent, input=usual | days | given)
    return answer.data["generateLessons"]
