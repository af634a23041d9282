"""The same request to both: the planner, and the generic resolvers as its oracle."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.properties.documents import Request
from tests.properties.world import World

_Pairs = list[tuple[str, Any]]


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
    def plan(self) -> dict[str, Any]:
        """What `explain` told; numbers as texts."""
        found: dict[str, Any] = self.body.get("extensions", {}).get("plan", {})
        return found

    @property
    def has_data(self) -> bool:
        return self.body.get("data") is not None

    @property
    def compared(self) -> Any:
        """All that must be equal; the order of errors is nobody's promise."""
        data = json.dumps(self.body.get("data"), ensure_ascii=False)
        errors = sorted(json.dumps(_told(each)) for each in self.body.get("errors", ()))
        keys = [key for key in self.body if key != "extensions"]
        return self.status, self.media_type, keys, data, errors


def _told(error: dict[str, Any]) -> dict[str, Any]:
    """The error without the id of the request that it happened in."""
    extensions = {**error.get("extensions", {})}
    extensions.pop("requestId", None)
    return {**error, "extensions": extensions}


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
