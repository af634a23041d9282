"""A browser cut off from the network, and the GraphiQL page as a person works with it."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Response, async_playwright

T = TypeVar("T")

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_DEADLINE_S = 15.0
_LOCAL_SCHEMES = ("data", "blob", "about")
# GraphiQL notes what was typed into a tab 100 ms after the last key. A timer set later that runs
# longer fires after that one, so waiting for ours is certain, however slow the machine.
_TYPING_NOTED = "new Promise((resolve) => setTimeout(resolve, 150))"
# Of an editor only the lines in sight are elements of the page.
_WHOLE_TEXT = "(element) => element.CodeMirror.getValue()"
_TOOL = ".graphiql-editor-tool .graphiql-editor:not(.hidden)"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run the machine's browser; where there is none the test is skipped, in CI it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing = "No chromium here: install it (in Debian: apt-get install chromium)."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def eventually(ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Ask again and again until the answer is `wanted`; `AssertionError` when time is up."""
    deadline = time.monotonic() + _DEADLINE_S
    while not wanted(answer := await ask()):
        assert time.monotonic() < deadline, f"after {_DEADLINE_S:g} s it is still {answer!r}"
        await asyncio.sleep(0.02)
    return answer


class GraphiqlPage:
    """One browser window with GraphiQL, worked by mouse and keyboard.

    `foreign_requests` are the URLs of all requests and sockets to a host other than the opened
    one; `console_errors` are all errors and warnings of the console, refusals by the page's
    Content-Security-Policy and uncaught exceptions among them.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.foreign_requests: list[str] = []
        self.console_errors: list[str] = []
        self._host = ""
        page.on("request", lambda request: self._note_request(request.url))
        page.on("websocket", lambda socket: self._note_request(socket.url))
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))

    async def open(self, url: str) -> None:
        """Go to `url` (absolute) and wait until GraphiQL has read the schema."""
        self._host = urlsplit(url).netloc
        async with self.page.expect_response(_is_introspection):
            await self.page.goto(url)

    async def reload(self) -> None:
        """Load the page anew, as F5 does."""
        async with self.page.expect_response(_is_introspection):
            await self.page.reload()

    async def document(self) -> str:
        """Document of the shown tab."""
        return await self._text(".graphiql-query-editor")

    async def set_query(self, document: str) -> None:
        """Replace the document of the shown tab."""
        await self._type(".graphiql-query-editor", document)

    async def set_variables(self, variables: dict[str, Any]) -> None:
        """Replace the variables of the shown tab."""
        await self._type_tool("Variables", variables)

    async def set_headers(self, headers: dict[str, str]) -> None:
        """Replace the headers of the shown tab; what runs already keeps those it began with."""
        await self._type_tool("Headers", headers)

    async def headers(self) -> dict[str, str]:
        """Headers of the shown tab, as its editor holds them."""
        await self.page.get_by_role("button", name="Headers", exact=True).click()
        return _parsed(await self._text(_TOOL)) or {}

    async def run(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a document of one operation; answer its result, of a subscription the first one."""
        await self.set_query(document)
        await self.set_variables(variables or {})
        await self.page.get_by_role("button", name="Execute query").click()
        return await self.wait_for_result(lambda _: True)

    async def stop(self) -> None:
        """End the running subscription by its button."""
        await self.page.get_by_role("button", name="Stop query").click()

    async def is_running(self) -> bool:
        """Whether the shown tab's button offers to stop something."""
        return await self.page.get_by_role("button", name="Stop query").count() == 1

    async def result_json(self) -> dict[str, Any] | None:
        """What the result window shows, `None` while it is empty."""
        return _parsed(await self._text(".graphiql-response"))

    async def wait_for_result(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Answer the first shown result that is `wanted`; `AssertionError` when time is up."""
        result = await eventually(
            self.result_json, lambda shown: shown is not None and wanted(shown)
        )
        assert result is not None
        return result

    async def new_tab(self) -> None:
        """Open a tab, which is then the shown one."""
        await self.page.get_by_role("button", name="New tab").click()

    async def show_tab(self, index: int) -> None:
        """Show the tab at `index`, counted from 0."""
        await self.page.locator(".graphiql-tab-button").nth(index).click()

    async def stored(self) -> str:
        """All that the page has put into the browser's storages, as JSON."""
        return str(await self.page.evaluate("JSON.stringify([sessionStorage, localStorage])"))

    async def _type_tool(self, name: str, values: dict[str, Any]) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()
        text = json.dumps(values, ensure_ascii=False) if values else ""
        await self._type(_TOOL, text)

    async def _type(self, editor: str, text: str) -> None:
        await self.page.locator(f"{editor} .CodeMirror").click()
        await self.page.keyboard.press("ControlOrMeta+a")
        await self.page.keyboard.press("Delete")
        await self.page.keyboard.insert_text(text)
        await self.page.evaluate(_TYPING_NOTED)

    async def _text(self, editor: str) -> str:
        return str(await self.page.locator(f"{editor} .CodeMirror").evaluate(_WHOLE_TEXT))

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _LOCAL_SCHEMES and parts.netloc != self._host:
            self.foreign_requests.append(url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.console_errors.append(message.text)


def _parsed(text: str) -> dict[str, Any] | None:
    return json.loads(text) if text else None


def _is_introspection(response: Response) -> bool:
    return "__schema" in (response.request.post_data or "")
