"""What a driver's failure means: a mistake of ours, or a database that is away or has no time."""

from typing import Any

import asyncpg

from errors import Deadlocked, Interrupted, Outage, TimedOut

UNREACHABLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What an attempt to connect may raise; whatever it is, nobody lets us in."""
_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    # Over a connection that has been told its end and is not closed yet.
    asyncpg.InternalClientError,
    OSError,
)
# asyncpg says of a connection that was closed meanwhile what it says of a wrong use.
_SAID_OF_CLOSED = ("connection is closed", "released back to the pool")


def is_open(connection: Any) -> bool:
    """Whether it may be used; one that was cut off has gone back to the pool by itself."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:
        return False


def outage(error: BaseException, connection: Any = None) -> Outage | None:
    """The outage that a statement met, over the connection if it is known; None for all else."""
    if isinstance(error, TimeoutError | asyncpg.QueryCanceledError):
        return TimedOut()
    if isinstance(error, asyncpg.DeadlockDetectedError):
        return Deadlocked()
    is_lost = isinstance(error, _LOST)
    if isinstance(error, asyncpg.InterfaceError):
        is_closed = connection is not None and not is_open(connection)
        is_lost = is_closed or any(words in str(error) for words in _SAID_OF_CLOSED)
    return Interrupted() if is_lost else None
