"""The sides of a comparison over one database: the service, the limit, the generic resolvers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import orjson

import demo
from bench import load
from bench.figures import Line, times
from bench.machine import SECRET
from bench.relay import Relay
from demo.region import ZONE
from tests.diary import contract
from tests.programs import Program
from tests.servers import RedisServer

ENVIRON = {"SECRET_KEY": SECRET, "ENVIRONMENT": "production", "TIMEZONE": ZONE}
# Only in development may a request ask for the generic resolvers; what else differs there is off.
_IN_DEVELOPMENT = {
    "ENVIRONMENT": "development",
    **dict.fromkeys(("DEMO", "GRAPHIQL", "METRICS", "INTROSPECTION"), "off"),
}
# What asks for them.
GENERIC = {"planner": False}


@dataclass(frozen=True)
class Server:
    """A running server: its address, and the process that all of its workers were started by."""

    url: str
    pid: int


@contextmanager
def service(database_url: str, **environ: str) -> Iterator[Server]:
    """Run the service over a database, as it would run in production."""
    with _running(("cli", "serve"), database_url, environ) as server:
        yield server


@contextmanager
def generic(database_url: str) -> Iterator[Server]:
    """Run the service over a database so that it also answers by the generic resolvers."""
    with _running(("cli", "serve"), database_url, _IN_DEVELOPMENT) as server:
        yield server


@contextmanager
def limit(database_url: str, **environ: str) -> Iterator[Server]:
    """Run the limit over a database."""
    with _running(("bench.limit",), database_url, environ) as server:
        yield server


@contextmanager
def ready(database_url: str) -> Iterator[Server]:
    """Run what writes ready bytes, served as the service is."""
    with _running(("bench.ready",), database_url, {}) as server:
        yield server


@contextmanager
def two_workers(database_url: str) -> Iterator[tuple[Server, Server]]:
    """Run the service and the limit over a database, each with two workers over one Redis."""
    with RedisServer() as redis:
        environ = {"WEB_CONCURRENCY": "2", "REDIS_URL": redis.url}
        with service(database_url, **environ) as ours, limit(database_url, **environ) as limits:
            yield ours, limits


@contextmanager
def _running(program: tuple[str, ...], url: str, environ: Mapping[str, str]) -> Iterator[Server]:
    with Program(*program, DATABASE_URL=url, **{**ENVIRON, **environ}) as running:
        running.wait_until_up()
        yield Server(running.url, running.process.pid)


def sign_in(url: str, login: str) -> str:
    """The access token of somebody of the data set."""
    given = {"input": {"login": login, "password": demo.PASSWORD}}
    answer = orjson.loads(load.ask(url, load.request(contract("SignIn"), given)))
    token: str = answer["data"]["signIn"]["session"]["accessToken"]
    return token


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
