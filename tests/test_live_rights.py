"""Rights that end while somebody listens: the stream ends by itself, and nothing leaks before."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from access.roles import OF_SIGNED_IN
from access.scopes import STUDENTS
from access.sessions import viewer_of
from access.tokens import Claims
from access.viewer import Viewer
from errors import Forbidden
from models import Account, Position, Session
from subscriptions.hearing import Audience, Hearing, Source
from subscriptions.listener import Listener
from subscriptions.rights import RightsWatch
from subscriptions.stream import Stream
from subscriptions.told import Told
from tests.diary import Client, Diary
from tests.factories import AccountMade, LessonMade, PupilMade, SchoolMade, a_person, a_school
from tests.hearing import hearing, now, record, signed_in

pytestmark = pytest.mark.usefixtures("database")

CONTRACT_SECONDS = 5.0
_LIFE_SECONDS = 2
HEARING = Hearing("marks", OF_SIGNED_IN, {}, vars)


@dataclass
class Case:
    """Somebody who listens, and how the right to it is taken away."""

    listener: Client
    take_away: Callable[[], Awaitable[object]]


@dataclass
class Story:
    """A pupil and a lesson at which a deputy head, who stays, gives the marks."""

    diary: Diary
    pupil: PupilMade
    lesson: LessonMade
    deputy: Client

    @property
    def school(self) -> SchoolMade:
        return self.lesson.section.klass.school

    async def record(self) -> str:
        return await record(self.deputy, self.lesson, self.pupil)

    async def guardianship(self) -> Case:
        mother = await self.pupil.guardian()
        return Case(await signed_in(self.diary, mother), mother.guardianship.end)

    async def one_guardianship_of_two(self) -> Case:
        mother = await self.pupil.guardian()
        await (await self.lesson.section.klass.pupil()).guardian(mother)
        return Case(await signed_in(self.diary, mother), mother.guardianship.end)

    async def sign_out(self) -> Case:
        mother = await signed_in(self.diary, await self.pupil.guardian())
        return Case(mother, lambda: mother.ask("SignOut"))

    async def block(self) -> Case:
        mother = await self.pupil.guardian()
        client = await signed_in(self.diary, mother)
        account = AccountMade(await Account.get(person_id=mother.id))
        return Case(client, account.block)

    async def post(self) -> Case:
        head = await self.school.staff(Position.HEAD)
        return Case(await signed_in(self.diary, head), head.post.end)

    async def post_of_a_parent(self) -> Case:
        head = await self.school.staff(Position.HEAD)
        await (await self.lesson.section.klass.pupil()).guardian(head)
        return Case(await signed_in(self.diary, head), head.post.end)

    async def enrolment(self) -> Case:
        enrolment = await self.lesson.section.klass.enrollment(self.pupil)
        return Case(await signed_in(self.diary, self.pupil), enrolment.end)

    async def stolen_token(self) -> Case:
        account = await (await self.pupil.guardian()).account()
        mother = await self.diary.sign_in(account)
        token = {"refreshToken": mother.refresh_token}
        await mother.do("RefreshSession", **token)
        return Case(mother, lambda: mother.do("RefreshSession", **token))

    async def token_runs_out(self) -> Case:
        mother = await self.pupil.guardian()
        client = await signed_in(self.diary, mother, timedelta(seconds=_LIFE_SECONDS))
        return Case(client, lambda: asyncio.sleep(_LIFE_SECONDS))


async def a_story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    lesson = await (await klass.section("Алгебра")).lesson()
    deputy = await signed_in(diary, await school.staff(Position.DEPUTY_HEAD))
    return Story(diary, await klass.pupil(), lesson, deputy)


QUIETLY: dict[str, tuple[Callable[[Story], Awaitable[Case]], str]] = {
    "guardianship ends": (Story.guardianship, "FORBIDDEN"),
    "one of two guardianships ends": (Story.one_guardianship_of_two, "FORBIDDEN"),
    "session is signed out": (Story.sign_out, "FORBIDDEN"),
    "account is blocked": (Story.block, "FORBIDDEN"),
    "post ends": (Story.post, "FORBIDDEN"),
    "post of a parent ends": (Story.post_of_a_parent, "FORBIDDEN"),
    "enrolment ends": (Story.enrolment, "FORBIDDEN"),
    "refresh token is used twice": (Story.stolen_token, "FORBIDDEN"),
    "access token runs out": (Story.token_runs_out, "UNAUTHENTICATED"),
}
# A pupil who has left gets no mark that could be withheld, and a token that has run out is good for
# some seconds more, since clocks differ.
WITH_A_MARK_AFTER = [
    name for name in QUIETLY if name not in {"enrolment ends", "access token runs out"}
]


@pytest.fixture(scope="module")
async def endings(diary: Diary) -> dict[tuple[str, bool], tuple[list[str], float]]:
    """Codes and seconds of every case, quietly and with a mark after."""
    # The second wave begins as the first has just been looked at, and so waits the longest.
    waves = [[(name, False) for name in QUIETLY], [(name, True) for name in WITH_A_MARK_AFTER]]
    ended: dict[tuple[str, bool], tuple[list[str], float]] = {}
    for cases in waves:
        results = await asyncio.gather(*(_ending(diary, *case) for case in cases))
        ended |= dict(zip(cases, results, strict=True))
    return ended


async def _ending(diary: Diary, name: str, mark_after: bool) -> tuple[list[str], float]:
    story = await a_story(diary)
    case_of, _ = QUIETLY[name]
    case = await case_of(story)
    async with hearing(case.listener, after=await now(story.school)) as stream:
        mark = await story.record()
        assert await stream.marks(1) == [mark]
        await case.take_away()
        began = time.monotonic()
        if mark_after:
            await story.record()
        return await stream.end(), time.monotonic() - began


@pytest.mark.parametrize("name", QUIETLY)
def test_a_stream_ends_soon_after_its_right(
    endings: dict[tuple[str, bool], tuple[list[str], float]], name: str
) -> None:
    codes, seconds = endings[name, False]
    print(f"{name}: ended after {seconds:.2f} s")  # noqa: T201  # shown by pytest -rP

    assert codes == [QUIETLY[name][1]]
    assert seconds < CONTRACT_SECONDS


@pytest.mark.parametrize("name", WITH_A_MARK_AFTER)
def test_a_mark_given_after_the_right_has_ended_is_not_heard(
    endings: dict[tuple[str, bool], tuple[list[str], float]], name: str
) -> None:
    codes, seconds = endings[name, True]

    assert codes == [QUIETLY[name][1]]
    assert seconds < CONTRACT_SECONDS


async def test_a_teacher_hears_nothing_more_of_a_section_taught_no_longer(diary: Diary) -> None:
    story = await a_story(diary)
    algebra = story.lesson.section
    geometry = await algebra.klass.section("Геометрия", algebra.teacher)
    lesson = await geometry.lesson()
    async with hearing(
        await signed_in(diary, algebra.teacher), after=await now(story.school)
    ) as stream:
        heard = [await story.record()]
        assert await stream.marks(1) == heard
        await algebra.assignment.end()
        await story.record()
        heard = [await record(story.deputy, lesson, story.pupil)]
        assert await stream.marks(1) == heard


async def test_a_socket_is_closed_when_all_streams_of_its_ended_session_have_said_so(
    diary: Diary,
) -> None:
    story = await a_story(diary)
    mother = await signed_in(diary, await story.pupil.guardian())
    begun = await now(story.school)
    async with hearing(mother, after=begun) as stream:
        await stream.socket.subscribe(_NOTICES)
        await stream.socket.settled()
        await mother.ask("SignOut")
        began = time.monotonic()
        told = [await stream.socket.receive() for _ in range(4)]
        assert await stream.close_code() == 4403
        seconds = time.monotonic() - began

    assert sorted((each["id"], each["type"]) for each in told) == [
        *(("1", "complete"), ("1", "next")),
        *(("2", "complete"), ("2", "next")),
    ]
    refused = [each["payload"]["errors"] for each in told if each["type"] == "next"]
    assert [error["extensions"]["code"] for (error,) in refused] == ["FORBIDDEN"] * 2
    assert seconds < CONTRACT_SECONDS


async def test_a_socket_goes_on_when_a_right_has_ended_and_its_session_has_not(
    diary: Diary,
) -> None:
    story = await a_story(diary)
    case = await story.guardianship()
    async with hearing(case.listener, after=await now(story.school)) as stream:
        await case.take_away()
        assert await stream.end() == ["FORBIDDEN"]
        await stream.socket.settled()


_NOTICES = "subscription { noticeChanges { cursor } }"


async def unread(*_: object) -> Told:
    raise AssertionError("nothing is told")


async def test_a_stream_that_cannot_be_looked_at_keeps_nobody_else_s_open() -> None:
    async def broken(_: Viewer) -> bool:
        raise ConnectionError("the database is away")

    async def ended(_: Viewer) -> bool:
        return False

    account = (await (await a_person()).account()).row
    soon = datetime.now(UTC) + timedelta(minutes=1)
    session = await Session.create(account=account, expires_at=soon)
    claims = Claims(account.id, session.id, soon)
    viewer = await viewer_of(claims)
    watch = RightsWatch(interval=0.01)
    watch.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(watch.close)
        spared, closed = (Listener(lambda _: True, patience=1) for _ in range(2))
        for listener, holds in ((spared, broken), (closed, ended), (spared, broken)):
            # Of no pupil at all: the evidence never holds, and `holds` is asked each time.
            audience = Audience(frozenset(), bool, ((STUDENTS, frozenset({0})),), holds=holds)
            stream = Stream(Source(HEARING, audience, {}), viewer, claims, "", unread)
            await stack.enter_async_context(watch.over(stream, listener))
        with pytest.raises(Forbidden):
            await asyncio.wait_for(anext(closed), 5)
        waiting = asyncio.ensure_future(anext(spared))
        await asyncio.sleep(0)
        assert not waiting.done()
        spared.close()
        with pytest.raises(StopAsyncIteration):
            await waiting
