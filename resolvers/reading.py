"""What a mutation must know before it writes, read by one statement through the writer's reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql.execution.values import VariableValues
from tortoise.backends.base.client import BaseDBAsyncClient

from access.roles import Relations
from access.scope import Scope
from access.viewer import Viewer
from planner.conditions import Conditions
from planner.parameters import Parameters, Run
from planner.reach import Reach
from planner.source import Names, Source

_ID = "id"
_NO_VARIABLES = VariableValues({}, {})


@dataclass(frozen=True, eq=False)
class Reading:
    """A statement over a row of `scope` that clients know as a `label`.

    In it `{rows}` is what it selects from, `{row}` the row's alias there, `{reached}` the
    condition that it is the wanted row and reached; each name in `columns` is the column at that
    path of the row; and each name in `given`, which says its type, is a value that the mutation
    gives. `via` are the relations by which it is reached. Who does not reach it, but reaches the
    row in `seen`, is told that it may not be changed.
    """

    scope: Scope
    label: str
    via: Relations
    statement: str
    given: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    seen: Scope | None = None
    _compiled: dict[Relations, tuple[str, Parameters]] = field(default_factory=dict, init=False)

    async def read(
        self, connection: BaseDBAsyncClient, viewer: Viewer, number: int, given: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """The statement's row; None where there is none that is reached."""
        held = viewer.relations & self.via
        if held not in self._compiled:
            self._compiled[held] = self._compile(held)
        statement, parameters = self._compiled[held]
        run = Run(viewer, _NO_VARIABLES, {**given, _ID: number})
        values = [value(run) for value in parameters.values]
        rows = await connection.execute_query_dict(statement, values)
        return rows[0] if rows else None

    def _compile(self, held: Relations) -> tuple[str, Parameters]:
        names, parameters = Names(), Parameters()
        conditions = Conditions(names, parameters)
        source = Source.of(self.scope.model, names)
        kinds = {**self.given, _ID: "bigint"}
        places = {name: _place(parameters, name, kind) for name, kind in kinds.items()}
        wanted = f"{source.alias}.id = {places.pop(_ID)}"
        reached = " AND ".join((wanted, *Reach(held, conditions).over(self.scope, source)))
        # Before the clause is written, for a path may lead through further rows.
        columns = {name: source.column(path) for name, path in self.columns.items()}
        body = self.statement.format(
            row=source.alias, rows=source.from_clause, reached=reached, **places, **columns
        )
        facts = f"WITH {', '.join(conditions.queries)}" if conditions.queries else ""
        return facts + body, parameters


def _place(parameters: Parameters, name: str, kind: str) -> str:
    return parameters.add(name, kind, lambda run: run.found[name])
