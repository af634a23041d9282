"""The hub: every committed entry once and in order, whatever Redis, the log or a listener does."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from errors import Lagging, ResyncRequired
from subscriptions import feed
from subscriptions.bus import Bus
from subscriptions.entry import Entry
from subscriptions.hub import Hub
from subscriptions.listener import Listener
from tests.live import MemoryLog, eventually, frozen, redis_client, running, stopped, take
from tests.servers import RedisServer

TOPIC, OTHER = "school:42", "school:43"


def everything(_: Entry) -> bool:
    return True


@dataclass
class Process:
    """What one worker holds: a bus and a hub over a log that all workers share."""

    bus: Bus
    hub: Hub
    log: MemoryLog

    async def commit(self, topic: str = TOPIC, student_id: int | None = None) -> int:
        """Commit an entry and wake everybody, as a mutation does."""
        seq = self.log.commit(topic, student_id)
        await self.bus.publish(topic, seq)
        return seq


OpenProcess = Callable[[], AbstractAsyncContextManager[Process]]


@asynccontextmanager
async def process(
    bus: Bus, log: MemoryLog, *, keep: int = 256, patience: int = 10_000
) -> AsyncIterator[Process]:
    async with running(bus):
        hub = Hub(bus, log, keep=keep, patience=patience)
        try:
            yield Process(bus, hub, log)
        finally:
            await hub.close()


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
async def worker(log: MemoryLog) -> AsyncIterator[Process]:
    """Return the only process of a service that runs without Redis."""
    async with process(Bus(), log) as alone:
        yield alone


@pytest.fixture
def open_worker(redis_server: RedisServer, log: MemoryLog) -> OpenProcess:
    """Make processes that share one log and one Redis."""
    prefix = f"test-{uuid4().hex}"
    return lambda: process(Bus.from_url(redis_server.url, prefix=prefix), log)


async def test_without_a_cursor_only_later_entries_come(worker: Process) -> None:
    await worker.commit()
    async with worker.hub.listen([TOPIC], everything) as listener:
        for _ in range(3):
            await worker.commit()
        assert await take(listener, 3) == [2, 3, 4]


async def test_an_entry_comes_whole(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], everything) as listener:
        await worker.commit(student_id=5)
        assert await anext(listener) == worker.log.entries[TOPIC][0]


async def test_with_a_cursor_the_past_comes_first(worker: Process) -> None:
    for _ in range(1000):
        worker.log.commit(TOPIC)
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 10}) as listener:
        await worker.commit()
        assert await take(listener, 991) == list(range(11, 1002))


async def test_a_cursor_at_the_end_replays_nothing(worker: Process) -> None:
    seq = await worker.commit()
    async with worker.hub.listen([TOPIC], everything, {TOPIC: seq}) as listener:
        await worker.commit()
        assert await take(listener, 1) == [2]
    assert (TOPIC, 0) not in worker.log.pages


async def test_a_topic_without_a_cursor_starts_now(worker: Process) -> None:
    for topic in (TOPIC, OTHER):
        await worker.commit(topic)
    async with worker.hub.listen([TOPIC, OTHER], everything, {TOPIC: 0}) as listener:
        await worker.commit(OTHER)
        heard = {((entry := await anext(listener)).topic, entry.seq) for _ in range(2)}
    assert heard == {(TOPIC, 1), (OTHER, 2)}


async def test_one_wake_up_brings_all_that_was_committed(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], everything) as listener:
        for _ in range(1000):
            seq = worker.log.commit(TOPIC)
        await worker.bus.publish(TOPIC, seq)
        assert await take(listener, 1000) == list(range(1, 1001))


async def test_only_what_is_wanted_comes(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], lambda entry: entry.student_id == 7) as listener:
        for student_id in (1, 7, 2, 7, None):
            await worker.commit(student_id=student_id)
        assert await take(listener, 2) == [2, 4]


async def test_joining_at_any_moment_leaves_no_gap_and_no_repeat(worker: Process) -> None:
    async def listen(after: int) -> list[int]:
        async with worker.hub.listen([TOPIC], everything, {TOPIC: after}) as listener:
            return await take(listener, 1000 - after, 20)

    async with asyncio.TaskGroup() as tasks:
        streams = []
        for seq in range(1, 1001):
            assert await worker.commit() == seq
            if seq % 20 == 0:
                streams += [tasks.create_task(listen(after)) for after in (0, seq // 2, seq)]
            if seq % 7 == 0:
                await asyncio.sleep(0)
    for number, stream in enumerate(streams):
        after = (0, (number // 3 + 1) * 10, (number // 3 + 1) * 20)[number % 3]
        assert stream.result() == list(range(after + 1, 1001))


async def test_joining_without_a_cursor_starts_at_that_moment(worker: Process) -> None:
    async def listen() -> list[int]:
        earliest = len(worker.log.entries[TOPIC])
        async with worker.hub.listen([TOPIC], everything) as listener:
            latest = len(worker.log.entries[TOPIC])
            first = (await take(listener, 1, 20))[0]
            assert earliest < first <= latest + 1
            return [first, *await take(listener, 500 - first, 20)]

    async with asyncio.TaskGroup() as tasks:
        streams = []
        for seq in range(1, 501):
            await worker.commit()
            if seq % 10 == 0 and seq < 500:
                streams.append(tasks.create_task(listen()))
            await asyncio.sleep(0)
    for stream in streams:
        heard = stream.result()
        assert heard == list(range(heard[0], 501))


async def test_topics_keep_their_order_and_a_busy_one_starves_nobody(worker: Process) -> None:
    async with worker.hub.listen([TOPIC, OTHER], everything) as listener:
        for _ in range(100):
            await worker.commit(TOPIC)
        await worker.commit(OTHER)
        await eventually(lambda: (OTHER, 0) in worker.log.pages, "both feeds to read")
        heard = [await anext(listener) for _ in range(101)]
    assert [entry.seq for entry in heard if entry.topic == TOPIC] == list(range(1, 101))
    assert [entry.topic for entry in heard].index(OTHER) < 3


async def test_fifty_first_listeners_share_one_reading(open_worker: OpenProcess) -> None:
    async def listen(hub: Hub) -> list[int]:
        async with hub.listen([TOPIC], everything) as listener:
            ready.append(listener)
            return await take(listener, 3)

    ready: list[object] = []
    async with open_worker() as sender, open_worker() as worker:
        streams = [asyncio.create_task(listen(worker.hub)) for _ in range(50)]
        await eventually(lambda: len(ready) == 50, "all to listen")
        for _ in range(3):
            await sender.commit()
        assert await asyncio.gather(*streams) == [[1, 2, 3]] * 50
    assert len(worker.log.pages) <= 4


async def test_two_processes_hear_each_other(open_worker: OpenProcess) -> None:
    async with (
        open_worker() as one,
        open_worker() as two,
        one.hub.listen([TOPIC], everything) as first,
        two.hub.listen([TOPIC], everything) as second,
    ):
        for _ in range(20):
            await one.commit()
            await two.commit()
        assert await take(first, 40) == await take(second, 40) == list(range(1, 41))


async def test_killed_connections_lose_and_double_nothing(
    open_worker: OpenProcess, redis_server: RedisServer
) -> None:
    async with (
        open_worker() as sender,
        open_worker() as worker,
        worker.hub.listen([TOPIC], everything) as listener,
        redis_client(redis_server) as redis,
        asyncio.TaskGroup() as tasks,
    ):
        heard = tasks.create_task(take(listener, 1000, 20))
        for seq in range(1, 1001):
            await sender.commit()
            if seq in (300, 600, 1000):
                await redis.client_kill_filter(_type="pubsub")
        assert await heard == list(range(1, 1001))


async def test_a_restart_of_redis_loses_nothing(
    open_worker: OpenProcess, redis_server: RedisServer
) -> None:
    async with (
        open_worker() as sender,
        open_worker() as worker,
        worker.hub.listen([TOPIC], everything) as listener,
    ):
        for seconds in (0.5, 2.0):
            await sender.commit()
            async with stopped(redis_server):
                await sender.commit()
                await asyncio.sleep(seconds)
                await sender.commit()
        await eventually(lambda: worker.bus.healthy, "Redis to be heard again")
        await sender.commit()
        assert await take(listener, 7) == [1, 2, 3, 4, 5, 6, 7]


async def test_while_redis_is_away_entries_come_within_a_poll(
    open_worker: OpenProcess, redis_server: RedisServer
) -> None:
    async with AsyncExitStack() as stack:
        async with stopped(redis_server):
            worker = await stack.enter_async_context(open_worker())
            listener = await stack.enter_async_context(worker.hub.listen([TOPIC], everything))
            for seq in (1, 2):
                worker.log.commit(TOPIC)
                assert await take(listener, 1, feed.POLL_SECONDS + 0.5) == [seq]
        await eventually(lambda: worker.bus.healthy, "Redis to be heard")
        await worker.commit()
        assert await take(listener, 1, 0.5) == [3]


async def test_while_redis_is_frozen_entries_come(
    open_worker: OpenProcess, redis_server: RedisServer
) -> None:
    async with (
        open_worker() as worker,
        worker.hub.listen([TOPIC], everything) as listener,
    ):
        await worker.commit()
        assert await take(listener, 1) == [1]
        async with frozen(redis_server):
            began = time.monotonic()
            await worker.commit()
            assert time.monotonic() - began < 0.4
            assert await take(listener, 1, 5.0) == [2]
        await eventually(lambda: worker.bus.healthy, "Redis to be heard again")
        await worker.commit()
        assert await take(listener, 1) == [3]


async def test_a_lost_wake_up_is_made_good_by_a_poll(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SLOW_POLL_SECONDS", 0.2)
    assert worker.bus.healthy
    async with worker.hub.listen([TOPIC], everything) as listener:
        worker.log.commit(TOPIC)
        assert await take(listener, 1, 1.0) == [1]


async def test_a_slow_listener_misses_nothing_and_delays_nobody(log: MemoryLog) -> None:
    async with (
        process(Bus(), log, keep=8) as worker,
        worker.hub.listen([TOPIC], everything) as slow,
        worker.hub.listen([TOPIC], everything) as quick,
    ):
        for seq in range(1, 101):
            await worker.commit()
            assert await take(quick, 1) == [seq]
        assert {seq for _, seq in log.pages} == set(range(100))
        pages = len(log.pages)
        assert await take(slow, 100) == list(range(1, 101))
        assert len(log.pages) - pages == 23  # 92 of 100 by pages of 4; the last 8 were at hand
        await worker.commit()
        assert await take(slow, 1) == await take(quick, 1) == [101]


async def test_a_hopelessly_slow_listener_is_closed_alone(log: MemoryLog) -> None:
    async with (
        process(Bus(), log, keep=8, patience=50) as worker,
        worker.hub.listen([TOPIC], everything) as hopeless,
        worker.hub.listen([TOPIC], lambda _: False) as unconcerned,
        worker.hub.listen([TOPIC], everything) as quick,
    ):
        for seq in range(1, 61):
            await worker.commit()
            assert await take(quick, 1) == [seq]
        with pytest.raises(Lagging):
            await anext(hopeless)
        with pytest.raises(StopAsyncIteration):
            await anext(hopeless)
        with pytest.raises(TimeoutError):
            await take(unconcerned, 1, 0.05)


async def test_a_long_replay_is_not_lagging(log: MemoryLog) -> None:
    for _ in range(200):
        log.commit(TOPIC)
    async with (
        process(Bus(), log, keep=8, patience=50) as worker,
        worker.hub.listen([TOPIC], everything, {TOPIC: 0}) as listener,
    ):
        assert await take(listener, 1) == [1]
        for _ in range(40):
            await worker.commit()
            await asyncio.sleep(0.001)
        assert await take(listener, 239) == list(range(2, 241))


async def test_a_log_that_cannot_be_read_interrupts_no_stream(worker: Process) -> None:
    for _ in range(300):
        worker.log.commit(TOPIC)
    async with (
        worker.hub.listen([TOPIC], everything) as live,
        worker.hub.listen([TOPIC], everything, {TOPIC: 0}) as replay,
    ):
        assert await take(replay, 10) == list(range(1, 11))
        worker.log.failures = 10**6
        await worker.commit()
        waiting = [asyncio.create_task(take(live, 1)), asyncio.create_task(take(replay, 291))]
        done, _ = await asyncio.wait(waiting, timeout=0.2)
        assert not done
        worker.log.failures = 0
        assert await asyncio.gather(*waiting) == [[301], list(range(11, 302))]


async def test_a_feed_that_starts_late_still_serves_a_cursor(worker: Process) -> None:
    for _ in range(3):
        worker.log.commit(TOPIC)
    worker.log.failures = 1  # met by the feed, which reads first; the listener finds the log well
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 0}) as listener:
        assert await take(listener, 3) == [1, 2, 3]


async def test_a_cursor_beyond_the_end_is_refused(worker: Process) -> None:
    await worker.commit()
    with pytest.raises(ResyncRequired):
        async with worker.hub.listen([TOPIC], everything, {TOPIC: 2}):
            pass


async def test_a_cursor_older_than_the_log_is_refused(worker: Process) -> None:
    for _ in range(10):
        worker.log.commit(TOPIC)
    del worker.log.entries[TOPIC][:5]
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 4}) as listener:
        with pytest.raises(ResyncRequired):
            await anext(listener)
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 5}) as listener:
        assert await take(listener, 5) == [6, 7, 8, 9, 10]


async def test_a_log_set_back_under_a_listener_ends_it(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "SLOW_POLL_SECONDS", 0.1)
    for _ in range(3):
        worker.log.commit(TOPIC)
    async with worker.hub.listen([TOPIC], everything) as listener:
        del worker.log.entries[TOPIC][1:]
        with pytest.raises(ResyncRequired):
            await take(listener, 1)
        async with worker.hub.listen([TOPIC], everything) as anew:
            for seq in (2, 3, 4, 5):
                await worker.commit()
                assert await take(anew, 1, 1.0) == [seq]


async def test_a_faulty_filter_ends_only_its_own_stream(worker: Process) -> None:
    def faulty(_: Entry) -> bool:
        raise ZeroDivisionError

    async with (
        worker.hub.listen([TOPIC], faulty) as broken,
        worker.hub.listen([TOPIC], everything) as sound,
    ):
        await worker.commit()
        assert await take(sound, 1) == [1]
        with pytest.raises(ZeroDivisionError):
            await anext(broken)


@pytest.mark.parametrize("hangs", [False, True])
async def test_closing_ends_every_stream_within_a_second(worker: Process, hangs: bool) -> None:
    async def listen(after: dict[str, int] | None) -> int:
        async with worker.hub.listen([TOPIC], everything, after) as listener:
            listening.append(1)
            return len([entry async for entry in listener])

    for _ in range(300):
        worker.log.commit(TOPIC)
    listening: list[int] = []
    streams = [asyncio.create_task(listen(None)) for _ in range(20)]
    await eventually(lambda: len(listening) == 20, "all to listen")
    worker.log.hangs = hangs
    began = time.monotonic()
    await worker.hub.close()
    assert await asyncio.wait_for(asyncio.gather(*streams), 1) == [0] * 20
    assert time.monotonic() - began < 1
    async with worker.hub.listen([TOPIC], everything) as late:
        with pytest.raises(StopAsyncIteration):
            await anext(late)


async def test_closing_ends_a_stream_whose_read_hangs(worker: Process) -> None:
    for _ in range(600):
        worker.log.commit(TOPIC)
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 0}) as listener:
        assert await take(listener, 1) == [1]
        worker.log.hangs = True
        rest = asyncio.create_task(drain(listener))
        await eventually(lambda: (TOPIC, 128) in worker.log.pages, "it to read the second page")
        await worker.hub.close()
        assert await asyncio.wait_for(rest, 1) == list(range(2, 129))


async def drain(listener: Listener) -> list[int]:
    """Return the numbers of all that comes until the stream ends."""
    return [entry.seq async for entry in listener]


async def test_a_cancelled_consumer_leaves_nothing_behind(
    open_worker: OpenProcess, redis_server: RedisServer
) -> None:
    async def listen(hub: Hub) -> None:
        async with hub.listen([TOPIC], everything) as listener:
            listening.append(listener)
            async for _ in listener:
                pass

    listening: list[object] = []
    async with open_worker() as worker, redis_client(redis_server) as redis:
        await redis.ping()
        before = asyncio.all_tasks()
        streams = [asyncio.create_task(listen(worker.hub)) for _ in range(10)]
        await eventually(lambda: len(listening) == 10, "all to listen")
        assert len(await redis.pubsub_channels(f"*:{TOPIC}")) == 1
        assert asyncio.all_tasks() - before - set(streams)
        for stream in streams:
            stream.cancel()
        await asyncio.wait(streams)
        await eventually(lambda: asyncio.all_tasks() <= before, "the tasks to end")
        assert await redis.pubsub_channels(f"*:{TOPIC}") == []


async def test_leaving_and_joining_at_once_never_deafens(open_worker: OpenProcess) -> None:
    async def come_and_go(hub: Hub, turns: int) -> None:
        for turn in range(turns):
            async with hub.listen([TOPIC], everything):
                await asyncio.sleep(0.001 * (turn % 3))

    async with open_worker() as sender, open_worker() as worker:
        async with asyncio.TaskGroup() as tasks:
            for turns in range(40, 50):
                tasks.create_task(come_and_go(worker.hub, turns))
        async with worker.hub.listen([TOPIC], everything) as listener:
            await eventually(lambda: worker.bus.healthy, "Redis to be heard")
            for seq in (1, 2, 3):
                await sender.commit()
                assert await take(listener, 1, 1.0) == [seq]


async def test_a_topic_that_was_just_left_can_be_joined(worker: Process) -> None:
    async with worker.hub.listen([TOPIC], everything):
        pass
    async with worker.hub.listen([TOPIC], everything) as listener:
        await worker.commit()
        assert await take(listener, 1, 1.0) == [1]


async def test_feeds_do_not_run_in_a_listener_s_context() -> None:
    where = ContextVar("where", default="nowhere")
    transaction = ContextVar("transaction", default="none")

    @dataclass
    class Observed(MemoryLog):
        seen: set[tuple[str, str]] = field(default_factory=set)

        async def after(self, topic: str, seq: int, limit: int) -> list[Entry]:
            self.seen.add((where.get(), transaction.get()))
            return list(await super().after(topic, seq, limit))

    where.set("the application's")
    log = Observed()
    async with process(Bus(), log) as worker:
        transaction.set("open")
        async with worker.hub.listen([TOPIC], everything) as listener:
            await worker.commit()
            assert await take(listener, 1) == [1]
    assert log.seen == {("the application's", "none")}
