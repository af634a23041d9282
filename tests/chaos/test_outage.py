"""A database that is away, or has no time: who asks is told to try again, and who listens waits."""

import asyncio
import time
from typing import Any

import pytest
from tortoise.connection import get_connection

from models import ChangeArea, MarkChangeKind
from subscriptions import log, topics
from tests.chaos import stage
from tests.chaos.site import Site
from tests.diary import Client, Diary
from tests.factories import PASSWORD, gid
from tests.hearing import Story, hearing, signed_in
from tests.locks import waiting

PATIENCE_SECONDS = 10.0
GRAPHQL = "application/graphql-response+json"
# Reads what a mark is heard with, and what nobody has to be asked about who may hear of it.
SUBJECTS = "{ viewer { children { recentMarks(first: 1) { subject { name } } } } }"
AWAY = {
    "code": "UNAVAILABLE",
    "message": "The service cannot answer now. Try again in a moment.",
}


async def test_while_the_database_is_away_everybody_is_told_to_try_again(site: Site) -> None:
    async def play(story: Story) -> None:
        await _asked_in_vain(site, story)

    await stage.played(site, play)


async def _asked_in_vain(site: Site, story: Story) -> None:
    account = await (await story.klass.pupil()).account()
    sign_in = (
        "mutation ($login: String!, $password: String!) {"
        " signIn(input: {login: $login, password: $password}) { session { accessToken } } }"
    )
    secrets = {"login": account.login, "password": PASSWORD}
    nobody = Client(story.parent.url, story.parent.http)
    async with story.parent.socket() as socket:
        await asyncio.to_thread(site.stop_database)
        try:
            answers = [
                await _posted(story.parent, SUBJECTS),
                await _posted(story.parent, SUBJECTS, extensions={"planner": False}),
                await _posted(nobody, sign_in, variables=secrets),
            ]
            refused = await stage.record(story)
            number = await socket.subscribe(SUBJECTS)
            over_a_socket = await socket.receive()
        finally:
            await asyncio.to_thread(site.start_database)

    for status, retry_after, body in answers:
        assert (status, retry_after) == (503, "2")
        assert _told(body) == [AWAY]
        assert "data" not in body
    assert (refused.status, refused.codes) == (200, ["UNAVAILABLE"])
    assert over_a_socket["id"] == number
    assert {each["extensions"]["code"] for each in _errors(over_a_socket)} == {"UNAVAILABLE"}
    await stage.well(site)
    assert await stage.logged(story) == []
    again = await _posted(nobody, sign_in, variables=secrets)
    assert again[2]["data"]["signIn"]["session"]["accessToken"]


async def _posted(client: Client, query: str, **asked: Any) -> tuple[int, str | None, Any]:
    """The status, Retry-After and body that are answered in GraphQL's own form."""
    answer = await client.http.post(
        f"{client.url}/graphql",
        json={"query": query, **asked},
        headers={**client.headers, "Accept": GRAPHQL},
    )
    return answer.status_code, answer.headers.get("retry-after"), answer.json()


def _told(body: Any) -> list[Any]:
    """What the errors' extensions say, with the message."""
    return [{**each["extensions"], "message": each["message"]} for each in body["errors"]]


def _errors(message: Any) -> Any:
    return message["payload"]["errors"] if message["type"] == "next" else message["payload"]


# The rows are committed, and who has committed them waits for a copy that there is not.
_NOBODY_COPIES = "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
_NOBODY_HAS_TO = "ALTER SYSTEM RESET synchronous_standby_names"


async def test_who_is_cut_off_from_a_commit_that_was_not_done_does_it_again(site: Site) -> None:
    async def play(story: Story) -> None:
        async with stage.slow_marks("DEFERRED"):
            answer = await _cut_off(story, "PgSleep", key="once")
        assert _told(answer.body) == [_UNKNOWN]
        assert await stage.logged(story) == []
        again = (await stage.record(story, "once")).data["recordMark"]
        assert await stage.logged(story) == [again["mark"]["id"]]

    await stage.played(site, play)


@pytest.mark.parametrize("key", ["twice", None])
async def test_who_is_cut_off_from_a_commit_that_was_done_does_it_once(
    site: Site, key: str | None
) -> None:
    async def play(story: Story) -> None:
        await stage.script(_NOBODY_COPIES)
        await stage.script("SELECT pg_reload_conf()")
        try:
            answer = await _cut_off(story, "SyncRep", key)
        finally:
            await stage.script(_NOBODY_HAS_TO)
            await stage.script("SELECT pg_reload_conf()")
        assert _told(answer.body) == [_UNKNOWN]
        (mark,) = await stage.logged(story)
        if key:
            again = (await stage.record(story, key)).data["recordMark"]
            assert again["mark"]["id"] == mark
            assert await stage.logged(story) == [mark]

    await stage.played(site, play)


_UNKNOWN = {
    "code": "UNAVAILABLE",
    "outcome": "UNKNOWN",
    "message": "Whether this was done is not known. Try again in a moment, "
    "with the same Idempotency-Key if there was one.",
}


async def _cut_off(story: Story, event: str, key: str | None) -> Any:
    """The answer to a mark whose connection is cut as it waits for that event in its commit."""
    recording = asyncio.create_task(stage.record(story, key))
    await stage.stuck(event)
    await stage.cut(event)
    return await recording


async def test_a_change_whose_reading_is_cut_off_is_told_when_the_database_is_back(
    site: Site,
) -> None:
    async def play(story: Story) -> None:
        async with hearing(story.parent, after=await stage.now(story.parent)) as stream:
            async with stage.held_up(site, "subject", "ACCESS EXCLUSIVE"):
                marks = [await story.record(), await story.record()]
                # Who may hear of the first is known by now, and what it says is not.
                await waiting(get_connection("default"), 1)
                await asyncio.to_thread(site.break_database)
                await asyncio.sleep(1)
                await asyncio.to_thread(site.start_database)
            await stage.well(site)
            marks.append(await story.record())
            assert await stream.marks(3) == marks
            await stream.socket.nothing()

    await stage.played(site, play)


async def test_a_right_that_ends_while_nothing_can_be_read_hears_nothing(site: Site) -> None:
    async def play(story: Story) -> None:
        mother = await story.pupil.guardian()
        parent = await signed_in(Diary(story.parent.url, story.parent.http), mother)
        async with (
            hearing(parent, after=await stage.now(parent)) as stream,
            stage.held_up(site, "subject", "ACCESS EXCLUSIVE"),
        ):
            await story.record()
            await waiting(get_connection("default"), 1)
            await mother.guardianship.end()
            await stage.cut("relation")
            assert await stream.end() == ["FORBIDDEN"]

    await stage.played(site, play)


async def test_what_takes_too_long_is_given_up_and_streams_live_on(site: Site) -> None:
    async def play(story: Story) -> None:
        async with hearing(story.parent, after=await stage.now(story.parent)) as stream:
            async with stage.held_up(site, "subject", "ACCESS EXCLUSIVE"):
                # More than both workers have connections for.
                told = await asyncio.gather(*(_timed(story.parent) for _ in range(100)))
                mark = gid("Mark", await _marked(story))
            assert await stream.marks(1) == [mark]
        assert (await story.parent.send(SUBJECTS)).codes == []
        assert {codes for codes, _ in told} == {("TIMEOUT",)}
        assert max(seconds for _, seconds in told) < PATIENCE_SECONDS
        # Those that came too late for a connection need not wait for a statement.
        assert sorted(seconds for _, seconds in told)[30] < PATIENCE_SECONDS / 2

    await stage.played(site, play)


async def _timed(client: Client) -> tuple[tuple[str, ...], float]:
    """The codes of an answer, and how many seconds it took."""
    began = time.monotonic()
    answer = await client.send(SUBJECTS)
    return tuple(answer.codes), time.monotonic() - began


async def _marked(story: Story) -> int:
    """The number of a mark that is given past the service."""
    mark = await story.lesson.mark(story.pupil, 5)
    topic, area = topics.school(story.school.id), ChangeArea.MARKS
    change = log.Change(topic, area, MarkChangeKind.RECORDED, mark.id, story.pupil.id)
    await log.append(get_connection("default"), [change])
    return mark.id
