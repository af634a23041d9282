"""Clients as front ends have them: they sign in, listen, lose their network, and miss nothing."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

from tests.cuttable import Line, cuttable
from tests.diary import Diary, contract
from tests.factories import AccountMade
from tests.hearing import Story, a_story, now

pytestmark = pytest.mark.usefixtures("database")

FOLDER = Path(__file__).parent / "clients"
_ROOT = FOLDER.parents[1]
_PATH = f"{_ROOT / '.venv/bin'}:{os.environ['PATH']}"
_PATIENCE_SECONDS = 20.0


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


@pytest.fixture
async def line(diary: Diary) -> AsyncIterator[Line]:
    async with cuttable(diary.url) as line:
        yield line


@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "apollo", "urql"])
async def test_a_client_from_npm_hears_every_mark_once(
    story: Story, line: Line, client: str
) -> None:
    account = await (await story.pupil.guardian()).account()
    async with node(client, account, line, await now(story.school)) as process:
        assert process.stdout is not None
        marks = [await story.record()]
        assert await said(process) == marks[0]
        assert line.cut() > 0
        marks += [await story.record(value) for value in (4, 3)]
        heard = [await said(process) for _ in marks[1:]]
        last = await story.record()
        assert await said(process) == last

    assert heard == marks[1:]


@asynccontextmanager
async def node(client: str, account: AccountMade, line: Line, after: str) -> AsyncIterator[Process]:
    """A program that listens by this client, over the line."""
    given = {
        "url": f"{line.url}/graphql",
        "login": account.login,
        "password": account.password,
        "signIn": contract("SignIn"),
        "hearing": contract("MarkChanges"),
        "after": after,
    }
    process = await asyncio.create_subprocess_exec(
        "node", "listen.mjs", client, cwd=FOLDER, env={"PATH": _PATH}, stdin=PIPE, stdout=PIPE
    )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(given).encode())
        process.stdin.close()
        yield process
    finally:
        process.kill()
        await process.wait()


async def said(process: Process) -> str:
    """The next line that the program writes."""
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE_SECONDS):
        return (await process.stdout.readline()).decode().strip()


async def test_gql_of_python_hears_every_mark_once(story: Story, line: Line) -> None:
    account = await (await story.pupil.guardian()).account()
    async with aclosing(by_gql(account, line, await now(story.school))) as changes:
        first = asyncio.create_task(anext(changes))
        marks = [await story.record()]
        async with asyncio.timeout(_PATIENCE_SECONDS):
            heard = [(await first)["markId"]]
            assert line.cut() > 0
            marks += [await story.record(value) for value in (4, 3)]
            heard += [(await anext(changes))["markId"] for _ in marks[1:]]

    assert heard == marks


async def by_gql(
    account: AccountMade, line: Line, after: str
) -> AsyncGenerator[dict[str, Any], None]:
    """Changes as gql hears them, which is begun anew after the last one whenever it is cut off."""
    url = f"{line.url.replace('http', 'ws', 1)}/graphql"
    given = {"input": {"login": account.login, "password": account.password}}
    async with Client(transport=WebsocketsTransport(url=url)) as nobody:
        signed_in = await nobody.execute(GraphQLRequest(contract("SignIn"), variable_values=given))
    token = signed_in["signIn"]["session"]["accessToken"]
    while True:
        transport = WebsocketsTransport(url=url, init_payload={"Authorization": f"Bearer {token}"})
        asking = GraphQLRequest(contract("MarkChanges"), variable_values={"after": after})
        try:
            async with Client(transport=transport) as session:
                async for told in session.subscribe(asking):
                    after = told["markChanges"]["cursor"]
                    yield told["markChanges"]
        except TransportError:
            continue
