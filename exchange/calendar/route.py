"""The calendar over HTTP, for whoever has its address."""

import hashlib
from datetime import tzinfo
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from access import calendars
from access.calendars import Feed
from exchange.calendar import rows, writing


def routes(timezone: tzinfo) -> list[BaseRoute]:
    """Answer with the calendar of an address, 304 where it is known, and else 404.

    Lessons are by the clock of `timezone`.
    """

    async def calendar(request: Request) -> Response:
        feed = await calendars.feed_of(request.path_params["token"])
        if feed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = await _written(feed, request.url.hostname or "", timezone)
        # A copy may be kept by its reader alone, who asks each time whether it is still right.
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if _is_known(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(content, headers=headers, media_type=writing.MEDIA_TYPE)

    return [Route(calendars.PATH, calendar)]


async def _written(feed: Feed, host: str, timezone: tzinfo) -> bytes:
    components = [writing.event(row, host) for row in await rows.events(feed.viewer)]
    if feed.includes_lessons:
        components += [
            writing.lesson(row, host, feed.issued_at, timezone)
            for row in await rows.lessons(feed.viewer)
        ]
    return writing.calendar(components)


def _is_known(given: str, etag: str) -> bool:
    """Whether a conditional request names the tag (RFC 9110, section 13.1.2)."""
    return etag in (each.strip().removeprefix("W/") for each in given.split(","))
