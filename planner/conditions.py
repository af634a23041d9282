"""Conditions of declarations (`Q`) as SQL over a source; sets of facts as queries with a name."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import Any

from tortoise.expressions import Q

from access.facts import Facts
from access.viewer import OfViewer
from models.search import query_sql
from planner.parameters import Parameters, sql_type
from planner.source import Names, Source, field_at
from planner.sql import literal
from schema.declaration import GIVEN

Given = Callable[[str], str]
"""An operand that is known only at a run: its parameter, as the SQL type that is asked for."""

_COMPARISONS = {"": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "not": "<>"}
_LOOKUPS = frozenset({*_COMPARISONS, "in", "isnull", "icontains", "search"})


class Conditions:
    """Compiles conditions for one statement; each set of facts is written once, in `WITH`."""

    def __init__(self, names: Names, parameters: Parameters) -> None:
        self._names = names
        self._parameters = parameters
        self._facts: dict[Hashable, str] = {}
        self.queries: list[str] = []
        """`name AS (query)` for each set of facts, behind those that it uses."""

    def sql(self, condition: Q, source: Source, given: Given | None = None) -> str:
        """The condition over the source's row; raises TypeError for what has no SQL here."""
        if condition.children and condition.join_type == Q.OR:
            made = self.any_of(condition.children, source, given)
        else:
            made = _joined(condition.join_type, self._parts(condition, source, given))
        negated = condition._is_negated  # noqa: SLF001 — Q has no public way to ask
        return f"(NOT {made})" if negated else made

    def any_of(self, conditions: Collection[Q], source: Source, given: Given | None = None) -> str:
        """At least one holds; sets of facts about the same column become one set."""
        sets: dict[str, list[Facts]] = {}
        others: list[str] = []
        for condition in conditions:
            if (found := membership(condition)) is not None:
                sets.setdefault(found[0], []).append(found[1])
            else:
                others.append(self.sql(condition, source, given))
        members = (self._among(path, facts, source, given) for path, facts in sets.items())
        return _joined(Q.OR, [*others, *members])

    def _parts(self, condition: Q, source: Source, given: Given | None) -> Iterator[str]:
        for child in condition.children:
            yield self.sql(child, source, given)
        for path, value in condition.filters.items():
            yield self._comparison(path, value, source, given)

    def _comparison(self, path: str, value: Any, source: Source, given: Given | None) -> str:
        path, lookup = _split(path)
        match lookup, value:
            case "in", Facts():
                return self._among(path, [value], source, given)
            case "in", _:
                return _one_of(source.column(path), value)
            case "isnull", _ if value is GIVEN and given is not None:
                return f"({source.column(path)} IS NULL) = {given('boolean')}"
            case "isnull", _:
                return f"{source.column(path)} IS {'' if value else 'NOT '}NULL"
            case "", None:
                return f"{source.column(path)} IS NULL"
        column = source.column(path)
        operand = self._operand(value, sql_type(field_at(source.model, path)), given)
        if lookup == "search":
            # A sub-select for the same reason as below.
            return f"{column} @@ (SELECT {query_sql(operand)})"
        if lookup == "icontains":
            # A sub-select, so that the pattern is made once and not for each row.
            pattern = f"(SELECT upper('%' || {_without_wildcards(operand)} || '%'))"
            return f"upper({column}) LIKE {pattern}"
        return f"{column} {_COMPARISONS[lookup]} {operand}"

    def _operand(self, value: Any, kind: str, given: Given | None) -> str:
        if isinstance(value, OfViewer):
            return self._parameters.of_viewer(value)
        if value is GIVEN and given is not None:
            return given(kind)
        return str(value(kind)) if callable(value) else literal(value)

    def _among(self, path: str, facts: list[Facts], source: Source, given: Given | None) -> str:
        column, named = source.column(path), self._named(facts, given)
        if source.is_bound and all(map(_is_about_viewer, facts)):
            # The few facts about the viewer are read once into an array, which is looked through
            # for each row; IS TRUE keeps it from being an index's condition in each anew.
            return f"({column} = ANY (ARRAY(SELECT {named}.value FROM {named}))) IS TRUE"
        return f"{column} IN (SELECT {named}.value FROM {named})"

    def _named(self, facts: list[Facts], given: Given | None) -> str:
        """The name of the query of these sets' union, written down when first asked for."""
        # The same set around another argument's value is another set.
        key = (tuple(map(key_of, facts)), given if any(map(_is_given, facts)) else None)
        if key not in self._facts:
            query = " UNION ALL ".join(self._query(each, given) for each in facts)
            self._facts[key] = self._names.new("f")
            self.queries.append(f"{self._facts[key]} AS ({query})")
        return self._facts[key]

    def _query(self, facts: Facts, given: Given | None) -> str:
        source = Source.of(facts.model, self._names)
        column = source.column(facts.column)
        condition = self.sql(facts.where, source, given)
        return f"SELECT {column} AS value FROM {source.from_clause} WHERE {condition}"


class Probes(Conditions):
    """Conditions on single rows that are known beforehand: each set of facts is probed for the row.

    Where the viewer differs from row to row too, sets would be read whole for each of them.
    """

    def _among(self, path: str, facts: list[Facts], source: Source, given: Given | None) -> str:
        column = source.column(path)
        return _joined(Q.OR, (self._probe(column, each, given) for each in facts))

    def _probe(self, column: str, facts: Facts, given: Given | None) -> str:
        source = Source.of(facts.model, self._names)
        found = source.column(facts.column)
        condition = self.sql(facts.where, source, given)
        where = f"{found} = {column} AND {condition}"
        # OFFSET keeps PostgreSQL from reading the whole set into a hash instead, for each viewer.
        return f"EXISTS (SELECT FROM {source.from_clause} WHERE {where} OFFSET 0)"


def equated(conditions: Iterable[Q]) -> frozenset[str]:
    """The columns that are compared with one value each where all the conditions hold."""
    found: set[str] = set()
    for condition in conditions:
        if condition.join_type == Q.AND and not condition._is_negated:  # noqa: SLF001 — as above
            found |= {path for path in condition.filters if _split(path) == (path, "")}
            found |= equated(condition.children)
    return frozenset(found)


def _joined(join_type: str, parts: Iterable[str]) -> str:
    made = list(parts)
    if len(made) > 1:
        return f"({f' {join_type} '.join(made)})"
    return made[0] if made else "TRUE"


def _split(path: str) -> tuple[str, str]:
    """The column's path and the lookup behind it, empty for equality."""
    front, _, last = path.rpartition("__")
    return (front, last) if front and last in _LOOKUPS else (path, "")


def membership(condition: Q) -> tuple[str, Facts] | None:
    """The column and the facts, where the condition is nothing but `column in facts`."""
    if condition.children or len(condition.filters) != 1 or condition._is_negated:  # noqa: SLF001 — as above
        return None
    ((path, value),) = condition.filters.items()
    path, lookup = _split(path)
    return (path, value) if lookup == "in" and isinstance(value, Facts) else None


def _one_of(column: str, values: Collection[Any]) -> str:
    if not values:
        return "FALSE"
    return f"{column} IN ({', '.join(map(literal, values))})"


def _without_wildcards(operand: str) -> str:
    for character in ("\\", "%", "_"):
        operand = f"replace({operand}, '{character}', '\\{character}')"
    return operand


def is_known(condition: Q) -> bool:
    """Whether it looks at nothing beyond the row's own columns and facts about the viewer."""
    looked_up = [path for path in condition.filters if "__" in _split(path)[0]]
    facts = [value for value in condition.filters.values() if isinstance(value, Facts)]
    is_own = not looked_up and all(map(_is_about_viewer, facts))
    return is_own and all(map(is_known, condition.children))


def _is_about_viewer(value: Any) -> bool:
    """Whether the viewer's own values narrow the facts, so that there are few of them."""
    match value:
        case Facts():
            return _is_about_viewer(value.where)
        case Q():
            return any(map(_is_about_viewer, (*value.children, *value.filters.values())))
    return value in (OfViewer.PERSON, OfViewer.ACCOUNT, OfViewer.SESSION)


def _is_given(value: Any) -> bool:
    """Whether an argument's value stands in the facts."""
    match value:
        case Facts():
            return _is_given(value.where)
        case Q():
            return any(map(_is_given, (*value.children, *value.filters.values())))
    return value is GIVEN


def key_of(value: Any) -> Hashable:
    """What makes two sets of facts the same; `Q` itself cannot be hashed."""
    match value:
        case Facts():
            return value.model, value.column, key_of(value.where)
        case Q():
            return (
                value.join_type,
                value._is_negated,  # noqa: SLF001 — as above
                tuple(map(key_of, value.children)),
                tuple((path, key_of(each)) for path, each in value.filters.items()),
            )
        case list():
            return tuple(value)
    return value  # type: ignore[no-any-return]  # an enum, a date, a number or a text
