"""Through which mail server letters go, as `SMTP_URL` and `MAIL_FROM` say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from couriers import addresses
from errors import SettingsError


class Tls(Enum):
    """How the connection is kept from being read."""

    AT_ONCE = 465
    STARTTLS = 587
    NONE = 25

    @property
    def port(self) -> int:
        """Where servers usually listen for it."""
        return self.value


_Options = tuple[tuple[str, str], ...]
_TLS: Mapping[str, Mapping[_Options, Tls]] = {
    "smtp": {
        (): Tls.STARTTLS,
        (("starttls", "on"),): Tls.STARTTLS,
        (("starttls", "off"),): Tls.NONE,
    },
    "smtps": {(): Tls.AT_ONCE},
}


@dataclass(frozen=True)
class Relay:
    """A mail server, who we are to it, and whom our letters come from."""

    host: str
    port: int
    tls: Tls
    username: str = field(repr=False)
    password: str = field(repr=False)
    sender: str


def relay_of(url: str, sender: str) -> Relay | None:
    """The relay that the settings name; none where they name none.

    Raises SettingsError with a sentence that repeats nothing of the URL.
    """
    if not url:
        return None
    if addresses.email(parseaddr(sender)[1]) is None:
        raise SettingsError(
            "SMTP_URL needs the address that mail comes from beside it: set MAIL_FROM to one like "
            "diary@example.ru or School Diary <diary@example.ru>."
        )
    try:
        parts = urlsplit(url)
        return _relay(parts, parts.port, sender)
    except (ValueError, KeyError):
        raise SettingsError(
            "SMTP_URL must be like smtp://user:password@host:port, smtps://… for TLS at once, or "
            "smtp://host?starttls=off for a relay without TLS."
        ) from None


def _relay(parts: SplitResult, port: int | None, sender: str) -> Relay:
    """Raises ValueError or KeyError where the URL says anything else."""
    tls = _TLS[parts.scheme][_options(parts.query)]
    if not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ValueError
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(username) is not bool(password):
        raise ValueError
    if password and tls is Tls.NONE:
        raise SettingsError(
            "SMTP_URL has a password that would be sent in the clear: leave starttls=off out, or "
            "the password."
        )
    return Relay(parts.hostname, port or tls.port, tls, username, password, sender)


def _options(query: str) -> _Options:
    return tuple(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)))
