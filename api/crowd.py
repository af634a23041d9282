"""How many connections and streams each session has open in this worker."""

from collections import Counter
from collections.abc import Hashable

from graphql import GraphQLError

from access.tokens import Claims
from api.limits import DEFAULTS, Limits
from errors import BadUserInput


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


class Rooms:
    """The room of one worker: for connections that stay open, and for what goes on over them."""

    def __init__(self, limits: Limits = DEFAULTS) -> None:
        self.limits = limits
        self.sockets = Crowd(limits.sockets_per_session)
        self.streams = Crowd(limits.subscriptions_per_session)

    @property
    def no_socket_left(self) -> GraphQLError:
        """Why a connection of a session is not kept open."""
        return too_many(f"{self.limits.sockets_per_session} sockets of one session")

    @property
    def no_stream_left(self) -> GraphQLError:
        """Why an operation of a session does not begin."""
        most = self.limits.subscriptions_per_session
        return too_many(f"{most} operations at once over all sockets of a session")


def too_many(what: str) -> GraphQLError:
    """The refusal of one more than there is room for."""
    return GraphQLError(f"At most {what}.", extensions={"code": BadUserInput.code})


def who(claims: Claims | None, address: str) -> Hashable:
    """Whose places they are: a session's or, of those who are not signed in, an address's."""
    return claims.session_id if claims else address
