"""Several processes on one Redis, and Redis failing in the middle."""

import asyncio
import time
from contextlib import AsyncExitStack

from subscriptions import pulse
from subscriptions.hub import Hub
from tests.hub.processes import TOPIC, OpenProcess, everything
from tests.live import eventually, frozen, redis_client, stopped, take
from tests.servers import RedisServer


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
                assert await take(listener, 1, pulse.BEAT_SECONDS + 0.5) == [seq]
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
