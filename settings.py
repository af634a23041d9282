"""What the environment may say about this program, read once, checked, and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.limits import Limits
from couriers.relay import Relay, relay_of
from errors import SettingsError

SECRET_BYTES = 32
_DATABASE_SCHEMES = ("postgres", "postgresql", "asyncpg")
_REDIS_SCHEMES = ("redis", "rediss", "unix")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WORDS = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}

Choice = TypeVar("Choice", bound=StrEnum)


class Environment(StrEnum):
    """Where the program runs; decides what is open unless a switch says otherwise."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """The least important line that is still written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class HttpStatus(StrEnum):
    """Which statuses GraphQL's answers have over HTTP."""

    COMMON = "common"
    """400 for what cannot run and 200 for what ran; 200 for all that is asked for as plain JSON."""
    SEPTEMBER_2026 = "september-2026"
    """Those of GraphQL over HTTP, September 2026: also 422 and, for data with errors, 294."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that may differ between two installations.

    `database_url` and `secret_key` are empty only before the embedded database is up;
    `with_embedded` fills them. What may hold a password is kept out of `repr`.
    """

    host: str
    port: int
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    data_dir: Path
    workers: int
    secret_key: str = field(repr=False)
    former_secret_keys: tuple[str, ...] = field(repr=False)
    personal_data_key: str = field(repr=False)
    former_personal_data_keys: tuple[str, ...] = field(repr=False)
    allowed_origins: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    environment: Environment
    graphiql: bool
    introspection: bool
    metrics: bool
    demo: bool
    http_status: HttpStatus
    body_seconds: int
    documents: Path | None
    identity_providers: Path | None
    only_trusted_documents: bool
    cost_limit: int | None
    limits: Limits
    relay: Relay | None
    sms_gateway: str
    timezone: ZoneInfo
    log_level: LogLevel

    @property
    def embedded(self) -> bool:
        """Whether the program has to bring its own PostgreSQL."""
        return not self.database_url

    @property
    def data_keys(self) -> tuple[str, ...]:
        """What personal numbers are sealed with, the key of today first.

        Without a key of their own they are sealed with the secret; and what was sealed before one
        was set must still open.
        """
        keys = (
            self.personal_data_key,
            *self.former_personal_data_keys,
            self.secret_key,
            *self.former_secret_keys,
        )
        return tuple(key for key in keys if key)

    @property
    def names(self) -> tuple[str, ...]:
        """Under which names we are reached: the given ones, and those of pages that may ask."""
        pages = (urlsplit(origin).hostname or "" for origin in self.allowed_origins)
        return (*self.allowed_hosts, *pages)

    @property
    def development(self) -> bool:
        """Whether a developer sits in front of it."""
        return self.environment is Environment.DEVELOPMENT

    def with_embedded(self, *, database_url: str, secret_key: str) -> Self:
        """Return the same settings, pointed at the embedded database that has just started."""
        return replace(self, database_url=database_url, secret_key=secret_key)


def load(environ: Mapping[str, str]) -> Settings:
    """Read all settings; an empty variable counts as unset.

    Raises `SettingsError` with one sentence that says what to set. No value that may hold a
    password is repeated in it.
    """
    environment = _choice(environ, "ENVIRONMENT", Environment.PRODUCTION)
    in_development = environment is Environment.DEVELOPMENT
    settings = Settings(
        host=environ.get("HOST") or "127.0.0.1",
        port=_number(environ, "PORT", default=8000, highest=65535),
        database_url=_url(environ, "DATABASE_URL", _DATABASE_SCHEMES),
        redis_url=_url(environ, "REDIS_URL", _REDIS_SCHEMES),
        data_dir=Path(environ.get("DATA_DIR") or ".data"),
        workers=_number(environ, "WEB_CONCURRENCY", default=1, highest=1024),
        secret_key=_long_enough("SECRET_KEY", environ.get("SECRET_KEY") or ""),
        former_secret_keys=_secrets(environ, "FORMER_SECRET_KEYS"),
        personal_data_key=_long_enough("PERSONAL_DATA_KEY", environ.get("PERSONAL_DATA_KEY") or ""),
        former_personal_data_keys=_secrets(environ, "FORMER_PERSONAL_DATA_KEYS"),
        allowed_origins=_origins(environ),
        allowed_hosts=_hosts(environ),
        trusted_proxies=_networks(environ),
        environment=environment,
        graphiql=_switch(environ, "GRAPHIQL", default=in_development),
        introspection=_switch(environ, "INTROSPECTION", default=in_development),
        metrics=_switch(environ, "METRICS", default=in_development),
        demo=_switch(environ, "DEMO", default=in_development),
        http_status=_choice(environ, "HTTP_STATUS", HttpStatus.COMMON),
        body_seconds=_number(environ, "BODY_SECONDS", default=15, highest=3600),
        documents=_path(environ, "DOCUMENTS"),
        identity_providers=_path(environ, "IDENTITY_PROVIDERS"),
        only_trusted_documents=_switch(environ, "ONLY_TRUSTED_DOCUMENTS", default=False),
        cost_limit=_number(environ, "COST_LIMIT", default=1, highest=10_000_000)
        if environ.get("COST_LIMIT")
        else None,
        limits=_limits(environ),
        relay=relay_of(environ.get("SMTP_URL") or "", environ.get("MAIL_FROM") or ""),
        sms_gateway=environ.get("SMS_GATEWAY") or "",
        timezone=_timezone(environ),
        log_level=_choice(environ, "LOG_LEVEL", LogLevel.INFO),
    )
    _refuse_contradictions(settings)
    return settings


def _refuse_contradictions(settings: Settings) -> None:
    if settings.workers > 1 and not settings.redis_url:
        raise SettingsError(
            f"WEB_CONCURRENCY={settings.workers} needs a Redis through which the workers hear of "
            "each other's changes: set REDIS_URL, or set WEB_CONCURRENCY=1."
        )
    if settings.database_url and not settings.secret_key:
        raise SettingsError(
            f"DATABASE_URL needs a SECRET_KEY beside it: set SECRET_KEY to at least {SECRET_BYTES} "
            "random bytes, the same for every worker and every start."
        )
    if settings.only_trusted_documents and settings.documents is None:
        raise SettingsError(
            "ONLY_TRUSTED_DOCUMENTS needs the documents that are trusted: set DOCUMENTS."
        )


def _number(environ: Mapping[str, str], name: str, *, default: int, highest: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= highest):
        raise SettingsError(f"{name} must be a whole number from 1 to {highest}, not {text!r}.")
    return int(text)


def _limits(environ: Mapping[str, str]) -> Limits:
    return Limits(
        **{
            name: _number(environ, variable, default=default, highest=highest)
            for variable, (name, default, highest) in Limits.variables().items()
        }
    )


def _switch(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name)
    if not text:
        return default
    if text.lower() not in _WORDS:
        raise SettingsError(f"{name} must be one of {', '.join(_WORDS)}, not {text!r}.")
    return _WORDS[text.lower()]


def _choice(environ: Mapping[str, str], name: str, default: Choice) -> Choice:
    text = environ.get(name) or default
    try:
        return type(default)(text.lower())
    except ValueError:
        words = ", ".join(type(default))
        raise SettingsError(f"{name} must be one of {words}, not {text!r}.") from None


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name)
    return Path(text) if text else None


def _url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
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


def _secrets(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(_long_enough(name, each) for each in _list(environ, name))


def _list(environ: Mapping[str, str], name: str) -> list[str]:
    texts = (text.strip() for text in environ.get(name, "").split(","))
    return [text for text in texts if text]


def _networks(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return whose `X-Forwarded-For` is believed; a client's own would hide who it is."""
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


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names under which clients reach us; pages that may ask know us by one too."""
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


def _origins(environ: Mapping[str, str]) -> tuple[str, ...]:
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


def _timezone(environ: Mapping[str, str]) -> ZoneInfo:
    name = environ.get("TIMEZONE") or "Europe/Moscow"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"TIMEZONE must be a name like Europe/Moscow from the IANA database, not {name!r}."
        ) from None
