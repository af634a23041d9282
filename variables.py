"""Reading variables of the environment: each gives a value, or a sentence that says what to set.

An empty variable counts as unset. Everything here raises SettingsError, whose sentence repeats no
value that may hold a password.
"""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from errors import SettingsError

SECRET_BYTES = 32
"""How long a secret has to be."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WORDS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}

Choice = TypeVar("Choice", bound=StrEnum)


def number(environ: Mapping[str, str], name: str, *, default: int, highest: int) -> int:
    """A whole number from 1 to `highest`."""
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= highest):
        raise SettingsError(f"{name} must be a whole number from 1 to {highest}, not {text!r}.")
    return int(text)


def switch(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    """`on` or `off`, in some spellings."""
    text = environ.get(name)
    if not text:
        return default
    if text.lower() not in _WORDS:
        raise SettingsError(f"{name} must be one of {', '.join(_WORDS)}, not {text!r}.")
    return _WORDS[text.lower()]


def choice(environ: Mapping[str, str], name: str, default: Choice) -> Choice:
    """One of the default's kind, in any spelling of its letters."""
    text = environ.get(name) or default
    try:
        return type(default)(text.lower())
    except ValueError:
        words = ", ".join(type(default))
        raise SettingsError(f"{name} must be one of {words}, not {text!r}.") from None


def path(environ: Mapping[str, str], name: str) -> Path | None:
    """A file or folder, if one is named."""
    text = environ.get(name)
    return Path(text) if text else None


def url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    """A well-formed address of one of these schemes; empty where there is none."""
    text = environ.get(name) or ""
    if text and not _well_formed(text, schemes):
        kinds = ", ".join(f"{scheme}://" for scheme in schemes)
        raise SettingsError(f"{name} must be a well-formed address that begins with {kinds}.")
    # asyncpg itself does not take the scheme that Tortoise named after it.
    return text.replace("asyncpg://", "postgresql://", 1)


def _well_formed(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        has_readable_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return has_readable_port and text.startswith(f"{parts.scheme}://") and parts.scheme in schemes


def _long_enough(name: str, text: str) -> str:
    size = len(text.encode("utf-8", "surrogateescape"))
    if text and size < SECRET_BYTES:
        raise SettingsError(
            f"{name} has {size} bytes: set one of at least {SECRET_BYTES} random bytes."
        )
    return text


def secret(environ: Mapping[str, str], name: str) -> str:
    """A secret that is long enough; empty where there is none."""
    return _long_enough(name, environ.get(name) or "")


def secrets(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Secrets, by commas."""
    return tuple(_long_enough(name, each) for each in _list(environ, name))


def _list(environ: Mapping[str, str], name: str) -> list[str]:
    texts = (text.strip() for text in environ.get(name, "").split(","))
    return [text for text in texts if text]


def trusted_proxies(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Whose `X-Forwarded-For` is believed; a client's own would hide who it is."""
    networks = []
    for text in _list(environ, "TRUSTED_PROXIES"):
        try:
            networks.append(str(ip_network(text)))
        except ValueError:
            raise SettingsError(
                "TRUSTED_PROXIES must list addresses or networks like 10.0.0.0/8, separated by "
                f"commas; {text!r} is none."
            ) from None
    return tuple(networks)


def allowed_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names under which clients reach us."""
    names = []
    for text in _list(environ, "ALLOWED_HOSTS"):
        name = text.lower().rstrip(".")
        if urlsplit(f"//{name}").netloc != name or not name or ":" in name or "@" in name:
            raise SettingsError(
                "ALLOWED_HOSTS must list names of hosts like diary.example.org, separated by "
                f"commas; {text!r} is none."
            )
        names.append(name)
    return tuple(names)


def allowed_origins(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The origins of pages that may ask, exactly as a browser sends them, each once."""
    return tuple(dict.fromkeys(_origin(text) for text in _list(environ, "ALLOWED_ORIGINS")))


def _origin(text: str) -> str:
    """Return the origin exactly as a browser sends it: lower case, no default port."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _bad_origin(text) from None
    if not _is_bare_origin(parts):
        raise _bad_origin(text)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    explicit = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{explicit}"


def _is_bare_origin(parts: SplitResult) -> bool:
    beyond = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    host = parts.hostname or ""
    readable = host.isascii() and not set(host) & set("* \\")
    return parts.scheme in _DEFAULT_PORTS and bool(host) and readable and not beyond


def _bad_origin(text: str) -> SettingsError:
    return SettingsError(
        "ALLOWED_ORIGINS must list origins like https://diary.example, separated by commas, "
        f"with no path and no wildcard; {text!r} is none."
    )


def timezone(environ: Mapping[str, str]) -> ZoneInfo:
    """The zone of the schools' day."""
    name = environ.get("TIMEZONE") or "Europe/Moscow"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"TIMEZONE must be a name like Europe/Moscow from the IANA database, not {name!r}."
        ) from None
