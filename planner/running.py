"""Running a plan: one statement, whose answer is the JSON itself."""

from typing import Any

from tortoise.connection import get_connection

from planner.parameters import Run
from planner.plan import Plan
from planner.resolved import filled
from planner.selection import Unplannable
from planner.sql import HIDDEN

_HIDDEN = HIDDEN.encode()


async def answer(plan: Plan, run: Run) -> bytes | None:
    """The JSON of one run; None where the statement's guard did not let it answer.

    Raises Unplannable where something is hidden that may not be null, and whatever a check of the
    arguments or a field's own resolver raises.
    """
    values = plan.parameters.bound(run)
    if plan.known is not None:
        return plan.known.encode()
    client: Any = get_connection("default")
    data: bytes | None = await client.value(plan.sql, values)
    if data is None:
        return None
    if _HIDDEN in data:
        raise Unplannable("Something is hidden that is never null.")
    return await filled(data, plan.fillings, run.variables) if plan.fillings else data
