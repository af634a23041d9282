"""What every factory shares: the handle on a row, dated facts, numbers that never repeat."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Generic, TypeVar

from tortoise.connection import get_connection

from models import Record

Row = TypeVar("Row", bound=Record)
_numbers = count(1)


def serial() -> int:
    """A number that this process has not had yet; the database belongs to this process."""
    return next(_numbers)


def gid(typename: str, row_id: int) -> str:
    """The id by which clients know a row: base64 of "Student:7"."""
    return b64encode(f"{typename}:{row_id}".encode()).decode()


async def today() -> date:
    """The school's day: PostgreSQL's own, in the connection's time zone."""
    [row] = await get_connection("default").execute_query_dict("SELECT CURRENT_DATE AS today")
    found: date = row["today"]
    return found


@dataclass
class Made(Generic[Row]):
    """A row, and from its subclasses methods that create what belongs to it."""

    row: Row

    @property
    def id(self) -> int:
        found: int = self.row.id
        return found

    async def change(self, **values: Any) -> None:
        """Set columns of the row, in memory and in the database."""
        self.row.update_from_dict(values)
        await self.row.save(update_fields=list(values))


@dataclass
class Fact(Made[Row]):
    """Something that holds from one day until the day before another."""

    async def end(self, on: date | None = None) -> None:
        """Let it hold no longer from that day, today unless told."""
        await self.change(valid_until=on or await today())
