"""One's calendar at a secret address: what is in it, for how long, and for nobody else."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from models import Account, AuditEntry, CalendarFeed, SchoolEvent
from tests.diary import Client
from tests.events.story import Story, a_story, done, soon
from tests.factories import PASSWORD, PersonMade, PupilMade, an_event

_REVOKE = "mutation { revokeCalendarFeed { userErrors { code field } } }"
_FEED = "{ viewer { calendarFeed { issuedAt includesLessons } } }"
_NEW_PASSWORD = "сорок четыре весёлых чижа"
_MOSCOW = ZoneInfo("Europe/Moscow")
_MOST = 500


@pytest.fixture
async def own(story: Story) -> Story:
    """Return a school of the test's own: what it changes would be felt by others."""
    return await a_story(story.diary)


async def issued(client: Client, **given: Any) -> str:
    path: str = (await done(client, "IssueCalendarFeed", "path", **given))["path"]
    return path


async def get(story: Story, path: str, **headers: str) -> httpx.Response:
    """What a calendar program gets, which sends nothing but the address."""
    return await story.diary.http.get(f"{story.diary.url}{path}", headers=headers)


async def entries(story: Story, path: str) -> dict[str, Any]:
    """What is in the calendar, by its titles."""
    answer = await get(story, path)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/calendar; charset=utf-8",
    )
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(each["SUMMARY"]): each for each in found}


async def _all_of(story: Story, path: str) -> list[Any]:
    """What is in the calendar, also where several have one title."""
    return Calendar.from_ical((await get(story, path)).content).walk("VEVENT")


def _day(entry: Any) -> date:
    begins: datetime = entry["DTSTART"].dt
    return begins.astimezone(_MOSCOW).date()


def _status(entry: Any) -> tuple[str, str]:
    return str(entry["STATUS"]), str(entry.get("DESCRIPTION", ""))


async def test_it_has_the_events_that_one_may_read(own: Story) -> None:
    body = "Сбор в 9; форма, вода\nи хорошее настроение"
    ends_at = soon(2)
    trip = await an_event(
        own.homeroom, own.klass, title="Поход", body=body, place="Вокзал", ends_at=ends_at
    )
    off = await an_event(own.homeroom, own.klass, title="Концерт", version=3)
    await off.change(cancelled_at=datetime.now(_MOSCOW), cancellation_reason="Карантин")
    await an_event(own.homeroom, own.other, title="Другим")
    await an_event(own.homeroom, own.klass, title="Черновик", published_at=None)
    await an_event(own.homeroom, own.klass, title="Давно", starts_at=soon(-31))
    found = await entries(own, await issued(await own.client(own.mother)))
    assert set(found) == {"Поход", "Концерт"}
    told = found["Поход"]
    assert told["DTSTART"].dt == trip.row.starts_at.replace(microsecond=0)
    assert told["DTEND"].dt == ends_at.replace(microsecond=0)
    assert (told["DESCRIPTION"], told["LOCATION"], told["STATUS"]) == (body, "Вокзал", "CONFIRMED")
    assert told["UID"].startswith(f"event-{trip.id}@")
    told = found["Концерт"]
    assert (told["STATUS"], told["DESCRIPTION"], told["SEQUENCE"]) == ("CANCELLED", "Карантин", 2)


async def test_lessons_are_in_it_for_whoever_asks(own: Story) -> None:
    section = await own.klass.section("Физика")
    today = own.school.today
    lesson = await section.lesson(today + timedelta(days=1), room=await own.school.room())
    await section.lesson(today + timedelta(weeks=4))
    await (await own.other.section("Химия")).lesson(today + timedelta(days=1))
    readers: tuple[PersonMade | PupilMade, ...] = (own.mother, own.pupil)
    for who in readers:
        client = await own.client(who)
        assert await entries(own, await issued(client)) == {}
        (told,) = (await entries(own, await issued(client, includeLessons=True))).values()
        assert told["SUMMARY"] == "Физика (7А)"
        row = lesson.row
        assert told["DTSTART"].dt == datetime.combine(row.date, row.starts_at, _MOSCOW)
        assert told["DTEND"].dt == datetime.combine(row.date, row.ends_at, _MOSCOW)
        assert told["STATUS"] == "CONFIRMED"


async def test_a_teacher_has_what_they_teach_and_nothing_of_others(own: Story) -> None:
    physics, chemistry = [await own.klass.section(name) for name in ("Физика", "Химия")]
    await own.klass.led_by(physics.teacher)
    tomorrow = own.school.today + timedelta(days=1)
    lesson = await physics.lesson(tomorrow)
    await physics.lesson(own.school.today + timedelta(weeks=4))
    await chemistry.lesson(tomorrow)
    path = await issued(await own.client(physics.teacher), includeLessons=True)
    (told,) = (await entries(own, path)).values()
    assert (told["SUMMARY"], told["STATUS"]) == ("Физика (7А)", "CONFIRMED")
    assert told["UID"].startswith(f"lesson-{lesson.id}@")
    await physics.assignment.end(own.school.today)
    assert await entries(own, path) == {}


async def test_a_lesson_goes_to_whoever_stands_in(own: Story) -> None:
    section, substitute = await own.klass.section("Физика"), await own.school.teacher()
    today = own.school.today
    given = {(today + timedelta(days=days)): days for days in (1, 6)}
    for day in given:
        await section.lesson(day)
    paths = [
        await issued(await own.client(who), includeLessons=True)
        for who in (section.teacher, substitute, own.mother)
    ]

    async def told() -> list[dict[int, tuple[str, str]]]:
        """Of each, the status and the reason of each lesson, by how many days it is ahead."""
        return [
            {given[_day(each)]: _status(each) for each in await _all_of(own, path)}
            for path in paths
        ]

    confirmed, off = ("CONFIRMED", ""), ("CANCELLED", "Замещение: урок ведёт другой учитель.")
    assert await told() == [{1: confirmed, 6: confirmed}, {}, {1: confirmed, 6: confirmed}]
    substitution = await section.substituted_by(substitute, today, today + timedelta(days=4))
    both = {1: confirmed, 6: confirmed}
    assert await told() == [{1: off, 6: confirmed}, {1: confirmed}, both]
    # Whose child is taught there has the lesson all the same.
    await own.pupil.guardian(section.teacher)
    assert await told() == [both, {1: confirmed}, both]
    await substitution.end(today)
    assert await told() == [both, {}, both]


async def test_it_is_read_as_of_now(own: Story) -> None:
    path = await issued(await own.client(own.mother), includeLessons=True)
    await an_event(own.homeroom, own.klass, title="Поход")
    await (await own.klass.section("Физика")).lesson(own.school.today)
    assert set(await entries(own, path)) == {"Поход", "Физика (7А)"}
    await own.mother.guardianship.end(own.school.today)
    assert await entries(own, path) == {}


async def test_it_is_sent_once_for_as_long_as_it_stays_the_same(own: Story) -> None:
    event = await an_event(own.homeroom, own.klass)
    path = await issued(await own.client(own.mother))
    first = await get(own, path)
    etag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (etag, f'"other", W/{etag}'):
        again = await get(own, path, **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    await event.change(title="Иначе")
    changed = await get(own, path, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_the_address_is_a_secret_of_which_a_digest_is_kept(own: Story) -> None:
    client = await own.client(own.mother)
    path = await issued(client, includeLessons=True)
    token = path.removeprefix("/calendars/").removesuffix(".ics")
    row = await CalendarFeed.get(account__person_id=own.mother.id)
    assert row.digest == hashlib.sha256(token.encode()).hexdigest()
    # 256 bits, six to a letter.
    assert len(token) == 43
    (deed,) = await AuditEntry.filter(entity="CalendarFeed", row_id=row.id)
    assert (deed.action, deed.person_id) == ("event.calendar_issued", own.mother.id)
    assert deed.after == {"includes_lessons": True}
    feed = (await client.send(_FEED)).data["viewer"]["calendarFeed"]
    assert feed["includesLessons"] is True
    other = await own.client(own.father)
    assert (await other.send(_FEED)).data["viewer"]["calendarFeed"] is None


async def test_what_is_revoked_reads_like_what_never_was(own: Story) -> None:
    client = await own.client(own.mother)
    first = await issued(client)
    second = await issued(client)
    unknown = await get(own, f"/calendars/{'a' * 43}.ics")
    assert unknown.status_code == 404
    former = await get(own, first)
    assert (former.status_code, former.content) == (404, unknown.content)
    assert (await get(own, second)).status_code == 200

    assert (await client.send(_REVOKE)).data["revokeCalendarFeed"] == {"userErrors": []}
    assert (await get(own, second)).content == unknown.content
    deeds = AuditEntry.filter(action="event.calendar_revoked", person_id=own.mother.id)
    assert await deeds.count() == 1
    errors = (await client.send(_REVOKE)).data["revokeCalendarFeed"]["userErrors"]
    assert errors == [{"code": "NOT_FOUND", "field": None}]
    assert await deeds.count() == 1


async def test_a_new_password_and_a_blocked_account_end_it(own: Story) -> None:
    client = await own.client(own.mother)
    path = await issued(client)
    given = {"currentPassword": PASSWORD, "newPassword": _NEW_PASSWORD}
    await done(client, "ChangePassword", "endedSessionIds", **given)
    assert (await get(own, path)).status_code == 404
    assert not await CalendarFeed.filter(account__person_id=own.mother.id).exists()

    path = await issued(await own.client(own.father))
    assert (await get(own, path)).status_code == 200
    await Account.filter(person_id=own.father.id).update(blocked_at=soon(0))
    assert (await get(own, path)).status_code == 404


async def test_it_is_not_longer_than_a_program_can_bear(own: Story) -> None:
    author = await own.school.teacher()
    values: dict[str, Any] = {
        "author_id": author.id,
        "organization_id": own.school.id,
        "published_at": soon(0),
        "body": "я" * 20_000,
    }
    rows = [
        SchoolEvent(title=str(place), starts_at=soon(1) + timedelta(minutes=place), **values)
        for place in range(_MOST + 1)
    ]
    await SchoolEvent.bulk_create(rows)
    found = await entries(own, await issued(await own.client(author)))
    assert set(found) == {str(place) for place in range(_MOST)}
    assert {len(each["DESCRIPTION"]) for each in found.values()} == {1_000}


@pytest.mark.parametrize(
    "document",
    [
        _REVOKE,
        "mutation { issueCalendarFeed(input: {}) { path userErrors { code field } } }",
    ],
)
async def test_who_is_not_signed_in_has_no_calendar(story: Story, document: str) -> None:
    before = await CalendarFeed.all().count()
    assert (await story.diary.nobody.send(document)).codes == ["UNAUTHENTICATED"]
    assert await CalendarFeed.all().count() == before
