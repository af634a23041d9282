"""Sending what is due, again and again, in every process and by one of them at a time."""

from contextlib import AbstractAsyncContextManager, nullcontext

from couriers.letter import Channel
from couriers.outbox import Outbox
from digests import due
from digests.letter import letter
from recurring import Recurring, Saying

_PERIOD_SECONDS = 20.0


class Digests:
    """Posts letters about unread mail; nothing where nobody delivers e-mail.

    What is taken is not taken again: where a process ends before its outbox is empty, those people
    are told with the next message.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        saying = Saying("digests.sent", "letters", "digests.not_sent")
        self._recurring = Recurring(self.send, saying, seconds=_PERIOD_SECONDS)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Send at once and then again and again while inside."""
        serves = self._outbox.serves(Channel.EMAIL)
        return self._recurring.running() if serves else nullcontext()

    async def send(self) -> int:
        """Post what is due; how many letters that were. Another process may be doing it."""
        digests = await due.take()
        for digest in digests:
            self._outbox.post(Channel.EMAIL, letter(digest))
        return len(digests)
