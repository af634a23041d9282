"""A right ends the moment its fact ends: every kind of fact, by every door.

A planned query that was asked a moment ago, the generic resolvers, a mutation, an open stream.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from models import Account, Attendance, Position, Session
from tests.diary import Answer, Client, Diary
from tests.factories import AccountMade, LessonMade, MarkMade, PupilMade, SchoolMade, a_school, gid
from tests.hearing import hearing, now, record, signed_in

pytestmark = pytest.mark.usefixtures("database")

_NODE = "query ($id: ID!) { node(id: $id) { id } }"
_SECONDS_TO_END = 5.0

Revoke = Callable[[], Awaitable[Any]]


@dataclass
class Story:
    """A pupil with a mark at a lesson of today, and a deputy head who stays."""

    diary: Diary
    pupil: PupilMade
    lesson: LessonMade
    mark: MarkMade
    deputy: Client

    @property
    def school(self) -> SchoolMade:
        return self.lesson.section.klass.school

    async def guardianship(self) -> tuple[Client, Revoke]:
        mother = await self.pupil.guardian()
        return await signed_in(self.diary, mother), mother.guardianship.end

    async def enrolment(self) -> tuple[Client, Revoke]:
        enrolment = await self.lesson.section.klass.enrollment(self.pupil)
        return await signed_in(self.diary, self.pupil), enrolment.end

    async def post(self) -> tuple[Client, Revoke]:
        staff = await self.school.staff(Position.SCHOOL_ADMINISTRATOR)
        return await signed_in(self.diary, staff), staff.post.end

    async def assignment(self) -> tuple[Client, Revoke]:
        teacher = await self.school.teacher()
        assignment = await self.lesson.section.taught_by(teacher)
        return await signed_in(self.diary, teacher), assignment.end

    async def post_of_a_teacher(self) -> tuple[Client, Revoke]:
        """The assignment is left standing, and a post elsewhere keeps the role."""
        teacher = await self.school.teacher()
        await (await a_school()).staff(Position.TEACHER, teacher)
        await self.lesson.section.taught_by(teacher)
        return await signed_in(self.diary, teacher), teacher.post.end

    async def substitution(self) -> tuple[Client, Revoke]:
        teacher = await self.school.teacher()
        since = self.school.today - timedelta(days=1)
        fact = await self.lesson.section.substituted_by(
            teacher, since, self.school.today + timedelta(days=1)
        )
        return await signed_in(self.diary, teacher), fact.end

    async def homeroom(self) -> tuple[Client, Revoke]:
        teacher, other = await self.school.teacher(), await self.school.teacher()
        klass = self.lesson.section.klass
        await klass.led_by(teacher)
        return await signed_in(self.diary, teacher), lambda: klass.led_by(other)

    async def account(self) -> tuple[Client, Revoke]:
        teacher = self.lesson.section.teacher
        client = await signed_in(self.diary, teacher)
        return client, AccountMade(await Account.get(person_id=teacher.id)).block

    async def session(self) -> tuple[Client, Revoke]:
        teacher = self.lesson.section.teacher
        client = await signed_in(self.diary, teacher)
        account = await Account.get(person_id=teacher.id)
        ended = Session.filter(account_id=account.id)
        return client, lambda: ended.update(ended_at=self.mark.row.recorded_at)


Granting = Callable[[Story], Awaitable[tuple[Client, Revoke]]]

_READING: dict[str, Granting] = {
    "guardianship": Story.guardianship,
    "enrolment": Story.enrolment,
}
_WRITING: dict[str, Granting] = {
    "post": Story.post,
    "teaching assignment": Story.assignment,
    "post of a teacher": Story.post_of_a_teacher,
    "substitution": Story.substitution,
    "homeroom": Story.homeroom,
    "account": Story.account,
    "session": Story.session,
}
_FACTS = _READING | _WRITING


async def _story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    lesson, pupil = await (await klass.section("Алгебра")).lesson(), await klass.pupil()
    deputy = await signed_in(diary, await school.staff(Position.DEPUTY_HEAD))
    return Story(diary, pupil, lesson, await lesson.mark(pupil, 3), deputy)


@pytest.mark.parametrize("name", _FACTS)
async def test_a_query_finds_nothing_from_then_on(diary: Diary, name: str) -> None:
    story = await _story(diary)
    client, revoke = await _FACTS[name](story)
    for send in (client.send, client.send, client.send_unplanned):
        assert await _finds(send, story)
    await revoke()
    for send in (client.send, client.send_unplanned):
        assert not await _finds(send, story)


@pytest.mark.parametrize("name", _WRITING)
async def test_a_mutation_does_nothing_from_then_on(diary: Diary, name: str) -> None:
    story = await _story(diary)
    client, revoke = await _WRITING[name](story)
    assert (await _write(client, story)).data["recordAttendance"]["userErrors"] == []
    await Attendance.filter(lesson_id=story.lesson.id).delete()
    await revoke()
    answer = await _write(client, story)
    payload = (answer.partial or {}).get("recordAttendance") or {"userErrors": []}
    told = [*answer.codes, *(error["code"] for error in payload["userErrors"])]
    assert len(told) == 1
    assert told[0] in {"FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED"}
    assert await Attendance.filter(lesson_id=story.lesson.id).count() == 0


@pytest.fixture(scope="module")
async def endings(diary: Diary) -> dict[str, tuple[list[str], float]]:
    """Codes and seconds with which each stream ended, all of them heard at once."""
    ended = await asyncio.gather(*(_ending(diary, grant) for grant in _FACTS.values()))
    return dict(zip(_FACTS, ended, strict=True))


@pytest.mark.parametrize("name", _FACTS)
def test_a_stream_ends_and_tells_nothing_of_what_comes_after(
    endings: dict[str, tuple[list[str], float]], name: str
) -> None:
    codes, seconds = endings[name]
    assert codes == ["FORBIDDEN"]
    assert seconds < _SECONDS_TO_END


async def _ending(diary: Diary, grant: Granting) -> tuple[list[str], float]:
    """A mark is heard; the fact ends; another mark is given, and not heard."""
    story = await _story(diary)
    client, revoke = await grant(story)
    async with hearing(client, after=await now(story.school)) as stream:
        mark = await record(story.deputy, story.lesson, story.pupil)
        assert await stream.marks(1) == [mark]
        await revoke()
        began = time.monotonic()
        # Who has left the class is given no mark there.
        if grant is not Story.enrolment:
            await record(story.deputy, story.lesson, story.pupil)
        return await stream.end(), time.monotonic() - began


async def _finds(send: Callable[..., Awaitable[Answer]], story: Story) -> bool:
    answer = await send(_NODE, id=gid("Mark", story.mark.id))
    return answer.data["node"] is not None


async def _write(client: Client, story: Story) -> Answer:
    entry = {"studentId": gid("Student", story.pupil.id), "code": "LATE"}
    given = {"lessonId": gid("Lesson", story.lesson.id), "entries": [entry]}
    return await client.ask("RecordAttendance", input=given)
