"""Verifying the audit trail: its chains are walked from their first entries to their ends."""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from errors import DiaryError

# As the trigger of migration 0011 has it. It is spelled here once more, and hashed by this program,
# because whoever can change entries could have changed the database's own function too.
_SAID = """
json_build_array(
    1, strand, number, id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    person_id, organization_id, roles, action, entity, row_id, before, after, request_id, address
)::text
"""
_ENTRIES = (
    f"SELECT id, strand, number, hash, {_SAID} AS said FROM audit_entry ORDER BY strand, number"  # noqa: S608 — the text above
)
_ENDS = "SELECT id, last_number, last_hash FROM audit_strand ORDER BY id"
_AT_ONCE = 1_000


class BadHeads(DiaryError):
    """A file of heads that holds something else."""


@dataclass(frozen=True)
class Head:
    """The last entry of a strand at some moment, as it is printed and kept elsewhere."""

    strand: int
    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.strand} {self.number} {self.hash.hex()}"


@dataclass(frozen=True)
class Break:
    """The first place of a strand at which it is not what was written."""

    strand: int
    number: int
    why: str

    def __str__(self) -> str:
        return f"strand {self.strand}, entry {self.number}: {self.why}"


@dataclass(frozen=True)
class Verdict:
    """How many entries were walked, and the first break of each strand that has one."""

    entries: int
    breaks: tuple[Break, ...]


async def heads(connection: asyncpg.Connection) -> list[Head]:
    """The ends of all strands that have entries."""
    rows = await connection.fetch(f"{_ENDS}")
    return [Head(*row) for row in rows if row["last_number"]]


def read_heads(lines: Iterable[str]) -> list[Head]:
    """Heads as they were printed; raises BadHeads."""
    found = []
    for place, line in enumerate(lines, 1):
        try:
            strand, number, digest = line.split()
            found.append(Head(int(strand), int(number), bytes.fromhex(digest)))
        except ValueError:
            raise BadHeads(f"Line {place} is no head: strand, number and hash.") from None
    return found


async def verify(connection: asyncpg.Connection, kept: Iterable[Head] = ()) -> Verdict:
    """Walk every strand as of one moment; `kept` are heads that were printed before.

    Without them, whoever owns the tables could cut a strand's end or write all of it anew, and its
    end with it.
    """
    known: dict[int, dict[int, bytes]] = {}
    for head in kept:
        known.setdefault(head.strand, {})[head.number] = head.hash
    # Entries and ends as of the same moment, while others write.
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        walks = {
            row["id"]: _Walk(row["id"], row["last_number"], row["last_hash"], known)
            for row in await connection.fetch(_ENDS)
        }
        count = 0
        async for entry in _entries(connection):
            count += 1
            walk = walks.setdefault(entry["strand"], _Walk(entry["strand"], 0, b"", known))
            walk.take(entry)
    for strand in known.keys() - walks.keys():
        walks[strand] = _Walk(strand, 0, b"", known)
    ends = (walks[strand].end() for strand in sorted(walks))
    return Verdict(count, tuple(each for each in ends if each is not None))


async def _entries(connection: asyncpg.Connection) -> AsyncIterator[Mapping[str, Any]]:
    async for entry in connection.cursor(_ENTRIES, prefetch=_AT_ONCE):
        yield entry


class _Walk:
    """One strand on the way from its first entry to its end."""

    def __init__(
        self, strand: int, last: int, end: bytes, known: Mapping[int, Mapping[int, bytes]]
    ) -> None:
        self._strand = strand
        self._last, self._end = last, end
        self._known = known.get(strand, {})
        self._number, self._hash = 0, b""
        self._break: Break | None = None

    def take(self, entry: Mapping[str, Any]) -> None:
        """Look at the next entry; behind the first break nothing can be told any more."""
        if self._break is not None:
            return
        number = self._number + 1
        if entry["number"] != number:
            self._broken(number, "it is not there")
            return
        self._number = number
        self._hash = hashlib.sha256(self._hash + entry["said"].encode()).digest()
        if self._hash != entry["hash"]:
            why = "its content, its place or what stands before it is not what was written"
            self._broken(number, f"{why} (id {entry['id']})")
        elif self._known.get(number, self._hash) != self._hash:
            self._broken(
                number, f"it is not the one of the heads that were kept (id {entry['id']})"
            )

    def end(self) -> Break | None:
        """What is broken, now that no entry is left."""
        furthest = max(self._last, *self._known, 0)
        if self._break is None and self._number < furthest:
            self._broken(self._number + 1, f"it is not there, nor any up to {furthest}")
        if self._break is None and (self._number, self._hash) != (self._last, self._end):
            self._broken(self._number, "the strand's own row tells of another end")
        return self._break

    def _broken(self, number: int, why: str) -> None:
        self._break = Break(self._strand, number, why)
