"""Objects of whatever type by their ids."""

import strawberry

from access import rules
from schema.declaration import Node, root_node, root_nodes


@strawberry.type
class NodesQuery:
    """Reading objects by id alone."""

    node: Node | None = root_node(
        description="The object of that id; null for one that is absent or hidden.",
        allow=rules.ANYONE,
    )
    nodes: list[Node | None] = root_nodes(
        description="The objects of these ids, each in its place.",
        allow=rules.ANYONE,
    )
