"""Slow, faulty and leaving listeners, a log that fails, and the hub's end."""

import asyncio
import time
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field

import pytest

from errors import Lagging, ResyncRequired
from subscriptions.bus import Bus
from subscriptions.entry import Ends, Entry
from subscriptions.hub import Hub
from subscriptions.listener import Listener
from subscriptions.pulse import Pulse
from tests.hub.processes import TOPIC, OpenProcess, Process, everything, process
from tests.live import MemoryLog, eventually, redis_client, take
from tests.servers import RedisServer


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


async def test_a_feed_that_starts_late_still_serves_a_cursor(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends, questions = Pulse.ends, []

    async def fail_at_first(self: Pulse, topics: Collection[str]) -> Ends:
        questions.append(topics)
        if len(questions) == 1:
            raise ConnectionError("the database is away")
        return await ends(self, topics)

    for _ in range(3):
        worker.log.commit(TOPIC)
    # The feed asks first; its listener finds the log well.
    monkeypatch.setattr(Pulse, "ends", fail_at_first)
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
