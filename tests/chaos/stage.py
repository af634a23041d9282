"""A story at a service that is being broken, told in a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any

import asyncpg
import httpx
from tortoise import Tortoise
from tortoise.connection import get_connection

from models import ChangeEntry
from models.database import config
from subscriptions import topics
from tests.chaos.site import Site
from tests.diary import Answer, Client, Diary, contract
from tests.factories import gid
from tests.hearing import Story, a_story
from tests.live import eventually


async def played(site: Site, play: Callable[[Story], Awaitable[None]]) -> None:
    """Play it where Tortoise is connected to the site's database, and not to that of others."""
    await asyncio.create_task(_play(site, play), context=Context())


async def _play(site: Site, play: Callable[[Story], Awaitable[None]]) -> None:
    # None is kept up by the pool itself, which would complain of the restart.
    await Tortoise.init(config=config(site.database, min_size=0))
    try:
        async with httpx.AsyncClient(timeout=20) as http:
            await play(await a_story(Diary(site.program.url, http)))
    finally:
        await Tortoise.close_connections()


async def well(site: Site) -> None:
    """Return once the service is ready."""
    await eventually(lambda: site.program.ready()[0] == httpx.codes.OK, "the service to be ready")


@asynccontextmanager
async def held_up(site: Site, table: str, mode: str) -> AsyncIterator[None]:
    """Lock the table while inside, or until the database restarts."""
    connection = await asyncpg.connect(site.database)
    try:
        await connection.execute(f"BEGIN; LOCK TABLE {table} IN {mode} MODE")
        yield
    finally:
        connection.terminate()


@asynccontextmanager
async def slow_marks(when: str) -> AsyncIterator[None]:
    """Let every new mark take a minute while inside: at once, or DEFERRED to its commit."""
    await script(_SLEEPS.format(when=when))
    try:
        yield
    finally:
        await script("DROP TRIGGER sleeps ON mark; DROP FUNCTION sleep_long()")


_SLEEPS = """
CREATE FUNCTION sleep_long() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER sleeps AFTER INSERT ON mark DEFERRABLE INITIALLY {when}
    FOR EACH ROW EXECUTE FUNCTION sleep_long()
"""
_STUCK = "FROM pg_stat_activity WHERE wait_event = '{event}' AND datname = current_database()"


async def stuck(event: str) -> None:
    """Return once a statement waits for that event."""
    asked = f"SELECT pid {_STUCK.format(event=event)}"
    async with asyncio.timeout(5):
        while not await rows(asked):  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.01)


async def cut(event: str) -> None:
    """End the connections whose statements wait for that event."""
    await rows(f"SELECT pg_terminate_backend(pid, 5000) {_STUCK.format(event=event)}")


async def script(sql: str) -> None:
    """Run statements that give nothing."""
    await get_connection("default").execute_script(sql)


async def rows(sql: str) -> list[dict[str, Any]]:
    """What a statement gives."""
    return await get_connection("default").execute_query_dict(sql)


async def now(client: Client) -> str:
    """The cursor of whoever has heard all; this database is not the one that `tests` know."""
    found: str = (await client.send("{ changesCursor }")).data["changesCursor"]
    return found


async def logged(story: Story) -> list[str]:
    """The marks of the story's school that the log tells of, in order."""
    entries = await ChangeEntry.filter(topic=topics.school(story.school.id)).order_by("seq")
    return [gid("Mark", each.row_id) for each in entries]


async def record(story: Story, key: str | None = None) -> Answer:
    """Give a mark, under an Idempotency-Key if told."""
    given = {
        "lessonId": gid("Lesson", story.lesson.id),
        "studentId": gid("Student", story.pupil.id),
        "value": 4,
    }
    asked = {"query": contract("RecordMark"), "variables": {"input": given}}
    teacher = story.teacher
    headers = teacher.headers | ({"Idempotency-Key": key} if key else {})
    answer = await teacher.http.post(f"{teacher.url}/graphql", json=asked, headers=headers)
    return Answer(answer.json(), answer.status_code)
