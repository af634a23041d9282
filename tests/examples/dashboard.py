"""The example dashboard's page as a parent works with it, and the school that it tells of."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page, WebSocket, WebSocketRoute

from tests.browser import eventually
from tests.diary import Client, Diary
from tests.factories import PASSWORD, AccountMade, LessonMade, PupilMade, a_school, gid
from tests.hearing import signed_in

_PATIENCE_MS = 15_000


@dataclass
class Family:
    """Two pupils of one class and their mother, who has an account; and a teacher at a lesson."""

    anna: PupilMade
    boris: PupilMade
    mother: AccountMade
    teacher: Client
    lesson: LessonMade
    given: int = 0

    async def mark(self, pupil: PupilMade) -> str:
        """Record a mark; the comment by which it is known on the page."""
        self.given += 1
        comment = f"№ {self.given}"
        payload = await self.teacher.do(
            "RecordMark",
            lessonId=gid("Lesson", self.lesson.id),
            studentId=gid("Student", pupil.id),
            value=self.given % 4 + 2,
            comment=comment,
        )
        assert payload["userErrors"] == []
        return comment

    async def marks(self, count: int) -> list[str]:
        """Record marks of both pupils in turn."""
        pupils = (self.anna, self.boris)
        return [await self.mark(pupils[number % 2]) for number in range(count)]


async def a_family(diary: Diary) -> Family:
    klass = await (await a_school()).class_("7А")
    anna = await klass.pupil(last_name="Иванова", first_name="Анна", middle_name="")
    boris = await klass.pupil(last_name="Иванов", first_name="Борис", middle_name="")
    mother = await boris.guardian(await anna.guardian())
    section = await klass.section("Алгебра")
    teacher = await signed_in(diary, section.teacher)
    return Family(anna, boris, await mother.account(), teacher, await section.lesson())


class DashboardPage:
    """One browser window with the page.

    `loads` counts the page's own loads; `frames` are the messages over its sockets, in and out;
    `problems` are uncaught exceptions.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(_PATIENCE_MS)
        self.loads = 0
        self.frames: list[dict[str, Any]] = []
        self.problems: list[str] = []
        page.on("load", lambda _: self._note_load())
        page.on("websocket", self._note_socket)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    async def open(self, url: str) -> None:
        await self.page.goto(url)

    async def sign_in(self, login: str, password: str = PASSWORD) -> None:
        await self.page.get_by_label("Логин").fill(login)
        await self.page.get_by_label("Пароль").fill(password)
        await self.page.get_by_role("button", name="Войти").click()

    async def until_status(self, text: str) -> None:
        """Wait until the page says this of its connection."""
        status = self.page.get_by_role("status").filter(has_text=text)
        await status.wait_for()

    async def children(self) -> list[str]:
        """The headings of the children's cards, once there are some."""
        cards = self.page.locator("section.card").get_by_role("heading", level=2)
        await cards.first.wait_for()
        return await cards.all_inner_texts()

    async def marks_of(self, pupil: str) -> list[str]:
        """Comments of the marks in a child's card, the newest first."""
        card = self.page.get_by_role("region", name=pupil)
        return await card.locator("q").all_inner_texts()

    async def news(self) -> list[str]:
        """What was heard since the page was opened, the oldest first."""
        return (await self.page.get_by_role("log").get_by_role("listitem").all_inner_texts())[::-1]

    async def until_told(self, comment: str) -> None:
        """Wait until the page tells of the mark with this comment."""
        await self.page.get_by_role("log").get_by_text(f"«{comment}»").first.wait_for()

    async def until_shown(self, comment: str) -> None:
        """Wait until a child's card has the mark with this comment."""
        await self.page.locator("q").get_by_text(comment, exact=True).wait_for()

    async def until_frame(self, kind: str, payload: Any) -> None:
        """Wait until a message of this type and payload went over a socket."""

        async def passed() -> bool:
            return (kind, payload) in [(each["type"], each.get("payload")) for each in self.frames]

        await eventually(passed, bool)

    def _note_load(self) -> None:
        self.loads += 1

    def _note_socket(self, socket: WebSocket) -> None:
        for name in ("framesent", "framereceived"):
            socket.on(name, lambda frame: self.frames.append(json.loads(frame)))


def comments(news: list[str]) -> list[str]:
    """The comments in lines about marks."""
    return [line[line.index("«") + 1 : line.index("»")] for line in news]


class Between:
    """Stands between a page and its service, and holds back what the service tells.

    `subscribed` are the page's subscriptions as they were asked, which wait while `patient`; `held`
    are the changes that were held back.
    """

    def __init__(self) -> None:
        self.subscribed: list[dict[str, Any]] = []
        self.held: asyncio.Queue[Any] = asyncio.Queue()
        self.holds = False
        self.patient = False
        self._page: WebSocketRoute | None = None
        self._server: WebSocketRoute | None = None

    async def stand(self, window: DashboardPage) -> None:
        """Meet all sockets that the page opens from now on."""
        await window.page.route_web_socket("**/graphql", self._meet)

    def let_subscribe(self) -> None:
        """Pass on the subscription that waits."""
        assert self._server is not None
        self._server.send(json.dumps(self.subscribed[-1]))
        self.patient = False

    def end(self, **extensions: Any) -> None:
        """Tell the page that its stream ends with this error, and hold nothing back any more."""
        assert self._page is not None
        number = self.subscribed[-1]["id"]
        error = {"message": "It ends.", "extensions": extensions}
        payload = {"data": None, "errors": [error]}
        self._page.send(json.dumps({"id": number, "type": "next", "payload": payload}))
        self._page.send(json.dumps({"id": number, "type": "complete"}))
        self.holds = False

    def _meet(self, page: WebSocketRoute) -> None:
        self._page = page
        self._server = server = page.connect_to_server()

        def to_server(message: str | bytes) -> None:
            if (read := json.loads(message))["type"] == "subscribe":
                self.subscribed.append(read)
                if self.patient:
                    return
            server.send(message)

        def to_page(message: str | bytes) -> None:
            if self.holds and (read := json.loads(message))["type"] == "next":
                self.held.put_nowait(read["payload"]["data"]["dashboardChanges"])
            else:
                page.send(message)

        page.on_message(to_server)
        server.on_message(to_page)
