"""The chains of the audit trail: PostgreSQL makes them, and a walk finds whatever breaks them."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from custody import chain
from custody.chain import Break
from tests.audit.conftest import write
from tests.commands import told

_CHANGED = "its content, its place or what stands before it is not what was written"
# What somebody who owns the tables can do about the triggers.
_OFF = "SET session_replication_role = replica"


async def test_a_trail_is_whole(trail: asyncpg.Connection) -> None:
    assert await chain.verify(trail) == chain.Verdict(5, ())
    rows = await trail.fetch("SELECT strand, number FROM audit_entry ORDER BY id")
    assert [tuple(row) for row in rows] == [(0, number) for number in range(1, 6)]


async def test_nothing_that_a_writer_says_of_its_place_is_believed(
    trail: asyncpg.Connection,
) -> None:
    await trail.execute(
        "INSERT INTO audit_entry (at, roles, action, entity, request_id, address, strand, number,"
        " hash) VALUES (now(), '[]', 'mark.recorded', 'Mark', '', '', 7, 99, 'mine')"
    )
    row = await trail.fetchrow(
        "SELECT strand, number, length(hash) FROM audit_entry ORDER BY id DESC"
    )
    assert tuple(row) == (0, 6, 32)
    assert (await chain.verify(trail)).breaks == ()


@pytest.mark.parametrize(
    ("deed", "broken"),
    [
        ("UPDATE audit_entry SET after = '{}' WHERE number = 3", (3, _CHANGED)),
        ("UPDATE audit_entry SET at = at + interval '1 us' WHERE number = 2", (2, _CHANGED)),
        ("UPDATE audit_entry SET request_id = '' WHERE number = 5", (5, _CHANGED)),
        ("UPDATE audit_entry SET hash = sha256('') WHERE number = 4", (4, _CHANGED)),
        ("DELETE FROM audit_entry WHERE number = 3", (3, "it is not there")),
        (
            (
                "UPDATE audit_entry SET number = -number WHERE number IN (2, 3);"
                "UPDATE audit_entry SET number = 5 + number WHERE number < 0"
            ),
            (2, _CHANGED),
        ),
        (
            (
                "DELETE FROM audit_entry WHERE number = 3;"
                "UPDATE audit_entry SET number = number - 1 WHERE number > 3"
            ),
            (3, _CHANGED),
        ),
        (
            (
                "UPDATE audit_entry SET number = -number - 1 WHERE number > 2;"
                "UPDATE audit_entry SET number = -number WHERE number < 0;"
                "INSERT INTO audit_entry (at, roles, action, entity, request_id, address, strand,"
                " number, hash) SELECT at, roles, action, entity, request_id, address, strand, 3,"
                " hash FROM audit_entry WHERE number = 2"
            ),
            (3, _CHANGED),
        ),
        (
            "DELETE FROM audit_entry WHERE number >= 4",
            (4, "it is not there, nor any up to 5"),
        ),
        (
            "UPDATE audit_strand SET last_hash = sha256('') WHERE id = 0",
            (5, "the strand's own row tells of another end"),
        ),
    ],
)
async def test_the_first_broken_entry_is_told(
    trail: asyncpg.Connection, deed: str, broken: tuple[int, str]
) -> None:
    await trail.execute(_OFF)
    await trail.execute(deed)
    (found,) = (await chain.verify(trail)).breaks
    assert (found.strand, found.number) == (0, broken[0])
    assert found.why.startswith(broken[1])


async def test_an_end_that_was_cut_with_its_strand_is_told_by_heads(
    trail: asyncpg.Connection,
) -> None:
    kept = await chain.heads(trail)
    await write(trail, 2)
    assert (await chain.verify(trail, kept)).breaks == ()
    await trail.execute(_OFF)
    await trail.execute("DELETE FROM audit_entry WHERE number > 4")
    await trail.execute(
        "UPDATE audit_strand SET last_number = 4,"
        " last_hash = (SELECT hash FROM audit_entry WHERE number = 4) WHERE id = 0"
    )
    assert (await chain.verify(trail)).breaks == ()
    assert (await chain.verify(trail, kept)).breaks == (
        Break(0, 5, "it is not there, nor any up to 5"),
    )


async def test_a_strand_that_was_written_anew_is_told_by_heads(trail: asyncpg.Connection) -> None:
    kept = await chain.heads(trail)
    await trail.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
    await trail.execute("DELETE FROM audit_entry")
    await trail.execute("UPDATE audit_strand SET last_number = 0, last_hash = ''")
    await write(trail, 4)
    await write(trail, 2)
    assert (await chain.verify(trail)).breaks == ()
    (found,) = (await chain.verify(trail, kept)).breaks
    assert found.number == 5
    assert found.why.startswith("it is not the one of the heads that were kept")


async def test_writers_of_one_strand_wait_for_each_other(scratch_url: str) -> None:
    connections = [await asyncpg.connect(scratch_url) for _ in range(8)]
    await asyncio.gather(*(_several(each) for each in connections))
    assert await chain.verify(connections[0]) == chain.Verdict(8 * 5 * 2, ())
    for each in connections:
        await each.close()


async def test_the_commands(scratch_url: str, trail: asyncpg.Connection, tmp_path: Path) -> None:
    heads = await told("audit", "heads", database=scratch_url)
    (strand, number, digest) = heads.output.split()
    assert (heads.code, strand, number, len(digest)) == (0, "0", "5", 64)
    kept = tmp_path / "heads"
    kept.write_text(heads.output)

    whole = await told("audit", "verify", "--heads", str(kept), database=scratch_url)
    assert (whole.code, whole.output) == (0, "5 entries; every strand is whole.\n")

    await trail.execute(_OFF)
    await trail.execute("UPDATE audit_entry SET action = 'account.unblocked' WHERE number = 3")
    broken = await told("audit", "verify", database=scratch_url)
    number = await trail.fetchval("SELECT id FROM audit_entry WHERE number = 3")
    assert broken.code == 1
    assert broken.output == (
        f"Broken: strand 0, entry 3: {_CHANGED} (id {number}).\n5 entries; 1 strands are broken.\n"
    )


async def test_what_is_no_head_is_told(scratch_url: str) -> None:
    answer = await told(
        "audit", "verify", "--heads", "-", database=scratch_url, given="0 1 00\nx\n"
    )
    assert answer.code == 2
    assert answer.errors == ("schoolDiary: --heads: Line 2 is no head: strand, number and hash.\n")


async def _several(connection: asyncpg.Connection) -> None:
    for _ in range(5):
        async with connection.transaction():
            await write(connection, 2)
