"""A story at a service that is being broken, told in a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context

import asyncpg
import httpx
from tortoise import Tortoise

from models import ChangeEntry
from models.database import config
from subscriptions import topics
from tests.chaos.site import Site
from tests.diary import Answer, Diary, contract
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
