"""A database that restarts: no stream ends, and nothing is done by half or said to be done."""

import asyncio

from tests.chaos import stage
from tests.chaos.site import Site
from tests.hearing import Story, hearing


async def test_a_restart_ends_no_stream_and_does_nothing_by_half(site: Site) -> None:
    async def play(story: Story) -> None:
        await _restarted(site, story)

    await stage.played(site, play)


async def _restarted(site: Site, story: Story) -> None:
    async with hearing(story.parent, after=await stage.now(story.parent)) as stream:
        marks = [await story.record()]
        async with stage.slow_marks("IMMEDIATE"):
            recording = asyncio.create_task(stage.record(story))
            await stage.stuck("PgSleep")
            await asyncio.to_thread(site.restart_database)
        refused = await recording
        marks.append(await _recorded(site, story))
        await asyncio.to_thread(site.crash_database)
        marks.append(await _recorded(site, story))
        heard = await stream.marks(3)

    assert refused.refused == [("UNAVAILABLE", "recordMark")]
    assert heard == marks
    assert await stage.logged(story) == marks


async def _recorded(site: Site, story: Story) -> str:
    """A mark that is given as soon as the service is well again."""
    await stage.well(site)
    return await story.record()
