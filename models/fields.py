"""The few field shapes that every area's rows share."""

from datetime import time
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.base import Field, OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model


class Record(Model):
    """A row with a number of its own."""

    id = fields.BigIntField(primary_key=True)

    class Meta:
        abstract = True


class LocalTimeField(Field[time], time):
    """A clock time of a school's day, without a zone.

    Tortoise's own TimeField attaches the default zone on reading and cannot be written back.
    """

    SQL_TYPE = "TIME"

    def to_python_value(self, value: Any) -> Any:
        """Keep what asyncpg gives, a `time` already; Tortoise would call `time(value)`."""
        return value


class MadeNumberField(fields.BigIntField):
    """A number that PostgreSQL makes of other columns of the row, by the expression `made_of`."""

    def __init__(self, made_of: str, **options: Any) -> None:
        super().__init__(**{**options, "generated": True})
        self.made_of = made_of

    def get_for_dialect(self, dialect: str, key: str) -> Any:
        """As Tortoise's own, but for how the column is made."""
        if key == "GENERATED_SQL":
            return f"NOT NULL GENERATED ALWAYS AS ({self.made_of}) STORED"
        return super().get_for_dialect(dialect, key)


def reference(to: str, related_name: str, *, null: bool = False) -> Any:
    """A foreign key that never deletes anything by itself; indexes are stated in `Meta.indexes`."""
    target = f"diary.{to}"
    if null:
        return fields.ForeignKeyField(target, related_name, OnDelete.RESTRICT, null=True)
    return fields.ForeignKeyField(target, related_name, OnDelete.RESTRICT)


def choice(kind: type[StrEnum], *, null: bool = False, generated: bool = False) -> Any:
    """One of the members of `kind`, kept as its text; `one_of` makes PostgreSQL hold it too."""
    return fields.CharEnumField(kind, max_length=32, null=null, generated=generated)


def check(name: str, condition: str) -> CheckConstraint:
    """A condition that PostgreSQL holds for every row."""
    return CheckConstraint(check=condition, name=name)


def one_of(table: str, column: str, kind: type[StrEnum]) -> CheckConstraint:
    """The column holds nothing but members of `kind`."""
    members = ", ".join(f"'{member.value}'" for member in kind)
    return check(f"{table}_{column}_known", f"{column} IN ({members})")


def sealed(table: str, column: str) -> CheckConstraint:
    """The column holds nothing but what a vault has sealed (access/vault.py)."""
    return check(f"{table}_{column}_is_sealed", f"{column} LIKE 'v1.%'")


def unique(name: str, *columns: str, where: str | None = None) -> UniqueConstraint:
    """No two rows (among those that `where` selects) agree in all of these columns."""
    return UniqueConstraint(fields=columns, name=name, condition=where)


def dates_in_order(table: str, first: str = "valid_from", last: str = "valid_until") -> Any:
    """The second date is empty or not before the first."""
    return check(f"{table}_{last}_in_order", f"{last} IS NULL OR {last} >= {first}")
