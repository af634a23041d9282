"""Mandatory homework past its day that is not done, as the family and the teacher see it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models import Enrollment, HomeworkAnswer, Position
from tests.diary import Client
from tests.factories import gid
from tests.homework.story import DAY, Story
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_NOW = datetime.now(UTC)
_PUPILS = """query ($id: ID!, $first: Int) { student(id: $id) {
    overdueHomework(first: $first) { edges { node { dueOn homework { text } } }
    pageInfo { hasNextPage } }
} }"""
_SECTIONS = """query ($id: ID!) { schoolClass(id: $id) { sections {
    overdueHomework { edges { node { homework { text } student { id } } } }
    overdueAssignments { edges { node { title student { id } } } }
} } }"""


_CLASSES = """query ($id: ID!, $first: Int, $after: String) { schoolClass(id: $id) {
    overdueHomework(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { node { dueOn homework { text } student { id } subject { name } } }
} } }"""


async def _owed(client: Client, story: Story, first: int | None = None) -> Any:
    answer = await client.send(_PUPILS, id=gid("Student", story.pupil.id), first=first or 20)
    found = answer.data["student"]["overdueHomework"]
    return [each["node"]["homework"]["text"] for each in found["edges"]], found["pageInfo"]


async def _story(story: Story) -> None:
    day = story.lesson.row.date - 5 * DAY
    await story.lesson.change(date=day)
    owed: dict[str, Any] = {"is_mandatory": True, "due_on": day + DAY}
    done = await story.lesson.homework("сделано", **owed)
    await HomeworkAnswer.create(homework=done, student=story.pupil.row, done_at=_NOW)
    await story.lesson.homework("позже", **owed | {"due_on": day + 2 * DAY})
    await story.lesson.homework("раньше", **owed)
    await story.lesson.homework("сегодня", **owed | {"due_on": story.school.today})
    await story.lesson.homework("по желанию", **owed | {"is_mandatory": False})
    await story.lesson.homework("взято назад", **owed, removed_at=_NOW)
    await story.lesson.homework("чужое", **owed, is_individual=True)


async def test_a_family_sees_what_is_owed_the_oldest_first(story: Story) -> None:
    await _story(story)
    for client in (story.mother, story.pupil_client, story.teacher):
        assert await _owed(client, story) == (["раньше", "позже"], {"hasNextPage": False})
    assert await _owed(story.mother, story, 1) == (["раньше"], {"hasNextPage": True})


async def test_a_teacher_sees_what_is_owed_in_a_section_and_by_whom(story: Story) -> None:
    await _story(story)
    await story.lesson.assignment("Эссе")
    pupil, classmate = gid("Student", story.pupil.id), gid("Student", story.classmate.id)
    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    for client in (story.teacher, await signed_in(story.diary, leader)):
        answer = await client.send(_SECTIONS, id=gid("SchoolClass", story.klass.id))
        [section] = answer.data["schoolClass"]["sections"]
        homework = [each["node"] for each in section["overdueHomework"]["edges"]]
        assert [(each["homework"]["text"], each["student"]["id"]) for each in homework] == [
            ("сделано", classmate),
            ("раньше", pupil),
            ("раньше", classmate),
            ("позже", pupil),
            ("позже", classmate),
        ]
        works = [each["node"] for each in section["overdueAssignments"]["edges"]]
        assert works == [
            {"title": "Эссе", "student": {"id": pupil}},
            {"title": "Эссе", "student": {"id": classmate}},
        ]


async def test_who_has_left_owes_nothing_there(story: Story) -> None:
    await _story(story)
    await (await story.klass.enrollment(story.pupil)).end(on=story.school.today)
    assert (await _owed(story.mother, story))[0] == []


async def test_the_week_tells_what_is_due_on_a_lessons_day_and_whether_it_is_done(
    story: Story,
) -> None:
    homework = await story.lesson.homework("№ 7", due_on=story.following.row.date)
    await HomeworkAnswer.create(homework=homework, student=story.pupil.row, done_at=_NOW)
    document = """query ($id: ID!, $on: Date!) { student(id: $id) { diaryDay(on: $on) {
        homework { text } homeworkDue { isDone homework { text } }
    } } }"""
    for client in (story.mother, story.pupil_client):
        answer = await client.send(
            document, id=gid("Student", story.pupil.id), on=str(story.following.row.date)
        )
        assert answer.data["student"]["diaryDay"] == [
            {"homework": [], "homeworkDue": [{"isDone": True, "homework": {"text": "№ 7"}}]}
        ]


async def test_a_teacher_sees_who_has_done_it(story: Story) -> None:
    homework = await story.lesson.homework("№ 7")
    await HomeworkAnswer.create(homework=homework, student=story.pupil.row, done_at=_NOW)
    document = """query ($id: ID!) { node(id: $id) { ... on Homework {
        students { student { id } isDone }
    } } }"""
    pupil, classmate = gid("Student", story.pupil.id), gid("Student", story.classmate.id)
    for client, expected in (
        (story.teacher, {pupil: True, classmate: False}),
        (story.mother, {pupil: True}),
        (story.classmate_client, {classmate: False}),
    ):
        answer = await client.send(document, id=gid("Homework", homework.id))
        found = answer.data["node"]["students"]
        assert {each["student"]["id"]: each["isDone"] for each in found} == expected


async def _in_class(client: Client, story: Story, **page: Any) -> Any:
    answer = await client.send(_CLASSES, id=gid("SchoolClass", story.klass.id), **page)
    found = answer.data["schoolClass"]
    return found and found["overdueHomework"]


async def test_whoever_keeps_the_class_sees_who_owes_what_in_all_subjects(story: Story) -> None:
    await _story(story)
    group = await story.klass.group("7А англ. 1", story.classmate)
    english = await group.section("Английский язык")
    day = story.school.today - 3 * DAY
    lesson = await english.lesson(on=day - DAY)
    await lesson.homework("слова", is_mandatory=True, due_on=day - DAY)
    neighbours = await story.school.class_("7Б")
    await neighbours.pupil()
    other = await (await neighbours.section("Алгебра")).lesson(on=day - DAY)
    await other.homework("не наше", is_mandatory=True, due_on=day - DAY)

    leader, elsewhere = await story.school.teacher(), await story.school.teacher()
    await story.klass.led_by(leader)
    await neighbours.led_by(elsewhere)
    first, second = gid("Student", story.pupil.id), gid("Student", story.classmate.id)
    algebra, words = {"name": "Алгебра"}, {"name": "Английский язык"}
    owed = [
        ("раньше", first, algebra),
        ("раньше", second, algebra),
        ("сделано", second, algebra),
        ("слова", second, words),
        ("позже", first, algebra),
        ("позже", second, algebra),
    ]
    keepers = [
        await signed_in(story.diary, each)
        for each in (leader, await story.school.staff(Position.DEPUTY_HEAD))
    ]
    for client in keepers:
        whole = await _in_class(client, story)
        nodes = [each["node"] for each in whole["edges"]]
        found = [
            (each["homework"]["text"], each["student"]["id"], each["subject"]) for each in nodes
        ]
        assert sorted(found, key=str) == sorted(owed, key=str)
        days = [each["dueOn"] for each in nodes]
        assert days == sorted(days)
        assert whole["totalCount"] == len(owed)
        page = await _in_class(client, story, first=4)
        assert page["pageInfo"]["hasNextPage"]
        rest = await _in_class(client, story, first=4, after=page["pageInfo"]["endCursor"])
        assert page["edges"] + rest["edges"] == whole["edges"]
    given = {"id": gid("SchoolClass", story.klass.id), "first": 100}
    plan = await keepers[0].plan(_CLASSES, **given)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    told = [
        (await send(_CLASSES, **given)).data
        for send in (keepers[0].send, keepers[0].send_unplanned)
    ]
    assert told[0] == told[1]

    for who in (story.teacher, story.mother, story.pupil_client):
        assert (await _in_class(who, story))["edges"] == []
    stranger = await signed_in(story.diary, elsewhere)
    found = await _in_class(stranger, story)
    assert found is None or found["edges"] == []


async def test_who_has_left_the_class_owes_nothing_there(story: Story) -> None:
    await _story(story)
    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    client = await signed_in(story.diary, leader)
    await Enrollment.filter(student_id=story.classmate.id).update(valid_until=story.school.today)
    found = await _in_class(client, story)
    pupils = {each["node"]["student"]["id"] for each in found["edges"]}
    assert (found["totalCount"], pupils) == (2, {gid("Student", story.pupil.id)})
