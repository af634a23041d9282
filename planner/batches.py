"""Lists below lists in one go: what belongs to the inner rows is read once, not for each of them.

A page of the journal has a cell for each pupil at each lesson. By sub-selects that is 1,600
descents into an index and as many small sorts; here it is one scan for the lessons:

- `p` holds the outer rows: the text of each in parts, and arrays with what its inner rows look for
  children by and with their own text in parts, in their order;
- `d` holds what all of them look for, each once;
- `m`, one for each field with children, reads those of all inner rows and makes one `jsonb` object
  of them for each outer row, by the inner rows' column;
- the outer rows are put together from `p` and `m`, and children picked out of the objects by key.

Picking by key is no join, and a full join is never made by nested loops, so that no estimate can
make it quadratic: PostgreSQL expects one row of such queries and would loop (31 ms for the page,
5.3 by sub-selects, 2.5 like this). What a full join adds is no outer row's and is filtered out.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from planner.nested import Child, Children
from planner.ones import order, related, where
from planner.row import Row, Rows
from planner.selection import Selected
from planner.sql import EMPTY, HIDDEN, JsonText, array, text
from planner.statement import Statement
from schema.declaration.specs import Relation


class Batch:
    """One list of outer rows in the making; `lists` are its inner lists, by response key."""

    def __init__(
        self,
        statement: Statement,
        target: Row,
        selected: Selected,
        lists: Mapping[str, tuple[Relation, Children]],
    ) -> None:
        self.statement = statement
        self.target = target
        self.queries: list[str] = []
        self._selected = selected
        self._alias = statement.names.new("p")
        self._columns: dict[str, str] = {}
        self._joins: list[str] = []
        for key, (relation, children) in lists.items():
            target.elsewhere[key] = _Inner(self, relation, children).write

    def query(self, relation: Relation, conditions: list[str]) -> str:
        """The array of the outer rows; NULL where there are none."""
        source, alias = self.target.source, self._alias
        item = self.statement.object(self.target, self._selected).divided(self.column)
        place = f"row_number() OVER (ORDER BY {order(source, relation.order_by)}) AS place"
        columns = (place, *(f"{each} AS {name}" for each, name in self._columns.items()))
        rows = f"SELECT {', '.join(columns)} FROM {source.from_clause}{where(conditions)}"
        queries = (f"{alias} AS MATERIALIZED ({rows})", *self.queries)
        items = array(
            item, f" ORDER BY {alias}.place", f" FILTER (WHERE {alias}.place IS NOT NULL)"
        )
        return f"WITH {', '.join(queries)} SELECT {items} FROM {' '.join((alias, *self._joins))}"

    def column(self, expression: str) -> str:
        """An expression over the outer row, as it stands in `p`."""
        if expression not in self._columns:
            self._columns[expression] = self.statement.names.new("c")
        return f"{self._alias}.{self._columns[expression]}"

    def values(self, column: str) -> str:
        """The query of what all outer rows have in the column."""
        return f"SELECT {column} FROM {self._alias}"

    def opened(self, column: str) -> str:
        """The query of what all outer rows have in the arrays that the column holds, each once."""
        # Outer rows are alike: pupils of a class have the same lessons.
        arrays = f"SELECT DISTINCT {column} AS keys FROM {self._alias}"
        return f"SELECT DISTINCT unnest(q.keys) AS key FROM ({arrays}) AS q"

    def found(self, query: str, columns: Sequence[str]) -> str:
        """What the query found for the outer row, whose columns equal those that it groups by."""
        alias = self.statement.names.new("m")
        if not columns:
            self.queries.append(f"{alias} AS MATERIALIZED ({query})")
            return f"(SELECT {alias}.found FROM {alias})"
        equal = (f"{alias}.k{place} = {column}" for place, column in enumerate(columns))
        self._joins.append(f"FULL JOIN ({query}) AS {alias} ON {' AND '.join(equal)}")
        return f"{alias}.found"


class _Inner:
    """One inner list in the making."""

    def __init__(self, batch: Batch, relation: Relation, children: Children) -> None:
        names = batch.statement.names
        self._batch = batch
        self._relation = relation
        self._children = children
        self._alias, self._keys = names.new("u"), names.new("d")
        # What the inner rows look for children by; then the parts of their text.
        self._columns: list[str] = []

    def write(self, json: JsonText, selected: Selected) -> None:
        """Add the array of the outer row's inner rows."""
        batch, alias = self._batch, self._alias
        target, conditions = related(batch.statement, batch.target, selected, self._relation)
        key = self._column(target.source.column(next(iter(self._children.values())).inner))
        for name, child in self._children.items():
            target.elsewhere[name] = partial(self._write_child, target, child, key)
        item = batch.statement.object(target, selected).divided(self._column)
        arrays = self._arrays(target, conditions)
        batch.queries.insert(0, f"{self._keys} AS MATERIALIZED ({batch.opened(arrays[0])})")
        names = ", ".join((*(f"c{place}" for place in range(len(arrays))), "place"))
        opened = f"unnest({', '.join(arrays)}) WITH ORDINALITY AS {alias}({names})"
        query = f"SELECT {array(item, f' ORDER BY {alias}.place')} FROM {opened}"
        json.slot(f"coalesce(({query}), '{EMPTY}')")

    def _column(self, expression: str) -> str:
        self._columns.append(expression)
        return f"{self._alias}.c{len(self._columns) - 1}"

    def _arrays(self, target: Row, conditions: list[str]) -> list[str]:
        """The columns in `p` that hold the inner rows' columns, in the list's order."""
        batch, alias = self._batch, self._batch.statement.names.new("a")
        ordered = order(target.source, self._relation.order_by)
        arrays = ", ".join(
            f"array_agg({column} ORDER BY {ordered}) AS c{place}"
            for place, column in enumerate(self._columns)
        )
        query = f"SELECT {arrays} FROM {target.source.from_clause}{where(conditions)}"
        batch.target.source.joins.append(f"CROSS JOIN LATERAL ({query}) AS {alias}")
        return [batch.column(f"{alias}.c{place}") for place in range(len(self._columns))]

    def _write_child(
        self, target: Row, child: Child, key: str, json: JsonText, selected: Selected
    ) -> None:
        """Add what was found for the inner row."""
        batch = self._batch
        own = {
            path: batch.column(batch.target.source.column(outer))
            for path, outer in child.fixed.items()
        }
        rows = Rows(target.entity, target.source, target.reach)
        found = batch.found(self._found(rows, child, own, selected), list(own.values()))
        nothing = EMPTY if child.relation.is_many else HIDDEN if selected.is_required else "null"
        json.slot(f"coalesce({found} ->> {key}::text, {text(nothing)})")

    def _found(self, rows: Rows, child: Child, own: Mapping[str, str], selected: Selected) -> str:
        """The query of the children of all inner rows: for each outer row, an object by key."""
        batch, relation = self._batch, child.relation
        rows.leading = child.inner
        rows.values = {
            child.inner: f"SELECT {self._keys}.key FROM {self._keys}",
            **{path: batch.values(column) for path, column in own.items()},
        }
        target, conditions = related(batch.statement, rows, selected, relation)
        source = target.source
        columns = {path: source.column(column) for column, path in relation.on.items()}
        item, grouped = batch.statement.object(target, selected).sql(), ""
        if relation.is_many:
            item = array(item, f" ORDER BY {order(source, relation.order_by)}")
            grouped = f" GROUP BY {', '.join(columns.values())}"
        keys = [f"{columns[path]} AS k{place}" for place, path in enumerate(own)]
        taken = (*keys, f"{columns[child.inner]} AS inner_key", f"{item} AS item")
        rest = f"FROM {source.from_clause}{where(conditions)}{grouped}"
        query = f"SELECT {', '.join(taken)} {rest}"
        found = "jsonb_object_agg(i.inner_key, i.item) AS found"
        by = [f"i.k{place}" for place in range(len(keys))]
        grouped = f" GROUP BY {', '.join(by)}" if by else ""
        return f"SELECT {', '.join((*by, found))} FROM ({query}) AS i{grouped}"
