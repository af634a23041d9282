"""Homework that was given is changed and taken back."""

from typing import Any

import pytest

from models import AuditEntry, Homework, SchoolPolicy
from tests.factories import gid
from tests.hearing import hearing, now
from tests.homework.story import DAY, Story
from tests.sessions import signed_in
from tests.traces import announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_HEARD = (
    "subscription ($after: String) { homeworkChanges(after: $after) "
    "{ kind homeworkId homework { text } } }"
)


async def test_it_is_changed_and_the_former_version_is_on_record(story: Story) -> None:
    given = (await story.assign(expectedMinutes=20))["homework"]
    day = story.following.row.date + DAY
    before = await now(story.school)
    changes: dict[str, Any] = {
        "text": " № 13 ",
        "dueOn": str(day),
        "takesAnswers": True,
        "isMandatory": True,
    }
    payload = await story.change(given, **changes)
    assert payload["homework"] == given | {
        "version": 2,
        "text": "№ 13",
        "dueOn": str(day),
        "dueLesson": None,
        "takesAnswers": True,
        "isMandatory": True,
    }
    row = number(given["id"])
    last = (await deeds("Homework", row))[-1]
    assert last.action == "homework.changed"
    assert (last.before["text"], last.after["text"]) == ("№ 12", "№ 13")
    assert last.before["due_lesson_id"] == story.following.id
    async with hearing(story.mother, _HEARD, after=before) as heard:
        told = (await heard.socket.next())["homeworkChanges"]
    assert told == {"kind": "CHANGED", "homeworkId": given["id"], "homework": {"text": "№ 13"}}


async def test_it_goes_back_to_a_lesson_and_minutes_are_taken_away(story: Story) -> None:
    given = (await story.assign(dueOn=str(story.lesson.row.date), expectedMinutes=5))["homework"]
    lesson = gid("Lesson", story.following.id)
    homework = (await story.change(given, dueLessonId=lesson, expectedMinutes=None))["homework"]
    assert homework["dueLesson"] == {"id": lesson}
    assert (homework["dueOn"], homework["expectedMinutes"]) == (
        str(story.following.row.date),
        None,
    )


async def test_it_is_taken_back_and_everybody_is_told(story: Story) -> None:
    homework = (await story.assign())["homework"]
    before = await now(story.school)
    assert await story.remove(homework) == {"homeworkId": homework["id"], "userErrors": []}
    for client in (story.mother, story.pupil_client, story.teacher):
        assert await story.seen(client) == []
    last = (await deeds("Homework", number(homework["id"])))[-1]
    assert (last.action, last.before["text"], last.after) == ("homework.removed", "№ 12", None)
    async with hearing(story.mother, _HEARD, after=before) as heard:
        told = (await heard.socket.next())["homeworkChanges"]
    assert told == {"kind": "REMOVED", "homeworkId": homework["id"], "homework": None}
    again = await story.remove({**homework, "version": 2})
    assert reasons(again) == [("NOT_FOUND", "homeworkId")]


async def _left_alone(story: Story, row: int) -> tuple[Any, ...]:
    return (
        await Homework.filter(id=row).values(),
        await announced(story.school),
        await AuditEntry.filter(entity="Homework", row_id=row).count(),
    )


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("REQUIRED", None)]),
        ({"text": " "}, [("REQUIRED", "text")]),
        ({"text": "ё" * 4001}, [("TOO_LONG", "text")]),
        ({"dueOn": "2000-01-01"}, [("IN_PAST", "dueOn")]),
        ({"dueLessonId": gid("Lesson", 2**62)}, [("NOT_FOUND", "dueLessonId")]),
        ({"takesLateAnswers": True}, [("REQUIRED", "takesAnswers")]),
        ({"expectedMinutes": 1000}, [("OUT_OF_RANGE", "expectedMinutes")]),
        ({"text": "№ 14", "version": 2}, [("CONFLICT", "version")]),
        ({"text": "№ 14", "homeworkId": gid("Homework", 2**62)}, [("NOT_FOUND", "homeworkId")]),
    ],
)
async def test_a_change_is_refused(shared: Story, given: Any, errors: Any) -> None:
    homework = (await shared.assign())["homework"]
    row = number(homework["id"])
    before = await _left_alone(shared, row)
    payload = await shared.change(homework, **given)
    assert (payload["homework"], reasons(payload)) == (None, errors)
    assert await _left_alone(shared, row) == before


async def test_a_stale_version_is_not_taken_back(shared: Story) -> None:
    homework = (await shared.assign())["homework"]
    before = await _left_alone(shared, number(homework["id"]))
    assert reasons(await shared.remove({**homework, "version": 7})) == [("CONFLICT", "version")]
    assert await _left_alone(shared, number(homework["id"])) == before


async def test_a_substitute_changes_that_of_their_days_alone(story: Story) -> None:
    substitute = await story.school.teacher()
    day = story.lesson.row.date
    await story.section.substituted_by(substitute, day, day + DAY)
    client = await signed_in(story.diary, substitute)
    homework = (await story.assign(client))["homework"]
    homework = (await story.change(homework, client, text="§ 3"))["homework"]
    later = gid("Lesson", story.following.id)
    other = (await story.assign(lessonId=later, dueOn=str(day + 9 * DAY)))["homework"]
    assert reasons(await story.change(other, client, text="§ 4")) == [("NOT_FOUND", "homeworkId")]
    assert reasons(await story.remove(other, client)) == [("NOT_FOUND", "homeworkId")]
    assert reasons(await story.remove(homework, client)) == []


async def test_a_homeroom_teacher_changes_where_the_school_lets_them(story: Story) -> None:
    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    client = await signed_in(story.diary, leader)
    homework = (await story.assign())["homework"]
    for payload in (
        await story.change(homework, client, text="§ 4"),
        await story.remove(homework, client),
    ):
        assert reasons(payload) == [("FORBIDDEN", "homeworkId")]
    await SchoolPolicy.create(organization_id=story.school.id, homeroom_writes_marks=True)
    homework = (await story.change(homework, client, text="§ 4"))["homework"]
    assert homework["text"] == "§ 4"
    assert reasons(await story.remove(homework, client)) == []


async def test_a_family_changes_nothing(shared: Story) -> None:
    homework = (await shared.assign())["homework"]
    before = await _left_alone(shared, number(homework["id"]))
    held = {"homeworkId": homework["id"], "version": 1}
    for client, code in (
        (shared.mother, "FORBIDDEN"),
        (shared.pupil_client, "FORBIDDEN"),
        (shared.diary.nobody, "UNAUTHENTICATED"),
    ):
        for mutation, given in (
            ("changeHomework", {**held, "text": "§ 1"}),
            ("removeHomework", held),
        ):
            kind = mutation[0].upper() + mutation[1:]
            answer = await client.send(
                f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) "
                "{ userErrors { code } } }",
                input=given,
            )
            assert (answer.partial, answer.refused) == (None, [(code, mutation)])
    assert await _left_alone(shared, number(homework["id"])) == before
