"""Hearing of marks over two workers and one Redis, and what is lost when a part fails: nothing."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from statistics import median
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from access.throttle import Throttle
from access.tokens import TokenSigner
from api.schema import make_schema
from api.streams import answers_of
from models import ChangeArea, ChangeEntry, MarkChangeKind, Position
from planner.islands import Islands
from schema.context import Context, Services
from schema.declaration.ids import decode
from schema.generic import GenericResolvers
from subscriptions import cursor, log, topics
from subscriptions.bus import Bus
from subscriptions.live import Live
from subscriptions.redis_publisher import PATIENCE_SECONDS
from tests.diary import Client, Diary, contract
from tests.factories import a_school, gid
from tests.hearing import Hearing, Story, a_story, all_hearing, hearing, now, record, signed_in
from tests.live import frozen, running, stopped
from tests.programs import Program, serving
from tests.servers import RedisServer, free_port
from tests.workers import worker_of

pytestmark = pytest.mark.usefixtures("database")

CONTRACT_SECONDS = 1.0
POLL_SECONDS = 1.0
PICKED_UP_SECONDS = 2.0


@pytest.fixture(scope="module")
def program(database: str, redis_server: RedisServer) -> Iterator[Program]:
    """The service with two workers that hear of each other through Redis."""
    with serving(
        DATABASE_URL=database, REDIS_URL=redis_server.url, WEB_CONCURRENCY="2"
    ) as running_program:
        yield running_program


@pytest.fixture
async def two_workers(program: Program) -> AsyncIterator[Diary]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield Diary(program.url, http)


@asynccontextmanager
async def heard_in_both(
    program: Program, client: Client, after: str
) -> AsyncIterator[dict[int, Hearing]]:
    """A client's streams, one in each of the two workers, by the workers' pids."""
    streams: dict[int, Hearing] = {}
    async with AsyncExitStack() as kept:
        async with asyncio.timeout(30):
            while len(streams) < 2:
                async with AsyncExitStack() as opened:
                    stream = await opened.enter_async_context(hearing(client, after=after))
                    pid = worker_of(program, stream.socket.connection.local_address[1])
                    if streams.setdefault(pid, stream) is stream:
                        await kept.enter_async_context(opened.pop_all())
        yield streams


async def test_a_mark_is_heard_in_every_worker_within_a_second(
    program: Program, two_workers: Diary
) -> None:
    story = await a_story(two_workers)
    seconds = []
    async with heard_in_both(program, story.parent, await now(story.school)) as streams:
        for _ in range(20):
            arrivals = [asyncio.create_task(_arrival(each)) for each in streams.values()]
            mark = await story.record()
            # When its transaction began: a little earlier than the commit.
            entry = await ChangeEntry.get(area=ChangeArea.MARKS, row_id=decode("Mark", mark))
            for heard, at in await asyncio.gather(*arrivals):
                assert heard == mark
                seconds.append((at - entry.at).total_seconds())
    print(f"mutation to receipt: median {median(seconds):.3f} s, at most {max(seconds):.3f} s")  # noqa: T201  # shown by pytest -rP

    assert max(seconds) < CONTRACT_SECONDS


async def _arrival(stream: Hearing) -> tuple[str, datetime]:
    (mark,) = await stream.marks(1)
    return mark, datetime.now(UTC)


async def test_two_hundred_marks_at_once_reach_everybody_once_and_in_order(
    two_workers: Diary,
) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupils = [await klass.pupil() for _ in range(5)]
    desks = []
    for subject in ("Алгебра", "Физика", "Химия", "История"):
        section = await klass.section(subject)
        teacher, lesson = await signed_in(two_workers, section.teacher), await section.lesson()
        desks += [(teacher, lesson, pupil) for pupil in pupils]
    head = await signed_in(two_workers, await school.staff(Position.HEAD))
    parents = [await signed_in(two_workers, await pupil.guardian()) for pupil in pupils]
    topic = topics.school(school.id)

    async with all_hearing([head, *parents], await now(school)) as streams:
        recorded = await asyncio.gather(*(record(*desk) for desk in desks * 10))
        entries = await ChangeEntry.filter(topic=topic).order_by("seq")
        own = [[each for each in entries if each.student_id == pupil.id] for pupil in pupils]
        expected = [entries, *own]
        heard = await asyncio.gather(
            *(_numbered(*pair, topic) for pair in zip(streams, map(len, expected), strict=True))
        )

    assert sorted(recorded) == sorted(gid("Mark", each.row_id) for each in entries)
    assert [len(each) for each in expected] == [200, 40, 40, 40, 40, 40]
    assert heard == [[(each.seq, gid("Mark", each.row_id)) for each in part] for part in expected]


async def _numbered(stream: Hearing, count: int, topic: str) -> list[tuple[int, str]]:
    """The next changes' numbers in the topic, and their marks."""
    changes = [await stream.change() for _ in range(count)]
    return [(cursor.decode(each["cursor"])[topic], each["markId"]) for each in changes]


async def test_a_restart_of_redis_loses_and_doubles_nothing(
    program: Program, two_workers: Diary, redis_server: RedisServer
) -> None:
    story = await a_story(two_workers)
    async with heard_in_both(program, story.parent, await now(story.school)) as streams:
        marks = [await story.record() for _ in range(3)]
        async with stopped(redis_server):
            marks += [await story.record() for _ in range(5)]
        marks += [await story.record() for _ in range(3)]
        heard = await asyncio.gather(*(each.marks(11) for each in streams.values()))
        last = await story.record()
        after = await asyncio.gather(*(each.marks(1) for each in streams.values()))

    assert heard == [marks, marks]
    assert after == [[last], [last]]


async def test_a_frozen_redis_delays_a_mark_by_300_ms_and_only_one(
    two_workers: Diary, redis_server: RedisServer
) -> None:
    story = await a_story(two_workers)
    usual = await _seconds(story, 5)
    async with frozen(redis_server):
        seconds = await _seconds(story, 8)

    # Each of the two workers waits once.
    patience = PATIENCE_SECONDS + 5 * median(usual)
    assert max(seconds) < patience
    assert sum(each > PATIENCE_SECONDS for each in seconds) <= 2


async def _seconds(story: Story, count: int) -> list[float]:
    """How long each of so many marks took."""
    found = []
    for _ in range(count):
        began = time.monotonic()
        await story.record()
        found.append(time.monotonic() - began)
    return found


async def test_what_nobody_has_told_of_is_heard_in_every_worker_within_two_seconds(
    program: Program, two_workers: Diary
) -> None:
    """As when a worker dies between the commit and telling of it, while Redis is well."""
    story = await a_story(two_workers)
    async with heard_in_both(program, story.parent, await now(story.school)) as streams:
        mark, change = await _unannounced(story)
        await log.append(get_connection("default"), [change])
        began = time.monotonic()
        heard = await asyncio.gather(*(each.marks(1) for each in streams.values()))
        seconds = time.monotonic() - began

    assert heard == [[mark], [mark]]
    assert seconds < PICKED_UP_SECONDS


async def _unannounced(story: Story) -> tuple[str, log.Change]:
    """A mark whose change is yet to be logged."""
    mark = await story.lesson.mark(story.pupil, 5)
    topic, area = topics.school(story.school.id), ChangeArea.MARKS
    change = log.Change(topic, area, MarkChangeKind.RECORDED, mark.id, story.pupil.id)
    return gid("Mark", mark.id), change


async def test_what_is_told_of_again_is_heard_once(
    program: Program, two_workers: Diary, redis_server: RedisServer
) -> None:
    """Doubled, late and forged wake-ups."""
    story = await a_story(two_workers)
    topic = topics.school(story.school.id)
    async with (
        running(Bus.from_url(redis_server.url)) as bus,
        heard_in_both(program, story.parent, await now(story.school)) as streams,
    ):
        marks = []
        for seq in range(1, 6):
            marks.append(await story.record())
            for told in (seq, seq, 1, seq + 1000):
                await bus.publish(topic, told)
        heard = await asyncio.gather(*(each.marks(5) for each in streams.values()))
        last = await story.record()
        after = await asyncio.gather(*(each.marks(1) for each in streams.values()))

    assert heard == [marks, marks]
    assert after == [[last], [last]]


async def test_cut_connections_to_the_database_interrupt_no_stream(
    program: Program, two_workers: Diary, database: str
) -> None:
    story = await a_story(two_workers)
    begun = await now(story.school)
    async with heard_in_both(program, story.parent, begun) as streams:
        await story.record()
        await _cut_all_connections(database)
        for _ in range(3):
            await _insist(story.record)
        # One that was answered with INTERNAL may be committed all the same.
        entries = await ChangeEntry.filter(topic=topics.school(story.school.id)).order_by("seq")
        marks = [gid("Mark", each.row_id) for each in entries]
        heard = await asyncio.gather(
            *(_resumed(story.parent, each, begun, len(marks)) for each in streams.values())
        )

    assert len(marks) >= 4
    assert heard == [marks, marks]


async def _resumed(client: Client, stream: Hearing, begun: str, count: int) -> list[str]:
    """The next so many marks, over as many streams as it takes, each from the last cursor on."""
    heard: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        while len(heard) < count:
            message = await stream.socket.receive(10)
            if message["type"] == "next" and message["payload"]["data"]:
                assert "errors" not in message["payload"]
                heard.append(message["payload"]["data"]["markChanges"])
            elif message["type"] == "complete":
                again = hearing(client, after=heard[-1]["cursor"] if heard else begun)
                stream = await stack.enter_async_context(again)
    return [each["markId"] for each in heard]


async def _insist(act: Callable[[], Awaitable[str]]) -> None:
    """Do it again while the answer is an unexpected error; AssertionError when time is up."""
    async with asyncio.timeout(10):
        while True:
            with suppress(AssertionError):
                await act()
                return


async def _cut_all_connections(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


def _break_the_second(patch: pytest.MonkeyPatch, *, planned: bool) -> None:
    """Let the database be away from the second mark on, or from what belongs to it."""
    owner: Any = Islands if planned else GenericResolvers
    name = "read" if planned else "find"
    found, marks = getattr(owner, name), []

    async def find_all_but_the_second(self: Any, *asked: Any) -> Any:
        is_mark = planned or asked[0].name == "Mark"
        if is_mark:
            marks.append(asked)
        if len(marks) >= 2 and (planned or not is_mark):
            raise ConnectionError("the database is away")
        return await found(self, *asked)

    patch.setattr(owner, name, find_all_but_the_second)


@pytest.mark.parametrize("planned", [True, False])
async def test_a_change_that_cannot_be_told_whole_ends_the_stream_before_it(
    diary: Diary, monkeypatch: pytest.MonkeyPatch, *, planned: bool
) -> None:
    """Its cursor is not told either: whoever resumes hears it."""
    story = await a_story(diary)
    before = await now(story.school)
    for _ in range(3):
        # This service's connections were cut as well, a moment ago.
        await _insist(story.record)
    _break_the_second(monkeypatch, planned=planned)
    live = Live.over(None)
    async with live.running():
        context = Context(
            Services(TokenSigner("s" * 32), Throttle("s"), live.bus.publish, live),
            "request-1",
            address="",
            user_agent="",
            authorization=story.parent.headers["Authorization"],
            planner=planned,
        )
        schema = make_schema(introspection=False)
        document = schema.documents.prepared(contract("MarkChanges"))
        stream = await schema.subscribe_to(document, None, {"after": before}, context)
        async with asyncio.timeout(30):  # the reason is logged with all its frames, again and again
            first, second = [orjson.loads(each) async for each in answers_of(stream, context)]

    assert first["data"]["markChanges"]["kind"] == "RECORDED"
    assert "errors" not in first
    assert second["data"] is None
    assert {error["extensions"]["code"] for error in second["errors"]} == {"INTERNAL"}


async def test_nothing_is_heard_before_its_commit(
    two_workers: Diary, redis_server: RedisServer
) -> None:
    story, other = await a_story(two_workers), await a_story(two_workers)
    mother = await other.pupil.guardian(await story.pupil.guardian())
    topic = topics.school(story.school.id)
    parent = await signed_in(two_workers, mother)
    async with (
        running(Bus.from_url(redis_server.url)) as bus,
        hearing(parent, after=await now(story.school, other.school)) as stream,
    ):
        async with in_transaction() as connection:
            mark, change = await _unannounced(story)
            numbers = await log.append(connection, [change])
            # Whoever believes a wake-up looks now, and what comes next shows that it has looked.
            await bus.publish(topic, numbers[topic])
            elsewhere = await other.record()
            assert await stream.marks(1) == [elsewhere]
        await bus.publish(topic, numbers[topic])
        assert await stream.marks(1) == [mark]


async def test_a_killed_worker_costs_nobody_a_mark(program: Program, two_workers: Diary) -> None:
    story = await a_story(two_workers)
    async with heard_in_both(program, story.parent, await now(story.school)) as streams:
        marks = [await story.record()]
        (killed, cut), (_, kept) = streams.items()
        last = [await each.change() for each in (cut, kept)]
        os.kill(killed, signal.SIGKILL)
        assert await cut.close_code() is None
        async with httpx.AsyncClient(timeout=20) as http:
            story.teacher.http = http
            marks += [await story.record() for _ in range(3)]
        async with hearing(story.parent, after=last[0]["cursor"]) as again:
            heard = [await each.marks(3) for each in (again, kept)]

    assert [each["markId"] for each in last] == marks[:1] * 2
    assert heard == [marks[1:], marks[1:]]


async def test_without_redis_from_the_start_marks_come_by_looking_at_the_log(
    database: str,
) -> None:
    """One worker, since what it publishes to itself would pass through Redis as well."""
    dead = f"redis://127.0.0.1:{free_port()}/0"
    with serving(DATABASE_URL=database, REDIS_URL=dead) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            story = await a_story(Diary(program.url, http))
            status, health = await asyncio.to_thread(program.ready)
            async with hearing(story.parent, after=await now(story.school)) as stream:
                began = time.monotonic()
                marks = [await story.record() for _ in range(3)]
                heard = await stream.marks(3)
                seconds = time.monotonic() - began
                stopping = asyncio.create_task(asyncio.to_thread(program.end))
                code = await stream.close_code()
                ended = await stopping

    assert (status, health["status"], health["redis"]) == (200, "degraded", "failed")
    assert heard == marks
    assert seconds < POLL_SECONDS + 2
    assert code in {1001, 1012}
    assert ended < 10
