"""Connections: pages from both ends, cursors that last, and what is no page and no cursor."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.diary import Answer, Client, Diary
from tests.factories import MessageMade, PersonMade, a_message, a_person, a_school

_PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
    viewer { inbox(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { message { subject } } }
        nodes { message { subject } }
    } }
}"""
_NAMES = """query ($after: String) {
    viewer { messageRecipients(search: "", after: $after) { edges { cursor node { fullName } } } }
}"""


def _cursor(values: Any, **how: Any) -> str:
    return b64encode(json.dumps(values, **how).encode()).decode()


@dataclass
class Page:
    """What the test looks at: the subjects, and whether there is more on either side."""

    subjects: str
    before: bool
    behind: bool


@dataclass
class Inbox:
    """Somebody with messages whose subjects are letters, the newest first: `edcba`."""

    client: Client
    sender: PersonMade
    reader: PersonMade
    messages: dict[str, MessageMade] = field(default_factory=dict)

    async def get(self, subject: str) -> None:
        self.messages[subject] = await a_message(self.sender, self.reader, subject=subject)

    async def lose(self, subject: str) -> None:
        await self.messages[subject].receipts[0].delete()

    async def ask(self, **window: Any) -> Answer:
        return await self.client.send(_PAGE, **window)

    async def page(self, **window: Any) -> Page:
        """A page; `after` and `before` are subjects, of messages that may be gone."""
        for name in ("after", "before"):
            if isinstance(window.get(name), str):
                window[name] = _cursor([self.messages[window[name]].id])
        found = (await self.ask(**window)).data["viewer"]["inbox"]
        cursors = [edge["cursor"] for edge in found["edges"]]
        subjects = [edge["node"]["message"]["subject"] for edge in found["edges"]]
        info = found["pageInfo"]
        assert [node["message"]["subject"] for node in found["nodes"]] == subjects
        assert cursors == [_cursor([self.messages[each].id]) for each in subjects]
        assert info["startCursor"] == (cursors[0] if cursors else None)
        assert info["endCursor"] == (cursors[-1] if cursors else None)
        return Page("".join(subjects), info["hasPreviousPage"], info["hasNextPage"])


@pytest.fixture
async def inbox(database: str, diary: Diary) -> Inbox:  # noqa: ARG001 — connects Tortoise
    """Return an inbox of five messages; others have mail too."""
    sender, reader = await a_person(), await a_person()
    made = Inbox(await diary.as_(reader), sender, reader)
    for subject in "abcde":
        await made.get(subject)
        await a_message(sender, await a_person())
    return made


_WINDOWS: list[tuple[dict[str, Any], Page]] = [
    ({}, Page("edcba", before=False, behind=False)),
    ({"first": None, "last": None}, Page("edcba", before=False, behind=False)),
    ({"first": 5}, Page("edcba", before=False, behind=False)),
    ({"first": 2}, Page("ed", before=False, behind=True)),
    ({"first": 2, "after": "d"}, Page("cb", before=True, behind=True)),
    ({"first": 3, "after": "d"}, Page("cba", before=True, behind=False)),
    ({"first": 2, "after": "a"}, Page("", before=True, behind=False)),
    ({"last": 2}, Page("ba", before=True, behind=False)),
    ({"last": 2, "before": "b"}, Page("dc", before=True, behind=True)),
    ({"last": 9, "before": "c"}, Page("ed", before=False, behind=True)),
    ({"last": 2, "before": "e"}, Page("", before=False, behind=True)),
    ({"before": "c"}, Page("ed", before=False, behind=True)),
    ({"first": 1, "before": "c"}, Page("e", before=False, behind=True)),
    ({"last": 1, "after": "d"}, Page("a", before=True, behind=False)),
    ({"first": 9, "after": "e", "before": "b"}, Page("dc", before=True, behind=True)),
    ({"last": 1, "after": "e", "before": "b"}, Page("c", before=True, behind=True)),
    ({"first": 2, "after": "b", "before": "d"}, Page("", before=True, behind=True)),
    ({"last": 2, "after": "b", "before": "d"}, Page("", before=True, behind=True)),
    ({"first": 0}, Page("", before=False, behind=True)),
    ({"last": 0}, Page("", before=True, behind=False)),
    ({"first": 0, "after": "d"}, Page("", before=True, behind=True)),
    ({"last": 0, "before": "e"}, Page("", before=False, behind=True)),
]


async def test_pages(inbox: Inbox) -> None:
    for window, expected in _WINDOWS:
        assert await inbox.page(**window) == expected, window


async def test_the_whole_list_is_counted_whatever_the_page(inbox: Inbox) -> None:
    for window in ({}, {"first": 0}, {"last": 1}, {"after": _cursor([0])}):
        answer = await inbox.ask(**window)
        assert answer.data["viewer"]["inbox"]["totalCount"] == 5


async def test_a_connection_is_one_object_whatever_is_selected_of_it(
    diary: Diary, inbox: Inbox
) -> None:
    empty = await diary.as_(await a_person())
    kind, info = {"__typename": "MessageReceiptConnection"}, {"__typename": "PageInfo"}
    edge = {"__typename": "MessageReceiptEdge"}
    for selection, full, bare in (
        ("totalCount", {"totalCount": 5}, {"totalCount": 0}),
        ("__typename", kind, kind),
        ("pageInfo { __typename }", {"pageInfo": info}, {"pageInfo": info}),
        ("edges { __typename }", {"edges": [edge] * 5}, {"edges": []}),
    ):
        document = f"{{ viewer {{ inbox {{ {selection} }} }} }}"
        for client, expected in ((inbox.client, full), (empty, bare)):
            assert (await client.send(document)).data == {"viewer": {"inbox": expected}}


async def test_a_page_goes_on_behind_a_row_that_is_gone_and_past_one_that_is_new(
    inbox: Inbox,
) -> None:
    await inbox.lose("d")
    await inbox.get("f")
    assert await inbox.page(first=2, after="d") == Page("cb", before=True, behind=True)
    assert await inbox.page(last=9, before="d") == Page("fe", before=False, behind=True)
    for gone in "cba":
        await inbox.lose(gone)
    assert await inbox.page(first=2, after="d") == Page("", before=True, behind=False)
    assert await inbox.page(last=1, before="d") == Page("e", before=True, behind=False)


async def test_an_empty_list_has_nothing_on_either_side(diary: Diary) -> None:
    reader = await a_person()
    empty = Inbox(await diary.as_(reader), reader, reader)
    for window in ({}, {"first": 0}, {"last": 3}):
        assert await empty.page(**window) == Page("", before=False, behind=False)


@pytest.mark.parametrize(
    "window",
    [
        {"first": 1, "last": 1},
        {"first": 0, "last": 0},
        {"first": -1},
        {"last": -1},
        {"first": 101},
        {"last": 101},
    ],
)
async def test_what_is_no_page_is_refused(inbox: Inbox, window: dict[str, int]) -> None:
    answer = await inbox.ask(**window)
    assert answer.refused == [("BAD_USER_INPUT", "viewer.inbox")]


_NO_CURSORS = [
    "",
    "!",
    "Ж",
    "\0",
    "A",
    "AAAA",
    b64encode(b"\xff\xfe[1]").decode(),
    b64encode(b"[" * 100_000).decode(),
    b64encode(b"[" + b"9" * 5_000 + b"]").decode(),
    _cursor(1),
    _cursor(None),
    _cursor({"id": 1}),
    _cursor([]),
    _cursor([1, 2]),
    _cursor([None]),
    _cursor([True]),
    _cursor(["1"]),
    _cursor([1.0]),
    _cursor([float("nan")]),
    _cursor([[1]]),
    _cursor([2**63]),
    _cursor([-(2**63) - 1]),
    _cursor(["А", 1]),
]


@pytest.mark.parametrize("cursor", _NO_CURSORS, ids=range(len(_NO_CURSORS)))
async def test_what_is_no_cursor_of_the_list_is_refused(inbox: Inbox, cursor: str) -> None:
    for name in ("after", "before"):
        answer = await inbox.ask(**{name: cursor})
        assert answer.refused == [("BAD_USER_INPUT", "viewer.inbox")]


@pytest.mark.parametrize(
    "values", [[1], [1, "А"], ["А"], ["А", "1"], ["А\0", 1], ["\ud800", 1], ["А", 1, 1]]
)
async def test_a_cursor_of_names_is_a_name_and_a_number(inbox: Inbox, values: list[Any]) -> None:
    answer = await inbox.client.send(_NAMES, after=_cursor(values))
    assert answer.refused == [("BAD_USER_INPUT", "viewer.messageRecipients")]


async def test_a_cursor_is_the_order_s_values_with_and_without_its_padding(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    section = await klass.section("Алгебра")
    names = ('Ёж "О\\Н"', "Щ\t\x07", "Я/ю")
    pupils = [await klass.pupil(last_name=name) for name in names]
    client = await diary.as_(section.teacher)
    edges = (await client.send(_NAMES)).data["viewer"]["messageRecipients"]["edges"]
    assert [edge["cursor"] for edge in edges] == [
        _cursor(
            [edge["node"]["fullName"], pupil.person.id], ensure_ascii=False, separators=(",", ":")
        )
        for edge, pupil in zip(edges, pupils, strict=True)
    ]
    for place, edge in enumerate(edges):
        for cursor in (edge["cursor"], edge["cursor"].rstrip("=")):
            rest = (await client.send(_NAMES, after=cursor)).data["viewer"]["messageRecipients"]
            assert rest["edges"] == edges[place + 1 :]
