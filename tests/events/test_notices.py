"""Notices about the service: read and heard by everybody, signed in or not."""

from typing import Any

import pytest

from models import Position, ServiceNotice
from subscriptions import cursor, topics
from tests.diary import Client
from tests.events.story import Story, done, refused, soon
from tests.factories import a_notice, gid
from tests.live import end_of
from tests.sessions import signed_in

_READ = "{ serviceNotices { id title } }"
_HEAR = (
    "subscription ($after: String) { noticeChanges(after: $after) "
    "{ cursor kind noticeId notice { title } } }"
)


@pytest.fixture(scope="module")
async def operator(story: Story) -> Client:
    return await signed_in(story.diary, await story.school.staff(Position.SYSTEM_ADMINISTRATOR))


def works(**given: Any) -> dict[str, Any]:
    usual = {"startsAt": soon(1).isoformat(), "endsAt": soon(2).isoformat()}
    return {"title": "Плановые работы", **usual, **given}


async def titles(client: Client) -> list[str]:
    return [each["title"] for each in (await client.send(_READ)).data["serviceNotices"]]


async def test_who_is_not_signed_in_reads_and_hears_it(story: Story, operator: Client) -> None:
    nobody = story.diary.nobody
    after = cursor.encode({topics.EVENTS: await end_of(topics.EVENTS)})
    async with nobody.socket() as socket:
        await socket.subscribe(_HEAR, after=after)
        payload = await done(operator, "PublishServiceNotice", "notice { id }", **works())
        notice_id = payload["notice"]["id"]
        published = (await socket.next())["noticeChanges"]
        assert "Плановые работы" in await titles(nobody)
        ended = await done(operator, "EndServiceNotice", "noticeId", noticeId=notice_id)
        assert ended == {"noticeId": notice_id}
        last = (await socket.next())["noticeChanges"]
    assert len({published.pop("cursor"), last.pop("cursor")}) == 2
    shown = {"title": "Плановые работы"}
    assert published == {"kind": "PUBLISHED", "noticeId": notice_id, "notice": shown}
    assert last == {"kind": "ENDED", "noticeId": notice_id, "notice": None}
    assert "Плановые работы" not in await titles(nobody)


async def test_what_is_over_is_shown_no_longer_and_not_ended(
    story: Story, operator: Client
) -> None:
    over = await a_notice(story.head, starts_at=soon(-2), ends_at=soon(-1))
    assert over.title not in await titles(story.diary.nobody)
    given = {"noticeId": gid("ServiceNotice", over.id)}
    errors = await refused(operator, "EndServiceNotice", "noticeId", **given)
    assert errors == [("NOT_FOUND", "noticeId")]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"title": " "}, ("REQUIRED", "title")),
        ({"title": "а" * 301}, ("TOO_LONG", "title")),
        ({"body": "а" * 5_001}, ("TOO_LONG", "body")),
        ({"endsAt": soon(0).isoformat()}, ("OUT_OF_RANGE", "endsAt")),
        (
            {"startsAt": soon(-2).isoformat(), "endsAt": soon(-1).isoformat()},
            ("IN_PAST", "endsAt"),
        ),
        ({"startsAt": "2090-01-01T10:00:00"}, ("MALFORMED", "startsAt")),
    ],
)
async def test_what_is_wrong_with_a_notice(
    operator: Client, given: dict[str, Any], error: tuple[str, str]
) -> None:
    before = await ServiceNotice.all().count()
    errors = await refused(operator, "PublishServiceNotice", "notice { id }", **works(**given))
    assert errors == [error]
    assert await ServiceNotice.all().count() == before
