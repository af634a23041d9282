"""Who of many reaches which row: one statement for all who listen to the same kind of rows."""

from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from tortoise.connection import get_connection

from access import known
from access.roles import OF_SIGNED_IN, Relations
from access.rows import is_empty
from access.scope import Scope
from access.viewer import OfViewer, Viewer
from planner.conditions import Conditions, Probes
from planner.parameters import Parameters
from planner.reach import Reach
from planner.source import Names, Source

NOBODY = 0
"""Stands for the session of whoever is not signed in."""
_SESSION, _ROW, _ROLES = "$1::bigint[]", "$2::bigint[]", "$3::text[]"
_ASKED = f"""
SELECT array_agg(place) FILTER (WHERE NOT goes_on) AS over,
       array_agg(place) FILTER (WHERE goes_on AND NOT is_confirmed) AS changed,
       array_agg(place) FILTER (WHERE goes_on AND is_confirmed AND is_reached) AS reached
FROM (
    SELECT asked.place,
           held.session_id IS NOT NULL OR asked.session_id = {NOBODY} AS goes_on,
           {{confirmed}} AS is_confirmed, {{reached}} AS is_reached
    FROM unnest({_SESSION}, {_ROW}) WITH ORDINALITY AS asked(session_id, row_id, place)
    LEFT JOIN LATERAL (
        SELECT session.id AS session_id, account.id AS account_id, account.person_id
        FROM session JOIN account ON account.id = session.account_id
        WHERE session.id = asked.session_id AND session.ended_at IS NULL
          AND session.expires_at > now() AND account.blocked_at IS NULL
    ) AS held ON TRUE
) AS standing
"""
_COLUMNS = {
    OfViewer.PERSON: "held.person_id",
    OfViewer.ACCOUNT: "held.account_id",
    OfViewer.SESSION: "held.session_id",
}


# The CTEs belong to each person apart, since facts are about them.
_REACHED_BY = """
unnest($1::bigint[]) AS held(person_id)
CROSS JOIN LATERAL ({queries}SELECT {row} FROM {source} WHERE {reached}) AS reached(id)
"""


class Standing(Enum):
    """How somebody stands to a row."""

    REACHED = auto()
    """The row is within their reach now."""
    HIDDEN = auto()
    """The row is not, or there is none."""
    CHANGED = auto()
    """Their roles are others than was thought, so that nothing was found out."""
    OVER = auto()
    """Their session has ended, or their account is blocked."""


_TOLD = {Standing.OVER: "over", Standing.CHANGED: "changed", Standing.REACHED: "reached"}


class Asked(NamedTuple):
    """Who asks by which session, and for which row."""

    session_id: int
    row_id: int


async def called(scope: Scope | None, alike: Viewer, asked: Sequence[Asked]) -> list[Standing]:
    """How each of these stands to their row of the scope, all with the same roles as `alike`.

    The scope's `only` is not looked at: a row that was removed is reached by whoever reached it.
    Without a scope there is no row to be reached, and the sessions alone are looked at.
    """
    statement = _statement(_Key(scope), alike.relations)
    values: list[Any] = [[each.session_id for each in asked], [each.row_id for each in asked]]
    if statement.needs_roles:
        values.append(list(alike.role_names))
    (row,) = await get_connection("default").execute_query_dict(statement.sql, values)
    found = [Standing.HIDDEN] * len(asked)
    for standing, column in _TOLD.items():
        for place in row[column] or ():
            found[place - 1] = standing
    return found


def reached_by_each(scope: Scope, relations: Relations, via: Relations) -> str:
    """A FROM clause: each `held.person_id` of `$1`, with the `reached.id` of all rows they reach.

    All have these relations, and reach the rows by those of them that are in `via`.
    """
    return _reached_by_each(_Key(scope), relations & via, via)


@lru_cache(maxsize=64)
def _reached_by_each(key: "_Key", relations: Relations, via: Relations) -> str:
    if key.scope is None:
        raise TypeError("Rows are reached in a scope.")
    names = Names()
    source, conditions = Source.of(key.scope.model, names), Conditions(names, _OfEach())
    where = Reach(relations, conditions).over(key.scope, source, via)
    return _REACHED_BY.format(
        queries=f"WITH {', '.join(conditions.queries)} " if conditions.queries else "",
        row=source.column("id"),
        source=source.from_clause,
        reached=" AND ".join(where) or "TRUE",
    )


class _Statement(NamedTuple):
    sql: str
    needs_roles: bool


class _Key:
    """A scope as a key: there is one of each, and its conditions cannot be hashed."""

    def __init__(self, scope: Scope | None) -> None:
        self.scope = scope

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.scope is other.scope

    def __hash__(self) -> int:
        return id(self.scope)


class _OfEach(Parameters):
    """The viewer's own values are columns: each row has a viewer of its own."""

    def of_viewer(self, place: OfViewer) -> str:
        """The column that holds the value."""
        return _COLUMNS.get(place) or super().of_viewer(place)


@lru_cache(maxsize=1024)
def _statement(key: _Key, relations: Relations) -> _Statement:
    if key.scope is None:
        return _Statement(_ASKED.format(confirmed="TRUE", reached="TRUE"), needs_roles=False)
    # A fact that has ended reaches nothing by itself. Where a role alone is enough, whether it is
    # still held has to be asked for.
    needs_roles = any(
        is_empty(condition)
        for relation, condition in key.scope.by.items()
        if relation in relations - OF_SIGNED_IN
    )
    confirmed = known.has_roles("held.person_id", _ROLES) if needs_roles else "TRUE"
    reached = f"EXISTS ({_reached(key.scope, relations)})"
    return _Statement(_ASKED.format(confirmed=confirmed, reached=reached), needs_roles)


def _reached(scope: Scope, relations: Relations) -> str:
    names = Names()
    source = Source.of(scope.model, names)
    found = Reach(relations, Probes(names, _OfEach())).ways(scope, source)
    where = " AND ".join([f"{source.column('id')} = asked.row_id", *found])
    return f"SELECT FROM {source.from_clause} WHERE {where}"
