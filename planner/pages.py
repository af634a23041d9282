"""Connections: one page of a list, read by keyset from either end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from planner.conditions import Given
from planner.leaves import write_leaf
from planner.ones import order, related, where
from planner.parameters import Run, sql_type
from planner.row import Row
from planner.selection import Input, Selected, Unplannable
from planner.source import Source
from planner.sql import EMPTY, JsonText, array
from planner.statement import Statement, entity_at, kind_of
from schema.declaration import cursors
from schema.declaration.cursors import Ordering
from schema.declaration.specs import (
    EdgeCursor,
    EdgeNode,
    PageEdges,
    PageFact,
    PageInfoFact,
    PageInfoOf,
    PageNodes,
    PageTotal,
    Relation,
)


def write_page(
    statement: Statement, json: JsonText, row: Row, selected: Selected, relation: Relation
) -> None:
    """Add the connection's page as an object with the fields that are selected below."""
    page = _Page(statement, row, selected, relation)
    found = JsonText()
    for each in statement.members(found, selected, kind_of(selected)):
        page.write(found, each)
    # One object whatever is selected: without HAVING, a bare total would come once for each row.
    json.expression(f"(SELECT {found.sql()} FROM ({page.query}) AS {page.alias} HAVING TRUE)")


class _Page:
    """One connection in the making.

    Its query has a row for each object of the page, and one more where the list goes on. `place`
    counts from the end at which the page begins: the near one, `after` unless `last` is given.
    """

    def __init__(
        self, statement: Statement, row: Row, selected: Selected, relation: Relation
    ) -> None:
        self._statement = statement
        self._list = partial(related, statement, row, selected, relation)
        self._order = cursors.ordering(entity_at(selected).scope.model, relation.order_by)
        inputs = statement.selection.inputs(selected)
        given = {name: each for name, each in inputs.items() if not each.is_null}
        self._is_forward = "last" not in given
        self._near = self._bound(given, is_before=not self._is_forward)
        self._far = self._bound(given, is_before=self._is_forward)
        self._limit = _limit(statement, relation, given)
        self._target, self._conditions = self._list()
        self._columns: dict[str, str] = {}
        self.alias = statement.names.new("p")

    @property
    def query(self) -> str:
        """The page's rows; to be taken when every field has been written."""
        source = self._target.source
        ordered = order(source, self._reading_order)
        columns = [
            f"row_number() OVER (ORDER BY {ordered}) AS place",
            *(f"{expression} AS {name}" for expression, name in self._columns.items()),
        ]
        within = [bound.sql(source) for bound in (self._near, self._far) if bound]
        return (
            f"SELECT {', '.join(columns)} FROM {source.from_clause}"
            f"{where([*self._conditions, *within])} ORDER BY {ordered} LIMIT {self._limit} + 1"
        )

    def write(self, json: JsonText, selected: Selected) -> None:
        """Add one of the connection's fields."""
        match selected.declared.spec:
            case PageEdges():
                json.expression(self._array(self._edge(selected)))
            case PageNodes():
                json.expression(self._array(self._statement.object(self._target, selected)))
            case PageTotal():
                target, conditions = self._list()
                total = f"SELECT count(*) FROM {target.source.from_clause}{where(conditions)}"
                write_leaf(json, f"({total})", selected)
            case PageInfoOf():
                for each in self._statement.members(json, selected, kind_of(selected)):
                    self._write_fact(json, each)
            case other:
                raise Unplannable(f"`{selected.name}` is no field of a connection but {other}.")

    @property
    def _reading_order(self) -> tuple[str, ...]:
        """The list's order, seen from the end at which the page begins."""
        return tuple(
            f"{'-' if each.is_descending is self._is_forward else ''}{each.path}"
            for each in self._order
        )

    def _column(self, expression: str) -> str:
        """A column of the page's query; the same expression twice is one column."""
        name = self._columns.setdefault(expression, f"c{len(self._columns)}")
        return f"{self.alias}.{name}"

    def _array(self, item: JsonText) -> str:
        direction = "" if self._is_forward else " DESC"
        items = array(
            item.divided(self._column),
            f" ORDER BY {self.alias}.place{direction}",
            f" FILTER (WHERE {self.alias}.place <= {self._limit})",
        )
        return f"coalesce({items}, '{EMPTY}')"

    def _edge(self, selected: Selected) -> JsonText:
        json = JsonText()
        for each in self._statement.members(json, selected, kind_of(selected)):
            match each.declared.spec:
                case EdgeCursor():
                    json.constant('"')
                    json.slot(self._column(_cursor(self._order, self._target.source)))
                    json.constant('"')
                case EdgeNode():
                    json.append(self._statement.object(self._target, each))
                case other:
                    raise Unplannable(f"`{each.name}` is no field of an edge but {other}.")
        return json

    def _write_fact(self, json: JsonText, selected: Selected) -> None:
        spec = selected.declared.spec
        if not isinstance(spec, PageInfoFact):
            raise Unplannable(f"`{selected.name}` is no fact of a page.")
        is_far = self._is_forward == (spec.fact in {PageFact.HAS_NEXT, PageFact.END_CURSOR})
        if spec.fact in {PageFact.HAS_NEXT, PageFact.HAS_PREVIOUS}:
            json.expression(f"({self._goes_on() if is_far else self._comes_from()})::text")
        else:
            edge = self._last_cursor() if is_far else self._first_cursor()
            json.expression(f"""coalesce('"' || {edge} || '"', 'null')""")

    def _goes_on(self) -> str:
        """Whether the list goes on at the page's far end."""
        more = f"count({self.alias}.place) > {self._limit}"
        return f"{more} OR {self._exists(self._near, self._far)}" if self._far else more

    def _comes_from(self) -> str:
        """Whether something of the list stands before the page's near end."""
        return self._exists(None, self._near) if self._near else "FALSE"

    def _exists(self, within: "_Bound | None", outside: "_Bound") -> str:
        target, conditions = self._list()
        found = [*conditions, *([within.sql(target.source)] if within else [])]
        found.append(f"NOT {outside.sql(target.source)}")
        return f"EXISTS (SELECT FROM {target.source.from_clause}{where(found)})"

    def _first_cursor(self) -> str:
        cursor = self._column(_cursor(self._order, self._target.source))
        place = f"{self.alias}.place"
        return f"max({cursor}) FILTER (WHERE {place} = 1 AND {place} <= {self._limit})"

    def _last_cursor(self) -> str:
        cursor = self._column(_cursor(self._order, self._target.source))
        place = f"{self.alias}.place"
        found = f"array_agg({cursor} ORDER BY {place} DESC) FILTER (WHERE {place} <= {self._limit})"
        return f"({found})[1]"

    def _bound(self, given: Mapping[str, Input], *, is_before: bool) -> "_Bound | None":
        cursor = given.get("before" if is_before else "after")
        if cursor is None:
            return None
        return _Bound(self._statement, self._order, cursor, is_before)


@dataclass(frozen=True)
class _Bound:
    """A cursor as a condition: the rows behind it, or before it."""

    statement: Statement
    order: Sequence[Ordering]
    cursor: Input
    is_before: bool

    def sql(self, source: Source) -> str:
        """The condition; one comparison of rows, which an index serves, where that says it."""
        values = [self._value(place) for place in range(len(self.order))]
        if len({each.is_descending for each in self.order}) > 1:
            beyond = cursors.beyond(self.order, values, is_before=self.is_before)
            return self.statement.conditions.sql(beyond, source)
        columns = ", ".join(source.column(each.path) for each in self.order)
        bounds = ", ".join(
            value(sql_type(each.column)) for each, value in zip(self.order, values, strict=True)
        )
        is_less = self.order[0].is_descending != self.is_before
        return f"(({columns}) {'<' if is_less else '>'} ({bounds}))"

    def _value(self, place: int) -> Given:
        """The parameter for the cursor's value in one column of the order."""
        order, cursor = self.order, self.cursor
        key = ("cursor", cursor.key, place, tuple(each.path for each in order))

        def value(run: Run) -> Any:
            return cursors.decode(order, cursor.value(run.variables))[place]

        return lambda kind: self.statement.parameters.add((key, kind), kind, value)


def _limit(statement: Statement, relation: Relation, given: Mapping[str, Input]) -> str:
    """The parameter for how many objects the page has at the most."""
    page = relation.page
    if page is None:
        raise TypeError("A connection has pages.")
    asked = {name: each for name, each in given.items() if name in {"first", "last"}}

    def limit(run: Run) -> int:
        return page.window({name: each.value(run.variables) for name, each in asked.items()}).limit

    key = ("page", page, *(each.key for each in asked.values()))
    return statement.parameters.add(key, "bigint", limit)


def _cursor(order: Sequence[Ordering], source: Source) -> str:
    """The text of a row's cursor; see schema.declaration.cursors."""
    values = " || ',' || ".join(in_cursor(each, source) for each in order)
    encoded = f"encode(convert_to('[' || {values} || ']', 'UTF8'), 'base64')"
    return f"translate({encoded}, E'\n', '')"


def in_cursor(each: Ordering, source: Source) -> str:
    """The JSON of a column's value as it stands in a cursor; NULL where the column is empty."""
    column = source.column(each.path)
    match sql_type(each.column):
        case "bigint":
            return f"{column}::text"
        case "timestamptz":
            return f"(extract(epoch FROM {column}) * 1000000)::bigint::text"
        case "date":
            return f"""('"' || {column}::text || '"')"""
    return f"to_json({column})::text"
