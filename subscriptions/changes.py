"""What listeners hear, for those who ask now and then: phones without an open socket."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import Annotated

import strawberry

from access import rules
from access.viewer import Viewer
from errors import BadUserInput, ResyncRequired
from models import ChangeArea
from planner.roll import Asked, Standing, called
from schema.changes import ChangePage
from schema.context import Info
from schema.declaration import Outcome
from schema.declaration.directive import Allow
from subscriptions import cursor, dashboard
from subscriptions.entry import Entry, unbroken
from subscriptions.hearing import Audience
from subscriptions.log import ChangeLog

MOST = 100
_DEFAULT = 50
_PAGE = 500
"""Entries of one topic that are looked through for a page; more are left to the next one."""


async def changes(
    info: Info,
    after: Annotated[
        str,
        strawberry.argument(
            description="A cursor of any subscription, of `changesCursor`, or of the page before."
        ),
    ],
    first: Annotated[
        int, strawberry.argument(description=f"How many changes; {MOST} is the limit.")
    ] = _DEFAULT,
    student_ids: Annotated[
        list[strawberry.ID] | None,
        strawberry.argument(description="As in `dashboardChanges`."),
    ] = None,
) -> ChangePage:
    """All that `dashboardChanges` would have told since the cursor, in the same order."""
    viewer, claims = info.context.viewer, info.context.claims
    viewer.require(rules.SIGNED_IN)
    if not 0 <= first <= MOST:
        raise BadUserInput(f"`first` is 0 to {MOST}.")
    audience = await dashboard.audience_of(viewer, student_ids)
    ends = (await ChangeLog().ends(audience.topics)).numbers
    page = _Page(_positions(audience.topics, cursor.decode(after), ends))
    pages = [await _read(topic, page.positions[topic], ends) for topic in sorted(audience.topics)]
    page.take(pages, audience, first)
    told = await _reached(viewer, claims.session_id if claims else 0, page.entries)
    return Outcome(  # type: ignore[return-value]  # graphql-core reads it as the payload
        {
            "changes": [
                Outcome({**dashboard.told(entry), "cursor": page.cursors[entry.topic, entry.seq]})
                for entry in told
            ],
            "cursor": cursor.encode(page.positions),
            "has_more": page.has_more,
        }
    )


def _positions(
    topics: Collection[str], heard: Mapping[str, int], ends: Mapping[str, int]
) -> dict[str, int]:
    """From where on each topic is read: of one that the cursor does not name, from now on."""
    positions = {topic: heard.get(topic, ends.get(topic, 0)) for topic in topics}
    if any(seq > ends.get(topic, 0) for topic, seq in positions.items()):
        raise ResyncRequired("Your cursor is beyond the log's end.")
    return positions


async def _read(topic: str, position: int, ends: Mapping[str, int]) -> Sequence[Entry]:
    """What follows the position, up to a page; raises ResyncRequired where it is forgotten."""
    if position == ends.get(topic, 0):
        return ()
    entries = await ChangeLog().after(topic, position, _PAGE)
    if not entries:
        raise ResyncRequired("The log ends before your cursor.")
    return unbroken(entries, position)


@dataclass
class _Page:
    """The entries of one page, and how far each topic was looked through for them."""

    positions: dict[str, int]
    entries: list[Entry] = field(default_factory=list)
    cursors: dict[tuple[str, int], str] = field(default_factory=dict)
    has_more: bool = False

    def take(self, pages: Sequence[Sequence[Entry]], audience: Audience, first: int) -> None:
        """Look through the topics' pages, the earlier before the later, until there are enough."""
        for entry in merge(*pages, key=lambda entry: entry.at):
            if len(self.entries) == first:
                self.has_more = True
                return
            self.positions[entry.topic] = entry.seq
            if entry.area in dashboard.REACH and audience.wants(entry):
                self.entries.append(entry)
                self.cursors[entry.topic, entry.seq] = cursor.encode(self.positions)
        self.has_more = any(len(each) == _PAGE for each in pages)


async def _reached(viewer: Viewer, session_id: int, entries: Iterable[Entry]) -> list[Entry]:
    """Those of the entries whose rows the viewer reaches now, by one statement for each area."""
    by_area: dict[ChangeArea, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_area[entry.area].append(entry)
    standings: dict[tuple[str, int], Standing] = {}
    for area, some in by_area.items():
        asked = [Asked(session_id, entry.row_id) for entry in some]
        standing_of = await called(dashboard.REACH[area], viewer, asked)
        for entry, standing in zip(some, standing_of, strict=True):
            standings[entry.topic, entry.seq] = standing
    return [
        each
        for each in entries
        if _is_told(each, standings[each.topic, each.seq], viewer.person_id)
    ]


def _is_told(entry: Entry, standing: Standing, person_id: int | None) -> bool:
    if standing is Standing.HIDDEN:
        return person_id in (entry.also_told or ())
    return standing is Standing.REACHED


@strawberry.type
class ChangesQuery:
    """Reading what was heard."""

    changes: ChangePage | None = strawberry.field(
        resolver=changes,
        description=changes.__doc__,
        directives=[Allow(to=sorted(rules.SIGNED_IN))],
    )
