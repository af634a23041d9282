"""A mutation that is sent again under its key is answered again and done once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, IdempotentAnswer, Mark
from tests.diary import Answer, Client, Diary, contract
from tests.factories import LessonMade, PupilMade, a_school, gid

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def desk(diary: Diary) -> tuple[Client, LessonMade, PupilMade]:
    """A teacher who is signed in, a lesson of theirs and a pupil in it."""
    klass = await (await a_school()).class_("7А")
    pupil = await klass.pupil()
    section = await klass.section("Алгебра")
    return await diary.as_(section.teacher), await section.lesson(), pupil


async def test_the_same_key_gets_the_first_answer_and_one_mark(
    desk: tuple[Client, LessonMade, PupilMade],
) -> None:
    teacher, lesson, pupil = desk
    first = await _record(teacher, lesson, pupil, key="a-1")
    again = await _record(teacher, lesson, pupil, key="a-1")
    assert again.body == first.body
    marks = await Mark.filter(lesson_id=lesson.id)
    assert [gid("Mark", mark.id) for mark in marks] == [first.data["recordMark"]["mark"]["id"]]
    assert await AuditEntry.filter(entity="Mark", row_id=marks[0].id).count() == 1


async def test_eight_at_once_are_one(desk: tuple[Client, LessonMade, PupilMade]) -> None:
    teacher, lesson, pupil = desk
    answers = await asyncio.gather(*(_record(teacher, lesson, pupil, key="a-2") for _ in range(8)))
    assert len({answer.data["recordMark"]["mark"]["id"] for answer in answers}) == 1
    assert await Mark.filter(lesson_id=lesson.id).count() == 1


async def test_another_key_is_another_mark(desk: tuple[Client, LessonMade, PupilMade]) -> None:
    teacher, lesson, pupil = desk
    await _record(teacher, lesson, pupil, key="a-3")
    await _record(teacher, lesson, pupil, key="a-4")
    assert await Mark.filter(lesson_id=lesson.id).count() == 2


async def test_a_key_that_was_used_for_something_else_is_refused(
    desk: tuple[Client, LessonMade, PupilMade],
) -> None:
    teacher, lesson, pupil = desk
    await _record(teacher, lesson, pupil, key="a-5")
    refused = await _record(teacher, lesson, pupil, key="a-5", value=2)
    assert refused.codes == ["BAD_USER_INPUT"]
    assert [mark.value for mark in await Mark.filter(lesson_id=lesson.id)] == [5]


async def test_what_was_refused_may_be_tried_again(
    desk: tuple[Client, LessonMade, PupilMade],
) -> None:
    teacher, lesson, pupil = desk
    refused = await _record(teacher, lesson, pupil, key="a-6", value=7)
    assert refused.data["recordMark"]["userErrors"][0]["code"] == "OUT_OF_RANGE"
    assert not await IdempotentAnswer.filter(key="a-6").exists()
    assert (await _record(teacher, lesson, pupil, key="a-6")).data["recordMark"]["mark"]


async def test_after_a_day_a_key_is_a_new_one(desk: tuple[Client, LessonMade, PupilMade]) -> None:
    teacher, lesson, pupil = desk
    await _record(teacher, lesson, pupil, key="a-7")
    await _age("a-7", timedelta(hours=23))
    await _record(teacher, lesson, pupil, key="a-7")
    assert await Mark.filter(lesson_id=lesson.id).count() == 1
    await _age("a-7", timedelta(hours=25))
    await _record(teacher, lesson, pupil, key="a-7", value=3)
    assert [mark.value for mark in await Mark.filter(lesson_id=lesson.id).order_by("id")] == [5, 3]


async def test_old_keys_are_forgotten_in_time(desk: tuple[Client, LessonMade, PupilMade]) -> None:
    teacher, lesson, pupil = desk
    await _record(teacher, lesson, pupil, key="old")
    await _age("old", timedelta(hours=25))
    # As many claims as there are at the most from one forgetting to the next.
    for number in range(50):
        await _record(teacher, lesson, pupil, key=f"new-{number}")
    left = await IdempotentAnswer.filter(account__person_id=lesson.section.teacher.id)
    assert sorted(answer.key for answer in left) == sorted(f"new-{place}" for place in range(50))


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_what_is_no_key_is_refused(
    desk: tuple[Client, LessonMade, PupilMade], key: str
) -> None:
    teacher, lesson, pupil = desk
    assert (await _record(teacher, lesson, pupil, key=key)).codes == ["BAD_USER_INPUT"]
    assert not await Mark.filter(lesson_id=lesson.id).exists()


async def test_a_key_belongs_to_its_account(diary: Diary) -> None:
    marks = []
    for _ in range(2):
        klass = await (await a_school()).class_("7А")
        section = await klass.section("Алгебра")
        teacher, lesson = await diary.as_(section.teacher), await section.lesson()
        answer = await _record(teacher, lesson, await klass.pupil(), key="everybody's")
        marks.append(answer.data["recordMark"]["mark"]["id"])
    assert len(set(marks)) == 2


async def test_over_a_socket_each_operation_has_its_own_key(
    desk: tuple[Client, LessonMade, PupilMade],
) -> None:
    """A client whose line broke sends the same again over its next socket, or over HTTP."""
    teacher, lesson, pupil = desk
    given = {"lessonId": gid("Lesson", lesson.id), "studentId": gid("Student", pupil.id)}
    asked = {"query": contract("RecordMark"), "variables": {"input": {**given, "value": 5}}}
    told = []
    for keys in (("s-1", "s-2", None), ("s-1", "s-2", None)):
        async with teacher.socket() as socket:
            for place, key in enumerate(keys):
                more = {"extensions": {"idempotencyKey": key}} if key else {}
                message = {"type": "subscribe", "id": str(place), "payload": {**asked, **more}}
                await socket.send(message)
                told.append((await socket.next())["recordMark"]["mark"]["id"])
                assert (await socket.receive())["type"] == "complete"
    assert (told[:2], len({*told})) == (told[3:5], 4)
    assert await Mark.filter(lesson_id=lesson.id).count() == 4
    again = await _record(teacher, lesson, pupil, key="s-1")
    assert again.data["recordMark"]["mark"]["id"] == told[0]


async def test_a_request_may_say_its_key_itself(
    desk: tuple[Client, LessonMade, PupilMade],
) -> None:
    teacher, lesson, pupil = desk
    given = {"lessonId": gid("Lesson", lesson.id), "studentId": gid("Student", pupil.id)}
    asked = {"query": contract("RecordMark"), "variables": {"input": {**given, "value": 5}}}
    for key, status in (("e-1", 200), ("e-1", 200), (7, 400), ("", 200)):
        answer = await teacher.http.post(
            f"{teacher.url}/graphql",
            json={**asked, "extensions": {"idempotencyKey": key}},
            headers=teacher.headers,
        )
        assert answer.status_code == status
    assert await Mark.filter(lesson_id=lesson.id).count() == 1


async def _age(key: str, age: timedelta) -> None:
    """Let the key have been used so long ago."""
    assert await IdempotentAnswer.filter(key=key).update(at=datetime.now(UTC) - age) == 1


async def _record(
    teacher: Client, lesson: LessonMade, pupil: PupilMade, *, key: str, value: int = 5
) -> Answer:
    given: dict[str, Any] = {
        "lessonId": gid("Lesson", lesson.id),
        "studentId": gid("Student", pupil.id),
        "value": value,
    }
    answer = await teacher.http.post(
        f"{teacher.url}/graphql",
        json={"query": contract("RecordMark"), "variables": {"input": given}},
        headers={**teacher.headers, "Idempotency-Key": key},
    )
    return Answer(answer.json(), answer.status_code)
