"""Sending what is due, again and again, in every process and by one of them at a time."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context

import structlog

from couriers.letter import Channel
from couriers.outbox import Outbox
from digests import due
from digests.letter import letter

log = structlog.get_logger()

_PERIOD_SECONDS = 20.0


class Digests:
    """Posts letters about unread mail; nothing where nobody delivers e-mail.

    What is taken is not taken again: where a process ends before its outbox is empty, those people
    are told with the next message. Make it at start-up, outside of any transaction: it runs in the
    context it was made in.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._context = copy_context()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send at once and then again and again while inside."""
        if not self._outbox.serves(Channel.EMAIL):
            yield
            return
        task = asyncio.create_task(self._run(), context=self._context.copy())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def send(self) -> int:
        """Post what is due; how many letters that were. Another process may be doing it."""
        digests = await due.take()
        for digest in digests:
            self._outbox.post(Channel.EMAIL, letter(digest))
        return len(digests)

    async def _run(self) -> None:
        while True:
            try:
                if count := await self.send():
                    log.info("digests.sent", letters=count)
            except Exception as error:  # noqa: BLE001 - whatever a driver raises when it is cut off
                log.warning("digests.not_sent", reason=repr(error))
            await asyncio.sleep(_PERIOD_SECONDS * random.uniform(0.8, 1.0))  # noqa: S311
