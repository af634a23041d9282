"""The terms of a class and a teacher's lessons of a day."""

from datetime import timedelta
from typing import Any

import pytest

from tests.diary import Diary
from tests.factories import gid
from tests.journal.story import Story, a_story

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def test_a_class_has_the_terms_of_its_grade(diary: Diary, story: Story) -> None:
    await story.school.class_("8А")
    answer = await story.client.ask("ClassTerms", classId=gid("SchoolClass", story.klass.id))
    assert answer.data["schoolClass"] == {
        "id": gid("SchoolClass", story.klass.id),
        "name": "7А",
        "terms": [
            {
                "id": gid("Term", term.id),
                "name": f"{term.number}-я четверть",
                "startsOn": str(term.starts_on),
                "endsOn": str(term.ends_on),
                "isCurrent": term.number == 2,
            }
            for term in story.klass.terms
        ],
    }
    stranger = (await a_story(diary)).client
    hidden = await stranger.ask("ClassTerms", classId=gid("SchoolClass", story.klass.id))
    assert hidden.data == {"schoolClass": None}


async def test_in_vacations_the_term_before_is_the_current_one(story: Story) -> None:
    today = story.school.today
    _, second, third, _ = story.klass.terms
    await second.update_from_dict({"ends_on": today - _DAY}).save()
    await third.update_from_dict({"starts_on": today + _DAY}).save()
    answer = await story.client.ask("ClassTerms", classId=gid("SchoolClass", story.klass.id))
    terms = answer.data["schoolClass"]["terms"]
    assert [term["isCurrent"] for term in terms] == [False, True, False, False]
    await third.update_from_dict({"starts_on": today}).save()
    answer = await story.client.ask("ClassTerms", classId=gid("SchoolClass", story.klass.id))
    terms = answer.data["schoolClass"]["terms"]
    assert [term["isCurrent"] for term in terms] == [False, False, True, False]


async def test_a_teacher_sees_the_lessons_of_a_day_in_order(story: Story) -> None:
    today = story.school.today
    other_class = await story.school.class_("6Б")
    elsewhere = await other_class.section("Геометрия", story.teacher)
    third, second = await story.section.lesson(number=3), await elsewhere.lesson(number=2)
    afternoon = await elsewhere.lesson(number=1, shift=2)
    await story.section.lesson(on=today + _DAY)
    await (await story.klass.section("Физика")).lesson()

    answer = await story.client.ask("MyLessons", on=str(today))
    assert answer.data["viewer"]["lessons"] == [
        {
            "id": gid("Lesson", lesson.id),
            "date": str(today),
            "number": lesson.row.number,
            "subject": {
                "id": gid("Subject", lesson.section.subject.id),
                "name": lesson.section.subject.name,
            },
            "schoolClass": {
                "id": gid("SchoolClass", lesson.section.klass.id),
                "name": lesson.section.klass.row.name,
            },
        }
        for lesson in (story.lesson, second, third, afternoon)
    ]
    empty = await story.client.ask("MyLessons", on=str(today - _DAY))
    assert empty.data["viewer"]["lessons"] == []


@pytest.mark.parametrize("day", ["23.11.2026", "2026-13-01", "", 20261123, None])
async def test_a_day_that_is_none_is_malformed(unmarked: Story, day: Any) -> None:
    answer = await unmarked.client.ask("MyLessons", on=day)
    assert (answer.codes, answer.body.get("data")) == (["BAD_USER_INPUT"], None)
