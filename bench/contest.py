"""A contest: sides are pressed in turns, so that what disturbs the machine disturbs them all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import load, process
from bench.figures import Line, Round, rate, ratio_of, times
from bench.load import Check
from bench.machine import Machine
from bench.sides import Server

# A worker by itself, and two that hear of each other's changes through Redis.
_CONNECTIONS = {1: (1, 16, 64), 2: (16, 64)}
_QUICK_CONNECTIONS = (16,)
_WARM_UP_SECONDS = 0.3
_ROUNDS, _SECONDS = 3, 1.0
_QUICK_ROUNDS, _QUICK_SECONDS = 1, 0.3
# A generic answer may take half a second, and whoever asks beside others waits for them.
_MOST_OF_SLOW = 16


@dataclass(frozen=True)
class Side:
    """A server, what it is sent, and what it must answer: these bytes, or what the check holds for.

    A slow side is pressed once, by a few connections.
    """

    name: str
    server: Server
    messages: Sequence[bytes]
    check: Check | bytes
    is_slow: bool = False


def contest(machine: Machine, what: str, workers: int, sides: Sequence[Side]) -> Iterator[Line]:
    """Lines of the first side beside each of the others, for each number of connections."""
    for each in sides:
        if not each.is_slow:
            _press(machine, each, connections=8, seconds=_WARM_UP_SECONDS)
    for connections in _QUICK_CONNECTIONS if machine.quick else _CONNECTIONS[workers]:
        rounds = _rounds(machine, sides, connections)
        named = f"{what}, {_counted(workers, 'worker')}, {_counted(connections, 'connection')}"
        first = rounds.pop(sides[0].name)
        for name, others in rounds.items():
            to = f"of {name}: {rate(others)}"
            yield Line(named, rate(first), ratio_of(first, others), to)


def memory(what: str, sides: Sequence[Side]) -> Iterator[Line]:
    """What a worker of the first side holds, beside the others."""
    first, *others = ((each.name, process.memory(each.server.pid)) for each in sides)
    for name, other in others:
        share = times(first[1].held / other.held)
        yield Line(f"{what}, memory of a worker", str(first[1]), share, f"of {name}: {other}")


def _rounds(machine: Machine, sides: Sequence[Side], connections: int) -> dict[str, list[Round]]:
    rounds, seconds = (_QUICK_ROUNDS, _QUICK_SECONDS) if machine.quick else (_ROUNDS, _SECONDS)
    found: dict[str, list[Round]] = {}
    for number in range(rounds):
        for each in sides:
            if each.is_slow and (number or connections > _MOST_OF_SLOW):
                continue
            done = _press(machine, each, connections=connections, seconds=seconds)
            found.setdefault(each.name, []).append(done)
    return found


def _press(machine: Machine, side: Side, *, connections: int, seconds: float) -> Round:
    places = (side.server.pid, machine.postmaster)
    before = [process.cpu_seconds(pid) for pid in places]
    done = load.press(
        side.server.url,
        side.messages,
        connections=connections,
        seconds=seconds,
        check=side.check,
    )
    server, database = (
        process.cpu_seconds(pid) - then for pid, then in zip(places, before, strict=True)
    )
    return Round(done, server, database)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number > 1)}"
