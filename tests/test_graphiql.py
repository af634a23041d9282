"""The GraphiQL page without a network, over a schema that tells what it was sent."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import strawberry
import uvicorn
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from service import graphiql
from tests.browser import GraphiqlPage, chromium, eventually
from tests.servers import free_port, wait_until

STATIC = Path(__file__).parents[1] / "static"
PARENT = {"Authorization": "Bearer parent"}
TEACHER = {"Authorization": "Bearer teacher"}
TICKS = "subscription Ticks { ticks { number authorization } }"
WHOAMI = "query Who($suffix: String!) { authorization(suffix: $suffix) }"


@strawberry.type
class Tick:
    number: int
    authorization: str


@strawberry.type
class Query:
    @strawberry.field
    def authorization(self, info: strawberry.Info, suffix: str) -> str:
        request: Request = info.context["request"]
        return request.headers.get("authorization", "nobody") + suffix


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, info: strawberry.Info) -> AsyncIterator[Tick]:
        who = (info.context["connection_params"] or {}).get("Authorization", "nobody")
        number = 0
        while True:
            number += 1
            yield Tick(number=number, authorization=who)
            await asyncio.sleep(0.05)


class Api(GraphQL[Any, Any]):
    """GraphQL over both transports, and the page for a browser."""

    async def render_graphql_ide(self, request: Request) -> Response:
        del request
        return graphiql.page(STATIC)


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, "uvicorn to start")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    schema = strawberry.Schema(Query, subscription=Subscription)
    api: Api = Api(schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])
    routes = [Route("/graphql", api), WebSocketRoute("/graphql", api), *graphiql.routes(STATIC)]
    with serving(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def window(browser: Browser, server: str) -> AsyncIterator[GraphiqlPage]:
    """A fresh window with GraphiQL, which must have kept to its host and its policy at the end."""
    context = await browser.new_context(viewport={"width": 1400, "height": 900})
    page = GraphiqlPage(await context.new_page())
    await page.open(f"{server}/graphql")
    yield page
    await context.close()
    assert page.foreign_requests == []
    assert page.console_errors == []


def script_name() -> str:
    (script,) = (STATIC / "graphiql" / "assets").glob("*.js")
    return script.name


def ticked(number: int, result: dict[str, Any]) -> bool:
    return bool(result["data"]["ticks"]["number"] >= number)


async def test_query_carries_variables_and_the_headers_of_the_editor(window: GraphiqlPage) -> None:
    await window.set_headers(PARENT)
    answer = await window.run(WHOAMI, {"suffix": "!"})
    assert answer == {"data": {"authorization": "Bearer parent!"}}


async def test_subscription_ticks_with_the_headers_as_connection_params(
    window: GraphiqlPage,
) -> None:
    await window.set_headers(PARENT)
    first = await window.run(TICKS)
    seen = first["data"]["ticks"]["number"]
    later = await window.wait_for_result(lambda result: ticked(seen + 1, result))
    assert later["data"]["ticks"]["authorization"] == "Bearer parent"


async def test_changed_headers_count_from_the_next_subscription_on(window: GraphiqlPage) -> None:
    await window.set_headers(PARENT)
    await window.run(TICKS)
    await window.stop()
    await window.set_headers(TEACHER)
    answer = await window.run(TICKS)
    assert answer["data"]["ticks"]["authorization"] == "Bearer teacher"


async def test_each_tab_keeps_its_own_headers(window: GraphiqlPage) -> None:
    await window.set_headers(PARENT)
    await window.run(WHOAMI, {"suffix": ""})
    await window.new_tab()
    assert await window.headers() == {}
    await window.set_headers(TEACHER)
    as_teacher = await window.run(TICKS)
    await window.show_tab(0)
    assert await window.headers() == PARENT
    as_parent = await window.run(TICKS)
    await window.show_tab(1)
    assert await window.headers() == TEACHER
    as_teacher_again = await window.run(WHOAMI, {"suffix": "?"})
    assert as_teacher["data"]["ticks"]["authorization"] == "Bearer teacher"
    assert as_parent["data"]["ticks"]["authorization"] == "Bearer parent"
    assert as_teacher_again == {"data": {"authorization": "Bearer teacher?"}}


async def test_new_tab_does_not_show_what_the_one_before_subscribed_to(
    window: GraphiqlPage,
) -> None:
    await window.set_headers(PARENT)
    await window.run(TICKS)
    await window.new_tab()
    answer = await window.run(WHOAMI, {"suffix": ""})
    assert answer == {"data": {"authorization": "nobody"}}
    assert not await window.is_running()


async def test_documents_outlive_a_reload_and_tokens_do_not(window: GraphiqlPage) -> None:
    await window.set_headers(PARENT)
    await window.run(WHOAMI, {"suffix": "kept"})
    # In the editor's own key, in the tabs and in the history.
    stored = await eventually(window.stored, lambda text: text.count("kept") == 3)
    assert "Bearer parent" not in stored
    await window.reload()
    assert await window.document() == WHOAMI
    assert await window.headers() == {}


async def test_closed_socket_is_told_in_words(window: GraphiqlPage) -> None:
    await window.page.route_web_socket(
        "**/graphql", lambda socket: socket.close(code=4403, reason="No.")
    )
    await window.reload()
    answer = await window.run(TICKS)
    assert answer == {"errors": [{"message": "The server closed the socket: 4403 No."}]}


async def test_newcomer_finds_the_demo_accounts(window: GraphiqlPage) -> None:
    text = await window.document()
    assert "# The password of every demo account is diary-demo:" in text
    assert "mutation SignIn {" in text


async def test_page_and_assets_refuse_other_hosts_frames_and_inline_scripts(server: str) -> None:
    async with httpx.AsyncClient(base_url=server) as client:
        page = await client.get("/graphql", headers={"Accept": "text/html"})
        script = script_name()
        asset = await client.get(f"/static/graphiql/assets/{script}")
        absent = await client.get("/static/graphiql/assets/../index.html")
    policy = page.headers["content-security-policy"].split("; ")
    assert (page.status_code, asset.status_code, absent.status_code) == (200, 200, 404)
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in page.headers["content-security-policy"]
    assert f'src="/static/graphiql/assets/{script}"' in page.text
    for answer in (page, asset):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-cache"
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    app = Starlette(
        routes=[
            Route("/graphql", lambda _: graphiql.page(tmp_path)),
            *graphiql.routes(tmp_path),
        ]
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        page = await client.get("/graphql")
        asset = await client.get("/static/graphiql/assets/graphiql.js")
    assert page.status_code == 503
    assert "<code>make graphiql</code>" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert asset.status_code == 404
