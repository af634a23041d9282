"""A row as a JSON object: its fields, each by what declares it."""

from graphql import GraphQLObjectType

from planner.leaves import write_identifier, write_leaf
from planner.lists import write_list
from planner.ones import write_one
from planner.pages import write_page
from planner.resolved import write_resolved
from planner.row import Row
from planner.selection import Selected, Unplannable
from planner.sql import JsonText
from planner.statement import Statement
from schema.declaration.specs import Column, Computed, Identifier, Relation, Resolved

NULL = "null"


def write_object(
    statement: Statement, row: Row, selected: Selected, kind: GraphQLObjectType
) -> JsonText:
    """The row as an object of this type, with the fields that are selected below."""
    json = JsonText()
    for each in statement.members(json, selected, kind):
        _write_field(statement, json, row, each)
    return json


def _write_field(statement: Statement, json: JsonText, row: Row, selected: Selected) -> None:
    allow = selected.declared.allow
    if statement.reach.refuses(allow):
        _refuse(json, selected)
    elif (guard := statement.reach.guard_of(row.entity.scope, allow)) is not None:
        if selected.is_required:
            raise Unplannable(f"`{selected.name}` may be refused and is never null.")
        value = JsonText()
        _write_value(statement, value, row, selected)
        json.expression(f"CASE WHEN {row.guard(guard)} THEN {value.sql()} ELSE '{NULL}' END")
    else:
        _write_value(statement, json, row, selected)


def _refuse(json: JsonText, selected: Selected) -> None:
    if selected.is_required:
        raise Unplannable(f"`{selected.name}` is refused and is never null.")
    json.constant(NULL)


def _write_value(statement: Statement, json: JsonText, row: Row, selected: Selected) -> None:
    if selected.key in row.elsewhere:
        row.elsewhere[selected.key](json, selected)
        return
    match selected.declared.spec:
        case Column(path):
            write_leaf(json, row.source.column(path), selected)
        case Identifier(path, label):
            number = row.source.column(path)
            write_identifier(json, label, number, is_required=selected.is_required)
        case Computed() as computed:
            write_leaf(json, computed.over(row.source.alias), selected)
        case Resolved() as resolved:
            write_resolved(statement, json, row, selected, resolved)
        case Relation(connection=True) as relation:
            write_page(statement, json, row, selected, relation)
        case Relation(is_many=True) as relation:
            write_list(statement, json, row, selected, relation)
        case Relation() as relation:
            write_one(statement, json, row, selected, relation)
        case other:
            raise Unplannable(f"`{selected.name}` is no field of a row but {other}.")
