"""The two sides of a comparison, side by side over one database: the service, and the limit."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

import asyncpg
import orjson

import demo
from bench import load
from bench.figures import Line, Load, rate, ratio_of, times
from bench.load import Check
from bench.machine import SECRET
from bench.relay import Relay
from demo.region import ZONE
from tests.diary import contract
from tests.programs import Program, serving

ENVIRON = {"SECRET_KEY": SECRET, "ENVIRONMENT": "production", "TIMEZONE": ZONE}
CONNECTIONS = (1, 16)
_WARM_UP_SECONDS = 0.3


@contextmanager
def service(database_url: str, **environ: str) -> Iterator[str]:
    """Run the service over a database, as it would run in production; yields its address."""
    with serving(DATABASE_URL=database_url, **ENVIRON, **environ) as program:
        yield program.url


@contextmanager
def limit(database_url: str) -> Iterator[str]:
    """Run the limit over a database; yields its address."""
    with Program("bench.limit", DATABASE_URL=database_url, **ENVIRON) as program:
        program.wait_until_up()
        yield program.url


def sign_in(url: str, login: str) -> str:
    """The access token of somebody of the data set."""
    given = {"input": {"login": login, "password": demo.PASSWORD}}
    answer = orjson.loads(load.ask(url, load.request(contract("SignIn"), given)))
    token: str = answer["data"]["signIn"]["session"]["accessToken"]
    return token


def fetch(database_url: str, statement: str, *values: Any) -> list[Any]:
    """Rows of one statement, with the region's own clock."""

    async def run() -> list[Any]:
        settings = {"timezone": ZONE}
        connection = await asyncpg.connect(database_url, server_settings=settings)
        try:
            rows: list[Any] = await connection.fetch(statement, *values)
        finally:
            await connection.close()
        return rows

    return asyncio.run(run())


def round_trips(what: str, counting: Relay, url: str, messages: Sequence[bytes]) -> Line:
    """The median round trips of a request; every message is sent once before, to warm up."""
    for message in messages:
        load.ask(url, message)
    trips = []
    for message in messages:
        before = counting.round_trips
        load.ask(url, message)
        trips.append(counting.round_trips - before)
    middle = median(trips)
    return Line(f"{what}, round trips", f"{middle:g} a request", times(middle), "of the limit: 1")


def compared(
    what: str,
    urls: tuple[str, str],
    messages: Sequence[bytes],
    checks: tuple[Check, Check],
    *,
    quick: bool,
) -> Iterator[Line]:
    """Press the service and the limit in turns; `urls` and `checks` are theirs, in this order."""
    rounds, seconds = (1, 0.4) if quick else (3, 1.0)
    for url, check in zip(urls, checks, strict=True):
        load.press(url, messages, connections=4, seconds=_WARM_UP_SECONDS, check=check)
    for connections in CONNECTIONS:
        ours: list[Load] = []
        limits: list[Load] = []
        for _, (url, check, done) in itertools.product(
            range(rounds), zip(urls, checks, (ours, limits), strict=True)
        ):
            done.append(
                load.press(url, messages, connections=connections, seconds=seconds, check=check)
            )
        named = f"{what}, {connections} connection{'s' * (connections > 1)}"
        yield Line(named, rate(ours), ratio_of(ours, limits), f"of the limit: {rate(limits)}")
