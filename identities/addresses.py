"""Addresses that an installation may name: of providers, and of its own pages to come back to."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# RFC 8252, 7.1: an application's own scheme is a domain of its maker, so it has a dot.
_OF_AN_APPLICATION = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_LONGEST = 500


def is_provider(address: str) -> bool:
    """Whether a provider may be asked there: by https, or on this very machine."""
    parts = _split(address)
    return parts is not None and _is_private(parts)


def is_redirect(address: str) -> bool:
    """Whether a provider may send people back there; an application's own scheme may stand too."""
    parts = _split(address)
    if parts is None:
        return False
    return _is_private(parts) or bool(_OF_AN_APPLICATION.fullmatch(parts.scheme))


def _split(address: str) -> SplitResult | None:
    """The address in its parts; None for one that is too long, unreadable or ambiguous."""
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
        has_readable_port = parts.port is None or parts.port > 0
    except ValueError:
        return None
    is_plain = has_readable_port and not set(address) & set(' \\*#"<>') and "@" not in parts.netloc
    return parts if is_plain else None


def _is_private(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
