"""Lists below lists in one go: what belongs to the inner rows is read once, not for each of them.

A page of the journal has a cell for each pupil at each lesson. By sub-selects that is 1,600
descents into an index and as many small sorts; here it is one scan for the lessons:

- `p` holds the outer rows: the text of each in parts, and arrays with what its inner rows look for
  children by and with their own text in parts, in their order;
- `d` holds what all of them look for, each once;
- `m`, one for each field with children, reads those of all inner rows and makes one `jsonb` object
  of them, by the outer row's columns and then by the inner one's;
- the outer rows are put together from `p`, and their children picked out of the objects by key.

Picking by key is no join, so that no estimate can make it quadratic: PostgreSQL expects one row of
such queries and joins them by nested loops (31 ms for the page; 5.3 by sub-selects, 2.7 like this).
"""

from collections.abc import Mapping
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
        self._picked = statement.names.new("z")
        self._columns: dict[str, str] = {}
        self._objects: list[str] = []
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
        # OFFSET keeps PostgreSQL from picking the outer row's objects anew for each inner row.
        picked = f"LATERAL (SELECT {', '.join(self._objects)} OFFSET 0) AS {self._picked}"
        return (
            f"WITH {', '.join(queries)} SELECT {array(item, f' ORDER BY {alias}.place')}"
            f" FROM {alias} CROSS JOIN {picked}"
        )

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
        return f"SELECT DISTINCT unnest({column}) AS key FROM {self._alias}"

    def picked(self, objects: str, columns: list[str]) -> str:
        """What the object of objects has for the outer row."""
        name = self.statement.names.new("o")
        self._objects.append(f"({objects} -> {_key(columns)}) AS {name}")
        return f"{self._picked}.{name}"


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
        alias = batch.statement.names.new("m")
        query = self._found(Rows(target.entity, target.source, target.reach), child, own, selected)
        batch.queries.append(f"{alias} AS MATERIALIZED ({query})")
        found = f"(SELECT {alias}.found FROM {alias})"
        if own:
            found = batch.picked(found, list(own.values()))
        nothing = EMPTY if child.relation.is_many else HIDDEN if selected.is_required else "null"
        json.slot(f"coalesce({found} ->> {_key([key])}, {text(nothing)})")

    def _found(self, rows: Rows, child: Child, own: Mapping[str, str], selected: Selected) -> str:
        """The query of all children of all inner rows, as one object."""
        batch, relation = self._batch, child.relation
        rows.leading = child.inner
        rows.values = {
            child.inner: f"SELECT {self._keys}.key FROM {self._keys}",
            **{path: batch.values(column) for path, column in own.items()},
        }
        target, conditions = related(batch.statement, rows, selected, relation)
        source = target.source
        columns = {path: source.column(column) for column, path in relation.on.items()}
        outer = [columns[path] for path in own]
        item, grouped = batch.statement.object(target, selected).sql(), ""
        if relation.is_many:
            item = array(item, f" ORDER BY {order(source, relation.order_by)}")
            grouped = f" GROUP BY {', '.join(columns.values())}"
        by = f"{_key(outer) if outer[1:] else outer[0]} AS outer_key, " if outer else ""
        query = (
            f"SELECT {by}{columns[child.inner]} AS inner_key, {item} AS item"
            f" FROM {source.from_clause}{where(conditions)}{grouped}"
        )
        found = "jsonb_object_agg(i.inner_key, i.item) AS found"
        if not outer:
            return f"SELECT {found} FROM ({query}) AS i"
        objects = f"SELECT i.outer_key, {found} FROM ({query}) AS i GROUP BY i.outer_key"
        return f"SELECT jsonb_object_agg(o.outer_key, o.found) AS found FROM ({objects}) AS o"


def _key(columns: list[str]) -> str:
    """The columns as one key of an object."""
    joined = " || ',' || ".join(f"{each}::text" for each in columns)
    return f"({joined})"
