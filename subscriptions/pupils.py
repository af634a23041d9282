"""Whose journals one listens to: the pupils of a family, the schools of those who work there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

import models
from access import rules, scopes
from access.roles import Relation
from access.rows import reached
from access.viewer import Viewer
from errors import BadUserInput, NotFound
from planner.roll import reached_by_each
from schema.declaration.ids import decode
from subscriptions import topics
from subscriptions.entry import Entry
from subscriptions.hearing import Audience

HEARERS = rules.FAMILY | rules.JOURNAL_STAFF
"""Who hears of journals at all."""
_MOST_STUDENTS = 100
# The schools where a pupil is or was.
_PUPILS = """
SELECT held.person_id, reached.id, enrollment.organization_id
FROM {pupils} LEFT JOIN enrollment ON enrollment.student_id = reached.id
"""


async def audience_of(viewer: Viewer, given: Collection[str] | None) -> Audience:
    """Who listens to these pupils, or to everything that they see of journals.

    Raises BadUserInput for too many ids or one that is none, NotFound for pupils whom the viewer
    does not reach.
    """
    found = await _listeners(viewer, given)
    evidence = ((scopes.STUDENTS, found.students), (scopes.JOURNAL_PAGES, found.pages))
    relations = frozenset(found.sources)
    return Audience(found.topics, found.wants, evidence, relations, found.holds)


@dataclass(frozen=True)
class _Listeners:
    """These pupils, and whole schools for those who work there.

    `sources` are the relations by which whoever works there reads journals, each with a page that
    is read by it.
    """

    students: frozenset[int]
    topics: frozenset[str]
    staff_topics: frozenset[str]
    sources: Mapping[Relation, int]

    @property
    def pages(self) -> frozenset[int]:
        """One page for each source."""
        return frozenset(self.sources.values())

    def wants(self, entry: Entry) -> bool:
        """Whether the entry may be for this audience; whether it is, its reach decides later."""
        if entry.topic in self.staff_topics:
            return True
        if entry.students is not None:
            return not self.students.isdisjoint(entry.students)
        return entry.student_id is None or entry.student_id in self.students

    async def holds(self, viewer: Viewer) -> bool:
        """Whether the viewer still has every right with which the listening began."""
        needed = rules.JOURNAL_STAFF if self.staff_topics else HEARERS
        if not viewer.relations & needed or self.sources.keys() - await _sources(viewer):
            return False
        reachable = reached(scopes.STUDENTS, viewer).filter(id__in=list(self.students))
        return await reachable.count() == len(self.students)


async def _listeners(viewer: Viewer, given: Collection[str] | None) -> _Listeners:
    """Whose marks the caller listens to; raises for pupils whom the caller does not reach."""
    students, family_topics = await (
        _own_pupils(viewer) if given is None else _named_pupils(viewer, given)
    )
    staff_topics, sources = frozenset[str](), dict[Relation, int]()
    if given is None and viewer.relations & rules.JOURNAL_STAFF:
        staff_topics = await _topics(models.StaffPost.filter(person_id=viewer.person_id))
        sources = await _sources(viewer)
    return _Listeners(students, staff_topics | family_topics, staff_topics, sources)


async def _sources(viewer: Viewer) -> dict[Relation, int]:
    """By which relations the viewer reads any journal of staff today, and a page for each."""
    found: dict[Relation, int] = {}
    for relation in viewer.relations & rules.JOURNAL_STAFF:
        pages = reached(scopes.JOURNAL_PAGES, viewer, via=frozenset({relation}))
        if page := await pages.first().values("id"):
            found[relation] = page["id"]
    return found


async def _topics(rows: QuerySet[Any]) -> frozenset[str]:
    """The topics of the organizations that the rows name."""
    return frozenset(
        topics.school(row["organization_id"]) for row in await rows.values("organization_id")
    )


_Pupils = tuple[frozenset[int], frozenset[str]]


async def _own_pupils(viewer: Viewer) -> _Pupils:
    """Asked for together with all who ask at the moment: families come back by the thousand."""
    if viewer.person_id is None or not viewer.relations & rules.FAMILY:
        return frozenset(), frozenset()
    pupils = reached_by_each(scopes.STUDENTS, viewer.relations, rules.FAMILY)
    client: Any = get_connection("default")
    rows = await client.rows_of(viewer.person_id, _PUPILS.format(pupils=pupils))
    schools = {school for _, _, school in rows if school is not None}
    return frozenset(student for _, student, _ in rows), frozenset(map(topics.school, schools))


async def _named_pupils(viewer: Viewer, given: Collection[str]) -> _Pupils:
    if len(given) > _MOST_STUDENTS:
        raise BadUserInput(f"At most {_MOST_STUDENTS} pupils.")
    numbers = {decode("Student", each) for each in given}
    named = reached(scopes.STUDENTS, viewer).filter(id__in=[each or 0 for each in numbers])
    found = await _with_topics(named)
    if found[0] != numbers:
        raise NotFound("There is no such pupil.")
    return found


async def _with_topics(pupils: QuerySet[Any]) -> _Pupils:
    """The pupils, and the topics of all schools where they are or were, by one statement."""
    organization = "enrollments__organization_id"
    rows = await pupils.values("id", organization)
    schools = {row[organization] for row in rows if row[organization] is not None}
    return frozenset(row["id"] for row in rows), frozenset(map(topics.school, schools))
