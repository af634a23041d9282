"""A database that restarts: no stream ends, and nothing is done by half or said to be done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from contextvars import Context

import asyncpg
import httpx
from tortoise import Tortoise
from tortoise.connection import get_connection

from models.database import config
from tests.chaos.site import Site, a_site
from tests.diary import Answer, Diary, contract
from tests.factories import gid
from tests.hearing import Story, a_story, hearing
from tests.live import eventually
from tests.locks import waiting


async def test_a_restart_ends_no_stream_and_does_nothing_by_half(template_url: str) -> None:
    stack = ExitStack()
    site = await asyncio.to_thread(stack.enter_context, a_site(template_url))
    try:
        # An empty context: this database is another one than that of the other tests.
        await asyncio.create_task(_restarted(site), context=Context())
    finally:
        await asyncio.to_thread(stack.close)


async def _restarted(site: Site) -> None:
    async with _story(site) as story, hearing(story.parent) as stream:
        await stream.socket.settled()
        marks = [await story.record()]
        async with _held_up(site):
            recording = asyncio.create_task(_record(story))
            await waiting(get_connection("default"), 1)
            await asyncio.to_thread(site.restart_database)
        refused = await recording
        marks.append(await _recorded(site, story))
        await asyncio.to_thread(site.crash_database)
        marks.append(await _recorded(site, story))
        heard = await stream.marks(3)
        logged = await _logged(site)

    assert refused.codes == ["INTERNAL"]
    assert heard == marks
    assert logged == marks


@asynccontextmanager
async def _story(site: Site) -> AsyncIterator[Story]:
    # None is kept up by the pool itself, which would complain of the restart.
    await Tortoise.init(config=config(site.database, min_size=0))
    try:
        async with httpx.AsyncClient(timeout=20) as http:
            yield await a_story(Diary(site.program.url, http))
    finally:
        await Tortoise.close_connections()


@asynccontextmanager
async def _held_up(site: Site) -> AsyncIterator[None]:
    """Let nobody write marks while inside, or until the database restarts."""
    connection = await asyncpg.connect(site.database)
    try:
        await connection.execute("BEGIN; LOCK TABLE mark IN SHARE MODE")
        yield
    finally:
        connection.terminate()


async def _record(story: Story) -> Answer:
    given = {
        "lessonId": gid("Lesson", story.lesson.id),
        "studentId": gid("Student", story.pupil.id),
        "value": 4,
    }
    return await story.teacher.send(contract("RecordMark"), input=given)


async def _recorded(site: Site, story: Story) -> str:
    """A mark that is given as soon as the service is well again."""
    await eventually(lambda: site.program.ready()[0] == httpx.codes.OK, "the service to be ready")
    return await story.record()


async def _logged(site: Site) -> list[str]:
    """The marks that the log tells of, in order."""
    connection = await asyncpg.connect(site.database)
    try:
        rows = await connection.fetch("SELECT row_id FROM change_entry ORDER BY seq")
    finally:
        await connection.close()
    return [gid("Mark", row["row_id"]) for row in rows]
