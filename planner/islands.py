"""Planned parts of what graphql-core executes: the rows in payloads of mutations and in events."""

from collections.abc import Hashable
from typing import Any, NamedTuple, cast

from graphql import GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues

from access.roles import Relations
from access.scope import Scope
from access.viewer import Viewer
from planner import running
from planner.parameters import Run
from planner.plan import Plan, planned_rows
from planner.selection import Selected, Selection, Unplannable
from planner.shape import names_of, traits

# Shapes of variables by sets of relations: more than any client's own, whatever a hostile one does.
_MOST = 64


class Part(NamedTuple):
    """JSON for one field, and whether it is for this viewer alone."""

    json: bytes
    is_personal: bool


class Islands:
    """The plans of one document's fields whose rows a payload or an event names by number.

    Fields are known by their nodes, so this must live as long as the parsed document, no longer.
    """

    def __init__(self) -> None:
        self._plans: dict[Hashable, Plan | Unplannable] = {}

    async def read(
        self,
        info: GraphQLResolveInfo[Any],
        viewer: Viewer,
        number: int | list[int],
        reached: Scope | None = None,
    ) -> Part:
        """The JSON of the row, or of the rows; raises what makes the generic resolvers answer.

        A row of the scope `reached` is known to be within the viewer's reach.
        """
        variables = VariableValues({}, cast("Any", info.variable_values))
        plan = self._plan(info, variables, viewer.relations, reached)
        run = Run(viewer, variables, number)
        data = await running.answer(plan, run)
        if data is None:
            raise Unplannable("The statement did not answer.")
        return Part(data, plan.is_personal)

    def _plan(
        self,
        info: GraphQLResolveInfo[Any],
        variables: VariableValues,
        relations: Relations,
        reached: Scope | None,
    ) -> Plan:
        shape = traits(names_of(info.operation), variables)
        key = (*map(id, info.field_nodes), shape, relations, id(reached))
        if key not in self._plans:
            if len(self._plans) >= _MOST:
                self._plans.clear()
            self._plans[key] = _made(info, variables, relations, reached)
        found = self._plans[key]
        if isinstance(found, Unplannable):
            raise found
        return found


def _made(
    info: GraphQLResolveInfo[Any],
    variables: VariableValues,
    relations: Relations,
    reached: Scope | None,
) -> Plan | Unplannable:
    nodes = [FieldDetails(node, None) for node in info.field_nodes]
    field = info.parent_type.fields[info.field_name]
    selected = Selected(str(info.path.key), info.field_name, field, nodes)
    selection = Selection(info.schema, info.fragments, info.operation, variables, {})
    try:
        return planned_rows(selection, selected, relations, reached)
    except Unplannable as reason:
        return reason.with_traceback(None)
