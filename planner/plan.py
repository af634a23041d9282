"""A query as one statement, for everybody whose relations are the same."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import orjson
from graphql import GraphQLError

from access.roles import OF_SIGNED_IN, Relations
from access.roles import Relation as Standing
from access.scope import Scope
from errors import Forbidden, Unauthenticated
from planner.conditions import Conditions
from planner.document import Document
from planner.found import write_found
from planner.guard import guard
from planner.lists import write_list
from planner.nodes import write_node, write_nodes
from planner.objects import write_object
from planner.ones import write_picked
from planner.parameters import Parameters
from planner.reach import Reach
from planner.refusals import refusal, refusals
from planner.resolved import Filling
from planner.selection import Selected, Selection, Unplannable
from planner.source import Names
from planner.sql import JsonText
from planner.statement import Statement
from schema.declaration.specs import NodesById, Relation


@dataclass(frozen=True, eq=False)
class Plan:
    """A statement, the ways to its parameters' values, and the refusals known in advance.

    It holds nothing of any person; `needs_roles` says whether it is for these relations alone, or
    for everybody who is signed in as well.
    """

    sql: str
    parameters: Parameters
    refusals: tuple[GraphQLError, ...]
    needs_roles: bool
    fillings: tuple[Filling, ...] = ()
    known: str | None = None
    """The answer itself, where PostgreSQL has nothing to add and nobody's roles matter."""

    @property
    def is_personal(self) -> bool:
        """Whether two with the same relations might be answered differently."""
        return self.parameters.name_viewer

    @cached_property
    def errors_json(self) -> bytes:
        """What the refusals add to an answer's JSON."""
        told = [error.formatted for error in self.refusals]
        return b',"errors":' + orjson.dumps(told) if told else b""


def planned(selection: Selection, document: Document, relations: Relations) -> Plan:
    """Plan a query; raises Unplannable where the generic resolvers have to answer."""
    statement = _statement(selection, relations)
    json, refused = _written(statement, relations)
    needs_roles = statement.reach.depends_on_roles or _may_refuse(document, relations)
    is_for_somebody = Standing.SIGNED_IN in relations
    condition = guard(statement.parameters, needs_roles=needs_roles) if is_for_somebody else None
    told = tuple(chain(refused, refusals(document, relations)))
    known = None if needs_roles else json.known
    sql, fillings = _sql(statement, json, condition), tuple(statement.fillings)
    return Plan(sql, statement.parameters, told, needs_roles, fillings, known)


def _may_refuse(document: Document, relations: Relations) -> bool:
    """Whether roles decide what is refused, be it where no row of the answer is."""
    return any(document.refusals(relations & OF_SIGNED_IN))


def planned_rows(
    selection: Selection, selected: Selected, relations: Relations, reached: Scope | None = None
) -> Plan:
    """Plan the rows that a payload or an event carries in one of its fields (`found`).

    Whoever runs it has just learned who asks, so that it asks for no session; and, where the row
    is of the scope `reached`, that it is within the viewer's reach.
    """
    statement = _statement(selection, relations)
    json = JsonText()
    write_found(statement, json, selected, reached)
    sql = _sql(statement, json, None)
    fillings = tuple(statement.fillings)
    return Plan(sql, statement.parameters, (), statement.reach.depends_on_roles, fillings)


def _statement(selection: Selection, relations: Relations) -> Statement:
    parameters, names = Parameters(), Names()
    conditions = Conditions(names, parameters)
    reach = Reach(relations, conditions)
    return Statement(selection, names, parameters, conditions, reach, write_object)


def _sql(statement: Statement, json: JsonText, condition: str | None) -> str:
    queries = statement.conditions.queries
    return "".join(
        (
            f"WITH {', '.join(queries)} " if queries else "",
            f"SELECT convert_to({json.sql()}, 'UTF8')",
            f" WHERE {condition}" if condition else "",
        )
    )


def _written(statement: Statement, relations: Relations) -> tuple[JsonText, list[GraphQLError]]:
    """The answer's `data`, and the errors of the root fields that are refused."""
    json, refused = JsonText(), []
    json.constant("{")
    for place, each in enumerate(statement.selection.roots()):
        json.constant(f'{"," if place else ""}"{each.key}":')
        if each.name == "__typename":
            json.constant('"Query"')
        elif statement.reach.refuses(each.declared.allow):
            json.constant("null")
            statement.check_arguments(each)
            refused.append(_refusal(each, relations))
        else:
            _write_root(statement, json, each)
    json.constant("}")
    return json, refused


def _refusal(selected: Selected, relations: Relations) -> GraphQLError:
    if selected.is_required:
        raise Unplannable(f"`{selected.name}` is refused and is never null.")
    if Standing.SIGNED_IN in relations:
        return refusal(selected, Forbidden("Your roles do not allow this."))
    return refusal(selected, Unauthenticated("Sign in first."))


def _write_root(statement: Statement, json: JsonText, selected: Selected) -> None:
    match selected.declared.spec:
        case Relation(is_many=True) as relation:
            write_list(statement, json, None, selected, relation)
        case Relation() as relation:
            write_picked(statement, json, None, selected, relation)
        case NodesById(is_many=True):
            write_nodes(statement, json, selected)
        case NodesById():
            write_node(statement, json, selected)
        case other:
            raise Unplannable(f"`{selected.name}` is no field of the root but {other}.")
