"""One mutation's unit of work: everything that it writes goes out by one statement, at the end."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

import models
from access.rows import reached
from access.viewer import Viewer
from couriers.letter import Channel, Letter
from errors import Deadlocked, Interrupted, OutcomeUnknown, TimedOut, UserError
from models.writes import Writes
from resolvers.reading import Reading
from resolvers.refusals import told_refusals
from schema.context import Context
from schema.declaration.ids import decode
from subscriptions import log
from subscriptions.log import Change

_HOLD = "SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE"
_NEXT = "SELECT nextval($1::text::regclass) AS id FROM generate_series(1, $2)"


@dataclass
class Work:
    """What a mutation reads and writes, and what it tells once that is committed.

    Rows, audit entries and announcements are only collected, and written together behind
    everything that was read: then the topic of the log is held for as short as can be.
    """

    context: Context
    connection: BaseDBAsyncClient
    # Told to the client beside changes that are kept, such as the end of a stolen session.
    warnings: list[UserError] = field(default_factory=list)
    writes: Writes = field(default_factory=Writes)
    _deeds: list[Mapping[str, Any]] = field(default_factory=list)
    _changes: list[Change] = field(default_factory=list)
    _letters: list[tuple[Channel, Letter]] = field(default_factory=list)
    _written: Mapping[str, int] = field(default_factory=dict)
    _meanings: dict[str, UserError] = field(default_factory=dict)

    @property
    def viewer(self) -> Viewer:
        """Who does it."""
        return self.context.viewer

    async def read(self, reading: Reading, wanted: str, at: str, **given: Any) -> Mapping[str, Any]:
        """What the reading says of the row with the wanted id, whose path in the input is `at`.

        Raises UserError: FORBIDDEN for a row that the viewer may only read, NOT_FOUND for one that
        is absent or hidden; they cannot be told apart.
        """
        number = decode(reading.label, wanted)
        if number is not None:
            found = await reading.read(self.connection, self.viewer, number, given)
            if found is not None:
                return found
            seen = reading.seen or reading.scope
            if await reached(seen, self.viewer).filter(id=number).exists():
                raise UserError("FORBIDDEN", "You may read this but not change it.", at)
        raise UserError("NOT_FOUND", "There is no such object.", at)

    async def hold_viewer(self) -> None:
        """Let whatever the viewer does on other devices, and holds them for too, wait or be over.

        What is then counted needs a statement of its own: this one does not see what it waited for.
        """
        await self.connection.execute_query(_HOLD, [self.viewer.person_id])

    async def next_id(self, model: type[models.Record]) -> int:
        """The number of a row that will be made."""
        (number,) = await self.next_ids(model, 1)
        return number

    async def next_ids(self, model: type[models.Record], count: int) -> list[int]:
        """Numbers of so many rows that will be made."""
        table = model._meta.db_table  # noqa: SLF001 — its description
        values = [f"{table}_id_seq", count]
        rows = await self.connection.execute_query_dict(_NEXT, values)
        return [row["id"] for row in rows]

    def audit(
        self,
        action: str,
        model: type[models.Record],
        row_id: int | None,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        person_id: int | None = None,
        organization_id: int | None = None,
    ) -> None:
        """Write down who did what to which row, with the values before and after.

        The action begins with its kind (`models.AuditKind`) and a full stop; the organization is
        the one whose row it is, for whoever reads the audit there.
        """
        deed = {
            "at": self.viewer.now,
            "person_id": person_id or self.viewer.person_id,
            "organization_id": organization_id,
            "roles": list(self.viewer.role_names),
            "action": action,
            "entity": model.__name__,
            "row_id": row_id,
            "before": before,
            "after": after,
            "request_id": self.context.request_id,
            "address": self.context.address,
        }
        self._deeds.append(deed)

    def announce(self, change: Change) -> None:
        """Let listeners of the topic hear of the change once it is committed."""
        self._changes.append(change)

    def send(self, channel: Channel, letter: Letter) -> None:
        """Have the letter delivered once it is committed; not at all where nobody delivers."""
        self._letters.append((channel, letter))

    def means(self, sqlstate: str, error: UserError) -> None:
        """Say what it means when PostgreSQL refuses what is written with that code of ours."""
        self._meanings[sqlstate] = error

    async def write(self) -> None:
        """Write everything that was collected; the last thing before the commit.

        Raises UserError for what PostgreSQL refuses because somebody else came first.
        Deeds behind all other rows: each holds its strand of the audit until the commit.
        """
        for deed in self._deeds:
            self.writes.make(models.AuditEntry, **deed)
        if self.writes or self._changes:
            with told_refusals(), self._commit_is_known(), self._refusals_are_told():
                self._written = await log.append(self.connection, self._changes, self.writes)

    @contextmanager
    def _refusals_are_told(self) -> Iterator[None]:
        try:
            yield
        except asyncpg.PostgresError as refusal:
            if (error := self._meanings.get(refusal.sqlstate)) is None:
                raise
            raise error from refusal

    @contextmanager
    def _commit_is_known(self) -> Iterator[None]:
        """Say where it is not: outside of a transaction, the statement is what commits."""
        try:
            yield
        except Deadlocked:
            raise
        except (Interrupted, TimedOut) as outage:
            if isinstance(self.connection, TransactionalDBClient):
                raise
            raise OutcomeUnknown from outage.__cause__

    async def tell(self) -> None:
        """Post the letters and wake the listeners; after the commit, outside of its transaction."""
        for channel, letter in self._letters:
            self.context.services.outbox.post(channel, letter)
        for topic, seq in self._written.items():
            await self.context.services.wake(topic, seq)


def all_of(errors: Iterable[UserError | None]) -> None:
    """Raise every error that there is, together."""
    found = [error for error in errors if error is not None]
    if found:
        raise UserErrors(found)


class UserErrors(UserError):
    """Several reasons at once."""

    def __init__(self, errors: list[UserError]) -> None:
        super().__init__(errors[0].code, errors[0].message, *errors[0].field)
        self.errors = errors
