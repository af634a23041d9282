"""What the environment may say about this program, read once, checked, and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import variables
from api.limits import Limits
from couriers.relay import Relay, relay_of
from errors import SettingsError

_DATABASE_SCHEMES = ("postgres", "postgresql", "asyncpg")
_REDIS_SCHEMES = ("redis", "rediss", "unix")


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
    changes_kept_days: int
    messages_kept_days: int
    drafts_kept_days: int
    reports_kept_days: int
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
    environment = variables.choice(environ, "ENVIRONMENT", Environment.PRODUCTION)
    in_development = environment is Environment.DEVELOPMENT
    settings = Settings(
        host=environ.get("HOST") or "127.0.0.1",
        port=variables.number(environ, "PORT", default=8000, highest=65535),
        database_url=variables.url(environ, "DATABASE_URL", _DATABASE_SCHEMES),
        redis_url=variables.url(environ, "REDIS_URL", _REDIS_SCHEMES),
        data_dir=Path(environ.get("DATA_DIR") or ".data"),
        workers=variables.number(environ, "WEB_CONCURRENCY", default=1, highest=1024),
        secret_key=variables.secret(environ, "SECRET_KEY"),
        former_secret_keys=variables.secrets(environ, "FORMER_SECRET_KEYS"),
        personal_data_key=variables.secret(environ, "PERSONAL_DATA_KEY"),
        former_personal_data_keys=variables.secrets(environ, "FORMER_PERSONAL_DATA_KEYS"),
        allowed_origins=variables.allowed_origins(environ),
        allowed_hosts=variables.allowed_hosts(environ),
        trusted_proxies=variables.trusted_proxies(environ),
        environment=environment,
        graphiql=variables.switch(environ, "GRAPHIQL", default=in_development),
        introspection=variables.switch(environ, "INTROSPECTION", default=in_development),
        metrics=variables.switch(environ, "METRICS", default=in_development),
        demo=variables.switch(environ, "DEMO", default=in_development),
        http_status=variables.choice(environ, "HTTP_STATUS", HttpStatus.COMMON),
        body_seconds=variables.number(environ, "BODY_SECONDS", default=15, highest=3600),
        changes_kept_days=variables.number(environ, "CHANGES_KEPT_DAYS", default=7, highest=366),
        messages_kept_days=_kept_days(environ, "MESSAGES_KEPT_DAYS", 1095),
        drafts_kept_days=_kept_days(environ, "DRAFTS_KEPT_DAYS", 180),
        reports_kept_days=_kept_days(environ, "REPORTS_KEPT_DAYS", 1095),
        documents=variables.path(environ, "DOCUMENTS"),
        identity_providers=variables.path(environ, "IDENTITY_PROVIDERS"),
        only_trusted_documents=variables.switch(environ, "ONLY_TRUSTED_DOCUMENTS", default=False),
        cost_limit=_cost_limit(environ),
        limits=_limits(environ),
        relay=relay_of(environ.get("SMTP_URL") or "", environ.get("MAIL_FROM") or ""),
        sms_gateway=environ.get("SMS_GATEWAY") or "",
        timezone=variables.timezone(environ),
        log_level=variables.choice(environ, "LOG_LEVEL", LogLevel.INFO),
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
            "DATABASE_URL needs a SECRET_KEY beside it: set SECRET_KEY to at least "
            f"{variables.SECRET_BYTES} random bytes, the same for every worker and every start."
        )
    if settings.only_trusted_documents and settings.documents is None:
        raise SettingsError(
            "ONLY_TRUSTED_DOCUMENTS needs the documents that are trusted: set DOCUMENTS."
        )


def _kept_days(environ: Mapping[str, str], name: str, default: int) -> int:
    return variables.number(environ, name, default=default, highest=36_500)


def _limits(environ: Mapping[str, str]) -> Limits:
    return Limits(
        **{
            name: variables.number(environ, variable, default=default, highest=highest)
            for variable, (name, default, highest) in Limits.variables().items()
        }
    )


def _cost_limit(environ: Mapping[str, str]) -> int | None:
    """The limit that is set; None leaves it to the service."""
    if not environ.get("COST_LIMIT"):
        return None
    return variables.number(environ, "COST_LIMIT", default=1, highest=10_000_000)
