"""Rows whose numbers a payload or an event carries, in the fields that show them."""

from graphql import GraphQLOutputType, is_list_type, is_non_null_type

from access.scope import Scope
from planner.ones import where
from planner.selection import Selected
from planner.sql import EMPTY, HIDDEN, JsonText, text
from planner.statement import Statement, entity_at

_NULL = "null"


def write_found(
    statement: Statement, json: JsonText, selected: Selected, reached: Scope | None = None
) -> None:
    """Add the row of the run's number, or, for a list, the row of each of its numbers.

    One row of the scope `reached` is known to be within the viewer's reach.
    """
    kind = _nullable(selected.definition.type)
    if not is_list_type(kind):
        number = statement.parameters.add("found", "bigint", lambda run: run.found)
        json.expression(_row(statement, selected, number, _NULL, reached))
        return
    numbers = statement.parameters.add("found", "bigint[]", lambda run: run.found)
    alias = statement.names.new("n")
    nothing = HIDDEN if is_non_null_type(kind.of_type) else _NULL
    item = _row(statement, selected, f"{alias}.number", nothing)
    query = (
        f"SELECT '[' || string_agg({item}, ',' ORDER BY {alias}.place) || ']'"
        f" FROM unnest({numbers}) WITH ORDINALITY AS {alias}(number, place)"
    )
    json.expression(f"coalesce(({query}), '{EMPTY}')")


def _nullable(kind: GraphQLOutputType) -> GraphQLOutputType:
    return kind.of_type if is_non_null_type(kind) else kind


def _row(
    statement: Statement,
    selected: Selected,
    number: str,
    nothing: str,
    reached: Scope | None = None,
) -> str:
    """The row as an object, or what stands for one that is hidden or absent."""
    row = statement.rows(entity_at(selected))
    row.source.is_bound = True
    found = statement.object(row, selected).sql()
    scope = row.entity.scope
    over = statement.reach.only if scope is reached else statement.reach.over
    conditions = [f"{row.source.column('id')} = {number}", *over(scope, row.source)]
    query = f"SELECT {found} FROM {row.source.from_clause}{where(conditions)}"
    return f"coalesce(({query}), {text(nothing)})"
