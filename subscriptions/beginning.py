"""The cursor to begin from: had without waiting for anything to happen."""

from typing import Annotated

import strawberry

from access import rules
from schema.context import Info
from schema.declaration.directive import Allow
from subscriptions import cursor, dashboard
from subscriptions.log import ChangeLog


async def changes_cursor(
    info: Info,
    student_ids: Annotated[
        list[strawberry.ID] | None,
        strawberry.argument(description="As in `dashboardChanges`."),
    ] = None,
) -> str | None:
    """The cursor of whoever has heard all that happened until now, for any subscription.

    Ask for it in a request of its own, then read, then subscribe behind it: so nothing is missed,
    and what happens in between is heard.
    """
    viewer = info.context.viewer
    viewer.require(rules.SIGNED_IN)
    audience = await dashboard.audience_of(viewer, student_ids)
    ends = await ChangeLog().ends(audience.topics)
    return cursor.encode({each: ends.numbers.get(each, 0) for each in audience.topics})


@strawberry.type
class BeginningQuery:
    """Reading where to begin to listen."""

    changes_cursor: str | None = strawberry.field(
        resolver=changes_cursor,
        description=changes_cursor.__doc__,
        directives=[Allow(to=sorted(rules.SIGNED_IN))],
    )
