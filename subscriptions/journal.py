"""What families and staff hear of the journal."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass
from typing import Annotated, Any, cast

import strawberry
from tortoise.queryset import QuerySet

import models
from access import rules, scopes
from access.roles import Relation, Relations
from access.rows import reach, reached
from access.viewer import Viewer
from errors import BadUserInput, Forbidden, NotFound, Unauthenticated
from models import ChangeArea, MarkChangeKind
from schema.context import Context, Info
from schema.declaration import Outcome
from schema.declaration.directive import Allow
from schema.declaration.ids import decode, encode
from schema.marking import MarkChange
from subscriptions import cursor, topics
from subscriptions.entry import Entry
from subscriptions.live import Live

_HEARERS = rules.FAMILY | rules.JOURNAL_STAFF
_MOST_STUDENTS = 100


@dataclass(frozen=True)
class _Audience:
    """Whose marks are listened to: these pupils, and whole schools for those who work there.

    `sources` are the relations by which whoever works there reads journals.
    """

    students: frozenset[int]
    topics: frozenset[str]
    staff_topics: frozenset[str]
    sources: Relations

    def wants(self, entry: Entry) -> bool:
        """Whether the entry may be for this audience; whether it is, its reach decides later."""
        return entry.area == ChangeArea.MARKS and (
            entry.student_id in self.students or entry.topic in self.staff_topics
        )

    async def holds(self, viewer: Viewer) -> bool:
        """Whether the viewer still has every right with which the listening began."""
        needed = rules.JOURNAL_STAFF if self.staff_topics else _HEARERS
        if not viewer.relations & needed or not self.sources <= await _sources(viewer):
            return False
        reachable = reached(scopes.STUDENTS, viewer).filter(id__in=list(self.students))
        return await reachable.count() == len(self.students)


@strawberry.type
class JournalSubscription:
    """Hearing of the journal."""

    @strawberry.subscription(  # type: ignore[untyped-decorator]  # Strawberry publishes it untyped
        description="Marks as they are given, changed and taken back, each after its commit.",
        directives=[Allow(to=sorted(_HEARERS))],
    )
    async def mark_changes(
        self,
        info: Info,
        student_ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description="Whose marks, 100 pupils at most; all that the caller sees unless told."
            ),
        ] = None,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The last cursor that was heard; what was missed comes first."
            ),
        ] = None,
    ) -> AsyncGenerator[MarkChange, None]:
        """Everything that is done to the marks which the caller sees."""
        context = info.context
        context.viewer.require(_HEARERS)
        audience = await _audience(context.viewer, student_ids)
        heard = cursor.decode(after) if after is not None else {}
        positions = {topic: heard[topic] for topic in audience.topics & heard.keys()}
        async for entry in _entries(context, audience, positions):
            if await _may_hear(context, entry):
                yield _change(entry, positions)


async def _entries(
    context: Context, audience: _Audience, positions: dict[str, int]
) -> AsyncGenerator[Entry, None]:
    """The audience's entries behind the positions, which move on with every entry."""
    live = cast(Live, context.services.live)
    claims = context.claims
    if claims is None:
        raise Unauthenticated("Sign in first.")
    for topic in audience.topics:
        if topic not in positions:
            positions[topic] = await live.log.last_seq(topic)
    async with (
        live.hub.listen(audience.topics, audience.wants, positions) as listener,
        live.rights.over(claims, listener, audience.holds),
    ):
        async for entry in listener:
            positions[entry.topic] = entry.seq
            yield entry


async def _may_hear(context: Context, entry: Entry) -> bool:
    """Whether the caller, as of now, reaches the mark, removed or not."""
    await context.begin()
    if context.claims is None:
        raise Unauthenticated("The access token has run out.")
    if not context.viewer.is_signed_in:
        raise Forbidden("The right to hear this has ended.")
    return await models.Mark.filter(reach(scopes.MARKS, context.viewer), id=entry.row_id).exists()


def _change(entry: Entry, positions: dict[str, int]) -> MarkChange:
    values = {
        "cursor": cursor.encode(positions),
        "kind": MarkChangeKind(entry.kind),
        "mark_id": encode("Mark", entry.row_id),
        "mark": None if entry.kind == MarkChangeKind.REMOVED else entry.row_id,
    }
    return cast(MarkChange, Outcome(values))


async def _audience(viewer: Viewer, given: Collection[str] | None) -> _Audience:
    """Whose marks the caller listens to; raises for pupils whom the caller does not reach."""
    students = await (_own_students(viewer) if given is None else _named_students(viewer, given))
    staff_topics, sources = frozenset[str](), frozenset[Relation]()
    if given is None and viewer.relations & rules.JOURNAL_STAFF:
        staff_topics = await _topics(models.StaffPost.filter(person_id=viewer.person_id))
        sources = await _sources(viewer)
    family_topics = await _topics(models.Enrollment.filter(student_id__in=list(students)))
    return _Audience(students, staff_topics | family_topics, staff_topics, sources)


async def _sources(viewer: Viewer) -> Relations:
    """By which relations the viewer reads any journal of staff today."""
    found = set[Relation]()
    for relation in viewer.relations & rules.JOURNAL_STAFF:
        if await reached(scopes.JOURNAL_PAGES, viewer, via=frozenset({relation})).exists():
            found.add(relation)
    return frozenset(found)


async def _topics(rows: QuerySet[Any]) -> frozenset[str]:
    """The topics of the organizations that the rows name."""
    return frozenset(
        topics.school(row["organization_id"]) for row in await rows.values("organization_id")
    )


async def _own_students(viewer: Viewer) -> frozenset[int]:
    mine = reached(scopes.STUDENTS, viewer, via=rules.FAMILY)
    return frozenset(row["id"] for row in await mine.values("id"))


async def _named_students(viewer: Viewer, given: Collection[str]) -> frozenset[int]:
    if len(given) > _MOST_STUDENTS:
        raise BadUserInput(f"At most {_MOST_STUDENTS} pupils.")
    numbers = {decode("Student", each) for each in given}
    named = reached(scopes.STUDENTS, viewer).filter(id__in=[each or 0 for each in numbers])
    students = frozenset(row["id"] for row in await named.values("id"))
    if students != numbers:
        raise NotFound("There is no such pupil.")
    return students
