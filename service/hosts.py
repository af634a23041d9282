"""Under which names the service answers: a foreign one may be a page that leads here by its DNS.

Such a page would be of the service's own origin, as a browser sees it. It needs a name for that: an
address alone cannot be led elsewhere.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit


class Hosts:
    """The names of this installation: `localhost`, those given, and every plain address."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset({"localhost", *names})
        self._known: set[bytes] = set()

    def is_ours(self, header: bytes | None) -> bool:
        """Whether a request with this `Host` is meant for us; HTTP/1.0 has none."""
        if header is None or header in self._known:
            return True
        if not self._is_ours(header.decode("latin-1")):
            return False
        # An attacker can write addresses for ever, but not one of our names in as many ways.
        if len(self._known) < len(self._names):
            self._known.add(header)
        return True

    def _is_ours(self, header: str) -> bool:
        try:
            parts = urlsplit(f"//{header}")
            name = (parts.hostname or "").rstrip(".")
            is_bare = parts.netloc == header and "@" not in header and (parts.port or 1) > 0
        except ValueError:
            return False
        return is_bare and (name in self._names or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
