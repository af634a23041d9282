"""Where the endpoint stands among the routes, and what a browser gets there."""

from collections.abc import Collection
from pathlib import Path

from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from api.crowd import Rooms
from api.http import Http, Manners
from api.library import Library
from api.limits import Limits
from api.schema import DiarySchema
from api.view import DiaryView
from schema.context import Services
from service import graphiql

PATH = "/graphql"


class Door:
    """The endpoint as an ASGI application.

    Over HTTP it is GraphiQL for a browser that asks for a page, where `static` has it, and else
    GraphQL; over a socket it is GraphQL.
    """

    def __init__(
        self,
        schema: DiarySchema,
        services: Services,
        library: Library,
        *,
        allowed_origins: Collection[str],
        manners: Manners,
        limits: Limits,
        static: Path | None,
    ) -> None:
        rooms = Rooms(limits)
        self.http = Http(schema, services, library, manners, rooms)
        """What takes every operation that is posted."""
        self._sockets = DiaryView(schema, services, allowed_origins, library=library, rooms=rooms)
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or speak over one socket."""
        if scope["type"] != "http":
            await self._sockets(scope, receive, send)
        elif self._static is not None and _wants_page(scope):
            response: Response = graphiql.page(self._static)
            await response(scope, receive, send)
        else:
            await self.http(scope, receive, send)


def routes(door: Door, static: Path | None) -> list[BaseRoute]:
    """The endpoint's routes; `static` is the folder with GraphiQL, None where it is off."""
    own: list[BaseRoute] = [Route(PATH, door), WebSocketRoute(PATH, door)]
    return [*own, *graphiql.routes(static)] if static is not None else own


def _wants_page(scope: Scope) -> bool:
    return scope["method"] in {"GET", "HEAD"} and any(
        name == b"accept" and b"text/html" in value for name, value in scope["headers"]
    )
