"""The GraphiQL page as `make graphiql` built it, and the headers that keep it to this host."""

import os
from http import HTTPStatus
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ASSETS_URL = "/static/graphiql/assets"

# CodeMirror positions its lines by inline styles, and GraphiQL's fonts lie inside its stylesheet.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "font-src data:; "
    "img-src 'self' data:; "
    "connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A name carries the hash of its content, so what was fetched once never goes stale.
_ASSET_HEADERS = _HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
# The page names the assets of one build; a later build has other names.
_PAGE_HEADERS = _HEADERS | {"Cache-Control": "no-cache"}

_NOT_BUILT = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>GraphiQL is not built</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <h1>GraphiQL is not built</h1>
    <p>This page is bundled from npm packages, which needs a network once.
      Run <code>make graphiql</code> and reload; the server need not be restarted.</p>
    <p>The API itself works: send GraphQL to this same address by POST.</p>
  </body>
</html>
"""


class _Assets(StaticFiles):
    """Files of one build, cached for good; before the first build there are none (404)."""

    async def check_config(self) -> None:
        """Accept a missing folder, which a build may still make while the server runs."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = HTTPStatus.OK,
    ) -> Response:
        """One asset, or 304, with the page's security headers."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_ASSET_HEADERS)
        return response


def routes(static: Path) -> list[BaseRoute]:
    """Serve the built assets of the folder `static`; to be mounted at the root."""
    assets = _Assets(directory=static / "graphiql" / "assets", check_dir=False)
    return [Mount(ASSETS_URL, assets, name="graphiql")]


def page(static: Path) -> Response:
    """Answer GET /graphql for a browser: the page, or 503 with a word on how to build it."""
    try:
        html = (static / "graphiql" / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return HTMLResponse(_NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE, _PAGE_HEADERS)
    return HTMLResponse(html, headers=_PAGE_HEADERS)
