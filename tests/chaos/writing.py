"""Those who write, each deed under a key of its own and again until it is acknowledged."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.chaos.cast import Deed, Desk
from tests.diary import Answer, Client, contract

_PASSING = {"UNAVAILABLE", "TIMEOUT"}
_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 60.0


@dataclass
class Ledger:
    """What was acknowledged, by its id, with the people who may hear of it."""

    hearers: dict[str, frozenset[int]] = field(default_factory=dict)
    attempts: int = 0

    async def write(self, author: Client, deed: Deed, key: str) -> None:
        """Do it, again and again until it is acknowledged; AssertionError where it is refused."""
        payload: dict[str, Any] | None = None
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not payload:
                payload = await self._acknowledged(author, deed, key)
                await asyncio.sleep(0 if payload else _PAUSE_SECONDS)
        assert payload.pop("userErrors") == [], deed
        (made,) = payload.values()
        assert made["id"] not in self.hearers, f"{deed.operation} answered {made} twice"
        self.hearers[made["id"]] = deed.hearers

    async def _acknowledged(self, author: Client, deed: Deed, key: str) -> dict[str, Any] | None:
        self.attempts += 1
        asked = {"query": contract(deed.operation), "variables": {"input": deed.given}}
        headers = {**author.headers, "Idempotency-Key": key}
        try:
            sent = await author.http.post(f"{author.url}/graphql", json=asked, headers=headers)
            answer = Answer(sent.json(), sent.status_code)
        except (httpx.TransportError, ValueError):
            return None
        if answer.codes:
            assert _PASSING.issuperset(answer.codes), answer.body
            return None
        (payload,) = answer.data.values()
        found: dict[str, Any] = payload
        return found


async def keep_writing(
    ledger: Ledger, desk: Desk, chance: Random, goes_on: Callable[[], bool], rate: float
) -> None:
    """Write about a class, so often a second in the mean, as long as it goes on."""
    while goes_on():
        place = chance.randrange(len(desk.families))
        match chance.choices(("mark", "letter", "event"), (7, 2, 1)):
            case ["mark"]:
                author, deed = desk.teacher, desk.mark(place, chance.randint(2, 5))
            case ["letter"]:
                author, deed = desk.homeroom, desk.letter(desk.guardians[place:])
            case _:
                author, deed = desk.homeroom, desk.event()
        await ledger.write(author, deed, _key(chance))
        await asyncio.sleep(chance.expovariate(rate))


async def write_last(ledger: Ledger, desks: Iterable[Desk], chance: Random) -> None:
    """Let everybody hear of one thing more of each kind: behind it nothing is missed or doubled."""
    for desk in desks:
        for place in range(len(desk.families)):
            await ledger.write(desk.teacher, desk.mark(place, 5), _key(chance))
        await ledger.write(desk.homeroom, desk.letter(desk.guardians), _key(chance))
        await ledger.write(desk.homeroom, desk.event(), _key(chance))


def _key(chance: Random) -> str:
    return f"{chance.getrandbits(128):x}"
