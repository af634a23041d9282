"""Relations to many as JSON arrays, and arrays of groups."""

from planner.batches import Batch
from planner.leaves import write_leaf
from planner.nested import inner_lists
from planner.ones import order, related, where
from planner.row import Row
from planner.selection import Selected, Unplannable
from planner.sql import EMPTY, JsonText, array
from planner.statement import Statement, entity_at, kind_of
from schema.declaration.entity import Grouping, grouping_of
from schema.declaration.specs import GroupItems, GroupKey, Relation


def write_list(
    statement: Statement, json: JsonText, row: Row | None, selected: Selected, relation: Relation
) -> None:
    """Add the array of the related rows (of a root field, of all that are reached)."""
    grouping = grouping_of(selected.declared.target)
    is_nowhere = statement.reach.is_nowhere(entity_at(selected).scope)
    # Arguments are looked at even where they choose among no rows: they may be wrong.
    if is_nowhere and not relation.arguments and relation.page is None:
        json.constant(EMPTY)
    elif grouping is not None:
        _write_groups(statement, json, row, selected, relation, grouping=grouping)
    else:
        _write_rows(statement, json, row, selected, relation)


def _write_rows(
    statement: Statement, json: JsonText, row: Row | None, selected: Selected, relation: Relation
) -> None:
    target, conditions = related(statement, row, selected, relation)
    if lists := inner_lists(statement, selected, relation):
        query = Batch(statement, target, selected, lists).query(relation, conditions)
        json.expression(f"coalesce(({query}), '{EMPTY}')")
        return
    item = statement.object(target, selected).sql()
    ordered = f" ORDER BY {order(target.source, relation.order_by)}"
    rest = f"FROM {target.source.from_clause}{where(conditions)}"
    if relation.page is None:
        query = f"SELECT {array(item, ordered)} {rest}"
    else:
        limit = statement.limit(relation, statement.selection.inputs(selected)["first"])
        alias = statement.names.new("q")
        few = f"SELECT {item} AS item {rest}{ordered} LIMIT {limit}"
        query = f"SELECT {array(f'{alias}.item')} FROM ({few}) AS {alias}"
    json.expression(f"coalesce(({query}), '{EMPTY}')")


def _write_groups(
    statement: Statement,
    json: JsonText,
    row: Row | None,
    selected: Selected,
    relation: Relation,
    *,
    grouping: Grouping,
) -> None:
    """Rows that are alike in the order's first column are one object of the array."""
    if relation.order_by[0] != grouping.by:
        raise Unplannable(f"`{selected.name}` is not in the order of its groups.")
    target, conditions = related(statement, row, selected, relation)
    alias = statement.names.new("q")
    columns = [f"{target.source.column(grouping.by)} AS by"]
    ordered = f" ORDER BY {order(target.source, relation.order_by[1:])}"
    group = JsonText()
    for each in statement.members(group, selected, kind_of(selected)):
        match each.declared.spec:
            case GroupKey():
                write_leaf(group, f"{alias}.by", each)
            case GroupItems():
                item = statement.object(target, each).sql()
                columns.append(f"{array(item, ordered)} AS items{len(columns)}")
                group.expression(f"{alias}.items{len(columns) - 1}")
            case other:
                raise Unplannable(f"`{each.name}` is no field of a group but {other}.")
    groups = (
        f"SELECT {', '.join(columns)} FROM {target.source.from_clause}{where(conditions)}"
        f" GROUP BY {target.source.column(grouping.by)}"
    )
    query = f"SELECT {array(group.sql(), f' ORDER BY {alias}.by')} FROM ({groups}) AS {alias}"
    json.expression(f"coalesce(({query}), '{EMPTY}')")
