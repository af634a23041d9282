"""The composition root: settings become a database, a Redis and the routes they serve."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp
from tortoise.connection import get_connection
from tortoise.contrib.starlette import RegisterTortoise

import settings as configuration
from access import vault
from access.throttle import Throttle
from access.tokens import TokenSigner
from access.vault import Vault
from api import endpoint
from api.endpoint import Door
from api.http import Manners
from api.library import Library, read_trusted
from api.operation import COST_LIMIT
from api.schema import make_schema
from api.statuses import RETRY_SECONDS
from couriers.hiring import hire
from couriers.outbox import Outbox
from custody.mail import KeptDays, MailRetention
from deadlines.debts import Debts
from digests.sending import Digests
from errors import Outage
from exchange.calendar import route as calendar
from files import Files
from identities.providers import Providers
from models import database
from models.service_role import SERVICE_ROLE
from schema.context import Services
from service import health, logs, metrics
from service.hosts import Hosts
from service.requests import Direct, Surroundings
from settings import HttpStatus, Settings
from subscriptions.bus import Bus
from subscriptions.live import Live
from subscriptions.pruning import Pruning

_STATIC = Path(__file__).parent / "static"
# PostgreSQL allows 100 connections unless told otherwise, and others need some of them.
_CONNECTIONS = 80
_CONNECTIONS_PER_WORKER = 20
# With the wait for a connection and the end of a transaction, ten seconds until a client is told.
_STATEMENT_SECONDS = 6.0


class _Application(Starlette):
    """Starlette, and before it what every request gets and a shorter way to the endpoint."""

    def __init__(self, door: Door, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._door = door
        self._settings = settings

    def build_middleware_stack(self) -> ASGIApp:
        direct = Direct(endpoint.PATH, self._door.http, super().build_middleware_stack())
        hosts = Hosts(self._settings.names)
        return Surroundings(direct, _cors(self._settings, direct), hosts)


def create() -> Starlette:
    """Make the application of one worker, from the environment."""
    settings = configuration.load(os.environ)
    logs.set_up(settings.log_level, for_people=settings.development)
    return create_app(settings)


def create_app(settings: Settings, files: Files | None = None) -> Starlette:
    """Make the application; it connects when its lifespan begins.

    `settings` names a database: in embedded mode, the one that is running by then. `files` keeps
    files, where anything does.
    """
    redis = _redis(settings.redis_url) if settings.redis_url else None
    live = Live.over(settings.redis_url or None)
    services = _services(settings, live, files)
    pruning = Pruning(settings.changes_kept_days)
    digests = Digests(services.outbox)
    mail = MailRetention(_kept_mail(settings))
    debts = Debts(services.wake)
    static = _STATIC if settings.graphiql else None
    door = _door(settings, services, static)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        vault.use(Vault(settings.data_keys))
        try:
            async with (
                RegisterTortoise(app, config=_tortoise(settings)),
                live.running(),
                pruning.running(),
                services.outbox.running(),
                digests.running(),
                mail.running(),
                debts.running(),
            ):
                yield
        finally:
            await services.providers.close()
            if redis is not None:
                await redis.aclose()

    return _Application(
        door,
        settings,
        routes=[
            *health.routes(_ask_database, _asking(redis, live.bus) if redis else None),
            *(metrics.routes() if settings.metrics else ()),
            *calendar.routes(settings.timezone),
            *endpoint.routes(door, static),
        ],
        exception_handlers={HTTPException: _refused, Outage: _put_off, Exception: _refused},
        lifespan=lifespan,
        max_body_size=settings.limits.body_bytes,
    )


def _services(settings: Settings, live: Live, files: Files | None) -> Services:
    return Services(
        TokenSigner(settings.secret_key, settings.former_secret_keys),
        Throttle(settings.secret_key, settings.redis_url or None),
        live.bus.publish,
        live,
        Providers(settings.identity_providers),
        Outbox(hire(settings.relay, settings.sms_gateway)),
        files,
    )


def _kept_mail(settings: Settings) -> KeptDays:
    return KeptDays(
        messages=settings.messages_kept_days,
        drafts=settings.drafts_kept_days,
        reports=settings.reports_kept_days,
    )


def _door(settings: Settings, services: Services, static: Path | None) -> Door:
    schema = make_schema(
        introspection=settings.introspection,
        cost_limit=settings.cost_limit or COST_LIMIT,
        limits=settings.limits,
    )
    library = Library(
        schema.documents,
        read_trusted(settings.documents),
        only_trusted=settings.only_trusted_documents,
    )
    manners = Manners(
        seconds_for_body=settings.body_seconds,
        most_bytes=settings.limits.body_bytes,
        strict=settings.http_status is HttpStatus.SEPTEMBER_2026,
        development=settings.development,
    )
    return Door(
        schema,
        services,
        library,
        allowed_origins=settings.allowed_origins,
        manners=manners,
        limits=settings.limits,
        static=static,
    )


def _tortoise(settings: Settings) -> dict[str, object]:
    share = _CONNECTIONS // settings.workers
    return database.config(
        settings.database_url,
        timezone=settings.timezone.key,
        max_size=max(2, min(_CONNECTIONS_PER_WORKER, share)),
        command_timeout=_STATEMENT_SECONDS,
        counts=settings.development,
        role=SERVICE_ROLE,
    )


def _redis(url: str) -> Redis:
    # Without a retry of its own, a client made from a URL fails once after every restart.
    retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 1)
    return Redis.from_url(url, retry=retry, socket_timeout=1, socket_connect_timeout=1)


def _asking(redis: Redis, bus: Bus) -> health.Check:
    async def ask() -> None:
        await redis.ping()
        if not bus.healthy:
            raise ConnectionError("Redis answers and does not tell what was published")

    return ask


async def _ask_database() -> None:
    await get_connection("default").execute_query("SELECT 1")


def _cors(settings: Settings, app: ASGIApp) -> ASGIApp:
    return CORSMiddleware(
        app,
        allow_origins=settings.allowed_origins,
        allow_methods=("GET", "POST"),
        allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id"),
        expose_headers=("X-Request-Id",),
        max_age=3600,
    )


async def _refused(request: Request, error: Exception) -> JSONResponse:
    """Say what HTTP says, and of anything unexpected only the id under which the log has it."""
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        return JSONResponse({"error": phrase}, error.status_code, error.headers)
    return JSONResponse(
        {"error": "INTERNAL", "requestId": request.state.request_id},
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


async def _put_off(_request: Request, error: Exception) -> JSONResponse:
    """Say that it may be asked again in a moment."""
    code = error.code if isinstance(error, Outage) else ""
    retry = {"Retry-After": str(RETRY_SECONDS)}
    return JSONResponse({"error": code}, HTTPStatus.SERVICE_UNAVAILABLE, retry)
