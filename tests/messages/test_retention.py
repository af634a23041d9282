"""How long mail is kept: threads, drafts and reports go when their time is over, and not before."""

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from custody.mail import KeptDays, MailRetention
from models import (
    AuditEntry,
    Message,
    MessageAttachment,
    MessageDraft,
    MessageDraftRecipient,
    MessageReceipt,
    MessageReport,
    ReportOutcome,
)
from models.alone import Alone
from tests.factories import MessageMade, a_draft, a_message, a_report, an_attachment
from tests.messages.story import Story
from tests.programs import serving

pytestmark = pytest.mark.usefixtures("database")

# Far beyond any other test's rows.
_KEPT = KeptDays(messages=2_000, drafts=1_000, reports=2_500)
_retention = MailRetention(_KEPT)


def _ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


async def _sent(story: Story, days: float, answers: MessageMade | None = None) -> MessageMade:
    """From the head to the mother, so many days ago."""
    given: dict[str, Any] = {"sent_at": _ago(days)}
    if answers is not None:
        opening = answers.row.opening_id or answers.id
        given |= {"in_reply_to_id": answers.id, "opening_id": opening}
    return await a_message(story.head, story.mother, **given)


async def _drafted(story: Story, days: float, **columns: Any) -> MessageDraft:
    draft = await a_draft(story.mother, story.head)
    await MessageDraft.filter(id=draft.id).update(changed_at=_ago(days), **columns)
    return draft


async def _reported(story: Story, message: MessageMade, days: float | None) -> MessageReport:
    """A report of which something came so many days ago, or nothing yet."""
    report = await a_report(message, story.mother, story.school, reported_at=_ago(3_000))
    if days is not None:
        await MessageReport.filter(id=report.id).update(
            outcome=ReportOutcome.DISMISSED,
            resolved_at=_ago(days),
            resolved_by_id=story.head.id,
        )
    return report


async def _kept(*messages: MessageMade) -> list[bool]:
    """Which of them are still there, each whole or not at all."""
    there = []
    for message in messages:
        receipts = await MessageReceipt.filter(message_id=message.id).count()
        rows = await Message.filter(id=message.id).count()
        assert receipts == rows
        there.append(rows == 1)
    return there


async def test_old_messages_go_with_their_receipts_and_the_rest_stays(story: Story) -> None:
    old, young = await _sent(story, 2_001), await _sent(story, 1_999)
    assert await _retention.forget() == 1
    assert await _kept(old, young) == [False, True]
    entry = await AuditEntry.filter(action="retention.applied").order_by("-id").first()
    assert entry is not None
    assert entry.after == {"reports": 0, "drafts": 0, "messages": 1}
    assert (entry.person_id, entry.row_id) == (None, None)


async def test_nothing_that_went_is_nothing_to_write_down(story: Story) -> None:
    await _sent(story, 1_999)
    before = await AuditEntry.all().count()
    assert await _retention.forget() == 0
    assert await AuditEntry.all().count() == before


async def test_a_thread_goes_as_a_whole(story: Story) -> None:
    first = await _sent(story, 2_300)
    second = await _sent(story, 2_200, answers=first)
    third = await _sent(story, 2_100, answers=second)
    lively = await _sent(story, 2_300)
    answer = await _sent(story, 10, answers=lively)
    await an_attachment(second, "Справка.pdf")
    assert await _retention.forget() == 3
    assert await MessageAttachment.filter(message_id=second.id).count() == 0
    assert await _kept(first, second, third) == [False] * 3
    assert await _kept(lively, answer) == [True, True]


async def test_more_than_a_piece_goes_in_one_run(story: Story) -> None:
    old = [await _sent(story, 2_001) for _ in range(101)]
    assert await _retention.forget() == 101
    assert await _kept(*old) == [False] * 101


async def test_old_drafts_go_with_whom_they_are_addressed_to(story: Story) -> None:
    old, young = await _drafted(story, 1_001), await _drafted(story, 999)
    assert await _retention.forget() == 1
    assert [row.id for row in await MessageDraft.filter(id__in=[old.id, young.id])] == [young.id]
    assert await MessageDraftRecipient.filter(draft_id=old.id).count() == 0
    assert await MessageDraftRecipient.filter(draft_id=young.id).count() == 1


async def test_what_a_draft_answers_stays_while_it_does(story: Story) -> None:
    answered = await _sent(story, 2_300)
    draft = await _drafted(story, 999, in_reply_to_id=answered.id)
    assert await _retention.forget() == 0
    assert await _kept(answered) == [True]
    await MessageDraft.filter(id=draft.id).update(changed_at=_ago(1_001))
    assert await _retention.forget() == 2
    assert await _kept(answered) == [False]


async def test_what_was_reported_stays_until_the_report_goes(story: Story) -> None:
    messages = [await _sent(story, 3_000) for _ in range(3)]
    old, young, still_open = [
        await _reported(story, message, days)
        for message, days in zip(messages, (2_501, 2_499, None), strict=True)
    ]
    assert await _retention.forget() == 2
    assert await _kept(*messages) == [False, True, True]
    left = await MessageReport.filter(id__in=[old.id, young.id, still_open.id]).order_by("id")
    assert [row.id for row in left] == [young.id, still_open.id]


async def test_one_process_does_it_at_a_time(story: Story) -> None:
    old, outside = await _sent(story, 2_001), copy_context()
    async with in_transaction() as connection:
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [Alone.MAIL_RETENTION])
        other = asyncio.create_task(_retention.forget(), context=outside)
        assert await asyncio.wait_for(other, 5) == 0
        assert await _kept(old) == [True]
    assert await _retention.forget() == 1
    assert await _kept(old) == [False]


async def test_who_answers_just_now_keeps_the_thread(story: Story) -> None:
    """Whoever answers holds the opening; nobody waits."""
    held, other, outside = await _sent(story, 2_001), await _sent(story, 2_001), copy_context()
    async with in_transaction() as connection:
        await Message.create(
            using_db=connection,
            sender=story.mother.row,
            subject="Ответ",
            body="Да",
            sent_at=_ago(0),
            in_reply_to_id=held.id,
            opening_id=held.id,
        )
        forgotten = asyncio.create_task(_retention.forget(), context=outside)
        assert await asyncio.wait_for(forgotten, 5) == 1
    assert await _kept(held, other) == [True, False]
    assert await _retention.forget() == 0


async def test_the_service_forgets_by_itself_as_its_role(database: str, story: Story) -> None:
    old, young = await _sent(story, 2_001), await _sent(story, 1_999)
    draft = await _drafted(story, 1_001)
    with serving(DATABASE_URL=database, MESSAGES_KEPT_DAYS="2000", DRAFTS_KEPT_DAYS="1000"):
        async with asyncio.timeout(10):
            while (await _kept(old, young))[0]:  # noqa: ASYNC110 - it is another process's work
                await asyncio.sleep(0.05)
    assert await _kept(old, young) == [False, True]
    assert not await MessageDraft.filter(id=draft.id).exists()
