"""The models' own declarations, built as a second schema beside the migrated one.

PostgreSQL words checks and indexes in its own way; it words both schemas in the same way.
"""

from collections.abc import Iterator
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

_COLUMNS = """
SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS sentence
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""
# PostgreSQL 18 lists NOT NULL here too; the columns have told of it.
_CONSTRAINTS = """
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS sentence
FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')
"""
_INDEXES = """
SELECT replace(indexdef, schemaname || '.', '') AS sentence
FROM pg_indexes WHERE schemaname = current_schema()
"""
_OF_TORTOISE = "tortoise_migrations"


async def found(connection: asyncpg.Connection, schema: str) -> set[str]:
    """Columns, constraints and indexes of a schema, each a sentence."""
    await connection.execute(f"SET LOCAL search_path TO {schema}")
    rows = await connection.fetch(f"{_COLUMNS} UNION ALL {_CONSTRAINTS} UNION ALL {_INDEXES}")
    return {row["sentence"] for row in rows if _OF_TORTOISE not in row["sentence"]}


async def build(connection: asyncpg.Connection, schema: str) -> None:
    """Make the tables that the models declare, with all that they declare of them."""
    await connection.execute(f"CREATE SCHEMA {schema}; SET LOCAL search_path TO {schema}")
    models = Tortoise.apps["diary"].values()
    for statements in (_table, _references, _constraints):
        for model in models:
            for statement in statements(model):
                await connection.execute(statement)


def columns(model: type[Model]) -> set[str]:
    """The names of a model's columns."""
    told = model.describe(serializable=False)
    return {field["db_column"] for field in (told["pk_field"], *told["data_fields"])}


def table(model: type[Model]) -> str:
    """The name of a model's table or view."""
    name: str = model.describe()["table"]
    return name


def _table(model: type[Model]) -> Iterator[str]:
    told = model.describe(serializable=False)
    lines = ["id bigint PRIMARY KEY", *map(_column, told["data_fields"])]
    yield f"CREATE TABLE {told['table']} ({', '.join(lines)})"


def _column(field: dict[str, Any]) -> str:
    types = field["db_field_types"]
    words = [f'"{field["db_column"]}"', types.get("postgres", types[""])]
    words += [] if field["nullable"] else ["NOT NULL"]
    words += ["UNIQUE"] if field["unique"] else []
    return " ".join(words)


def _references(model: type[Model]) -> Iterator[str]:
    told = model.describe(serializable=False)
    for field in (*told["fk_fields"], *told["o2o_fields"]):
        yield (
            f"ALTER TABLE {told['table']} ADD FOREIGN KEY ({field['raw_field']})"
            f" REFERENCES {table(field['python_type'])} (id) ON DELETE {field['on_delete']}"
        )


def _constraints(model: type[Model]) -> Iterator[str]:
    name = table(model)
    for constraint in getattr(model.Meta, "constraints", ()):
        yield _constraint(name, constraint)
    for index in getattr(model.Meta, "indexes", ()):
        yield f"CREATE INDEX {index.name} ON {name} ({', '.join(index.field_names)})"


def _constraint(name: str, constraint: CheckConstraint | UniqueConstraint) -> str:
    if isinstance(constraint, CheckConstraint):
        return f"ALTER TABLE {name} ADD CONSTRAINT {constraint.name} CHECK ({constraint.check})"
    fields = ", ".join(constraint.fields)
    if constraint.condition:
        kind = f"CREATE UNIQUE INDEX {constraint.name} ON {name}"
        return f"{kind} ({fields}) WHERE {constraint.condition}"
    return f"ALTER TABLE {name} ADD CONSTRAINT {constraint.name} UNIQUE ({fields})"
