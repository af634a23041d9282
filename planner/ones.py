"""Relations to one: joined where there can be but one row, picked by a sub-select elsewhere."""

from collections.abc import Mapping

from access.rows import is_empty
from access.scope import Scope
from planner.conditions import equated
from planner.row import Row
from planner.selection import Selected
from planner.source import Source, is_nullable, is_unique
from planner.sql import HIDDEN, JsonText, text
from planner.statement import Statement, entity_at
from schema.declaration.entity import entity_of
from schema.declaration.specs import Relation

_NULL = "null"


def write_one(
    statement: Statement, json: JsonText, row: Row, selected: Selected, relation: Relation
) -> None:
    """Add the related row, or null."""
    entity = entity_of(selected.declared.target)
    nothing = HIDDEN if selected.is_required else _NULL
    if statement.reach.is_nowhere(entity.scope):
        json.constant(nothing)
    elif (source := _always_there(statement, row, entity.scope, relation)) is not None:
        found = statement.object(Row(entity, source, statement.reach), selected)
        if statement.reach.is_implied(entity.scope, row.entity.scope, _equal(relation)):
            json.append(found)
        else:
            source.is_bound = True
            reached = " AND ".join(statement.reach.over(entity.scope, source))
            json.expression(f"CASE WHEN {reached} THEN {found.sql()} ELSE {text(nothing)} END")
    elif relation.key is not None or is_unique(entity.scope.model, frozenset(relation.on)):
        target = _joined(statement, row, selected, relation)
        found = statement.object(target, selected)
        here = f"{target.source.column('id')} IS NULL"
        json.expression(f"CASE WHEN {here} THEN {text(nothing)} ELSE {found.sql()} END")
    else:
        write_picked(statement, json, row, selected, relation)


def write_picked(
    statement: Statement, json: JsonText, row: Row | None, selected: Selected, relation: Relation
) -> None:
    """Add the first of the related rows (of a root field, of all that are reached), or null."""
    target, conditions = related(statement, row, selected, relation)
    found = statement.object(target, selected).sql()
    source = target.source
    ordered = ""
    if not is_unique(source.model, _equated(statement, target, selected, relation)):
        ordered = f" ORDER BY {order(source, relation.order_by)} LIMIT 1"
    query = f"SELECT {found} FROM {source.from_clause}{where(conditions)}{ordered}"
    nothing = HIDDEN if selected.is_required else _NULL
    json.expression(f"coalesce(({query}), {text(nothing)})")


def related(
    statement: Statement, row: Row | None, selected: Selected, relation: Relation
) -> tuple[Row, list[str]]:
    """The related rows in a FROM clause of their own, and the conditions on them."""
    target = statement.rows(entity_at(selected))
    source, scope = target.source, target.entity.scope
    linked = _linked(statement, row, source, relation)
    narrowed = statement.narrowed(selected, relation, source)
    source.is_bound = bool(linked) or bool(relation.arguments)
    if row is None or relation.through is not None:
        reached = statement.reach.over(scope, source)
    else:
        reached = statement.reach.beyond(scope, source, row.entity.scope, relation.on)
    return target, [*linked, *narrowed, *reached]


def where(conditions: list[str]) -> str:
    """The WHERE clause, if there is anything to say."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def order(source: Source, order_by: tuple[str, ...]) -> str:
    """The columns of ORDER BY."""
    return ", ".join(
        f"{source.column(path.removeprefix('-'))}{' DESC' if path.startswith('-') else ''}"
        for path in order_by
    )


def _linked(statement: Statement, row: Row | None, source: Source, relation: Relation) -> list[str]:
    """What ties the related row to the row that it belongs to."""
    if row is None:
        return []
    if (through := relation.through) is None:
        return [row.equals(source.column(column), path) for column, path in relation.on.items()]
    link = Source.of(through.model, statement.names)
    number = link.column(through.key)
    conditions = [row.equals(link.column(column), path) for column, path in through.on.items()]
    if not is_empty(through.where):
        conditions.append(statement.conditions.sql(through.where, link))
    query = f"SELECT {number} FROM {link.from_clause}{where(conditions)}"
    # The links are read first whatever stands behind them: joined, PostgreSQL reads all rows of the
    # target where a view of links has more tables than it looks for an order of.
    return [f"{source.column('id')} = ANY (ARRAY({query}))"]


def _equated(
    statement: Statement, target: Row, selected: Selected, relation: Relation
) -> frozenset[str]:
    """The columns of which the related rows have one value each."""
    given = statement.selection.inputs(selected)
    arguments = (
        each.where
        for name, each in relation.arguments.items()
        if name in given and not given[name].is_null
    )
    reach = statement.reach.conditions(target.entity.scope)
    return frozenset(relation.on) | equated([*arguments, *reach])


def _always_there(
    statement: Statement, row: Row, scope: Scope, relation: Relation
) -> Source | None:
    """The related row where every row has one, joined as columns behind it are: once for all.

    None also where it takes more than a look at the viewer's own facts to say whether it is
    reached, which is better said where it is joined.
    """
    is_plain = is_empty(relation.where) and is_empty(scope.only)
    if relation.key is None or not is_plain or not statement.reach.is_known(scope):
        return None
    if relation.key == "id":
        return row.source if row.source.model is scope.model else None
    if is_nullable(row.source.model, relation.key):
        return None
    return row.source.behind(relation.key, scope.model)


def _joined(statement: Statement, row: Row, selected: Selected, relation: Relation) -> Row:
    """The related row, if there is one, joined to the row that it belongs to."""
    entity = entity_of(selected.declared.target)
    joins = row.source.joins
    inside = Source.of(entity.scope.model, statement.names)
    inside.is_bound = True
    equal = _equal(relation)
    conditions = [
        *(f"{inside.column(path)} = {row.source.column(own)}" for path, own in equal.items()),
        *statement.narrowed(selected, relation, inside),
        *statement.reach.beyond(entity.scope, inside, row.entity.scope, equal),
    ]
    table = f"({inside.from_clause})" if inside.joins else inside.table
    joins.append(f"LEFT JOIN {table} ON {' AND '.join(conditions)}")
    outside = Source(inside.model, statement.names, inside.alias, joins, is_outer=True)
    return Row(entity, outside, statement.reach)


def _equal(relation: Relation) -> Mapping[str, str]:
    """The columns of the related row that equal this row's, with those."""
    return relation.on if relation.key is None else {"id": relation.key}
