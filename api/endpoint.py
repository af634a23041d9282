"""Where the endpoint stands among the routes, and what a browser gets there."""

from collections.abc import Collection
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from api.schema import DiarySchema
from api.view import DiaryView
from schema.context import Services
from service import graphiql

PATH = "/graphql"


class _Door:
    """GraphiQL for a browser that asks for a page, where it is on; else GraphQL."""

    def __init__(self, view: DiaryView, static: Path | None) -> None:
        self._view = view
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or speak over one socket."""
        if self._static is not None and _wants_page(scope):
            response: Response = graphiql.page(self._static)
            await response(scope, receive, send)
        else:
            await self._view(scope, receive, send)


def routes(
    schema: DiarySchema,
    services: Services,
    *,
    allowed_origins: Collection[str],
    static: Path | None,
) -> list[BaseRoute]:
    """The endpoint's routes; `static` is the folder with GraphiQL, None where it is off."""
    door = _Door(DiaryView(schema, services, allowed_origins), static)
    own: list[BaseRoute] = [Route(PATH, door), WebSocketRoute(PATH, door)]
    return [*own, *graphiql.routes(static)] if static is not None else own


def _wants_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Request(scope).headers.get("accept", "")
