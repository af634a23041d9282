"""HTTP with an end to the patience: whoever begins a request says within seconds what it is."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
"""How long the head of a request may take, from the connection or from its first byte."""
# Looking at all connections now and then costs a request nothing; a timer for each would.
_LOOKS = 15


# The sets of connections that are looked at now: one for each server in the process.
_looked_at: set[int] = set()


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, which by itself waits for ever."""

    waiting_since: float | None = None
    """Since when a head is waited for, by the loop's clock."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.waiting_since = self.loop.time()
        if id(self.connections) not in _looked_at:
            _looked_at.add(id(self.connections))
            self._look_later()

    def on_message_begin(self) -> None:
        """Begin to wait for a head of which the first byte is here."""
        super().on_message_begin()
        self.waiting_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Wait no longer: bodies have a time of their own, and answers take theirs."""
        self.waiting_since = None
        super().on_headers_complete()

    def _look_later(self) -> None:
        self.loop.call_later(HEAD_SECONDS / _LOOKS, self._look)

    def _look(self) -> None:
        """Close every connection that was waited for too long; again while there are any."""
        latest = self.loop.time() - HEAD_SECONDS
        for each in list(self.connections):
            if isinstance(each, ImpatientProtocol) and (each.waiting_since or latest) < latest:
                each.transport.close()
        if self.connections:
            self._look_later()
        else:
            _looked_at.discard(id(self.connections))
