"""What listeners are told of one entry: JSON that many may share, but for their own cursors."""

from subscriptions.hearing import CURSOR

_CURSOR = CURSOR.encode()


class Told:
    """An answer as JSON; `is_personal` for one person alone, `is_last` where the stream ends."""

    __slots__ = ("_cursor", "_json", "_parts", "is_last", "is_personal")

    def __init__(self, json: bytes, *, is_personal: bool, is_last: bool = False) -> None:
        self.is_personal = is_personal
        self.is_last = is_last
        self._parts = json.split(_CURSOR)
        self._cursor: str | None = None
        self._json = b""

    def json(self, cursor: str) -> bytes:
        """The answer with this cursor; whoever stands at the same place gets the same text."""
        if cursor != self._cursor:
            self._cursor, self._json = cursor, cursor.encode().join(self._parts)
        return self._json
