"""Operations over a socket: what their ids mean, and that nothing is told after their end."""

from typing import Any

import pytest

from api.limits import DEFAULTS
from tests.diary import Diary, contract
from tests.factories import a_school
from tests.hearing import a_story, now
from tests.test_protocol import (
    ACK,
    HEARING,
    INIT,
    SEEN,
    closed,
    complete,
    error_of,
    heard,
    next_,
    opened,
    subscribe,
    tell,
)

pytestmark = pytest.mark.usefixtures("database")


def signing_in(number: str = "1") -> dict[str, Any]:
    """An operation that takes its time, for a password is looked at."""
    given = {"input": {"login": "nobody", "password": "a password of nobody's"}}
    return subscribe(contract("SignIn"), number, variables=given)


@pytest.mark.parametrize(
    ("messages", "code", "reason"),
    [
        ([INIT, INIT], 4429, "Too many initialisation requests"),
        ([subscribe("{ __typename }")], 4401, "Unauthorized"),
        (
            [INIT, signing_in("a1"), signing_in("a1")],
            4409,
            "Subscriber for a1 already exists",
        ),
        (
            [INIT, signing_in("я" * 500), signing_in("я" * 500)],
            4409,
            "Subscriber for this id already exists",
        ),
    ],
    ids=["second init", "not acknowledged", "id in use", "id longer than a close frame"],
)
async def test_it_says_why_in_the_words_of_the_protocol(
    diary: Diary, messages: list[Any], code: int, reason: str
) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, *messages)
        _, closed_with = await closed(connection)
        assert (closed_with, connection.close_reason) == (code, reason)


@pytest.mark.parametrize("number", ["1", "я" * 500], ids=["usual", "longer than a close frame"])
async def test_an_id_that_is_in_use_closes_with_4409(diary: Diary, number: str) -> None:
    teacher = await diary.as_(await (await a_school()).teacher())
    async with teacher.socket() as socket:
        await tell(socket.connection, subscribe(HEARING, number), subscribe(HEARING, number))
        assert await closed(socket.connection) == ([], 4409)


async def test_an_id_is_in_use_by_mutations_too(diary: Diary) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, INIT, signing_in(), signing_in())
        assert await closed(connection) == ([ACK], 4409)


async def test_an_operation_that_the_client_completes_tells_nothing_more(diary: Diary) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, INIT, signing_in(), complete(), signing_in("2"))
        assert (await heard(connection))[0] == ACK
        messages = await heard(connection, 2)

    assert [(each["type"], each["id"]) for each in messages] == [("next", "2"), ("complete", "2")]


async def test_a_stream_that_the_client_completes_tells_nothing_more(diary: Diary) -> None:
    story = await a_story(diary)
    async with story.parent.socket() as socket:
        begun = {"after": await now(story.school)}
        await tell(socket.connection, subscribe(contract("MarkChanges"), variables=begun))
        await story.record()
        assert (await heard(socket.connection))[0]["id"] == "1"
        await tell(socket.connection, complete())
        await story.record()
        # The same id anew, after the same cursor: so there is something to tell, and once only.
        await tell(socket.connection, subscribe(contract("MarkChanges"), "2", variables=begun))
        messages = await heard(socket.connection, 2)

    assert [each["id"] for each in messages] == ["2", "2"]


async def test_complete_for_what_is_over_or_never_was_is_ignored(diary: Diary) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, complete("early"), INIT, complete("never"))
        await tell(connection, subscribe("{ __typename }"))
        assert await heard(connection, 3) == [ACK, next_(SEEN), complete()]
        await tell(connection, complete(), subscribe("{ __typename }"))
        assert await heard(connection, 2) == [next_(SEEN), complete()]


async def test_an_id_is_free_again_after_its_operation(diary: Diary) -> None:
    async with opened(diary.url) as connection:
        await tell(connection, INIT)
        assert await heard(connection) == [ACK]
        for _ in range(2):
            await tell(connection, subscribe("{ __typename }"))
            assert await heard(connection, 2) == [next_(SEEN), complete()]


async def test_one_operation_too_many_is_refused_and_the_others_go_on(diary: Diary) -> None:
    head = await diary.as_(await (await a_school()).teacher())
    async with head.socket() as socket:
        connection = socket.connection
        for number in range(DEFAULTS.operations_per_socket):
            await tell(connection, subscribe(HEARING, f"s{number}"))
        await tell(connection, subscribe("{ __typename }", "more"))
        refused = (await heard(connection))[0]
        await tell(connection, complete("s0"), subscribe("{ __typename }", "again"))
        told = await heard(connection, 2)

    assert DEFAULTS.operations_per_socket == 50
    assert error_of(refused) == ("error", "more", "BAD_USER_INPUT")
    assert told == [next_(SEEN, "again"), complete("again")]
