"""Sending without a task: begun at once, and waited for only where it has to wait."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any


def begun(sending: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Run it up to where it first waits; None where it has ended, else the rest of it."""
    try:
        waited = sending.send(None)
    except StopIteration:
        return None
    return _Rest(sending, waited)


class _Rest:
    """A coroutine that has begun to wait for something, for whoever has a task to wait in."""

    def __init__(self, sending: Coroutine[Any, Any, None], waited: Any) -> None:
        self._sending = sending
        self._waited = waited

    def __await__(self) -> Generator[Any, Any, None]:
        """Wait for it, and for whatever it waits for next."""
        try:
            yield self._waited
        except BaseException as error:  # noqa: BLE001 — a cancellation is the coroutine's own matter
            try:
                waited = self._sending.throw(error)
            except StopIteration:
                return
            yield from _Rest(self._sending, waited).__await__()
        else:
            rest = begun(self._sending)
            if rest is not None:
                yield from rest.__await__()
