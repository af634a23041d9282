"""A service that is replaced while clients listen: told to come back, they miss nothing."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from tortoise.transactions import in_transaction
from websockets.exceptions import ConnectionClosed

from models import Mark
from service import streams
from subscriptions import topics
from tests.diary import Client, Diary, contract
from tests.event_streams import events
from tests.factories import gid
from tests.hearing import Hearing, Story, a_story, hearing, now, record
from tests.locks import waiting
from tests.programs import Program, serving
from tests.servers import RedisServer

pytestmark = pytest.mark.usefixtures("database")

HEARING = contract("MarkChanges")
LIMIT_SECONDS = 10.0
_TAKE_TOPIC = "SELECT FROM change_topic WHERE topic = $1 FOR UPDATE"
_REASON = re.compile(r"The service restarts; retry-after=(\d+\.\d)")


@asynccontextmanager
async def story_of(program: Program) -> AsyncIterator[Story]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield await a_story(Diary(program.url, http))


async def test_streams_are_ended_so_that_their_clients_return(database: str) -> None:
    with serving(DATABASE_URL=database) as program:
        async with story_of(program) as story:
            begun = await now(story.school)
            async with (
                hearing(story.parent, after=begun) as socket,
                events(story.parent, HEARING, after=begun) as stream,
            ):
                await story.record()
                await asyncio.gather(socket.change(), stream.next())
                end = asyncio.create_task(asyncio.to_thread(program.end))
                code, reason = await farewell(socket)
                last = [await stream.block() for _ in range(2)]
                seconds = await end

    assert code == streams.SERVICE_RESTART
    told = _REASON.fullmatch(reason)
    assert told is not None
    assert 0.5 <= float(told[1]) <= 30
    # It ends as HTTP should and without `complete`, upon which its client connects anew.
    assert re.fullmatch(r"retry: \d{3,5}", last[0])
    assert last[1] == ""
    assert seconds < LIMIT_SECONDS


async def farewell(stream: Hearing) -> tuple[int, str]:
    """With which code and for which reason the server closes."""
    with pytest.raises(ConnectionClosed):
        await stream.socket.receive(LIMIT_SECONDS)
    connection = stream.socket.connection
    assert connection.close_code is not None
    return connection.close_code, connection.close_reason or ""


@pytest.mark.parametrize("over_events", [False, True], ids=["a socket", "events"])
async def test_what_is_being_written_is_finished_first(database: str, *, over_events: bool) -> None:
    ask = first_event if over_events else first_message
    with serving(DATABASE_URL=database) as program:
        async with story_of(program) as story:
            await story.record()
            async with in_transaction() as connection:
                # Whoever writes into the log of the school waits from now on.
                await connection.execute_query(_TAKE_TOPIC, [topics.school(story.school.id)])
                asking = asyncio.create_task(ask(story))
                await waiting(connection, 1)
                end = asyncio.create_task(asyncio.to_thread(program.end))
                while await asyncio.to_thread(program.answers):
                    pass
            payload = await asking
            seconds = await end
            marks = await Mark.filter(student_id=story.pupil.id).count()

    assert payload["data"]["recordMark"]["userErrors"] == []
    assert marks == 2
    assert seconds < LIMIT_SECONDS


def recording(story: Story) -> dict[str, Any]:
    lesson, student = gid("Lesson", story.lesson.id), gid("Student", story.pupil.id)
    return {"input": {"lessonId": lesson, "studentId": student, "value": 4}}


async def first_message(story: Story) -> Any:
    async with story.teacher.socket() as socket:
        await socket.subscribe(contract("RecordMark"), **recording(story))
        message = await socket.receive(LIMIT_SECONDS)
        assert message["type"] == "next"
        return message["payload"]


async def first_event(story: Story) -> Any:
    async with events(story.teacher, contract("RecordMark"), **recording(story)) as stream:
        return await stream.next()


async def test_many_are_not_sent_back_at_once(database: str) -> None:
    async def left(stream: Hearing) -> tuple[float, str]:
        _, reason = await farewell(stream)
        return time.monotonic(), reason

    with serving(DATABASE_URL=database, MAX_SOCKETS_PER_SESSION="200") as program:
        async with story_of(program) as story, AsyncExitStack() as stack:
            each = [await stack.enter_async_context(story.parent.socket()) for _ in range(200)]
            end = asyncio.create_task(asyncio.to_thread(program.end))
            partings = await asyncio.gather(*(left(Hearing(socket)) for socket in each))
            seconds = await end

    moments, reasons = [moment for moment, _ in partings], {reason for _, reason in partings}
    assert max(moments) - min(moments) > 0.2
    assert len(reasons) > 10
    assert seconds < LIMIT_SECONDS


async def test_nobody_misses_a_mark_while_the_service_is_replaced(
    database: str, redis_server: RedisServer
) -> None:
    given = {"DATABASE_URL": database, "REDIS_URL": redis_server.url, "WEB_CONCURRENCY": "2"}
    with serving(**given) as old, serving(**given) as new:
        async with story_of(old) as story, httpx.AsyncClient(timeout=20) as http:
            begun = await now(story.school)
            moved = Client(new.url, http, story.parent.token)
            teacher = Client(new.url, http, story.teacher.token)
            listening = [
                asyncio.create_task(all_marks((story.parent, moved), listen, begun, 40))
                for listen in (over_a_socket, over_events) * 3
            ]
            marks = [await story.record() for _ in range(10)]
            end = asyncio.create_task(asyncio.to_thread(old.end))
            marks += [await record(teacher, story.lesson, story.pupil) for _ in range(30)]
            heard = await asyncio.gather(*listening)
            assert await end < LIMIT_SECONDS

    assert heard == [marks] * 6


Changes = AsyncGenerator[dict[str, Any], None]


async def all_marks(
    clients: Sequence[Client], listen: Callable[[Client, str], Changes], after: str, count: int
) -> list[str]:
    """The marks that are heard, first over one service and, when it ends, over the next."""
    marks: list[str] = []
    async with asyncio.timeout(30):
        for client in clients:
            async with aclosing(listen(client, after)) as changes:
                async for change in changes:
                    marks.append(change["markId"])
                    after = change["cursor"]
                    if len(marks) == count:
                        return marks
    raise AssertionError(f"heard {len(marks)} of {count}")


async def over_a_socket(client: Client, after: str) -> Changes:
    async with hearing(client, HEARING, after=after) as stream:
        with suppress(ConnectionClosed):
            while True:
                yield await stream.change()


async def over_events(client: Client, after: str) -> Changes:
    async with events(client, HEARING, after=after) as stream:
        while event := await stream.event():
            yield event[1]["data"]["markChanges"]
