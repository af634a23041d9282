"""For when homework is, for whom, and how long it takes."""

from typing import Any

import pytest

from models import Homework, HomeworkRecipient, Lesson
from tests.factories import gid, today
from tests.hearing import hearing, now
from tests.homework.story import DAY, Story
from tests.sessions import signed_in
from tests.traces import reasons, told_students

pytestmark = pytest.mark.usefixtures("database")

_HEARD = (
    "subscription ($after: String) { homeworkChanges(after: $after) "
    "{ kind homeworkId homework { text } } }"
)


async def test_unless_told_it_is_due_at_the_next_lesson_and_moves_with_it(story: Story) -> None:
    await story.section.lesson(on=story.following.row.date + DAY)
    homework = (await story.assign())["homework"]
    day = story.following.row.date
    assert homework["dueOn"] == str(day)
    assert homework["dueLesson"] == {"id": gid("Lesson", story.following.id)}

    await Lesson.filter(id=story.following.id).update(date=day + 7 * DAY)
    answer = await story.mother.send(
        "query ($id: ID!) { node(id: $id) { ... on Homework { dueOn } } }", id=homework["id"]
    )
    assert answer.data["node"]["dueOn"] == str(day + 7 * DAY)


async def test_it_is_due_at_a_later_lesson_that_is_named(story: Story) -> None:
    third = await story.section.lesson(on=story.following.row.date + DAY)
    homework = (await story.assign(dueLessonId=gid("Lesson", third.id)))["homework"]
    assert (homework["dueOn"], homework["dueLesson"]["id"]) == (
        str(third.row.date),
        gid("Lesson", third.id),
    )


async def test_where_no_lesson_follows_a_day_is_to_be_named(story: Story) -> None:
    at = gid("Lesson", story.following.id)
    assert reasons(await story.assign(lessonId=at)) == [("REQUIRED", "dueOn")]
    assert await Homework.filter(lesson_id=story.following.id).count() == 0
    payload = await story.assign(lessonId=at, dueOn=str(story.following.row.date + DAY))
    assert (reasons(payload), payload["homework"]["dueLesson"]) == ([], None)


@pytest.mark.parametrize("of", ["the same", "another section", "nowhere", "no lesson"])
async def test_other_lessons_are_none_to_be_due_at(shared: Story, of: str) -> None:
    other = await (await shared.klass.section(of)).lesson(on=shared.following.row.date)
    named = {
        "the same": gid("Lesson", shared.lesson.id),
        "another section": gid("Lesson", other.id),
        "nowhere": gid("Lesson", 2**62),
        "no lesson": gid("Student", shared.pupil.id),
    }[of]
    payload = await shared.assign(dueLessonId=named)
    assert (payload["homework"], reasons(payload)) == (None, [("NOT_FOUND", "dueLessonId")])
    assert await Homework.filter(lesson_id=shared.lesson.id).count() == 0


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"expectedMinutes": 0}, [("OUT_OF_RANGE", "expectedMinutes")]),
        ({"expectedMinutes": 601}, [("OUT_OF_RANGE", "expectedMinutes")]),
        ({"takesLateAnswers": True}, [("REQUIRED", "takesAnswers")]),
        ({"dueOn": "2100-01-01", "dueLessonId": "x"}, [("REQUIRED", "dueLessonId")]),
        ({"studentIds": []}, [("REQUIRED", "studentIds")]),
        ({"studentIds": ["x"] * 101}, [("TOO_LONG", "studentIds")]),
        ({"studentIds": [gid("Student", 2**62)]}, [("NOT_FOUND", "studentIds.0")]),
    ],
)
async def test_terms_are_refused(shared: Story, given: Any, errors: Any) -> None:
    payload = await shared.assign(**given)
    assert (payload["homework"], payload["warnings"], reasons(payload)) == (None, None, errors)
    assert await Homework.filter(lesson_id=shared.lesson.id).count() == 0


async def test_individual_homework_is_seen_and_heard_by_nobody_else(story: Story) -> None:
    before = await now(story.school)
    student = gid("Student", story.pupil.id)
    homework = (await story.assign(text="Доклад", studentIds=[student, student]))["homework"]
    assert (homework["isIndividual"], homework["recipients"]) == (True, [{"id": student}])
    assert await told_students(story.school) == [[story.pupil.id]]
    changed = (await story.change(homework, text="Доклад о числах"))["homework"]

    other = await signed_in(story.diary, await story.classmate.guardian())
    for client in (story.pupil_client, story.mother):
        assert await story.seen(client) == ["Доклад о числах"]
    for client in (story.classmate_client, other):
        assert await story.seen(client, story.classmate) == []
        answer = await client.send("query ($id: ID!) { node(id: $id) { id } }", id=homework["id"])
        assert answer.data == {"node": None}
        async with hearing(client, _HEARD, after=before) as heard:
            await heard.socket.nothing()
    assert await story.seen(story.teacher) == ["Доклад о числах"]
    assert await story.seen(story.teacher, story.classmate) == []

    await story.remove(changed)
    async with hearing(story.mother, _HEARD, after=before) as heard:
        kinds = [(await heard.socket.next())["homeworkChanges"] for _ in range(3)]
    assert kinds == [
        {"kind": "ASSIGNED", "homeworkId": homework["id"], "homework": None},
        {"kind": "CHANGED", "homeworkId": homework["id"], "homework": None},
        {"kind": "REMOVED", "homeworkId": homework["id"], "homework": None},
    ]


async def test_brothers_in_one_class_have_each_their_own(story: Story) -> None:
    await story.classmate.guardian(story.guardian)
    await story.assign(text="Доклад", studentIds=[gid("Student", story.pupil.id)])
    assert await story.seen(story.mother) == ["Доклад"]
    assert await story.seen(story.mother, story.classmate) == []


async def test_a_pupil_of_another_class_gets_none(story: Story) -> None:
    stranger = await (await story.school.class_("7Б")).pupil()
    payload = await story.assign(
        studentIds=[gid("Student", story.pupil.id), gid("Student", stranger.id)]
    )
    assert reasons(payload) == [("NOT_FOUND", "studentIds.1")]
    assert await HomeworkRecipient.filter(student_id=story.pupil.id).count() == 0


async def _load(story: Story, minutes: int, **given: Any) -> list[tuple[int, int, int]]:
    payload = await story.assign(expectedMinutes=minutes, **given)
    assert reasons(payload) == []
    return [
        (each["normMinutes"], each["mostMinutes"], each["studentCount"])
        for each in payload["warnings"]
    ]


async def test_a_day_beyond_the_norm_is_warned_of_and_given_all_the_same(story: Story) -> None:
    day = str(story.following.row.date)
    music = await (await story.klass.section("Музыка", story.staff)).lesson()
    alone = {"studentIds": [gid("Student", story.pupil.id)]}
    assert await _load(story, 100, dueOn=day) == []
    assert await _load(story, 40, dueOn=day, lessonId=gid("Lesson", music.id), **alone) == []
    assert await _load(story, 11, dueOn=day, **alone) == [(150, 151, 1)]
    assert await _load(story, 60, dueOn=day) == [(150, 211, 2)]
    assert await _load(story, 150, dueOn=str(story.following.row.date + DAY)) == []
    assert await Homework.filter(section__school_class_id=story.klass.id).count() == 5


@pytest.mark.parametrize(
    ("name", "most"), [("1А", 60), ("3А", 90), ("5А", 120), ("8А", 150), ("9А", 210), ("11А", 210)]
)
async def test_each_grade_has_its_norm(story: Story, name: str, most: int) -> None:
    klass = await story.school.class_(name)
    pupil = await klass.pupil()
    lesson = await (await klass.section("Музыка", story.staff)).lesson(number=7)
    given = {
        "lessonId": gid("Lesson", lesson.id),
        "dueOn": str(await today()),
        "studentIds": [gid("Student", pupil.id)],
    }
    assert await _load(story, most, **given) == []
    assert await _load(story, 1, **given) == [(most, most + 1, 1)]
