"""How often a mutation goes to the database and back, however much it is told to write."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

import asyncpg
import pytest

from access.throttle import Throttle
from access.tokens import TokenSigner
from api.schema import make_schema
from schema.context import Context, Services
from tests.diary import Client, Diary
from tests.factories import LessonMade, PupilMade, a_school, gid
from tests.sessions import SECRET_KEY, signed_in
from tests.traces import announced

pytestmark = pytest.mark.usefixtures("database")

# The first learns who asks, the last two are what is read and what is written. Whatever locks a
# row has a beginning and an end about them; attendance reads behind its lock, and a message is
# counted behind it and takes its number.
_TRIPS = {
    "recordMark": 3,
    "assignHomework": 3,
    "correctMark": 5,
    "removeMark": 5,
    "recordAttendance": 6,
    # New marks have their kinds and numbers looked up, former ones are held and looked at.
    "recordLesson": 8,
    "sendMessage": 8,
}
# A key is claimed in the same transaction.
_TRIPS_UNDER_A_KEY = 6
_SCHEMA = make_schema(introspection=False)
_PUPILS = 20


@dataclass
class Desk:
    """A teacher's client, a lesson and its pupils."""

    client: Client
    lesson: LessonMade
    pupils: list[PupilMade]

    async def _held(self, entries: list[Any]) -> list[Any]:
        """The entries, each of which corrects a mark too."""
        for entry, pupil in zip(entries, self.pupils, strict=False):
            mark = await self.lesson.mark(pupil, 3)
            told = {"markId": gid("Mark", mark.id), "version": 1, "value": 2, "reason": "Описка"}
            entry["marks"] = [*entry["marks"], told]
        return entries

    async def given(self, mutation: str, size: int) -> Mapping[str, Any]:
        """An input of that size, where there is a size."""
        lesson = {"lessonId": gid("Lesson", self.lesson.id)}
        students = [{"studentId": gid("Student", pupil.id)} for pupil in self.pupils[:size]]
        match mutation:
            case "recordMark":
                return {**lesson, **students[0], "value": 5}
            case "assignHomework":
                return {**lesson, "text": "№ 1", "dueOn": str(self.lesson.row.date)}
            case "recordAttendance":
                return {**lesson, "entries": [{**each, "code": "LATE"} for each in students]}
            case "recordLesson":
                marks = [{"value": 5}, {"value": 4}]
                entries = [{**each, "attendance": "LATE", "marks": marks} for each in students]
                return {**lesson, "topic": f"Урок {size}", "entries": await self._held(entries)}
            case "sendMessage":
                people = [gid("Correspondent", pupil.person.id) for pupil in self.pupils[:size]]
                return {"recipientIds": people, "subject": "Контрольная", "body": "В среду."}
        mark = await self.lesson.mark(self.pupils[0], 3)
        given = {"markId": gid("Mark", mark.id), "version": 1, "reason": "Описка"}
        return {**given, "value": 4} if mutation == "correctMark" else given


@pytest.fixture(scope="module")
async def desk(diary: Diary) -> Desk:
    klass = await (await a_school()).class_("7А")
    pupils = [await klass.pupil() for _ in range(_PUPILS)]
    lesson = await (await klass.section("Алгебра")).lesson()
    return Desk(await signed_in(diary, lesson.section.teacher), lesson, pupils)


@contextmanager
def _trips() -> Iterator[list[str]]:
    """Every statement that is sent in the meantime, the beginnings and ends of transactions too."""
    sent: list[str] = []

    def telling(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        async def told(self: Any, query: str, *values: Any, **options: Any) -> Any:
            sent.append(query)
            return await method(self, query, *values, **options)

        return told

    with pytest.MonkeyPatch.context() as patch:
        for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
            patch.setattr(asyncpg.Connection, name, telling(getattr(asyncpg.Connection, name)))
        yield sent


async def _done(desk: Desk, mutation: str, size: int, key: str | None = None) -> int:
    """How many trips it took, without those for an answer's rows."""
    kind = mutation[0].upper() + mutation[1:]
    selected = f"{mutation}(input: $input) {{ userErrors {{ code }} }}"
    document = f"mutation ($input: {kind}Input!) {{ {selected} }}"
    given = await desk.given(mutation, size)
    services = Services(TokenSigner(SECRET_KEY), Throttle("s"), _tell_nobody, cast("Any", None))
    context = Context(services, "request-0001", "", "", desk.client.headers["Authorization"], key)
    with _trips() as sent:
        result = await _SCHEMA.execute(document, {"input": given}, context)
    assert (result.errors, result.data) == (None, {mutation: {"userErrors": []}})
    return len(sent)


async def _tell_nobody(_topic: str, _seq: int) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("mutation", _TRIPS)
async def test_twenty_rows_cost_no_more_trips_than_one(desk: Desk, mutation: str) -> None:
    trips = [await _done(desk, mutation, size) for size in (1, _PUPILS)]
    assert trips == [_TRIPS[mutation]] * 2


async def test_a_key_costs_a_transaction(desk: Desk) -> None:
    # Old keys are forgotten now and then; of two neighbours, one is not the one who does it.
    trips = [await _done(desk, "recordMark", 1, key) for key in ("trips-1", "trips-2")]
    assert min(trips) == _TRIPS_UNDER_A_KEY


async def test_the_log_counts_on_through_all_rows_of_a_statement(desk: Desk) -> None:
    school = desk.lesson.section.klass.school
    before = await announced(school)
    await _done(desk, "recordAttendance", _PUPILS)
    entries = (await announced(school))[len(before) :]
    numbers = range(len(before) + 1, len(before) + _PUPILS + 1)
    assert [(seq, pupil) for seq, *_, pupil in entries] == list(
        zip(numbers, (pupil.id for pupil in desk.pupils), strict=True)
    )
