"""The durable log: numbers in the order of the commits, without holes, together with the change."""

import asyncio
from datetime import UTC, datetime
from random import Random

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from models import AuditEntry, ChangeArea, ChangeEntry, ChangeTopic, Mark, MarkRevision
from models.writes import Writes
from subscriptions import log, topics
from subscriptions.log import ChangeLog
from tests.diary import Diary
from tests.factories import LessonMade, PupilMade, a_school, gid, serial
from tests.hearing import record, signed_in
from tests.live import end_of
from tests.locks import waiting

pytestmark = pytest.mark.usefixtures("database")

# Fewer than the pool has connections, since the reader needs one.
WRITERS = 8
ENTRIES = 15
SLOWEST_SECONDS = 0.02


def a_topic() -> str:
    return f"test:{serial()}"


async def append(
    connection: BaseDBAsyncClient, topic: str, row_id: int = 1, writes: Writes | None = None
) -> int:
    numbers = await log.append(
        connection, [log.Change(topic, ChangeArea.MARKS, "RECORDED", row_id)], writes
    )
    return numbers[topic]


async def seqs(topic: str) -> list[int]:
    return [entry.seq for entry in await ChangeLog().after(topic, 0, 1000)]


async def test_a_reader_who_goes_by_the_last_number_skips_no_slow_transaction() -> None:
    topic, total = a_topic(), WRITERS * ENTRIES
    writing = asyncio.gather(*(_write(topic, writer) for writer in range(WRITERS)))
    seen: list[tuple[int, int]] = []
    while len(seen) < total:
        is_over = writing.done()
        page = await ChangeLog().after(topic, seen[-1][0] if seen else 0, 100)
        assert page or not is_over, f"{total - len(seen)} entries were skipped"
        seen += [(entry.seq, entry.row_id) for entry in page]
    written = [pair for pairs in await writing for pair in pairs]

    assert [seq for seq, _ in seen] == list(range(1, total + 1))
    assert seen == sorted(written)


async def _write(topic: str, writer: int) -> list[tuple[int, int]]:
    """Append entries, each in a transaction that lingers; their numbers and rows."""
    # The same waits in every run.
    chance = Random(writer)  # noqa: S311
    written = []
    for row_id in range(writer * ENTRIES, (writer + 1) * ENTRIES):
        async with in_transaction() as connection:
            written.append((await append(connection, topic, row_id), row_id))
            seconds = chance.uniform(0, SLOWEST_SECONDS)
            await connection.execute_query("SELECT pg_sleep($1)", [seconds])
    return written


async def test_what_is_rolled_back_leaves_no_hole() -> None:
    topic = a_topic()
    for keep in (True, False, False, True):
        async with in_transaction() as connection:
            await append(connection, topic)
            if not keep:
                await connection.rollback()

    assert await seqs(topic) == [1, 2]
    assert await end_of(topic) == 2


async def test_a_first_entry_that_is_rolled_back_leaves_nothing() -> None:
    topic = a_topic()
    async with in_transaction() as connection:
        await append(connection, topic)
        await connection.rollback()

    assert await end_of(topic) == 0
    assert await seqs(topic) == []


async def test_who_writes_to_one_topic_waits_and_who_writes_to_another_does_not() -> None:
    topic, other = a_topic(), a_topic()
    appended, let_go = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(_append_and_linger(topic, appended, let_go))
    await appended.wait()
    second = asyncio.create_task(_append_alone(topic))
    elsewhere = await asyncio.wait_for(_append_alone(other), 5)
    seen_before, is_waiting = await seqs(topic), not second.done()
    let_go.set()

    assert (elsewhere, seen_before, is_waiting) == (1, [], True)
    assert [await first, await second] == [1, 2]


async def _append_and_linger(
    topic: str, appended: asyncio.Event, let_go: asyncio.Event, writes: Writes | None = None
) -> int:
    async with in_transaction() as connection:
        seq = await append(connection, topic, writes=writes)
        appended.set()
        await let_go.wait()
        return seq


async def _append_alone(topic: str, writes: Writes | None = None) -> int:
    async with in_transaction() as connection:
        return await append(connection, topic, writes=writes)


async def test_the_topic_is_taken_when_all_other_rows_are_written() -> None:
    lesson, pupil = await a_lesson()
    mark, topic = await lesson.mark(pupil, 5), a_topic()
    revision = Writes()
    written = {"mark_id": mark.id, "version": 2, "kind": "CORRECTED", "value": 4, "weight": 10}
    by = {"by_id": lesson.section.teacher.id, "at": datetime.now(UTC)}
    revision.make(MarkRevision, **written, **by)
    appended, let_go = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(_append_and_linger(a_topic(), appended, let_go, revision))
    await appended.wait()
    # The same revision: until the first one is committed or not, it is not known whether it fits.
    second = asyncio.create_task(_append_alone(topic, revision))
    await waiting(get_connection("default"), 1)
    meanwhile = await asyncio.wait_for(_append_alone(topic), 5)
    let_go.set()

    assert [meanwhile, await first] == [1, 1]
    with pytest.raises(IntegrityError):
        await second
    assert await seqs(topic) == [1]


async def test_the_log_holds_numbers_and_kinds_and_nothing_personal() -> None:
    columns = await get_connection("default").execute_query_dict(
        "SELECT table_name || '.' || column_name AS name, data_type AS kind "
        "FROM information_schema.columns WHERE table_name LIKE 'change_%'"
    )

    assert {column["name"]: column["kind"] for column in columns} == {
        "change_epoch.id": "bigint",
        "change_epoch.value": "character varying",
        "change_topic.id": "bigint",
        "change_topic.topic": "character varying",
        "change_topic.last_seq": "bigint",
        "change_entry.id": "bigint",
        "change_entry.topic": "character varying",
        "change_entry.seq": "bigint",
        "change_entry.area": "character varying",
        "change_entry.kind": "character varying",
        "change_entry.row_id": "bigint",
        "change_entry.student_id": "bigint",
        "change_entry.students": "ARRAY",
        "change_entry.people": "ARRAY",
        "change_entry.organizations": "ARRAY",
        "change_entry.also_told": "ARRAY",
        "change_entry.at": "timestamp with time zone",
    }


async def a_lesson() -> tuple[LessonMade, PupilMade]:
    klass = await (await a_school()).class_("7А")
    return await (await klass.section("Алгебра")).lesson(), await klass.pupil()


async def test_mark_history_audit_and_log_are_written_by_one_transaction(diary: Diary) -> None:
    lesson, pupil = await a_lesson()
    topic = topics.school(lesson.section.klass.school.id)
    await record(await signed_in(diary, lesson.section.teacher), lesson, pupil)

    rows = await get_connection("default").execute_query_dict(
        "SELECT xmin::text FROM mark WHERE lesson_id = $1 "
        "UNION ALL SELECT r.xmin::text FROM mark_revision r JOIN mark m ON m.id = r.mark_id "
        "WHERE m.lesson_id = $1 "
        "UNION ALL SELECT xmin::text FROM audit_entry WHERE person_id = $2 "
        "UNION ALL SELECT xmin::text FROM change_entry WHERE topic = $3 "
        "UNION ALL SELECT xmin::text FROM change_topic WHERE topic = $3",
        [lesson.id, lesson.section.teacher.id, topic],
    )
    assert len(rows) == 5
    assert len({row["xmin"] for row in rows}) == 1


async def test_what_cannot_be_logged_does_not_happen(diary: Diary) -> None:
    lesson, pupil = await a_lesson()
    person, topic = lesson.section.teacher, topics.school(lesson.section.klass.school.id)
    teacher = await signed_in(diary, person)
    # Its number is the one that the next entry needs.
    obstacle = await ChangeEntry.create(
        topic=topic, seq=1, area=ChangeArea.MARKS, kind="RECORDED", row_id=1, at=datetime.now(UTC)
    )
    answer = await teacher.ask(
        "RecordMark",
        input={
            "lessonId": gid("Lesson", lesson.id),
            "studentId": gid("Student", pupil.id),
            "value": 5,
        },
    )
    left = [
        await Mark.filter(lesson_id=lesson.id).count(),
        await MarkRevision.filter(by_id=person.id).count(),
        await AuditEntry.filter(person_id=person.id).count(),
        await ChangeTopic.filter(topic=topic).count(),
    ]
    await obstacle.delete()
    await record(teacher, lesson, pupil)

    assert answer.codes == ["INTERNAL"]
    assert left == [0, 0, 0, 0]
    assert await seqs(topic) == [1]
