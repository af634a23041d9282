"""The region's tree, which the sign-in screen shows to everybody."""

import strawberry

from access import rules
from schema.declaration import root_many, root_own
from schema.directory import Municipality, Region


@strawberry.type
class DirectoryQuery:
    """Reading the region's tree."""

    region: Region | None = root_own(description="The region.", allow=rules.ANYONE)
    municipalities: list[Municipality] = root_many(
        description="The municipalities of the region, by name.",
        order_by=("name", "id"),
        allow=rules.ANYONE,
        expected=20,
    )
