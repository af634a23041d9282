"""The region's tree, which the sign-in screen shows to everybody."""

import strawberry

from access import rules
from schema.declaration import root_many
from schema.directory import Municipality


@strawberry.type
class DirectoryQuery:
    """Reading the region's tree."""

    municipalities: list[Municipality] = root_many(
        description="The municipalities of the region, by name.",
        order_by=("name", "id"),
        allow=rules.ANYONE,
        expected=20,
    )
