"""How often an account asks for rows that are not there: who tries out ids finds nothing, soon."""

import time
from collections import OrderedDict
from typing import NamedTuple

SECONDS = 600.0
_MOST_ACCOUNTS = 20_000
MUST_WAIT = "Too many ids of what is not there: go on in some minutes."
"""What somebody is told who has missed too often, by queries and by mutations."""


class _Window(NamedTuple):
    began: float
    misses: int


class Lookups:
    """Counts by account, in this worker, over windows of ten minutes.

    A front end asks by ids that it was given, so it nearly never misses.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._windows: OrderedDict[int, _Window] = OrderedDict()

    def are_over(self, account_id: int | None) -> bool:
        """Whether the account has missed so often that it has to wait."""
        return account_id is not None and self._window(account_id).misses >= self._most

    def miss(self, account_id: int | None, count: int = 1) -> None:
        """Count rows that were asked for and are absent or hidden."""
        if account_id is None:
            return
        window = self._window(account_id)
        self._windows[account_id] = window._replace(misses=window.misses + count)
        self._windows.move_to_end(account_id)
        if len(self._windows) > _MOST_ACCOUNTS:
            self._windows.popitem(last=False)

    def _window(self, account_id: int) -> _Window:
        now = time.monotonic()
        window = self._windows.get(account_id)
        return window if window and now - window.began < SECONDS else _Window(now, 0)
