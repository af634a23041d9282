"""The house's way to declare a type once: its data, who reads a field, who reaches a row."""

from schema.declaration.arguments import GIVEN, Argument, Page, Plain, argument, id_argument
from schema.declaration.declare import (
    Node,
    column,
    computed,
    connection,
    entity,
    found,
    group,
    group_items,
    group_key,
    identifier,
    many,
    one,
    payload,
    resolved,
    root_many,
    root_node,
    root_nodes,
    root_one,
    root_own,
)
from schema.declaration.enums import describe_enum
from schema.declaration.pages import Connection
from schema.declaration.rows import Outcome
from schema.declaration.specs import Through

__all__ = [
    "GIVEN",
    "Argument",
    "Connection",
    "Node",
    "Outcome",
    "Page",
    "Plain",
    "Through",
    "argument",
    "column",
    "computed",
    "connection",
    "describe_enum",
    "entity",
    "found",
    "group",
    "group_items",
    "group_key",
    "id_argument",
    "identifier",
    "many",
    "one",
    "payload",
    "resolved",
    "root_many",
    "root_node",
    "root_nodes",
    "root_one",
    "root_own",
]
