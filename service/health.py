"""Whether the process is up, and whether what it stands on answers."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

Check = Callable[[], Awaitable[object]]

_log = structlog.get_logger()
_PATIENCE_SECONDS = 2.0


def routes(database: Check, redis: Check | None) -> list[BaseRoute]:
    """Answer /healthz and /readyz; a check fails by raising or by taking two seconds.

    Without Redis the service still works, only slower to tell: `degraded` is ready.
    """

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def readyz(_request: Request) -> JSONResponse:
        states = await asyncio.gather(_state("database", database), _state("redis", redis))
        return _verdict(*states)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _verdict(database: str, redis: str) -> JSONResponse:
    ready = database == "ok"
    whole = ready and redis != "failed"
    status = "ok" if whole else "degraded" if ready else "failed"
    return JSONResponse(
        {"status": status, "database": database, "redis": redis},
        HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
    )


async def _state(part: str, check: Check | None) -> str:
    if check is None:
        return "unused"
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001  # whatever it is, the answer is the same
        _log.warning("readiness", part=part, error=type(error).__qualname__)
        return "failed"
    return "ok"
