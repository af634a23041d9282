"""What nobody told of is found by looking: once a second, for all topics by one question."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from errors import ResyncRequired
from subscriptions import pulse
from subscriptions.bus import Bus
from subscriptions.hub import Hub
from tests.hub.processes import OTHER, TOPIC, OpenProcess, Process, everything, process
from tests.live import MemoryLog, eventually, running, take

PICKED_UP_SECONDS = 2.0


async def test_what_was_committed_and_never_published_is_heard(open_worker: OpenProcess) -> None:
    """Its worker died in between; Redis is well and knows nothing."""
    async with open_worker() as worker, worker.hub.listen([TOPIC], everything) as listener:
        await eventually(lambda: worker.bus.healthy, "Redis to be heard")
        for seq in (1, 2):
            worker.log.commit(TOPIC)
            assert await take(listener, 1, PICKED_UP_SECONDS) == [seq]
        assert worker.bus.healthy


async def test_all_topics_are_looked_at_by_one_question(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.05)
    topics = [f"school:{number}" for number in range(200)]
    async with process(Bus(), log) as worker, worker.hub.listen(topics, everything) as listener:
        log.looks, pages = 0, len(log.pages)
        await eventually(lambda: log.looks == 4, "some looks")
        log.commit(topics[7])
        assert await take(listener, 1) == [1]
        assert log.looks < 8
        assert log.pages[pages:] == [(topics[7], 0)]


async def test_who_asks_at_once_shares_an_answer(log: MemoryLog) -> None:
    async with process(Bus(), log) as worker, AsyncExitStack() as stack:
        looks = log.looks

        async def join(number: int) -> None:
            topics = [f"school:{number % 20}", OTHER]
            await stack.enter_async_context(worker.hub.listen(topics, everything))

        await asyncio.gather(*(join(number) for number in range(200)))
        assert log.looks - looks < 10


async def test_an_answer_is_no_older_than_its_question() -> None:
    @dataclass
    class Paced(MemoryLog):
        async def _behave(self) -> None:
            await asyncio.sleep(0.02)

    log = Paced()
    async with process(Bus(), log) as worker:
        for seq in range(1, 6):
            other = asyncio.create_task(_begin(worker, OTHER))
            await asyncio.sleep(0.01)  # the question about the other topic is on its way
            log.commit(TOPIC)
            assert await _begin(worker, TOPIC) == seq
            await other


async def _begin(worker: Process, topic: str) -> int:
    """Join a topic; where it stood then."""
    async with worker.hub.listen([topic], everything) as listener:
        return listener.began[topic]


async def test_a_log_that_cannot_be_looked_at_is_looked_at_again(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.05)
    async with worker.hub.listen([TOPIC], everything) as listener:
        worker.log.failures = 3
        await eventually(lambda: not worker.log.failures, "it to fail")
        worker.log.commit(TOPIC)
        assert await take(listener, 1) == [1]


async def test_a_start_without_a_database_waits_a_moment_and_goes_on(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(pulse, "_FIRST_SECONDS", 0.1)
    told: list[str] = []
    log.failures = 10**6
    async with running(Bus()) as bus:
        hub = Hub(bus, log, tell_epoch=told.append)
        await asyncio.wait_for(hub.start(), 1)
        assert told == []
        log.failures = 0
        await eventually(lambda: told == ["first"], "the epoch to be read")
        log.epoch = "second"
        async with hub.listen([TOPIC], everything):
            await eventually(lambda: told == ["first", "second"], "the other one to be read")
        await hub.close()


async def test_nobody_who_waits_is_left_waiting_at_the_end(log: MemoryLog) -> None:
    async with running(Bus()) as bus:
        hub = Hub(bus, log)
        await hub.start()
        log.hangs = True
        joining = asyncio.create_task(_join(hub))
        await eventually(lambda: log.looks > 1, "it to be asked for")
        await hub.close()
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(joining, 1)


async def _join(hub: Hub) -> None:
    async with hub.listen([TOPIC], everything):
        pass


async def test_a_log_set_back_under_a_listener_ends_it(worker: Process) -> None:
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


async def test_a_new_epoch_ends_every_listener(worker: Process) -> None:
    """Also where the numbers of the other log happen to fit."""
    await worker.commit()
    async with (
        worker.hub.listen([TOPIC], everything) as listener,
        worker.hub.listen([OTHER], everything) as other,
    ):
        worker.log.epoch = "second"
        for each in (listener, other):
            with pytest.raises(ResyncRequired):
                await take(each, 1)
        async with worker.hub.listen([TOPIC], everything, {TOPIC: 1}) as anew:
            await worker.commit()
            assert await take(anew, 1) == [2]


async def test_a_cursor_that_was_read_before_the_epoch_changed_is_refused(worker: Process) -> None:
    await worker.commit()
    worker.log.epoch = "second"
    with pytest.raises(ResyncRequired):
        async with worker.hub.listen([TOPIC], everything, {TOPIC: 1}):
            pass


async def test_a_hole_within_a_page_is_no_answer(worker: Process) -> None:
    for _ in range(5):
        worker.log.commit(TOPIC)
    del worker.log.entries[TOPIC][2]
    async with worker.hub.listen([TOPIC], everything, {TOPIC: 0}) as listener:
        with pytest.raises(ResyncRequired):
            await take(listener, 3)
