"""Whatever facts somebody has: taking one away only hides, and equal facts show equal things."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import mail, rules, scopes, writing
from access.rows import reached
from access.sessions import viewer_among_many, viewer_of
from access.tokens import Claims
from access.viewer import Viewer
from models import Session
from subscriptions import pupils, topics
from tests.access.cast import Cast
from tests.access.grants import GRANTS, Revoke
from tests.diary import Client
from tests.factories import PersonMade, a_person, gid

# What is about pupils; one's own account, posts and guardianships are nobody else's anyway.
_SCOPES = {
    "students": scopes.STUDENTS,
    "classes": scopes.CLASSES,
    "lessons": scopes.LESSONS,
    "homework": scopes.HOMEWORK,
    "marks": scopes.MARKS,
    "history": scopes.MARK_HISTORY,
    "attendance": scopes.ATTENDANCE,
    "averages": scopes.SUBJECT_AVERAGES,
    "diary": scopes.DIARY,
    "overdue": scopes.OVERDUE_WORKS,
    "sections": scopes.SECTIONS,
    "substitutions": scopes.SUBSTITUTIONS,
    "marked lessons": writing.MARKED_LESSONS,
    "changed marks": writing.CHANGED_MARKS,
    "attended lessons": writing.ATTENDED_LESSONS,
    "homework lessons": writing.HOMEWORK_LESSONS,
    "changed homework": writing.CHANGED_HOMEWORK,
    "done homework": writing.DONE_HOMEWORK,
    "news": scopes.DIARY_NEWS,
    "changes": scopes.DIARY_CHANGES,
    "commented answers": writing.COMMENTED_ANSWERS,
    "answers": scopes.HOMEWORK_ANSWERS,
    "answers' revisions": scopes.HOMEWORK_ANSWER_REVISIONS,
    "pupils' homework": scopes.STUDENT_HOMEWORK,
    "pages": scopes.JOURNAL_PAGES,
    "rows": scopes.JOURNAL_ROWS,
    "cells": scopes.JOURNAL_CELLS,
    "events": scopes.EVENTS,
    "correspondents": mail.CORRESPONDENTS,
}
_CARDS = """query ($pupil: ID!, $classmate: ID!, $neighbour: ID!, $stranger: ID!) {
    pupil: student(id: $pupil) { ...Card }
    classmate: student(id: $classmate) { ...Card }
    neighbour: student(id: $neighbour) { ...Card }
    stranger: student(id: $stranger) { ...Card }
}
fragment Card on Student {
    fullName birthDate snils phone email healthGroup
    schoolClass { name }
    subjectAverages { average markCount }
    overdueAssignments { title }
    recentMarks(first: 50) { text comment lesson { topic } history { reason } }
}"""
_FACTS = st.lists(st.sampled_from(sorted(GRANTS)), min_size=1, max_size=4, unique=True)
_quickly = settings(max_examples=20, deadline=None, database=None)


@dataclass
class Somebody:
    """A person who is nothing yet, and their open session."""

    person: PersonMade
    session: Session
    client: Client

    async def visible(self) -> Mapping[str, set[tuple[Any, ...]]]:
        """Every row that they reach now."""
        viewer = await self.viewer()
        return {
            name: {tuple(row.values()) for row in await reached(scope, viewer).values()}
            for name, scope in _SCOPES.items()
        }

    async def viewer(self) -> Viewer:
        """Who they are now; found out together with others, it is the same."""
        session = self.session
        claims = Claims(session.account_id, session.id, session.expires_at)
        alone, among_many = await asyncio.gather(viewer_of(claims), viewer_among_many(claims))
        assert replace(alone, now=among_many.now) == among_many
        return among_many

    async def heard_pupils(self) -> tuple[frozenset[int], frozenset[str]]:
        """Whose journals they would listen to, and where."""
        audience = await pupils.audience_of(await self.viewer(), None)
        return audience.evidence[0][1], audience.topics

    async def family(self) -> tuple[frozenset[int], frozenset[str]]:
        """The same by the rights of a family."""
        found = reached(scopes.STUDENTS, await self.viewer(), via=rules.FAMILY)
        rows = await found.values("id", "enrollments__organization_id")
        schools = {row["enrollments__organization_id"] for row in rows} - {None}
        return frozenset(row["id"] for row in rows), frozenset(map(topics.school, schools))


@pytest.fixture(scope="module")
async def one(cast: Cast) -> Somebody:
    """Return somebody."""
    return await _somebody(cast)


@pytest.fixture(scope="module")
async def other(cast: Cast) -> Somebody:
    """Return somebody else."""
    return await _somebody(cast)


@_quickly
@given(facts=_FACTS)
async def test_taking_a_fact_away_only_hides(cast: Cast, one: Somebody, facts: list[str]) -> None:
    async with AsyncExitStack() as stack:
        revokes = [await stack.enter_async_context(_given(cast, one, fact)) for fact in facts]
        before = await one.visible()
        for revoke in revokes:
            await revoke()
            after = await one.visible()
            assert all(after[name] <= before[name] for name in _SCOPES)
            before = after
    assert not any(before.values())


@_quickly
@given(facts=_FACTS)
async def test_equal_facts_show_equal_things(
    cast: Cast, one: Somebody, other: Somebody, facts: list[str]
) -> None:
    ids = {name: gid("Student", pupil.id) for name, pupil in cast.world.pupils.items()}
    answers = []
    for somebody, order in ((one, facts), (other, facts[::-1])):
        async with AsyncExitStack() as stack:
            for fact in order:
                await stack.enter_async_context(_given(cast, somebody, fact))
            answers.append(await somebody.client.send(_CARDS, **ids))
    assert answers[0].body == answers[1].body


@_quickly
@given(facts=_FACTS, others=_FACTS)
async def test_one_listens_to_ones_own_pupils_whoever_asks_at_the_moment(
    cast: Cast, one: Somebody, other: Somebody, facts: list[str], others: list[str]
) -> None:
    async with AsyncExitStack() as stack:
        # Some facts are one person's at a time.
        for somebody, own_facts in ((one, facts), (other, sorted({*others} - {*facts}))):
            for fact in own_facts:
                await stack.enter_async_context(_given(cast, somebody, fact))
        heard = await asyncio.gather(one.heard_pupils(), other.heard_pupils())
        for somebody, (students, where) in zip((one, other), heard, strict=True):
            own, schools = await somebody.family()
            assert students == own
            assert schools <= where


async def test_a_fact_shows_something(cast: Cast, one: Somebody) -> None:
    """The control: what is taken away above was there."""
    for fact, name in (("guardian of pupil", "marks"), ("teacher of algebra", "pages")):
        assert not (await one.visible())[name]
        async with _given(cast, one, fact):
            assert (await one.visible())[name]


@asynccontextmanager
async def _given(cast: Cast, somebody: Somebody, fact: str) -> AsyncIterator[Revoke]:
    """The fact holds until it is revoked, or the block ends."""
    revoke = await GRANTS[fact](cast.world, somebody.person)
    is_over = False

    async def once() -> None:
        nonlocal is_over
        if not is_over:
            is_over = True
            await revoke()

    try:
        yield once
    finally:
        await once()


async def _somebody(cast: Cast) -> Somebody:
    person = await a_person()
    account = await person.account()
    client = await cast.diary.sign_in(account)
    return Somebody(person, await Session.get(account_id=account.id), client)
