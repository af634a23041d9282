"""The same request to both: the planner, and the generic resolvers as its oracle."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
from graphql import GraphQLError, get_operation_ast, parse

from access.roles import Relation, Role
from access.viewer import Viewer
from errors import DiaryError
from planner.parameters import Run
from planner.planner import Planner
from planner.selection import Unplannable
from tests.properties.documents import Request
from tests.properties.world import World
from tests.rules.declared import GRAPHQL

_PLANNER = Planner(GRAPHQL, most_objects=10_000_000)
_ALL = frozenset(Relation)
_ANYBODY = Viewer(1, 1, 1, frozenset(Role), date.min, datetime.min.replace(tzinfo=UTC))
_BAD_INPUT = '"code":"BAD_USER_INPUT"'


@dataclass(frozen=True)
class Answer:
    """An answer with the order of its keys and the spelling of its numbers."""

    status: int
    media_type: str
    body: dict[str, Any]
    text: str

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        try:
            body = json.loads(response.text, parse_float=str, parse_int=str)
        except ValueError:
            body = {"unreadable": response.text}
        return cls(response.status_code, response.headers["content-type"], body, response.text)

    @property
    def is_planned(self) -> bool:
        """Whether a plan gave it, by one statement or, where nothing was to be asked, by none."""
        plan = self.body.get("extensions", {}).get("plan", {})
        return plan.get("planned", False) and plan["statements"] in {"0", "1"}

    @property
    def is_good(self) -> bool:
        """Whether nothing was wrong with the input; a refusal is no mistake of it."""
        return "data" in self.body and _BAD_INPUT not in self.text

    @property
    def compared(self) -> Any:
        """All that must be equal; the order of errors is nobody's promise.

        Nor is it which errors there are where one of them took all data: graphql-core then stops
        the other fields, wherever they are.
        """
        data = json.dumps(self.body.get("data"), ensure_ascii=False)
        errors = sorted(json.dumps(_told(each)) for each in self.body.get("errors", ()))
        keys = [key for key in self.body if key != "extensions"]
        is_stopped = self.body.get("data", {}) is None
        return self.status, self.media_type, keys, data, bool(errors) if is_stopped else errors


def _told(error: dict[str, Any]) -> dict[str, Any]:
    """The error without the id of the request that it happened in."""
    extensions = {**error.get("extensions", {})}
    extensions.pop("requestId", None)
    return {**error, "extensions": extensions}


def is_mistaken(request: Request) -> bool:
    """Whether some value in it is wrong, be it at a field that no row is there to be asked for.

    A plan is made of the whole document, so that such a one has none; the oracle meets the mistake
    only where it comes by.
    """
    document = parse(request.query)
    operation = get_operation_ast(document, request.operation)
    assert operation is not None
    try:
        made = _PLANNER.query(document, operation).request(request.variables, _ALL)
        made.plan.parameters.bound(Run(_ANYBODY, made.variables))
    except Unplannable:
        return False
    except (DiaryError, GraphQLError, ValueError):
        return True
    return False


async def ask(world: World, request: Request, **extensions: bool) -> Answer:
    """Send it once."""
    body = {
        "query": request.query,
        "variables": request.variables,
        "operationName": request.operation,
        "extensions": extensions,
    }
    return Answer.of(await world.http.post(world.url, json=body, headers=request.person.headers))


async def ask_both(world: World, request: Request) -> tuple[Answer, Answer]:
    """The planner's answer and the oracle's; AssertionError where they differ."""
    planned, generic = await asyncio.gather(
        ask(world, request, explain=True), ask(world, request, planner=False)
    )
    assert planned.compared == generic.compared, (
        f"{request!r}\nplanned: {planned.text}\n\ngeneric: {generic.text}"
    )
    assert "INTERNAL" not in generic.text, f"{request!r}\n{generic.text}"
    return planned, generic
