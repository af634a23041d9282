"""The bus over a Redis Cluster: each channel at its node alone, also when it goes to another."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from subscriptions.bus import Bus
from subscriptions.wakeup import UNKNOWN, WakeUps
from tests.clusters import RedisCluster, redis_cluster
from tests.live import eventually, running, woken
from tests.servers import redis_version

pytestmark = pytest.mark.skipif(
    redis_version() < (7,), reason="before Redis 7 clusters have no sharded channels"
)

PREFIX = f"test-{uuid4().hex}"
TOPICS = [f"school:{number}" for number in range(40)]


@pytest.fixture
def cluster() -> Iterator[RedisCluster]:
    """A cluster of its own for each test, since each breaks it."""
    with redis_cluster() as made:
        yield made


def a_bus(cluster: RedisCluster) -> Bus:
    return Bus.from_url(cluster.url, prefix=PREFIX)


def channel(topic: str) -> str:
    return f"{PREFIX}:{topic}"


async def hears(sender: Bus, topic: str, wakeups: WakeUps, first: int) -> None:
    """Pass once a number that `sender` publishes has arrived; an UNKNOWN does not count."""
    for seq in range(first, first + 50):
        await sender.publish(topic, seq)
        while (heard := await woken(wakeups, 0.2)) != UNKNOWN:
            if heard >= first:
                return
    raise AssertionError("no number arrived")


async def test_each_channel_is_heard_and_at_its_own_node_alone(cluster: RedisCluster) -> None:
    async with AsyncExitStack() as stack:
        sender = await stack.enter_async_context(running(a_bus(cluster)))
        bus = await stack.enter_async_context(running(a_bus(cluster)))
        joined = {topic: await stack.enter_async_context(bus.join(topic)) for topic in TOPICS}
        await eventually(lambda: bus.healthy, "all lines to be up")
        for topic, wakeups in joined.items():
            await hears(sender, topic, wakeups, 1)
        carried = [set(node.ask("PUBSUB SHARDCHANNELS")) for node in cluster.nodes[:2]]
        common = [node.ask("PUBSUB CHANNELS") for node in cluster.nodes]

    expected: list[set[bytes]] = [set(), set()]
    for topic in TOPICS:
        at = cluster.nodes.index(cluster.owner(channel(topic)))
        expected[at].add(channel(topic).encode())
    assert all(expected)
    assert carried == expected
    assert common == [[], [], []]


async def test_a_channel_follows_its_slot(cluster: RedisCluster) -> None:
    topic, other = TOPICS[:2]
    async with (
        running(a_bus(cluster)) as sender,
        running(a_bus(cluster)) as bus,
        bus.join(topic) as wakeups,
        bus.join(other) as others,
    ):
        await hears(sender, topic, wakeups, 1)
        cluster.move(channel(topic))
        await hears(sender, topic, wakeups, 1000)
        await hears(sender, other, others, 1000)
        await eventually(lambda: bus.healthy, "all lines to be up")


async def test_a_node_that_dies_is_replaced(cluster: RedisCluster) -> None:
    dying = [each for each in TOPICS if cluster.owner(channel(each)) is cluster.nodes[1]]
    async with (
        running(a_bus(cluster)) as sender,
        running(a_bus(cluster)) as bus,
        bus.join(dying[0]) as wakeups,
    ):
        await hears(sender, dying[0], wakeups, 1)
        cluster.fail_over()
        await hears(sender, dying[0], wakeups, 1000)
        await eventually(lambda: bus.healthy, "all lines to be up")
