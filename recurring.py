"""Work that a process does again and again beside its requests, until it ends."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True)
class Saying:
    """How the log calls it: what was `done` to how many of what is `counted`, or that it `failed`.

    Nothing is written where there was nothing to do.
    """

    done: str
    counted: str
    failed: str


class Recurring:
    """Does `work`, which gives how much that was, every so many seconds or a little sooner.

    What goes wrong is written down, and tried again with the next turn. Make it at start-up,
    outside of any transaction: it runs in the context it was made in.
    """

    def __init__(
        self, work: Callable[[], Awaitable[int]], saying: Saying, *, seconds: float
    ) -> None:
        self._work = work
        self._saying = saying
        self._seconds = seconds
        self._context = copy_context()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work at once and then again and again while inside."""
        task = asyncio.create_task(self._run(), context=self._context.copy())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                if count := await self._work():
                    log.info(self._saying.done, **{self._saying.counted: count})
            except Exception as error:  # noqa: BLE001 - whatever a driver raises when it is cut off
                log.warning(self._saying.failed, reason=repr(error))
            await asyncio.sleep(self._seconds * random.uniform(0.8, 1.0))  # noqa: S311
