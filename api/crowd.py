"""How many sockets and streams each session has open in this worker."""

from collections import Counter
from collections.abc import Hashable

from access.tokens import Claims


class Crowd:
    """Counts what is open by whom; whoever comes in goes out again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside: Counter[Hashable] = Counter()

    def enter(self, who: Hashable) -> bool:
        """Whether there was still a place, which is taken then."""
        if self._inside[who] >= self._most:
            return False
        self._inside[who] += 1
        return True

    def leave(self, who: Hashable) -> None:
        """Give a place back that was taken."""
        self._inside[who] -= 1
        if self._inside[who] <= 0:
            del self._inside[who]


def who(claims: Claims | None, address: str) -> Hashable:
    """Whose places they are: a session's or, of those who are not signed in, an address's."""
    return claims.session_id if claims else address
