"""How the program starts, tells how it is, and stops: real processes, real servers."""

import asyncio
import json
import os
import re
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
import websockets
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import settings as configuration
from app import create_app
from service import embedded, server
from service.cluster import Cluster
from tests.programs import Program
from tests.servers import RedisServer, free_port, open_folder, wait_until

SECRET = "a secret that only this test suite signs with"
LIMIT_SECONDS = 10.0
OK = {"status": "ok", "database": "ok", "redis": "ok"}


class FirstStart(NamedTuple):
    """What the very first start in an empty folder gave, and the folder it left."""

    data: Path
    health: tuple[int, dict[str, str]]
    ready: tuple[int, dict[str, str]]
    output: str
    exit_code: int
    seconds_to_end: float
    database_left: bool


@pytest.fixture(scope="module")
def first_start() -> Iterator[FirstStart]:
    with open_folder() as folder:
        data = folder / "data"
        with Program("cli", "serve", DATA_DIR=str(data), ENVIRONMENT="development") as program:
            program.wait_until_up()
            health = httpx.get(f"{program.url}/healthz")
            ready = program.ready()
            seconds = program.end()
        yield FirstStart(
            data,
            (health.status_code, health.json()),
            ready,
            program.output.replace(program.url, "URL"),
            program.process.returncode,
            seconds,
            Cluster(data / "postgres").alive(),
        )


@pytest.fixture
def environ(first_start: FirstStart) -> Iterator[dict[str, str]]:
    """Return what points a program at a migrated database that is not its own to start."""
    with embedded.postgres(first_start.data) as url:
        yield {"DATABASE_URL": url, "SECRET_KEY": SECRET}


def test_it_starts_from_nothing_and_leaves_no_process(first_start: FirstStart) -> None:
    assert first_start.health == (200, {"status": "ok"})
    assert first_start.ready == (200, {"status": "ok", "database": "ok", "redis": "unused"})
    assert "Listening on URL/graphql" in first_start.output
    assert "Traceback" not in first_start.output
    assert first_start.exit_code == 0
    assert first_start.seconds_to_end < LIMIT_SECONDS
    assert not first_start.database_left
    assert stat.S_IMODE((first_start.data / "secret").stat().st_mode) == 0o600


def test_a_killed_program_leaves_nothing_that_the_next_start_does_not_heal(
    first_start: FirstStart,
) -> None:
    data = first_start.data
    secret = (data / "secret").read_text()
    with Program("cli", "serve", DATA_DIR=str(data)) as killed:
        killed.wait_until_up()
        killed.process.kill()
        wait_until(lambda: not killed.answers(), "the orphaned worker to end")
    assert Cluster(data / "postgres").alive()

    with Program("cli", "serve", DATA_DIR=str(data)) as program:
        program.wait_until_up()
        ready = program.ready()
        program.end()

    assert ready[0] == 200
    assert (data / "secret").read_text() == secret
    assert not Cluster(data / "postgres").alive()


def test_the_last_of_two_users_stops_the_embedded_database(first_start: FirstStart) -> None:
    folder = first_start.data
    with embedded.postgres(folder) as first:
        with embedded.postgres(folder) as second:
            assert first == second
        assert Cluster(folder / "postgres").alive()

    assert not Cluster(folder / "postgres").alive()


def test_a_database_that_stops_is_told_and_heals(
    first_start: FirstStart, environ: dict[str, str]
) -> None:
    cluster = Cluster(first_start.data / "postgres")
    with Program("cli", "serve", **environ) as program:
        program.wait_until_up()
        before = program.ready()
        cluster.stop()
        without = program.ready()
        alive = program.answers()
        cluster.start(embedded.TUNING)
        after = program.ready()
        program.end()

    unused = {"redis": "unused"}
    assert before == (200, {"status": "ok", "database": "ok", **unused})
    assert without == (503, {"status": "failed", "database": "failed", **unused})
    assert alive
    assert after == before


def test_without_redis_it_is_degraded_and_still_ready(
    environ: dict[str, str], redis_server: RedisServer
) -> None:
    more = {"REDIS_URL": redis_server.url, "WEB_CONCURRENCY": "2"}
    with Program("cli", "serve", **environ, **more) as program:
        program.wait_until_up()
        before = program.ready()
        redis_server.stop()
        stopped = program.ready()
        redis_server.start()
        wait_until(lambda: program.ready() == before, "Redis to be heard again")
        redis_server.pause()
        frozen = program.ready()
        redis_server.resume()
        wait_until(lambda: program.ready() == before, "Redis to be heard again")
        program.end()

    assert before == (200, OK)
    assert stopped == frozen == (200, {**OK, "status": "degraded", "redis": "failed"})


def test_an_answer_has_its_id_and_safe_headers_and_no_banner(environ: dict[str, str]) -> None:
    allowed = {"ALLOWED_ORIGINS": "https://diary.example"}
    with Program("cli", "serve", **environ, **allowed) as program:
        program.wait_until_up()
        unknown = httpx.get(f"{program.url}/nothing", headers={"X-Request-Id": "from-outside-1"})
        forged = httpx.get(f"{program.url}/healthz", headers={"X-Request-Id": "a b\tc;<script>"})
        large = httpx.post(f"{program.url}/healthz", content=b"x" * (256 * 1024 + 1))
        chunks = httpx.post(f"{program.url}/healthz", content=iter([b"x" * 200_000] * 2))
        ours = httpx.get(f"{program.url}/healthz", headers={"Origin": "https://diary.example"})
        other = httpx.get(f"{program.url}/healthz", headers={"Origin": "https://evil.example"})
        program.end()

    assert (unknown.status_code, unknown.json()) == (404, {"error": "Not Found"})
    assert unknown.headers["x-request-id"] == "from-outside-1"
    assert len(forged.headers["x-request-id"]) == 32
    assert large.status_code == 413
    assert chunks.status_code == 405
    for answer in (unknown, forged, large):
        assert "server" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ours.headers["access-control-allow-origin"] == "https://diary.example"
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
async def test_stopping_tells_sockets_and_lets_requests_finish(number: signal.Signals) -> None:
    with Program("tests.slow_app") as program:
        await asyncio.to_thread(program.wait_until_up)
        async with (
            websockets.connect(f"ws://127.0.0.1:{program.port}/socket") as stream,
            httpx.AsyncClient(base_url=program.url) as client,
            client.stream("GET", "/slow") as answer,
        ):
            parts = answer.aiter_text()
            begun = await anext(parts)
            end = asyncio.create_task(asyncio.to_thread(program.end, number))
            await stream.wait_closed()
            rest = [part async for part in parts]
            seconds = await end

    assert stream.close_code == 1012
    assert (begun, rest) == ("begun ", ["finished"])
    assert seconds < LIMIT_SECONDS


async def test_it_ends_in_time_whatever_requests_do() -> None:
    seconds = await asyncio.gather(_seconds_to_end("/endless"), _seconds_to_end("/blocked"))

    assert max(seconds) < LIMIT_SECONDS


async def _seconds_to_end(path: str) -> float:
    """Stop a program in the middle of the answer that `path` begins."""
    with Program("tests.slow_app") as program:
        await asyncio.to_thread(program.wait_until_up)
        async with (
            httpx.AsyncClient(base_url=program.url, timeout=30) as client,
            client.stream("GET", path) as answer,
        ):
            parts = answer.aiter_text()
            assert await anext(parts) == "begun "
            seconds = await asyncio.to_thread(program.end)
            with suppress(httpx.RemoteProtocolError):
                [part async for part in parts]
        assert not program.answers()
        return seconds


def test_two_workers_answer_and_a_dead_one_is_replaced(redis_server: RedisServer) -> None:
    with Program("tests.slow_app", WEB_CONCURRENCY="2", REDIS_URL=redis_server.url) as program:
        program.wait_until_up()
        pids: set[int] = set()

        def all_answered(count: int) -> bool:
            pids.add(int(httpx.get(f"{program.url}/healthz").text))
            return len(pids) == count

        wait_until(lambda: all_answered(2), "both workers to answer")
        os.kill(min(pids), signal.SIGKILL)
        wait_until(lambda: _answered_or_dropped(all_answered), "the third to answer", 30)
        seconds = program.end()

    assert seconds < LIMIT_SECONDS


def _answered_or_dropped(all_answered: Callable[[int], bool]) -> bool:
    try:
        return all_answered(3)
    except httpx.TransportError:
        return False


async def test_an_unexpected_error_shows_an_id_and_nothing_else() -> None:
    async def broken(_request: Request) -> Response:
        raise ValueError("Иванов")

    application = create_app(configuration.load({}))
    application.router.routes.append(Route("/broken", broken))
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/broken", headers={"X-Request-Id": "found-in-the-log"})

    assert answer.status_code == 500
    assert answer.json() == {"error": "INTERNAL", "requestId": "found-in-the-log"}
    assert answer.headers["x-request-id"] == "found-in-the-log"


def test_the_log_has_the_place_of_an_error_and_not_its_words() -> None:
    with Program("tests.slow_app") as program:
        program.wait_until_up()
        status = httpx.get(f"{program.url}/broken?name=Петров").status_code
        program.end()

    (line,) = program.output.splitlines()
    event = json.loads(line)
    assert status == 500
    assert (event["level"], event["error"]) == ("error", "builtins.ValueError")
    assert re.search(r"tests/slow_app\.py:\d+$", event["at"])
    assert "Иванов" not in line
    assert "Петров" not in line


def test_a_connection_that_acknowledges_nothing_is_given_up() -> None:
    with (
        server.bound("127.0.0.1", free_port()) as listener,
        socket.socket() as client,
    ):
        with pytest.raises(ConnectionRefusedError):
            client.connect(listener.getsockname())
        listener.listen()
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            given_up_after = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

            unsent = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT)

    assert (given_up_after, unsent) == (20_000, 128 * 1024)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"DATABASE_URL": "postgresql://127.0.0.1:{port}/diary", "SECRET_KEY": SECRET},
            (
                "The database of DATABASE_URL does not let us in (ConnectionRefusedError): "
                "start it, or correct DATABASE_URL."
            ),
        ),
        (
            {"HOST": "192.0.2.1"},
            (
                "192.0.2.1:{own} cannot be listened on (Cannot assign requested address): "
                "set HOST and PORT to an address of this machine that is free."
            ),
        ),
    ],
    ids=["no database", "no address"],
)
def test_what_is_missing_at_the_start_is_said(
    given: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    dead = free_port()
    filled = {name: value.format(port=dead) for name, value in given.items()}
    data = tmp_path / "data"

    with Program("cli", "serve", DATA_DIR=str(data), **filled) as program:
        program.process.wait(30)

    assert program.process.returncode == 2
    assert program.output == f"schoolDiary: {sentence.format(own=program.port)}\n"
    assert not data.exists()


def test_a_folder_closed_to_others_stops_nobody(tmp_path: Path) -> None:
    data = tmp_path / "data"
    tmp_path.chmod(0o700)
    with embedded.postgres(data) as url:
        assert url.startswith("postgresql://postgres@/postgres?host=")
    # Root alone needs another user, who may pass through the folder but not list it.
    assert tmp_path.stat().st_mode & 0o777 == (0o701 if os.geteuid() == 0 else 0o700)
