"""What a driver's failure means: a mistake of ours, or a database that is away or has no time."""

from typing import Any

import asyncpg

from errors import Interrupted, Outage, TimedOut

UNREACHABLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What an attempt to connect may raise; whatever it is, nobody lets us in."""
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    OSError,
)


def is_open(connection: Any) -> bool:
    """Whether it may be used; one that was cut off has gone back to the pool by itself."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


def outage(error: BaseException, connection: Any = None) -> Outage | None:
    """The outage that a statement met over the connection; None for anything else.

    asyncpg says of a connection that is closed what it says of a wrong use, so that the connection
    itself has to be looked at.
    """
    if isinstance(error, TimeoutError | asyncpg.QueryCanceledError):
        return TimedOut()
    is_lost = isinstance(error, _LOST)
    if not is_lost and connection is not None and isinstance(error, asyncpg.InterfaceError):
        is_lost = not is_open(connection)
    return Interrupted() if is_lost else None
