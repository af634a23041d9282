"""One mutation's unit of work: reach, write, audit and log together, and tell only afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient

import models
from access.roles import Relations
from access.rows import reached
from access.scopes import Scope
from access.viewer import Viewer
from errors import UserError
from schema.context import Context
from schema.declaration.ids import decode
from subscriptions import log

RowOf = TypeVar("RowOf", bound=models.Record)


@dataclass(frozen=True)
class _Change:
    topic: str
    area: models.ChangeArea
    kind: str
    row_id: int
    student_id: int | None


@dataclass
class Work:
    """What a mutation does inside its transaction.

    Nothing is announced before the commit, and the log's entries are written last, because the
    topics' rows are held from then on.
    """

    context: Context
    connection: BaseDBAsyncClient
    # Told to the client beside changes that are kept, such as the end of a stolen session.
    warnings: list[UserError] = field(default_factory=list)
    _changes: list[_Change] = field(default_factory=list)
    _written: dict[str, int] = field(default_factory=dict)

    @property
    def viewer(self) -> Viewer:
        """Who does it."""
        return self.context.viewer

    async def reach(
        self,
        model: type[RowOf],
        scope: Scope,
        label: str,
        given: str,
        *,
        via: Relations,
        at: str,
        lock: bool = False,
    ) -> RowOf:
        """The row with the given id, reached by one of the relations `via`.

        `at` is the id's path in the input. Raises UserError: FORBIDDEN for a row that the viewer
        may only read, NOT_FOUND for one that is absent or hidden; they cannot be told apart.
        """
        number = decode(label, given)
        query = reached(scope, self.viewer, via).filter(id=number)
        if lock:
            query = query.select_for_update(of=(scope.model._meta.db_table,))  # noqa: SLF001
        row = await query.get_or_none()
        if isinstance(row, model):
            return row
        if await reached(scope, self.viewer).filter(id=number).exists():
            raise UserError("FORBIDDEN", "You may read this but not change it.", at)
        raise UserError("NOT_FOUND", "There is no such object.", at)

    async def audit(
        self,
        action: str,
        row: models.Record,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        person_id: int | None = None,
    ) -> None:
        """Write down who did what to which row, with the values before and after."""
        await models.AuditEntry.create(
            at=self.viewer.now,
            person_id=person_id or self.viewer.person_id,
            roles=sorted(self.viewer.roles),
            action=action,
            entity=type(row).__name__,
            row_id=row.id,
            before=_plain(before),
            after=_plain(after),
            request_id=self.context.request_id,
            address=self.context.address,
        )

    def announce(
        self,
        topic: str,
        area: models.ChangeArea,
        kind: str,
        *,
        row: models.Record,
        student_id: int | None = None,
    ) -> None:
        """Let listeners of the topic hear of the change once it is committed."""
        self._changes.append(_Change(topic, area, kind, row.id, student_id))

    async def write_log(self) -> None:
        """Write the log's entries; the last thing before the commit."""
        for change in sorted(self._changes, key=lambda each: each.topic):
            self._written[change.topic] = await log.append(
                self.connection,
                change.topic,
                change.area,
                change.kind,
                row_id=change.row_id,
                student_id=change.student_id,
            )

    async def tell(self) -> None:
        """Wake the listeners; after the commit, outside of its transaction."""
        for topic, seq in self._written.items():
            await self.context.services.wake(topic, seq)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The values as JSON knows them."""
    if values is None:
        return None
    return {
        name: value.value if isinstance(value, Enum) else value for name, value in values.items()
    }


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
