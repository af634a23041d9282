"""Academic debts: how they come to be, are retaken, run out, and what promotion they leave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, DebtExtension, MarkSign, PeriodMark, PeriodMarkKind, Position, Retake
from tests.diary import Client, Diary
from tests.factories import a_year_mark, gid
from tests.journal.story import Story, a_story
from tests.sessions import signed_in
from tests.traces import announced, reasons

pytestmark = pytest.mark.usefixtures("database")

_READ = """
query ($id: ID!) {
  student(id: $id) {
    conditionalPromotion
    academicDebts {
      text subject { name } formedOn dueOn status
      retakes { number heldOn isByCommission text }
    }
  }
}
"""
_RETAKE = """
mutation ($input: RecordRetakeInput!) {
  recordRetake(input: $input) { debt { status } userErrors { code message field } }
}
"""
_EXTEND = """
mutation ($input: ExtendAcademicDebtInput!) {
  extendAcademicDebt(input: $input) { debt { dueOn } userErrors { code message field } }
}
"""


async def a_debt(story: Story, value: int | MarkSign = 2, days_ago: int = 30) -> PeriodMark:
    """An annual mark that is not satisfactory, so many days old."""
    mark = await a_year_mark(story.pupil, story.section, PeriodMarkKind.ANNUAL, value)
    mark.recorded_at = datetime.now(UTC) - timedelta(days=days_ago)
    await mark.save()
    return mark


async def deputy_of(diary: Diary, story: Story) -> Client:
    return await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))


async def read(client: Client, story: Story) -> Any:
    """The pupil's debts, which both ways of reading tell alike."""
    given = {"id": gid("Student", story.pupil.id)}
    planned = await client.send(_READ, **given)
    assert (await client.send_unplanned(_READ, **given)).data == planned.data
    assert (await client.plan(_READ, **given))["planned"] is True
    return planned.data["student"]


async def retake(client: Client, story: Story, debt: PeriodMark, **given: Any) -> Any:
    usual = {"debtId": gid("AcademicDebt", debt.id), "heldOn": str(story.school.today)}
    return (await client.send(_RETAKE, input=usual | given)).data["recordRetake"]


async def extend(client: Client, debt: PeriodMark, **given: Any) -> Any:
    usual = {"debtId": gid("AcademicDebt", debt.id), "days": 14, "reason": "Справка № 7"}
    return (await client.send(_EXTEND, input=usual | given)).data["extendAcademicDebt"]


async def traces(story: Story) -> tuple[int, ...]:
    """How much of debts there is, so that two moments can be compared."""
    of_pupil = {"period_mark__student_id": story.pupil.id}
    return (
        await Retake.filter(**of_pupil).count(),
        await DebtExtension.filter(**of_pupil).count(),
        await AuditEntry.filter(organization_id=story.school.id).count(),
        len(await announced(story.school)),
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        (1, "1"),
        (MarkSign.NOT_ATTESTED, "н/а"),
        (MarkSign.FAILED, "незач"),
        (3, None),
        (MarkSign.EXEMPT, None),
        (MarkSign.PASSED, None),
    ],
)
async def test_an_annual_mark_that_is_not_satisfactory_is_a_debt(
    diary: Diary, story: Story, value: int | MarkSign, text: str | None
) -> None:
    await a_debt(story, value)
    await a_year_mark(story.pupil, story.section, PeriodMarkKind.EXAM, 2)
    family = await signed_in(diary, await story.pupil.guardian())
    found = await read(family, story)
    assert found["conditionalPromotion"] is (text is not None)
    assert [each["text"] for each in found["academicDebts"]] == ([text] if text else [])


async def test_the_first_grade_retakes_in_words(diary: Diary) -> None:
    story = await a_story(diary, "1А")
    debt, deputy = await a_debt(story, MarkSign.FAILED), await deputy_of(diary, story)
    before = await traces(story)
    refused = await retake(deputy, story, debt, value=5)
    assert reasons(refused) == [("MARKS_NOT_USED", "value")]
    assert await traces(story) == before
    payload = await retake(deputy, story, debt, sign="PASSED")
    assert payload == {"debt": {"status": "CLEARED"}, "userErrors": []}


async def test_the_first_retake_may_do(diary: Diary, story: Story) -> None:
    debt, deputy = await a_debt(story), await deputy_of(diary, story)
    formed = (await read(deputy, story))["academicDebts"][0]["formedOn"]
    payload = await retake(deputy, story, debt, value=3)
    assert payload == {"debt": {"status": "CLEARED"}, "userErrors": []}
    family = await signed_in(diary, await story.pupil.guardian())
    found = await read(family, story)
    assert found["conditionalPromotion"] is False
    (seen,) = found["academicDebts"]
    assert seen["dueOn"][:4] == str(int(formed[:4]) + 1)
    assert {**seen, "formedOn": formed, "dueOn": ""} == {
        "text": "2",
        "subject": {"name": "Алгебра"},
        "formedOn": formed,
        "dueOn": "",
        "status": "CLEARED",
        "retakes": [
            {
                "number": 1,
                "heldOn": str(story.school.today),
                "isByCommission": False,
                "text": "3",
            }
        ],
    }
    assert await announced(story.school) == [(1, "FINAL_MARKS", "CHANGED", debt.id, story.pupil.id)]
    before = await traces(story)
    assert reasons(await retake(deputy, story, debt, value=5)) == [("DUPLICATE", "debtId")]
    assert reasons(await extend(deputy, debt)) == [("DUPLICATE", "debtId")]
    assert await traces(story) == before


async def test_there_are_two_retakes_the_second_by_a_commission(diary: Diary, story: Story) -> None:
    debt, deputy = await a_debt(story), await deputy_of(diary, story)
    assert (await retake(deputy, story, debt, value=2))["debt"] == {"status": "OPEN"}
    before = await traces(story)
    again = await retake(deputy, story, debt, value=3)
    assert reasons(again) == [("REQUIRED", "isByCommission")]
    assert await traces(story) == before
    last = await retake(deputy, story, debt, sign="FAILED", isByCommission=True)
    assert last["debt"] == {"status": "EXPIRED"}
    assert (await read(deputy, story))["conditionalPromotion"] is False
    before = await traces(story)
    third = await retake(deputy, story, debt, value=5, isByCommission=True)
    assert reasons(third) == [("OUT_OF_RANGE", "debtId")]
    assert await traces(story) == before


async def test_illness_makes_the_year_longer(diary: Diary, story: Story) -> None:
    debt, deputy = await a_debt(story, days_ago=370), await deputy_of(diary, story)
    (seen,) = (await read(deputy, story))["academicDebts"]
    assert seen["status"] == "EXPIRED"
    before = await traces(story)
    assert reasons(await retake(deputy, story, debt, value=4)) == [("OUT_OF_RANGE", "heldOn")]
    assert await traces(story) == before
    payload = await extend(deputy, debt, days=14)
    assert payload["userErrors"] == []
    (later,) = (await read(deputy, story))["academicDebts"]
    days = datetime.fromisoformat(later["dueOn"]) - datetime.fromisoformat(seen["dueOn"])
    assert (days.days, later["status"]) == (14, "OPEN")
    assert (await retake(deputy, story, debt, value=4))["debt"] == {"status": "CLEARED"}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("REQUIRED", "value")]),
        ({"value": 4, "sign": "PASSED"}, [("REQUIRED", "value")]),
        ({"value": 6}, [("OUT_OF_RANGE", "value")]),
        ({"value": 4, "heldOn": "2999-01-01"}, [("IN_FUTURE", "heldOn")]),
        ({"value": 4, "heldOn": "2001-01-01"}, [("OUT_OF_RANGE", "heldOn")]),
        ({"value": 4, "debtId": gid("AcademicDebt", 2**62)}, [("NOT_FOUND", "debtId")]),
    ],
)
async def test_a_retake_is_refused(diary: Diary, story: Story, given: Any, errors: Any) -> None:
    debt, deputy = await a_debt(story), await deputy_of(diary, story)
    before = await traces(story)
    assert reasons(await retake(deputy, story, debt, **given)) == errors
    assert await traces(story) == before


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"days": 0}, [("OUT_OF_RANGE", "days")]),
        ({"days": 367}, [("OUT_OF_RANGE", "days")]),
        ({"reason": " "}, [("REQUIRED", "reason")]),
        ({"debtId": gid("AcademicDebt", 2**62)}, [("NOT_FOUND", "debtId")]),
    ],
)
async def test_an_extension_is_refused(diary: Diary, story: Story, given: Any, errors: Any) -> None:
    debt, deputy = await a_debt(story), await deputy_of(diary, story)
    before = await traces(story)
    assert reasons(await extend(deputy, debt, **given)) == errors
    assert await traces(story) == before


async def test_a_satisfactory_mark_cannot_be_retaken(diary: Diary, story: Story) -> None:
    mark, deputy = await a_debt(story, 3), await deputy_of(diary, story)
    assert reasons(await retake(deputy, story, mark, value=5)) == [("NOT_FOUND", "debtId")]
