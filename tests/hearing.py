"""Marks as they are recorded and heard through the door: what the tests of live delivery share."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from websockets.exceptions import ConnectionClosed

from access.tokens import ACCESS_LIFE, SESSION_LIFE, Claims, TokenSigner
from models import Session
from subscriptions import cursor, topics
from tests.diary import Client, Diary, Socket, contract
from tests.factories import ClassMade, LessonMade, PupilMade, SchoolMade, a_school, gid
from tests.live import end_of

PATIENCE_SECONDS = 10.0
_WHICH = "subscription ($after: String) { markChanges(after: $after) { cursor markId } }"
# The secret of every service that tests.programs.serving starts.
_SIGNER = TokenSigner("s" * 32)


@dataclass
class Hearing:
    """One open stream of mark changes over a socket of its own."""

    socket: Socket

    async def change(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The next change; AssertionError where the stream ends instead."""
        found: dict[str, Any] = (await self.socket.next(seconds))["markChanges"]
        return found

    async def marks(self, count: int) -> list[str]:
        """The ids of the marks in the next so many changes."""
        return [(await self.change())["markId"] for _ in range(count)]

    async def end(self, seconds: float = PATIENCE_SECONDS) -> list[str]:
        """The codes with which the stream ends; AssertionError for a change before that."""
        message = await self.socket.receive(seconds)
        assert message["type"] == "next", message
        assert message["payload"]["data"] is None, message
        last = await self.socket.receive(seconds)
        assert (last["type"], last["id"]) == ("complete", message["id"])
        return [error["extensions"]["code"] for error in message["payload"]["errors"]]

    async def close_code(self, seconds: float = PATIENCE_SECONDS) -> int | None:
        """The code of the frame with which the server closes the socket; None without a frame."""
        async with asyncio.timeout(seconds):
            try:
                raise AssertionError(f"heard {await self.socket.connection.recv()!r}")
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None


@asynccontextmanager
async def hearing(
    client: Client, document: str = contract("MarkChanges"), **variables: Any
) -> AsyncIterator[Hearing]:
    """Subscribe; who needs certainty of the beginning gives a cursor (`now`) as `after`."""
    async with client.socket() as socket:
        await socket.subscribe(document, **variables)
        yield Hearing(socket)


@asynccontextmanager
async def all_hearing(clients: Iterable[Client], after: str) -> AsyncIterator[list[Hearing]]:
    """Subscribe for everybody behind one cursor, each over a socket of their own."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(hearing(each, _WHICH, after=after)) for each in clients
        ]


async def now(*schools: SchoolMade) -> str:
    """The cursor of whoever has heard everything that has happened in these schools."""
    names = [topics.school(school.id) for school in schools]
    return cursor.encode({name: await end_of(name) for name in names})


async def record(teacher: Client, lesson: LessonMade, pupil: PupilMade, value: int = 5) -> str:
    """Give a mark as a teacher does and return its id."""
    payload = await teacher.do(
        "RecordMark",
        lessonId=gid("Lesson", lesson.id),
        studentId=gid("Student", pupil.id),
        value=value,
    )
    assert payload["userErrors"] == []
    found: str = payload["mark"]["id"]
    return found


async def signed_in(diary: Diary, who: Any, life: timedelta = ACCESS_LIFE) -> Client:
    """Somebody with an account and a session of their own, without the price of a password."""
    account = (await who.account()).row
    issued_at = datetime.now(UTC)
    session = await Session.create(account=account, expires_at=issued_at + SESSION_LIFE)
    claims = Claims(account.id, session.id, issued_at + life)
    return Client(diary.url, diary.http, _SIGNER.sign(claims, issued_at))


@dataclass
class Story:
    """One pupil at one lesson, their mother, and the teacher, who are both signed in."""

    school: SchoolMade
    klass: ClassMade
    pupil: PupilMade
    lesson: LessonMade
    parent: Client
    teacher: Client

    async def record(self, value: int = 5) -> str:
        return await record(self.teacher, self.lesson, self.pupil, value)


async def a_story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil(last_name="Иванова", first_name="Анна", middle_name="")
    teacher = await school.teacher()
    lesson = await (await klass.section("Алгебра", teacher)).lesson()
    parent = await signed_in(diary, await pupil.guardian())
    return Story(school, klass, pupil, lesson, parent, await signed_in(diary, teacher))
