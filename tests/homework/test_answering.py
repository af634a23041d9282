"""What pupils do of homework: done or not, answers in every version, who may and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import (
    AuditEntry,
    Homework,
    HomeworkAnswer,
    HomeworkAnswerRevision,
    Position,
)
from tests.diary import Client
from tests.factories import gid
from tests.hearing import hearing, now
from tests.homework.story import DAY, Story
from tests.sessions import signed_in
from tests.traces import announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_ANSWER = (
    "id isDone text version wasRead comment commentedBy { id } revisions { version text } "
    "student { id }"
)
_HEARD = (
    "subscription ($after: String) { homeworkAnswerChanges(after: $after) "
    "{ kind answerId answer { isDone text comment } } }"
)
_MINE = """query ($id: ID!, $from: Date!, $to: Date!) { student(id: $id) {
    homework(from: $from, to: $to) { homeworkId isDone isOverdue answer { text wasRead } }
} }"""


async def _do(client: Client, mutation: str, **given: Any) -> Any:
    kind = mutation[0].upper() + mutation[1:]
    answer = await client.send(
        f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ "
        f"answer {{ {_ANSWER} }} userErrors {{ code message field }} }} }}",
        input=given,
    )
    return answer.data[mutation]


async def _given(story: Story, **columns: Any) -> str:
    return gid("Homework", (await story.lesson.homework("№ 12", **columns)).id)


async def _answered(story: Story, **columns: Any) -> tuple[str, Any]:
    """Homework with an answer to it."""
    homework = await _given(story, takes_answers=True, **columns)
    payload = await _do(story.pupil_client, "answerHomework", homeworkId=homework, text="x = 3")
    assert payload["userErrors"] == []
    return homework, payload["answer"]


async def _mine(story: Story, client: Client) -> Any:
    day = story.lesson.row.date
    answer = await client.send(
        _MINE,
        id=gid("Student", story.pupil.id),
        **{"from": str(day - 9 * DAY), "to": str(day + 9 * DAY)},
    )
    return answer.data["student"]["homework"]


async def test_a_pupil_says_that_it_is_done_and_that_it_is_not(story: Story) -> None:
    homework = await _given(story)
    before = await now(story.school)
    done = (await _do(story.pupil_client, "markHomeworkDone", homeworkId=homework))["answer"]
    assert (done["isDone"], done["text"], done["version"]) == (True, None, 0)
    for client in (story.mother, story.teacher, story.pupil_client):
        assert await _mine(story, client) == [
            {
                "homeworkId": homework,
                "isDone": True,
                "isOverdue": False,
                "answer": {"text": None, "wasRead": False},
            }
        ]
    again = await _do(story.pupil_client, "markHomeworkDone", homeworkId=homework, done=True)
    assert again["answer"] == done
    undone = await _do(story.pupil_client, "markHomeworkDone", homeworkId=homework, done=False)
    assert undone["answer"] == {**done, "isDone": False}

    told = [each.action for each in await deeds("HomeworkAnswer", number(done["id"]))]
    assert told == ["homework.done", "homework.undone"]
    async with hearing(story.mother, _HEARD, after=before) as heard:
        changes = [(await heard.socket.next())["homeworkAnswerChanges"] for _ in range(2)]
        await heard.socket.nothing()
    assert [each["kind"] for each in changes] == ["RECORDED", "CHANGED"]
    assert {each["answerId"] for each in changes} == {done["id"]}


async def test_what_was_not_done_leaves_nothing(story: Story) -> None:
    homework = await _given(story)
    payload = await _do(story.pupil_client, "markHomeworkDone", homeworkId=homework, done=False)
    assert payload == {"answer": None, "userErrors": []}
    assert await HomeworkAnswer.filter(homework_id=number(homework)).count() == 0
    assert await announced(story.school) == []


async def test_an_answer_is_read_by_family_and_teacher_in_every_version(story: Story) -> None:
    homework, first = await _answered(story)
    given = {"homeworkId": homework, "text": " x = 4 ", "version": 1}
    second = (await _do(story.pupil_client, "answerHomework", **given))["answer"]
    assert second == {
        **first,
        "text": "x = 4",
        "version": 2,
        "isDone": True,
        "revisions": [{"version": 1, "text": "x = 3"}, {"version": 2, "text": "x = 4"}],
    }
    rows = await HomeworkAnswerRevision.filter(answer_id=number(first["id"])).count()
    assert rows == 2
    entries = await AuditEntry.filter(entity="HomeworkAnswer", row_id=number(first["id"]))
    assert all("x =" not in str(each.after) for each in entries)
    asked = f"query ($id: ID!) {{ node(id: $id) {{ ... on HomeworkAnswer {{ {_ANSWER} }} }} }}"
    for client in (story.mother, story.teacher):
        assert (await client.send(asked, id=first["id"])).data["node"] == second
    for client in (story.classmate_client, story.diary.nobody):
        assert (await client.send(asked, id=first["id"])).partial == {"node": None}


@pytest.mark.parametrize("version", [0, 2])
async def test_the_second_of_two_devices_is_told(story: Story, version: int) -> None:
    homework, answer = await _answered(story)
    before = await announced(story.school)
    payload = await _do(
        story.pupil_client, "answerHomework", homeworkId=homework, text="?", version=version
    )
    assert reasons(payload) == [("CONFLICT", "version")]
    row = await HomeworkAnswer.get(id=number(answer["id"]))
    assert (row.text, row.version) == ("x = 3", 1)
    assert await announced(story.school) == before


async def _refused(story: Story, homework: str, text: str = "x = 3") -> Any:
    payload = await _do(story.pupil_client, "answerHomework", homeworkId=homework, text=text)
    assert payload["answer"] is None
    assert await HomeworkAnswer.filter(homework_id=number(homework)).count() == 0
    assert await announced(story.school) == []
    return reasons(payload)


async def _no_answers(story: Story) -> None:
    """Let the school settle that pupils answer nothing."""
    head = await signed_in(story.diary, await story.school.staff(Position.HEAD))
    answer = await head.send(
        "mutation ($input: ChangeGradingPolicyInput!) { changeGradingPolicy(input: $input) "
        "{ userErrors { code } } }",
        input={
            "organizationId": gid("Organization", story.school.id),
            "pupilsAnswerHomework": False,
        },
    )
    assert answer.data == {"changeGradingPolicy": {"userErrors": []}}


async def test_an_answer_is_refused(story: Story) -> None:
    yesterday = story.lesson.row.date - DAY
    await story.lesson.change(date=yesterday)
    takes = await _given(story, takes_answers=True)
    assert await _refused(story, takes, " ") == [("REQUIRED", "text")]
    assert await _refused(story, takes, "ё" * 8001) == [("TOO_LONG", "text")]
    assert await _refused(story, await _given(story)) == [("FORBIDDEN", "homeworkId")]
    late = await _given(story, takes_answers=True, due_on=yesterday)
    assert await _refused(story, late) == [("IN_PAST", "homeworkId")]
    gone = await _given(story, takes_answers=True)
    await Homework.filter(id=number(gone)).update(removed_at=datetime.now(UTC))
    assert await _refused(story, gone) == [("NOT_FOUND", "homeworkId")]
    others = await _given(story, takes_answers=True, is_individual=True)
    assert await _refused(story, others) == [("NOT_FOUND", "homeworkId")]
    await _no_answers(story)
    assert await _refused(story, takes) == [("FORBIDDEN", "homeworkId")]


async def test_late_answers_are_taken_where_the_teacher_says_so(story: Story) -> None:
    await story.lesson.change(date=story.lesson.row.date - 2 * DAY)
    _, answer = await _answered(
        story, takes_late_answers=True, due_on=story.lesson.row.date + timedelta(days=1)
    )
    assert answer["text"] == "x = 3"


async def test_nobody_does_it_in_the_pupils_place(shared: Story) -> None:
    homework = await _given(shared, takes_answers=True)
    before = await announced(shared.school)
    for client, code in (
        (shared.mother, "FORBIDDEN"),
        (shared.teacher, "FORBIDDEN"),
        (shared.diary.nobody, "UNAUTHENTICATED"),
    ):
        for mutation, more in (("markHomeworkDone", {}), ("answerHomework", {"text": "x"})):
            kind = mutation[0].upper() + mutation[1:]
            answer = await client.send(
                f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) "
                "{ userErrors { code } } }",
                input={"homeworkId": homework, **more},
            )
            assert (answer.partial, answer.refused) == (None, [(code, mutation)])
    assert await HomeworkAnswer.filter(homework_id=number(homework)).count() == 0
    assert await announced(shared.school) == before


async def test_a_pupil_of_another_class_finds_none(shared: Story) -> None:
    homework = await _given(shared, takes_answers=True)
    stranger = await (await shared.school.class_("7Б")).pupil()
    client = await signed_in(shared.diary, stranger)
    for mutation, more in (("markHomeworkDone", {}), ("answerHomework", {"text": "x"})):
        payload = await _do(client, mutation, homeworkId=homework, **more)
        assert reasons(payload) == [("NOT_FOUND", "homeworkId")]
    assert await HomeworkAnswer.filter(homework_id=number(homework)).count() == 0


async def test_who_came_into_the_class_later_did_not_get_it(story: Story) -> None:
    await story.lesson.change(date=story.lesson.row.date - DAY)
    late = await story.klass.pupil(since=story.school.today)
    homework = await _given(story, takes_answers=True)
    payload = await _do(await signed_in(story.diary, late), "markHomeworkDone", homeworkId=homework)
    assert reasons(payload) == [("FORBIDDEN", "homeworkId")]


async def test_a_teacher_reads_and_comments_and_the_family_hears(story: Story) -> None:
    homework, answer = await _answered(story)
    before = await now(story.school)
    held = {"answerId": answer["id"], "version": 1}
    read = (await _do(story.teacher, "readHomeworkAnswer", **held))["answer"]
    assert read == {**answer, "wasRead": True}
    assert (await _do(story.teacher, "readHomeworkAnswer", **held))["answer"] == read
    said = (await _do(story.teacher, "commentHomeworkAnswer", **held, comment=" Верно "))["answer"]
    by = {"id": gid("StaffMember", story.staff.id)}
    assert said == {**read, "comment": "Верно", "commentedBy": by}
    again = await _do(
        story.pupil_client, "answerHomework", homeworkId=homework, text="x = 5", version=1
    )
    assert (again["answer"]["wasRead"], again["answer"]["comment"]) == (False, "Верно")
    held["version"] = 2
    none = (await _do(story.teacher, "commentHomeworkAnswer", **held, comment=None))["answer"]
    assert (none["comment"], none["commentedBy"], none["wasRead"]) == (None, None, True)
    async with hearing(story.mother, _HEARD, after=before) as heard:
        kinds = [(await heard.socket.next())["homeworkAnswerChanges"]["kind"] for _ in range(4)]
    assert kinds == ["READ", "CHANGED", "CHANGED", "CHANGED"]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"version": 2}, [("CONFLICT", "version")]),
        ({"comment": " "}, [("REQUIRED", "comment")]),
        ({"comment": "ё" * 2001}, [("TOO_LONG", "comment")]),
        ({"answerId": gid("HomeworkAnswer", 2**62)}, [("NOT_FOUND", "answerId")]),
    ],
)
async def test_a_comment_is_refused(story: Story, given: Any, errors: Any) -> None:
    _, answer = await _answered(story)
    usual = {"answerId": answer["id"], "version": 1, "comment": "Верно"}
    assert reasons(await _do(story.teacher, "commentHomeworkAnswer", **usual | given)) == errors
    assert (await HomeworkAnswer.get(id=number(answer["id"]))).comment is None


async def test_of_what_was_not_answered_nothing_is_said(story: Story) -> None:
    homework = await _given(story)
    done = (await _do(story.pupil_client, "markHomeworkDone", homeworkId=homework))["answer"]
    payload = await _do(story.teacher, "readHomeworkAnswer", answerId=done["id"], version=0)
    assert reasons(payload) == [("NOT_FOUND", "answerId")]


async def test_others_neither_read_nor_comment(story: Story) -> None:
    _, answer = await _answered(story)
    colleague = await signed_in(story.diary, await story.school.teacher())
    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    held = {"answerId": answer["id"], "version": 1}
    for client, code in (
        (colleague, "NOT_FOUND"),
        (await signed_in(story.diary, leader), "FORBIDDEN"),
    ):
        for mutation, more in (
            ("readHomeworkAnswer", {}),
            ("commentHomeworkAnswer", {"comment": "x"}),
        ):
            assert reasons(await _do(client, mutation, **held, **more)) == [(code, "answerId")]
    row = await HomeworkAnswer.get(id=number(answer["id"]))
    assert (row.comment, row.read_at) == (None, None)
