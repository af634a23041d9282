"""The composition root: settings become a database, a Redis and the routes they serve."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp
from tortoise.connection import get_connection
from tortoise.contrib.starlette import RegisterTortoise

import settings as configuration
from access.tokens import TokenSigner
from api import endpoint
from api.schema import make_schema
from models import database
from schema.context import Services
from service import health, logs
from service.requests import Surroundings
from settings import Settings
from subscriptions.live import Live

_STATIC = Path(__file__).parent / "static"
_LARGEST_BODY = 256 * 1024
# PostgreSQL allows 100 connections unless told otherwise, and others need some of them.
_CONNECTIONS = 80
_CONNECTIONS_PER_WORKER = 20


class _Application(Starlette):
    """Starlette whose own refusals (a body too large, an unexpected error) get our headers too."""

    def build_middleware_stack(self) -> ASGIApp:
        return Surroundings(super().build_middleware_stack())


def create() -> Starlette:
    """Make the application of one worker, from the environment."""
    settings = configuration.load(os.environ)
    logs.set_up(settings.log_level, for_people=settings.development)
    return create_app(settings)


def create_app(settings: Settings) -> Starlette:
    """Make the application; it connects when its lifespan begins.

    `settings` names a database: in embedded mode, the one that is running by then.
    """
    redis = _redis(settings.redis_url) if settings.redis_url else None
    live = Live.over(settings.redis_url or None)
    services = Services(TokenSigner(settings.secret_key), live.bus.publish, live)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            async with RegisterTortoise(app, config=_tortoise(settings)), live.running():
                yield
        finally:
            if redis is not None:
                await redis.aclose()

    return _Application(
        routes=[
            *health.routes(_ask_database, _asking(redis) if redis else None),
            *endpoint.routes(
                make_schema(introspection=settings.introspection),
                services,
                allowed_origins=settings.allowed_origins,
                static=_STATIC if settings.graphiql else None,
            ),
        ],
        middleware=[_cors(settings)],
        exception_handlers={HTTPException: _refused, Exception: _refused},
        lifespan=lifespan,
        max_body_size=_LARGEST_BODY,
    )


def _tortoise(settings: Settings) -> dict[str, object]:
    share = _CONNECTIONS // settings.workers
    return database.config(
        settings.database_url,
        timezone=settings.timezone.key,
        max_size=max(2, min(_CONNECTIONS_PER_WORKER, share)),
    )


def _redis(url: str) -> Redis:
    # Without a retry of its own, a client made from a URL fails once after every restart.
    retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), 1)
    return Redis.from_url(url, retry=retry, socket_timeout=1, socket_connect_timeout=1)


def _asking(redis: Redis) -> health.Check:
    async def ask() -> None:
        await redis.ping()

    return ask


async def _ask_database() -> None:
    await get_connection("default").execute_query("SELECT 1")


def _cors(settings: Settings) -> Middleware:
    return Middleware(
        CORSMiddleware,
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
