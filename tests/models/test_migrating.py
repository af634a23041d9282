"""Migrations write the same SQL over our sparing state as over Tortoise's own."""

from typing import Any

import pytest
from tortoise import fields
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.fields.base import Field
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.migrations.migration import Migration
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps

from models.migrating import SparingState

_CONNECTIONS = {"garden": "default"}


def _refers(to: str, name: str, **given: Any) -> "Field[int]":
    found: Field[int] = fields.ForeignKeyField(f"garden.{to}", related_name=name, **given)
    return found


def _number() -> "Field[int]":
    return fields.BigIntField(primary_key=True)


# Apples stand before the trees that they refer to, as models do whose names are sorted.
_OPERATIONS: list[ops.Operation] = [
    ops.CreateModel("Apple", [("id", _number()), ("tree", _refers("Tree", "apples"))]),
    ops.CreateModel("Tree", [("id", _number()), ("name", fields.CharField(max_length=9))]),
    ops.CreateModel("Worm", [("id", _number()), ("apple", _refers("Apple", "worms"))]),
    ops.AddField("Worm", "tree", _refers("Tree", "worms", null=True)),
    ops.AddField("Tree", "height", fields.IntField(default=1)),
    ops.AlterField("Tree", "name", fields.CharField(max_length=30, null=True)),
    ops.RenameField("Tree", "name", "called"),
    ops.AddIndex("Apple", Index(fields=["tree_id"], name="apple_tree")),
    ops.RenameIndex("Apple", old_name="apple_tree", new_name="apple_of_tree"),
    ops.RemoveIndex("Apple", name="apple_of_tree"),
    ops.AddConstraint("Tree", CheckConstraint(check="height > 0", name="tree_grows")),
    ops.AddConstraint("Worm", UniqueConstraint(fields=("apple", "tree"), name="worm_place")),
    ops.RenameConstraint("Worm", old_name="worm_place", new_name="worm_once"),
    ops.RemoveConstraint("Tree", name="tree_grows"),
    ops.AlterModelOptions("Tree", {"table_description": "What grows."}),
    ops.RunSQL("ANALYZE"),
    ops.RenameModel("Tree", "Plant"),
    ops.AddField("Plant", "parent", _refers("Plant", "children", null=True)),
    ops.RemoveField("Worm", "tree"),
    ops.DeleteModel("Worm"),
]


class _Garden(Migration):
    operations = _OPERATIONS


async def test_every_operation_writes_what_tortoise_writes() -> None:
    ours = await _written(SparingState.empty(_CONNECTIONS))
    assert ours == await _written(State(models={}, apps=StateApps(_CONNECTIONS)))
    assert 'ALTER TABLE "worm" ADD COLUMN "tree_id" BIGINT' in "\n".join(ours)


async def test_a_relation_to_nothing_is_refused() -> None:
    class Orphan(Migration):
        operations = _OPERATIONS[:1]

    with pytest.raises(RuntimeError, match=r"garden\.Apple refers to garden\.Tree"):
        await Orphan("orphan", "garden").apply(SparingState.empty(_CONNECTIONS))


async def _written(state: State) -> list[str]:
    editor = AsyncpgSchemaEditor(
        AsyncpgDBClient(connection_name="default"), atomic=False, collect_sql=True
    )
    await _Garden("garden", "garden").apply(state, schema_editor=editor, collect_sql=True)
    return editor.collected_sql
