"""What listeners are told of one entry: JSON that many may share, but for their own cursors."""

from subscriptions.hearing import CURSOR


class Told:
    """An answer as JSON; `is_personal` for one person alone, `is_last` where the stream ends."""

    __slots__ = ("_cursor", "_json", "_parts", "is_last", "is_personal")

    def __init__(self, json: str, *, is_personal: bool, is_last: bool = False) -> None:
        self.is_personal = is_personal
        self.is_last = is_last
        self._parts = json.split(CURSOR)
        self._cursor: str | None = None
        self._json = ""

    def json(self, cursor: str) -> str:
        """The answer with this cursor; whoever stands at the same place gets the same text."""
        if cursor != self._cursor:
            self._cursor, self._json = cursor, cursor.join(self._parts)
        return self._json
