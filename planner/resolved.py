"""Values that Python makes: the statement leaves places with columns in them, to be filled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLLeafType, get_named_type, is_leaf_type
from graphql.execution.values import VariableValues

from planner.pages import in_cursor
from planner.row import Row
from planner.selection import Input, Selected, Unplannable
from planner.sql import JsonText
from planner.statement import Statement
from schema.declaration import cursors
from schema.declaration.cursors import Ordering
from schema.declaration.specs import Resolved

# Neither can stand in JSON that PostgreSQL has written, where it would be an escape.
_BEGIN, _END = "\x02", "\x03"
_PLACE = re.compile(rb"\x02(\d+):([^\x03]*)\x03")


@dataclass(frozen=True)
class Filling:
    """What fills the places of one field."""

    resolved: Resolved
    columns: tuple[Ordering, ...]
    kind: GraphQLLeafType
    is_required: bool
    inputs: Mapping[str, Input]

    async def values(self, found: Sequence[bytes], given: VariableValues) -> Sequence[bytes]:
        """The JSON for the columns of each place; raises Unplannable for a null that may not be."""
        rows = [self._row(each) for each in found]
        made = await self.resolved.by(rows, **self.arguments(given))
        if self.is_required and None in made:
            raise Unplannable("A resolver gave nothing where something is required.")
        return [orjson.dumps(self._told(value)) for value in made]

    def arguments(self, given: VariableValues) -> dict[str, Any]:
        """The field's arguments under these variables."""
        return {name: each.value(given) for name, each in self.inputs.items()}

    def _row(self, found: bytes) -> tuple[Any, ...]:
        pairs = zip(self.columns, orjson.loads(found), strict=True)
        return tuple(None if value is None else each.from_json(value) for each, value in pairs)

    def _told(self, value: Any) -> Any:
        return None if value is None else self.kind.coerce_output_value(value)


def write_resolved(
    statement: Statement, json: JsonText, row: Row, selected: Selected, resolved: Resolved
) -> None:
    """Leave a place with the columns that the value is made of."""
    kind = get_named_type(selected.definition.type)
    if not is_leaf_type(kind):
        raise Unplannable(f"`{selected.name}` is no scalar.")
    columns = cursors.ordering(row.entity.scope.model, resolved.needs)
    inputs = statement.selection.inputs(selected)
    filling = Filling(resolved, columns, kind, selected.is_required, inputs)
    if (check := resolved.check) is not None:
        statement.parameters.check(lambda run: check(filling.arguments(run.variables)))
    place = statement.fill(filling)
    json.constant(f"{_BEGIN}{place}:[")
    for number, column in enumerate(columns):
        json.constant("," if number else "")
        json.expression(f"coalesce({in_cursor(column, row.source)}, 'null')")
    json.constant(f"]{_END}")


async def filled(data: bytes, fillings: Sequence[Filling], given: VariableValues) -> bytes:
    """The JSON with all places filled; each field's resolver is asked once, for all its rows."""
    found: Mapping[int, dict[bytes, None]] = {place: {} for place in range(len(fillings))}
    for place, columns in _PLACE.findall(data):
        found[int(place)][columns] = None
    values: dict[tuple[int, bytes], bytes] = {}
    for place, rows in found.items():
        if rows:
            made = await fillings[place].values(list(rows), given)
            values |= {(place, row): value for row, value in zip(rows, made, strict=True)}
    return _PLACE.sub(lambda match: values[int(match[1]), match[2]], data)
