"""Building is repeatable, all or nothing, and leaves every constraint as it was."""

import os
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

import demo
from demo.tables import COLUMNS
from tests.demo.conftest import SEED, TODAY, Small
from tests.programs import ROOT

_KILLED = """
import asyncio, os, signal, sys
from datetime import date
import demo
from access import vault

vault.use(vault.Vault(["s" * 32]))

def report(stage, done, total):
    if stage == sys.argv[2] and done == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

size = {"schools": 1, "pupils": 1}
asyncio.run(demo.build(sys.argv[1], seed=1, today=date(2026, 3, 4), report=report, **size))
"""
_LINES = """
import hashlib
from datetime import date
from access import vault
from demo.generator import generate
from demo.plan import Plan
from demo.sink import Sink

vault.use(vault.Vault(["s" * 32]))
sink, digest = Sink(), hashlib.sha256()
for _ in generate(Plan.of(7, date(2026, 3, 4), 1, 60), sink):
    pass
for batch in sink.rest():
    digest.update("".join(batch.lines).encode())
print(digest.hexdigest())
"""


async def test_the_same_seed_gives_the_same_rows(small: Small, empty: str) -> None:
    again = await demo.build(empty, seed=SEED, today=TODAY, schools=1, pupils=60)
    assert again.tables == small.summary.tables
    assert await _digests(empty) == await _digests(small.url)


async def test_another_seed_gives_other_people_and_marks(small: Small, empty: str) -> None:
    await demo.build(empty, seed=SEED + 1, today=TODAY, schools=1, pupils=60)
    first, second = await _digests(small.url), await _digests(empty)
    differing = {table for table in COLUMNS if first[table] != second[table]}
    assert differing >= {"person", "account", "lesson", "homework", "mark", "attendance"}
    assert first["settlement"] == second["settlement"]


def test_rows_do_not_depend_on_the_order_of_sets() -> None:
    runs = [
        subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-c", _LINES],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
        )
        for hash_seed in ("1", "2")
    ]
    first, second = (run.communicate()[0] for run in runs)
    assert len(first) == 65
    assert first == second


async def test_constraints_and_indexes_are_as_before(small: Small, empty: str) -> None:
    before = await definitions(empty)
    assert len(before) > len(COLUMNS)
    assert await definitions(small.url) == before


async def test_new_rows_get_the_next_numbers(small: Small) -> None:
    connection = await asyncpg.connect(small.url)
    counted = {
        table: await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  # our own
        for table in COLUMNS
    }
    following = {
        table: await connection.fetchval(
            "SELECT nextval(pg_get_serial_sequence($1, 'id'))", table
        )  # our own
        for table in COLUMNS
    }
    await connection.close()
    assert small.summary.tables == counted
    assert small.summary.rows == sum(counted.values())
    assert following == {table: count + 1 for table, count in counted.items()}


@pytest.mark.parametrize(("stage", "done"), [("classes", 20), ("indexes and keys", 30)])
async def test_a_killed_build_leaves_nothing_and_can_be_repeated(
    empty: str, stage: str, done: int
) -> None:
    before = await definitions(empty)
    killed = subprocess.run(  # noqa: S603, ASYNC221  # our own program, and nothing else runs
        [sys.executable, "-c", _KILLED, empty, stage, str(done)], cwd=ROOT, check=False
    )
    assert killed.returncode == -9
    assert await demo.is_empty(empty)
    assert await definitions(empty) == before
    summary = await demo.build(empty, seed=1, today=TODAY, schools=1, pupils=1)
    assert not await demo.is_empty(empty)
    assert summary.tables["student"] == 66


async def test_a_failing_build_leaves_nothing(empty: str) -> None:
    before = await definitions(empty)

    def report(_stage: str, done: int, _total: int) -> None:
        if done == 15:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await demo.build(empty, seed=1, today=TODAY, schools=1, pupils=60, report=report)
    assert await demo.is_empty(empty)
    assert await definitions(empty) == before


async def test_a_filled_database_is_refused_and_kept(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute("INSERT INTO subject (name) VALUES ('Шахматы')")
    before = await definitions(empty)
    with pytest.raises(demo.DatabaseNotEmpty):
        await demo.build(empty, seed=1, today=TODAY, schools=1, pupils=60)
    names = await connection.fetch("SELECT name FROM subject")
    people = await connection.fetchval("SELECT count(*) FROM person")
    await connection.close()
    assert [row["name"] for row in names] == ["Шахматы"]
    assert people == 0
    assert await definitions(empty) == before


async def test_a_benchmark_set_is_a_whole_year_that_ends_now(empty: str) -> None:
    heard: list[tuple[str, int, int]] = []
    await demo.build(
        empty,
        seed=1,
        today=date(2026, 3, 1),
        schools=2,
        pupils=110,
        report=lambda *step: heard.append(step),
    )
    connection = await asyncpg.connect(empty)
    first, last = await connection.fetchrow(
        "SELECT min(l.date), max(l.date) FROM mark m JOIN lesson l ON l.id = m.lesson_id"
    )
    schools = await connection.fetch(
        """
        SELECT o.name, count(DISTINCT e.student_id) AS pupils
        FROM organization o JOIN enrollment e ON e.organization_id = o.id
        GROUP BY o.name ORDER BY o.name
        """
    )
    logins = await connection.fetch("SELECT login FROM account WHERE login ~ 'parent.[0-9]'")
    families = await connection.fetchval("SELECT count(*) FROM account WHERE login = 'parent.1'")
    await connection.close()
    assert (date(2025, 6, 2) <= first <= date(2025, 6, 6), last) == (True, date(2026, 2, 28))
    assert [tuple(row) for row in schools] == [("Школа № 1", 110), ("Школа № 2", 110)]
    assert families == 1
    assert 150 < len(logins) < 220
    assert ("classes", 44, 44) in heard
    assert heard[-1][0] == "indexes and keys"
    assert heard[-1][1] == heard[-1][2]


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 7, 19)])
async def test_the_diary_of_a_week_in_vacations_is_full(empty: str, today: date) -> None:
    await demo.build(empty, seed=1, today=today, pupils=1)
    connection = await asyncpg.connect(empty)
    monday = today - timedelta(days=today.weekday())
    rows = await connection.fetch(
        """
        SELECT d.date, count(*) AS lessons, count(d.topic) AS topics
        FROM account a JOIN student s ON s.person_id = a.person_id
        JOIN diary_entry d ON d.student_id = s.id
        WHERE a.login = 'student.one' AND d.date BETWEEN $1 AND $2 GROUP BY d.date ORDER BY d.date
        """,
        monday,
        monday + timedelta(days=6),
    )
    marked = await connection.fetchval(
        "SELECT count(*) FROM mark m JOIN lesson l ON l.id = m.lesson_id WHERE l.date >= $1", monday
    )
    await connection.close()
    assert [row["date"] for row in rows] == [monday + timedelta(days=n) for n in range(6)]
    assert sum(row["lessons"] for row in rows) == 33
    assert all(row["topics"] == row["lessons"] for row in rows)
    assert marked > 30


async def _digests(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    found = {
        table: await connection.fetchval(
            f"SELECT md5(coalesce(string_agg(r::text, ';' ORDER BY id), '')) FROM {table} r"  # noqa: S608  # our own
        )
        for table in COLUMNS
    }
    await connection.close()
    return found


async def definitions(url: str) -> set[Any]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT tablename, indexname, indexdef, true FROM pg_indexes WHERE schemaname = 'public'
        """
    )
    await connection.close()
    return {tuple(row) for row in rows}
