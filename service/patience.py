"""HTTP with an end to the patience: whoever begins a request says soon and briefly what it is."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
"""How long the head of a request may take, from the connection or from its first byte."""
HEAD_BYTES = 32 * 1024
"""How long the head of a request may be; browsers, and proxies before us, send far less."""
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
# What a header takes beside its name and value.
_BETWEEN = len(": \r\n")
# Looking at all connections now and then costs a request nothing; a timer for each would.
_LOOKS = 15


# The sets of connections that are looked at now: one for each server in the process.
_looked_at: set[int] = set()


class ImpatientProtocol(HttpToolsProtocol):
    """uvicorn's own protocol, which by itself waits for ever."""

    waiting_since: float | None = None
    """Since when a head is waited for, by the loop's clock."""

    _head_bytes = 0
    """What the head's complete headers take."""
    _unfinished_bytes = 0
    """What has come since the head began and was all part of it."""

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
        self._head_bytes = self._unfinished_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; raises ValueError where it makes the head too large."""
        self._head_bytes += len(name) + len(value) + _BETWEEN
        if self._head_bytes > HEAD_BYTES:
            raise ValueError("The head is too large.")
        super().on_header(name, value)

    def data_received(self, data: bytes) -> None:
        """Take what has come; a header that does not end is no header yet, but it takes room."""
        head = self.waiting_since
        super().data_received(data)
        if head is not None and self.waiting_since is head:
            self._unfinished_bytes += len(data)
            if self._unfinished_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._refuse()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or one whose head is too large."""
        if self._head_bytes > HEAD_BYTES:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _refuse(self) -> None:
        self.transport.write(_TOO_LARGE)
        self.transport.close()

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
