"""A Redis Cluster on loopback ports: two nodes with half of the slots each, and a spare one."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.crc import key_slot

from tests.servers import RedisServer, free_port, wait_until

_HALF, _LAST = 8191, 16383


class Node(RedisServer):
    """One node."""

    def __init__(self, folder: Path) -> None:
        self.bus_port = free_port()
        super().__init__(
            *("--cluster-enabled", "yes", "--cluster-port", str(self.bus_port)),
            *("--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no"),
            *("--repl-diskless-sync-delay", "0"),
            *("--cluster-config-file", str(folder / f"{self.bus_port}.conf")),
        )

    def ask(self, *command: object) -> Any:
        """What the node answers to these words; redis-py reads more into those that it knows."""
        with Redis(port=self.port) as client:
            return client.execute_command(*" ".join(map(str, command)).split())

    @property
    def number(self) -> str:
        """How other nodes name it."""
        return str(self.ask("CLUSTER MYID").decode())

    def owns(self, slot: int) -> bool:
        """Whether it believes that the slot is its own."""
        mine = self.number.encode()
        return any(
            first <= slot <= last and owner[2] == mine
            for first, last, owner, *_ in self.ask("CLUSTER SLOTS")
        )


class RedisCluster:
    """Two nodes that carry channels, and one that copies the second."""

    def __init__(self, first: Node, second: Node, spare: Node) -> None:
        self.nodes = (first, second, spare)
        # The user of every node, who takes any password: one that is lost on the way is refused.
        self.url = f"redis://default:any@127.0.0.1:{first.port}/0"

    def form(self) -> None:
        """Let the nodes know each other, and wait until each slot is served."""
        first, second, spare = self.nodes
        for node in (second, spare):
            node.ask("CLUSTER MEET", "127.0.0.1", first.port, first.bus_port)
        first.ask("CLUSTER ADDSLOTSRANGE", 0, _HALF)
        second.ask("CLUSTER ADDSLOTSRANGE", _HALF + 1, _LAST)
        wait_until(lambda: all(map(self._is_whole, self.nodes)), "the nodes to know each other")
        spare.ask("CLUSTER REPLICATE", second.number)
        wait_until(lambda: b"connected" in spare.ask("ROLE"), "the copy")

    def owner(self, channel: str) -> Node:
        """The node that carries a channel."""
        slot = key_slot(channel.encode())
        return self.nodes[slot > _HALF]

    def move(self, channel: str) -> None:
        """Let the slot of a channel go over to the other node that writes."""
        slot, source = key_slot(channel.encode()), self.owner(channel)
        target = next(node for node in self.nodes[:2] if node is not source)
        for node in (target, source):
            node.ask("CLUSTER SETSLOT", slot, "NODE", target.number)

    def fail_over(self) -> None:
        """Kill the second node and let the spare one take its place."""
        _, second, spare = self.nodes
        second.stop()
        spare.ask("CLUSTER FAILOVER", "TAKEOVER")
        wait_until(lambda: spare.owns(_LAST), "the spare node to take over")

    @staticmethod
    def _is_whole(node: Node) -> bool:
        told = node.ask("CLUSTER INFO")
        wanted = (b"cluster_slots_ok:16384", b"cluster_known_nodes:3", b"cluster_state:ok")
        return all(each in told for each in wanted)


@contextmanager
def redis_cluster() -> Iterator[RedisCluster]:
    """Yield a cluster that forgets everything at the end."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        nodes = [stack.enter_context(Node(Path(folder))) for _ in range(3)]
        cluster = RedisCluster(*nodes)
        cluster.form()
        yield cluster
