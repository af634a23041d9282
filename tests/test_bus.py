"""The bus: whoever joins is woken, whatever Redis does, and a dead Redis delays nobody."""

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from broadcaster import BroadcastBackend, Event
from structlog.testing import capture_logs

from subscriptions.bus import Bus
from subscriptions.redis_backend import RedisBackend
from subscriptions.wakeup import UNKNOWN, WakeUps, encode
from tests.live import eventually, frozen, redis_client, running, stopped, woken
from tests.servers import RedisServer

TOPIC = "school:42"
OpenBus = Callable[[], AbstractAsyncContextManager[Bus]]


@pytest.fixture
def prefix() -> str:
    return f"test-{uuid4().hex}"


@pytest.fixture
def open_bus(redis_server: RedisServer, prefix: str) -> OpenBus:
    """Make buses of one deployment, as its processes would have them."""
    return lambda: running(Bus.from_url(redis_server.url, prefix=prefix))


async def carries(sender: Bus, wakeups: WakeUps, seconds: float = 5.0) -> None:
    """Pass once a number that `sender` publishes has arrived; not merely a timer or an UNKNOWN."""
    deadline = time.monotonic() + seconds
    for seq in itertools.count(1):
        assert time.monotonic() < deadline, "no number arrived"
        await sender.publish(TOPIC, seq)
        if await woken(wakeups, 0.2) <= seq:
            return


async def rechecks(wakeups: WakeUps, seconds: float) -> None:
    """Pass once the reader is told to look at the log; its own timer does not count."""
    async with asyncio.timeout(seconds):
        while await woken(wakeups, 2 * seconds) != UNKNOWN:
            pass


@pytest.mark.parametrize(
    ("refused", "protocol"),
    [(None, 3), (["-hello"], 2)],
    ids=["may greet", "may not even greet"],
)
async def test_a_user_with_few_rights_suffices(refused: list[str] | None, protocol: int) -> None:
    with RedisServer() as server:
        async with redis_client(server) as redis:
            await redis.acl_setuser(
                "bus",
                enabled=True,
                passwords=["+secret"],
                channels=["diary:*"],
                categories=["+connection", "+pubsub"],
                commands=refused,
            )
            await redis.acl_setuser("default", enabled=False)
        url = f"redis://bus:secret@127.0.0.1:{server.port}/0?protocol={protocol}"
        async with running(Bus.from_url(url)) as bus, bus.join(TOPIC) as wakeups:
            assert bus.healthy
            await carries(bus, wakeups)


async def test_the_first_subscriber_of_a_process_is_woken(open_bus: OpenBus) -> None:
    async with open_bus() as sender, open_bus() as bus, bus.join(TOPIC) as wakeups:
        await carries(sender, wakeups)


async def test_a_wake_up_carries_a_number_and_nothing_else(
    open_bus: OpenBus, redis_server: RedisServer, prefix: str
) -> None:
    async with (
        open_bus() as bus,
        redis_client(redis_server) as redis,
        redis.pubsub() as raw,
    ):
        await raw.subscribe(f"{prefix}:{TOPIC}")
        assert (await raw.get_message(timeout=5))["type"] == "subscribe"
        await bus.publish(TOPIC, 7)
        message = await raw.get_message(timeout=5)
    assert message["data"] == b"7"


@pytest.mark.parametrize("kind", ["memory", "redis", "slow"])
async def test_all_who_join_one_topic_at_once_are_woken(
    kind: str, redis_server: RedisServer, prefix: str
) -> None:
    backends: dict[str, Callable[[], BroadcastBackend | None]] = {
        "memory": lambda: None,
        "redis": lambda: RedisBackend(redis_server.url),
        "slow": SlowBackend,
    }
    heard: list[int] = []

    async def listen(bus: Bus) -> None:
        async with bus.join(TOPIC) as wakeups:
            while (seq := await woken(wakeups, 5)) == UNKNOWN:
                joined.set()
            heard.append(seq)

    joined = asyncio.Event()
    async with running(Bus(backends[kind](), prefix=prefix)) as bus, asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(listen(bus))
        async with asyncio.timeout(5):
            await joined.wait()
            while len(heard) < 50:
                await bus.publish(TOPIC, 1)
                await asyncio.sleep(0.05)
    assert heard == [1] * 50


async def test_who_joins_while_another_leaves_is_woken() -> None:
    backend = SlowBackend()
    async with running(Bus(backend)) as bus:
        for _ in range(5):
            async with AsyncExitStack() as earlier:
                await earlier.enter_async_context(bus.join(TOPIC))
            async with bus.join(TOPIC) as wakeups:
                await asyncio.sleep(2 * SlowBackend.leaving)
                await carries(bus, wakeups)
        assert backend.channels <= {f"diary:{TOPIC}"}
    await eventually(lambda: not backend.channels, "the last one's leave")


async def test_a_joiner_who_gives_up_leaves_nothing_behind() -> None:
    backend = SlowBackend()
    async with running(Bus(backend)) as bus:
        with capture_logs() as lines:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(SlowBackend.joining / 2), bus.join(TOPIC):
                    pass
            await eventually(lambda: backend.left == 1, "the subscription to be given up")
        assert not backend.channels
        async with bus.join(TOPIC) as wakeups:
            await carries(bus, wakeups)
    assert lines == []


@pytest.mark.parametrize("seconds", [1.0, 5.0])
async def test_an_outage_is_survived(
    open_bus: OpenBus, redis_server: RedisServer, seconds: float
) -> None:
    async with open_bus() as sender, open_bus() as bus, bus.join(TOPIC) as wakeups:
        await carries(sender, wakeups)
        async with stopped(redis_server):
            await rechecks(wakeups, 1.0)
            assert not bus.healthy
            await asyncio.sleep(seconds)
        await rechecks(wakeups, 2.0)
        await eventually(lambda: bus.healthy, "Redis to be heard again")
        await carries(sender, wakeups)


async def test_killed_connections_come_back(open_bus: OpenBus, redis_server: RedisServer) -> None:
    async with open_bus() as sender, open_bus() as bus, bus.join(TOPIC) as wakeups:
        await carries(sender, wakeups)
        async with redis_client(redis_server) as redis:
            assert await redis.client_kill_filter(_type="pubsub") == 1
        await rechecks(wakeups, 1.0)
        await carries(sender, wakeups)


async def test_every_confirmation_by_redis_wakes_the_reader(
    open_bus: OpenBus, redis_server: RedisServer
) -> None:
    async with open_bus() as sender, open_bus() as bus, bus.join(TOPIC) as wakeups:
        await carries(sender, wakeups)
        async with stopped(redis_server):
            await rechecks(wakeups, 1.0)
        # The loss has been told; what comes now can only be the new subscription.
        await rechecks(wakeups, 2.0)


async def test_a_freeze_is_noticed_and_survived(
    open_bus: OpenBus, redis_server: RedisServer
) -> None:
    async with open_bus() as sender, open_bus() as bus, bus.join(TOPIC) as wakeups:
        await carries(sender, wakeups)
        async with frozen(redis_server):
            await rechecks(wakeups, 5.0)
            assert not bus.healthy
        await eventually(lambda: bus.healthy, "Redis to be heard again")
        await carries(sender, wakeups)


async def test_redis_may_be_absent_at_the_start(
    open_bus: OpenBus, redis_server: RedisServer
) -> None:
    async with AsyncExitStack() as stack:
        async with stopped(redis_server):
            began = time.monotonic()
            bus = await stack.enter_async_context(open_bus())
            wakeups = await stack.enter_async_context(bus.join(TOPIC))
            assert time.monotonic() - began < 2.0
            assert not bus.healthy
            await rechecks(wakeups, 1.0)
        await rechecks(wakeups, 2.0)
        await eventually(lambda: bus.healthy, "Redis to be heard again")
        await carries(bus, wakeups)


async def test_a_dead_redis_delays_nobody_and_takes_one_line_in_the_log(
    open_bus: OpenBus, redis_server: RedisServer
) -> None:
    async with open_bus() as bus:
        await bus.publish(TOPIC, 1)
        with capture_logs() as lines:
            async with frozen(redis_server):
                assert await _seconds(bus.publish(TOPIC, 2)) < 0.4
                assert await _seconds(*[bus.publish(TOPIC, seq) for seq in range(3, 103)]) < 0.1
            failed = [line for line in lines if line["event"] == "redis.publish_failed"]
            assert len(failed) == 1
            await eventually(
                lambda: any(line["event"] == "redis.publishing_again" for line in lines),
                "the publisher to recover",
            )


@pytest.mark.parametrize("count", [1, 200])
async def test_what_could_not_be_sent_is_sent_later_as_one(
    open_bus: OpenBus, redis_server: RedisServer, prefix: str, count: int
) -> None:
    async with (
        open_bus() as bus,
        redis_client(redis_server) as redis,
    ):
        await bus.publish(TOPIC, 1)
        async with stopped(redis_server):
            for seq in range(2, 2 + count):
                await bus.publish(TOPIC, seq)
        async with redis.pubsub() as raw:
            await raw.subscribe(f"{prefix}:{TOPIC}")
            assert (await raw.get_message(timeout=5))["type"] == "subscribe"
            assert (await raw.get_message(timeout=5))["data"] == b"%d" % (1 + count)
            assert await raw.get_message(timeout=0.1) is None


@pytest.mark.parametrize("state", ["well", "frozen", "stopped"])
async def test_closing_ends_in_time(redis_server: RedisServer, prefix: str, state: str) -> None:
    bus = Bus.from_url(redis_server.url, prefix=prefix)
    await bus.connect()
    outage = {"frozen": frozen, "stopped": stopped}.get(state)
    tasks = asyncio.all_tasks()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bus.join(TOPIC))
        await bus.publish(TOPIC, 1)
        if outage:
            await stack.enter_async_context(outage(redis_server))
            await bus.publish(TOPIC, 2)
        assert await _seconds(bus.close()) < 3.0
    assert not bus.healthy
    await eventually(lambda: asyncio.all_tasks() < tasks, "its tasks to end")


async def test_wake_ups_merge_before_they_are_heard(open_bus: OpenBus) -> None:
    async with open_bus() as sender, open_bus() as bus, bus.join(TOPIC) as wakeups:
        await carries(sender, wakeups)
        async with bus.join(TOPIC) as pace:
            for seq in range(1000, 2000):
                await sender.publish(TOPIC, seq)
            while await woken(pace, 5) != 1999:
                pass
        assert await woken(wakeups, 5) == 1999
        assert await woken(wakeups, 0.05) == UNKNOWN


async def test_the_backend_keeps_one_number_a_channel(redis_server: RedisServer) -> None:
    backend = RedisBackend(redis_server.url)
    channels = [f"merge-{uuid4().hex}", f"pace-{uuid4().hex}"]
    await backend.connect()
    try:
        for channel in channels:
            await backend.subscribe(channel)
        for _ in channels:
            assert (await backend.next_published()).message == encode(UNKNOWN)
        for seq in range(1, 1001):
            await backend.publish(channels[0], encode(seq))
        # One connection sends in order: once the second channel is heard, all of the first was.
        await backend.publish(channels[1], encode(1))
        events = [await backend.next_published()]
        while events[-1].channel == channels[0]:
            events.append(await backend.next_published())
    finally:
        await backend.disconnect()
    assert events[-2:] == [Event(channels[0], "1000"), Event(channels[1], "1")]
    assert len(events) < 10


async def test_deployments_on_one_redis_do_not_hear_each_other(
    redis_server: RedisServer, open_bus: OpenBus
) -> None:
    async with (
        running(Bus.from_url(redis_server.url, prefix="other")) as stranger,
        open_bus() as bus,
        bus.join(TOPIC) as wakeups,
    ):
        await carries(bus, wakeups)
        await stranger.publish(TOPIC, 10**6)
        await bus.publish(TOPIC, 10**5)
        while (seq := await woken(wakeups, 5)) < 10**5:
            pass
        assert seq == 10**5


async def test_a_message_that_is_no_number_only_makes_readers_look(
    open_bus: OpenBus, redis_server: RedisServer, prefix: str
) -> None:
    async with (
        open_bus() as bus,
        bus.join(TOPIC) as wakeups,
        redis_client(redis_server) as redis,
    ):
        await carries(bus, wakeups)
        with capture_logs() as lines:
            await redis.publish(f"{prefix}:{TOPIC}", b"\xff\x00 not a number")
            await rechecks(wakeups, 2.0)
        assert lines == []
        await carries(bus, wakeups)


async def test_a_subscription_that_fails_is_named_in_the_log_and_tried_again() -> None:
    backend = SlowBackend(failures=1)
    with capture_logs() as lines:
        async with running(Bus(backend)) as bus, bus.join(TOPIC) as wakeups:
            await carries(bus, wakeups)
    assert [(line["event"], line["topic"]) for line in lines] == [("bus.subscribe_failed", TOPIC)]


async def test_publishing_before_the_start_is_a_line_in_the_log() -> None:
    with capture_logs() as lines:
        await Bus().publish(TOPIC, 1)
    assert [line["event"] for line in lines] == ["bus.not_connected"]


async def _seconds(*waits: Any) -> float:
    began = time.monotonic()
    await asyncio.gather(*waits)
    return time.monotonic() - began


class SlowBackend(BroadcastBackend):
    """A backend within the process whose network takes its time, and may refuse at first."""

    joining, leaving = 0.01, 0.04

    def __init__(self, failures: int = 0) -> None:
        self.channels: set[str] = set()
        self.left = 0
        self._failures = failures
        self._published: asyncio.Queue[Event] = asyncio.Queue()

    async def connect(self) -> None:
        pass

    async def disconnect(self) -> None:
        pass

    async def subscribe(self, group: str) -> None:
        await asyncio.sleep(self.joining)
        if self._failures:
            self._failures -= 1
            raise ConnectionRefusedError("not yet")
        self.channels.add(group)

    async def unsubscribe(self, group: str) -> None:
        await asyncio.sleep(self.leaving)
        self.channels.discard(group)
        self.left += 1

    async def publish(self, channel: str, message: Any) -> None:
        if channel in self.channels:
            self._published.put_nowait(Event(channel, message))

    async def next_published(self) -> Event:
        return await self._published.get()
