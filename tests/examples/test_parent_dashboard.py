"""The example dashboard in a real browser, over two workers and one Redis, whatever breaks."""

import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import Browser

from access.tokens import ACCESS_LIFE
from models import Session
from tests.browser import chromium, eventually
from tests.diary import Diary
from tests.examples.dashboard import Between, DashboardPage, Family, a_family, comments
from tests.examples.previewing import Preview, build, previewing
from tests.live import stopped
from tests.programs import Program, serving
from tests.servers import RedisServer
from tests.workers import worker_that_serves

pytestmark = pytest.mark.usefixtures("database")

CONTRACT_SECONDS = 1.0
ANNA, BORIS = "Иванова Анна", "Иванов Борис"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def program(database: str, redis_server: RedisServer) -> Iterator[Program]:
    with serving(
        DATABASE_URL=database, REDIS_URL=redis_server.url, WEB_CONCURRENCY="2"
    ) as running_program:
        yield running_program


@pytest.fixture(scope="module")
def preview(browser: Browser, program: Program) -> Iterator[Preview]:
    """The page beside the service; where there is no browser it is not even built."""
    del browser
    build()
    with previewing(program.url) as running_preview:
        yield running_preview


@pytest.fixture
async def family(program: Program) -> AsyncIterator[Family]:
    # Each request over a connection of its own, for a worker may be killed between two.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=20, limits=limits) as http:
        yield await a_family(Diary(program.url, http))


@pytest.fixture
async def window(browser: Browser, preview: Preview) -> AsyncIterator[DashboardPage]:
    """A fresh window with the form to sign in, in which nothing must have gone wrong at the end."""
    context = await browser.new_context()
    page = DashboardPage(await context.new_page())
    await page.open(preview.url)
    yield page
    await context.close()
    assert page.problems == []
    assert page.loads == 1


@pytest.fixture
async def live(window: DashboardPage, family: Family) -> DashboardPage:
    """The window of the family's mother, who listens."""
    await window.sign_in(family.mother.login)
    await window.until_status("Обновляется сразу")
    return window


async def test_a_parent_sees_both_children(live: DashboardPage) -> None:
    assert sorted(await live.children()) == [BORIS, ANNA]


async def test_a_wrong_password_is_told(window: DashboardPage, family: Family) -> None:
    await window.sign_in(family.mother.login, "wrong")
    await window.page.get_by_role("alert").filter(has_text="Неверный логин или пароль.").wait_for()

    assert await window.page.get_by_label("Логин").input_value() == family.mother.login


async def test_a_mark_is_shown_within_a_second(live: DashboardPage, family: Family) -> None:
    await live.until_told(await family.mark(family.boris))
    for pupil, name in ((family.anna, ANNA), (family.boris, BORIS)):
        before = await live.marks_of(name)
        began = time.monotonic()
        mark = await family.mark(pupil)
        await live.until_told(mark)
        assert time.monotonic() - began < CONTRACT_SECONDS
        assert await live.marks_of(name) == [mark, *before]


async def test_what_happens_before_the_page_listens_is_told(
    window: DashboardPage, family: Family
) -> None:
    between = Between()
    between.patient = True
    await between.stand(window)
    await window.sign_in(family.mother.login)
    await window.children()
    await window.until_status("Обновляется сразу")
    mark = await family.mark(family.anna)

    async def asked() -> int:
        return len(between.subscribed)

    await eventually(asked, bool)
    between.let_subscribe()
    await window.until_told(mark)

    assert await window.marks_of(ANNA) == [mark]


async def test_a_newer_token_reaches_the_open_socket(window: DashboardPage, family: Family) -> None:
    await window.page.clock.install()
    await window.sign_in(family.mother.login)
    await window.until_status("Обновляется сразу")
    almost = ACCESS_LIFE - timedelta(seconds=30)
    await window.page.clock.fast_forward(almost // timedelta(milliseconds=1))
    await window.until_frame("pong", {"authorization": "RENEWED"})
    mark = await family.mark(family.anna)
    await window.until_told(mark)

    assert [each["type"] for each in window.frames].count("connection_init") == 1


async def test_who_is_signed_out_elsewhere_signs_in_anew(
    live: DashboardPage, family: Family, program: Program
) -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        elsewhere = await Diary(program.url, http).sign_in(family.mother)
        await elsewhere.send("mutation { endOtherSessions { userErrors { code } } }")
    await live.page.get_by_label("Пароль").wait_for()


async def test_signing_out_ends_the_session(live: DashboardPage, family: Family) -> None:
    await live.page.get_by_role("button", name="Выйти").click()
    await live.page.get_by_label("Пароль").wait_for()

    async def is_over() -> bool:
        return not await Session.exists(account_id=family.mother.row.id, ended_at=None)

    await eventually(is_over, bool)


async def test_after_a_resync_the_page_is_read_anew(window: DashboardPage, family: Family) -> None:
    between = Between()
    await between.stand(window)
    await window.sign_in(family.mother.login)
    await window.until_status("Обновляется сразу")
    first = await family.mark(family.anna)
    await window.until_told(first)
    between.holds = True
    missed = await family.mark(family.anna)
    await between.held.get()
    between.end(code="RESYNC_REQUIRED")
    await window.until_shown(missed)
    last = await family.mark(family.anna)
    await window.until_told(last)

    assert comments(await window.news()) == [first, last]
    assert await window.marks_of(ANNA) == [last, missed, first]


async def test_a_stream_that_lagged_goes_on_from_its_cursor(
    window: DashboardPage, family: Family
) -> None:
    between = Between()
    await between.stand(window)
    await window.sign_in(family.mother.login)
    await window.until_status("Обновляется сразу")
    between.holds = True
    await family.mark(family.anna)
    cursor = (await between.held.get())["cursor"]
    last = await family.mark(family.anna)
    await between.held.get()
    between.end(code="LAGGING", cursor=cursor)
    await window.until_told(last)

    assert between.subscribed[-1]["payload"]["variables"]["after"] == cursor
    assert comments(await window.news()) == [last]


async def test_whatever_breaks_each_mark_is_told_once_and_in_order(
    live: DashboardPage,
    family: Family,
    program: Program,
    preview: Preview,
    redis_server: RedisServer,
) -> None:
    marks = await family.marks(2)
    async with stopped(redis_server):
        marks += await family.marks(2)
    marks += await family.marks(2)
    await live.until_told(marks[-1])

    os.kill(worker_that_serves(program, preview.group), signal.SIGKILL)
    marks += await family.marks(4)
    await live.until_told(marks[-1])

    await live.page.context.set_offline(True)
    await live.until_status("Нет связи")
    marks += await family.marks(4)
    await live.page.context.set_offline(False)
    await live.until_status("Обновляется сразу")
    marks += await family.marks(2)
    await live.until_told(marks[-1])

    assert comments(await live.news()) == marks
    assert await live.marks_of(ANNA) == marks[::2][::-1]
    assert await live.marks_of(BORIS) == marks[1::2][::-1]
