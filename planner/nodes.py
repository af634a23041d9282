"""Rows of whatever types ids name: `node(id:)` and `nodes(ids:)`."""

from collections.abc import Sequence

from graphql import GraphQLObjectType

from errors import BadUserInput
from planner.ones import where
from planner.parameters import Run
from planner.selection import Input, Selected
from planner.sql import EMPTY, JsonText, text
from planner.statement import Statement
from schema.declaration import ids
from schema.declaration.arguments import MOST_NODES
from schema.declaration.entity import node_of

_NULL = "null"


def write_node(statement: Statement, json: JsonText, selected: Selected) -> None:
    """Add the row that the id names, or null."""
    given = statement.selection.inputs(selected)["id"]

    def number_in(run: Run) -> int:
        return ids.parts(given.value(run.variables))[1]

    (label,) = statement.selection.labels(selected) or ("",)
    if node_of(label) is None:
        statement.parameters.check(number_in)
        json.constant(_NULL)
        return
    number = statement.parameters.add(("node", given.key), "bigint", number_in)
    json.expression(f"coalesce({_row(statement, selected, label, number)}, '{_NULL}')")


def write_nodes(statement: Statement, json: JsonText, selected: Selected) -> None:
    """Add the row of each id in its place, null where there is none."""
    given = statement.selection.inputs(selected)["ids"]
    add = statement.parameters.add
    labels = add(
        ("labels", given.key), "text[]", lambda run: [each[0] for each in _parts(run, given)]
    )
    numbers = add(
        ("ids", given.key), "bigint[]", lambda run: [each[1] for each in _parts(run, given)]
    )
    alias = statement.names.new("n")
    cases = " ".join(
        f"WHEN {text(label)} THEN {_row(statement, selected, label, f'{alias}.number')}"
        for label in statement.selection.labels(selected)
        if node_of(label)
    )
    item = f"coalesce(CASE {alias}.label {cases} END, '{_NULL}')" if cases else text(_NULL)
    query = (
        f"SELECT '[' || string_agg({item}, ',' ORDER BY {alias}.place) || ']'"
        f" FROM unnest({labels}, {numbers}) WITH ORDINALITY AS {alias}(label, number, place)"
    )
    json.expression(f"coalesce(({query}), '{EMPTY}')")


def _parts(run: Run, given: Input) -> Sequence[tuple[str, int]]:
    """Label and number of each id; raises BadUserInput as the generic resolvers do."""
    values: list[str] = given.value(run.variables)
    if len(values) > MOST_NODES:
        raise BadUserInput(f"At most {MOST_NODES} ids are taken at once.")
    return [ids.parts(each) for each in values]


def _row(statement: Statement, selected: Selected, label: str, number: str) -> str:
    """The row of that type and number as an object; NULL where it is hidden or absent."""
    entity, kind = node_of(label), statement.selection.schema.get_type(label)
    if entity is None or not isinstance(kind, GraphQLObjectType):
        return "NULL"
    row = statement.rows(entity)
    row.source.is_bound = True
    found = statement.write(statement, row, selected, kind).sql()
    conditions = [
        f"{row.source.column('id')} = {number}",
        *statement.reach.over(entity.scope, row.source),
    ]
    return f"(SELECT {found} FROM {row.source.from_clause}{where(conditions)})"
