"""Who was asking a moment ago: a guess that the database confirms or refutes within a statement."""

from collections import OrderedDict

from access.tokens import Claims
from access.viewer import Viewer

_MOST = 20_000

# Whether the session goes on, and is that of the account and person that it is taken for.
_SESSION = """
EXISTS (
    SELECT FROM session JOIN account ON account.id = session.account_id
    WHERE session.id = {session} AND session.account_id = {account}
      AND session.ended_at IS NULL AND session.expires_at > now()
      AND account.person_id = {person} AND account.blocked_at IS NULL
)"""
_ROLES = """ARRAY(
    SELECT DISTINCT held_role.role::text COLLATE "C" FROM held_role
    WHERE held_role.person_id = {person} ORDER BY 1
) = {roles}"""


class KnownViewers:
    """The viewers of the sessions that asked last.

    Nothing is allowed because of what is remembered here: it only says which statement to send, and
    the statement's own `condition` is what lets it answer.
    """

    def __init__(self) -> None:
        self._viewers: OrderedDict[int, Viewer] = OrderedDict()

    def of(self, claims: Claims) -> Viewer | None:
        """Whoever the session's viewer was, if it is remembered."""
        viewer = self._viewers.get(claims.session_id)
        if viewer is None or viewer.account_id != claims.account_id:
            return None
        self._viewers.move_to_end(claims.session_id)
        return viewer

    def remember(self, viewer: Viewer) -> None:
        """Take the viewer for the one who asks next in this session."""
        if viewer.session_id is not None:
            self._viewers[viewer.session_id] = viewer
            if len(self._viewers) > _MOST:
                self._viewers.popitem(last=False)

    def forget(self, claims: Claims) -> None:
        """The guess was wrong."""
        self._viewers.pop(claims.session_id, None)


def condition(session: str, account: str, person: str, roles: str | None) -> str:
    """SQL that holds while the session is this account's and, if told, has exactly these roles.

    All four are parameters; `roles` is a sorted array of texts.
    """
    holds = _SESSION.format(session=session, account=account, person=person)
    return holds if roles is None else f"{holds} AND {has_roles(person, roles)}"


def has_roles(person: str, roles: str) -> str:
    """SQL that holds while the person has exactly these roles, a sorted array of texts."""
    return _ROLES.format(person=person, roles=roles)
