"""Clients that do not read: given up in time, at no price for others, and none misses anything."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tortoise.transactions import in_transaction
from websockets.exceptions import ConnectionClosed

from access.tokens import TokenSigner
from models import Account, ChangeArea, ChangeKind, MarkChangeKind
from schema.declaration.ids import decode
from service import streams
from subscriptions import cursor, log, topics
from tests.diary import Client, Diary, Socket, contract
from tests.event_streams import events
from tests.hearing import Story, a_story, hearing, now
from tests.live import eventually
from tests.programs import Program, serving
from tests.workers import worker_of

pytestmark = pytest.mark.usefixtures("database")

HEARING = contract("MarkChanges")
MANY = 2_000
"""Changes that take far more room than there is between a server and a client."""
_SMALL_BUFFER = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)


@pytest.fixture(scope="module")
def program(database: str) -> Iterator[Program]:
    """Return a service that waits a second for clients to read."""
    room = {"MAX_SOCKETS_PER_SESSION": "200", "MAX_SUBSCRIPTIONS_PER_SESSION": "200"}
    with serving("tests.impatient_app", DATABASE_URL=database, **room) as program:
        yield program


@pytest.fixture
async def story(program: Program) -> AsyncIterator[Story]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield await a_story(Diary(program.url, http))


@asynccontextmanager
async def unread(
    client: Client, after: str | None, document: str = HEARING
) -> AsyncIterator[Socket]:
    """A subscription over a socket that reads nothing unless it is asked to."""
    address = urlsplit(client.url)
    raw = socket.socket()
    raw.setsockopt(*_SMALL_BUFFER)
    raw.connect((address.hostname, address.port))
    async with client.socket(sock=raw, max_queue=1, ping_interval=None) as opened:
        await opened.subscribe(document, after=after)
        try:
            yield opened
        finally:
            # To close as one should would mean to read all that is there.
            opened.connection.transport.abort()


async def change_often(story: Story, count: int = MANY) -> None:
    """Let one mark change so often."""
    mark = decode("Mark", await story.record())
    assert mark is not None
    change = log.Change(
        topics.school(story.school.id),
        ChangeArea.MARKS,
        MarkChangeKind.CORRECTED,
        mark,
        story.pupil.id,
    )
    async with in_transaction() as connection:
        await log.append(connection, [change] * (count - 1))


def number(story: Story, payload: Any) -> int:
    """The number in the log of the change that was told."""
    positions = cursor.decode(payload["data"]["markChanges"]["cursor"])
    return positions[topics.school(story.school.id)]


async def resumed(story: Story, after: Any, count: int) -> list[int]:
    """The numbers of the next changes behind the last one that was told."""
    place = after["data"]["markChanges"]["cursor"]
    async with hearing(story.parent, HEARING, after=place) as stream:
        payloads = [{"data": {"markChanges": await stream.change()}} for _ in range(count)]
    return [number(story, each) for each in payloads]


async def ended(program: Program, count: int) -> None:
    """Return when so many streams have ended, as the log says."""
    await eventually(
        lambda: program.said().count("graphql.stream") >= count, "the stream to end", 20
    )


async def test_a_socket_that_is_not_read_is_closed_and_its_client_misses_nothing(
    program: Program, story: Story
) -> None:
    begun = await now(story.school)
    before = program.said().count("graphql.stream")
    async with unread(story.parent, begun) as slow, hearing(story.parent, after=begun) as other:
        await change_often(story)
        others = [await other.change() for _ in range(MANY)]
        await ended(program, before + 1)
        told, end = await read_to_the_end(slow)

    numbers = [number(story, each) for each in told]
    assert len(others) == MANY
    assert end == (streams.TOO_SLOW, "Too slow: resume after the last cursor.")
    assert numbers == list(range(1, len(told) + 1))
    assert 0 < len(told) < MANY
    rest = await resumed(story, told[-1], MANY - len(told))
    assert rest == list(range(len(told) + 1, MANY + 1))


async def read_to_the_end(slow: Socket) -> tuple[list[Any], tuple[int, str]]:
    """All payloads that still come, and how the server closes."""
    told = []
    with suppress(ConnectionClosed):
        while message := await slow.receive():
            assert message["type"] == "next"
            told.append(message["payload"])
    assert slow.connection.close_code is not None
    return told, (slow.connection.close_code, slow.connection.close_reason or "")


COUNT = """
subscription ($after: String) {
  unreadCountChanges(after: $after) { cursor kind messageId message { id subject body sentAt } }
}
"""


async def test_of_what_only_the_latest_matters_a_slow_client_is_told_the_latest(
    story: Story,
) -> None:
    begun, topic = await beginning(story.parent)
    async with (
        unread(story.parent, begun, COUNT) as slow,
        hearing(story.parent, COUNT, after=begun) as other,
    ):
        await read_often(story, MANY)
        others = [await place(other.socket, topic) for _ in range(MANY)]
        # Three times as long as clients are waited for of whom each event has to be read.
        await other.socket.nothing(3)
        told = [await place(slow, topic)]
        while told[-1] < others[-1]:
            told.append(await place(slow, topic))
        await read_often(story, 1)
        last = await place(slow, topic)
        assert await place(other.socket, topic) == last

    assert len(others) == MANY
    assert told == sorted(set(told))
    assert 0 < len(told) < MANY
    assert last == told[-1] + 1


async def test_who_hears_of_marks_over_the_same_socket_has_to_read_them(
    program: Program, story: Story
) -> None:
    begun, _ = await beginning(story.parent)
    before = program.said().count("graphql.stream")
    async with unread(story.parent, begun, COUNT) as slow:
        await slow.subscribe(HEARING, after=begun)
        await read_often(story, MANY)
        await ended(program, before + 2)
        with suppress(ConnectionClosed):
            while True:
                await slow.receive()
        assert slow.connection.close_code == streams.TOO_SLOW


async def beginning(client: Client) -> tuple[str, str]:
    """Behind which cursor nothing has been heard, and the topic of one's own mail."""
    begun: str = (await client.send("{ changesCursor }")).data["changesCursor"]
    (topic,) = [each for each in cursor.decode(begun) if each.startswith("people:")]
    return begun, topic


async def read_often(story: Story, count: int) -> None:
    """Let one message, which the parent deleted, be read so often."""
    claims = TokenSigner("s" * 32).bearer(story.parent.headers["Authorization"])
    assert claims is not None
    person = (await Account.get(id=claims.account_id)).person_id
    change = log.Change(
        topics.person(person), ChangeArea.RECEIPTS, ChangeKind.DELETED, 1, people=[person]
    )
    async with in_transaction() as connection:
        await log.append(connection, [change] * count)


async def place(heard: Socket, topic: str) -> int:
    """The number in the topic of the next change of the count."""
    return cursor.decode((await heard.next(20))["unreadCountChanges"]["cursor"])[topic]


async def test_an_event_stream_that_is_not_read_is_cut_and_its_client_misses_nothing(
    program: Program, story: Story
) -> None:
    begun = await now(story.school)
    before = program.said().count("graphql.stream")
    transport = httpx.AsyncHTTPTransport(socket_options=[_SMALL_BUFFER])
    async with httpx.AsyncClient(transport=transport, timeout=20) as http:
        listener = Client(story.parent.url, http, story.parent.token)
        async with events(listener, HEARING, after=begun) as slow:
            await change_often(story)
            await ended(program, before + 1)
            told = []
            with suppress(httpx.TransportError):
                while event := await slow.event():
                    told.append(event[1])
            assert event is not None

    numbers = [number(story, each) for each in told]
    assert numbers == list(range(1, len(told) + 1))
    assert 0 < len(told) < MANY
    rest = await resumed(story, told[-1], MANY - len(told))
    assert rest == list(range(len(told) + 1, MANY + 1))


async def test_a_hundred_that_do_not_read_take_little_room(program: Program, story: Story) -> None:
    begun = await now(story.school)
    said = program.said().count("graphql.stream")
    async with AsyncExitStack() as stack:
        slow = [await stack.enter_async_context(unread(story.parent, begun)) for _ in range(100)]
        pid = worker_of(program, slow[0].connection.local_address[1])
        before = peak(pid)
        await change_often(story)
        await ended(program, said + 100)
        grown = peak(pid) - before
        print(f"a hundred that do not read: {grown / 1024:.0f} MB more at the most")  # noqa: T201  # shown by pytest -rP

    assert grown < 64 * 1024


def peak(pid: int) -> int:
    """The most that the process has had in memory, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
