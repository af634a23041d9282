"""Marks for terms and years that are taken back: gone from what is read, and kept in history."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from models import (
    JournalLock,
    MarkSign,
    PeriodMark,
    PeriodMarkKind,
    PeriodMarkRevision,
    Position,
    SchoolPolicy,
)
from tests.diary import Diary
from tests.factories import a_period_mark, a_year_mark, gid
from tests.grading.story import give, give_year, marked, row_of, rows, take_back
from tests.hearing import hearing, now
from tests.journal.story import Story
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_FINAL = """
subscription ($after: String) { finalMarkChanges(after: $after) {
    kind periodMarkId periodMark { text } } }
"""
_CHANGES = """
query ($after: String!) { changes(after: $after) {
    changes { area kind nodeId periodMark { text } } } }
"""
_OF_PUPIL = """
query ($id: ID!, $mark: ID!) {
  student(id: $id) {
    periodMarks { nodes { text } }
    yearSummary { termMarks { text } annualMark { text } }
    academicDebts { text }
  }
  node(id: $mark) { id }
}
"""


async def test_what_is_taken_back_is_gone_and_stays_in_history(story: Story) -> None:
    mark_id = (await give(story, reason="Устно"))["periodMark"]["id"]
    payload = await take_back(story, mark_id, reason=" Не тому ")
    assert payload == {"periodMarkId": mark_id, "userErrors": []}
    assert (await row_of(story))["periodMark"] is None
    last = await PeriodMarkRevision.get(period_mark_id=number(mark_id), version=2)
    assert (last.kind, last.value, last.former_value, last.reason, last.by_id) == (
        "REMOVED",
        4,
        4,
        "Не тому",
        story.teacher.id,
    )
    value = {"value": 4, "sign": None}
    assert (await deeds("PeriodMark", number(mark_id)))[-1] == Deed(
        "mark.term_removed", story.teacher.id, ["TEACHER"], value, value
    )
    assert [each[2] for each in await announced(story.school)] == ["RECORDED", "REMOVED"]


async def test_a_mark_that_was_taken_back_is_given_anew(story: Story) -> None:
    await marked(story.section, story.pupil, *[(4, 1)] * 3)
    mark_id = (await give(story))["periodMark"]["id"]
    await take_back(story, mark_id)
    before = await rows()
    assert reasons(await give(story, version=2)) == [("CONFLICT", "version")]
    assert await rows() == before
    payload = await give(story)
    assert (payload["userErrors"], payload["periodMark"]["id"]) == ([], mark_id)
    mark = (await row_of(story))["periodMark"]
    assert (mark["value"], mark["version"]) == (4, 3)
    assert [(each["kind"], each["formerValue"]) for each in mark["history"]] == [
        ("RECORDED", None),
        ("REMOVED", 4),
        ("RECORDED", None),
    ]


async def test_nothing_is_counted_or_shown_of_it(diary: Diary, story: Story) -> None:
    term = await a_period_mark(story.pupil, story.section, MarkSign.NOT_ATTESTED)
    annual = await a_year_mark(story.pupil, story.section, PeriodMarkKind.ANNUAL, 2)
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    for mark in (term, annual):
        payload = await take_back(story, gid("PeriodMark", mark.id), deputy)
        assert payload["userErrors"] == []
    given = {"id": gid("Student", story.pupil.id), "mark": gid("PeriodMark", annual.id)}
    family = await signed_in(diary, await story.pupil.guardian())
    for send in (family.send, family.send_unplanned):
        assert (await send(_OF_PUPIL, **given)).data == {
            "student": {
                "periodMarks": {"nodes": []},
                "yearSummary": [{"termMarks": [], "annualMark": None}],
                "academicDebts": [],
            },
            "node": None,
        }
    document = """query ($class: ID!, $pupil: ID!, $term: ID!) {
        schoolClass(id: $class) { attainment { counted } standings(termId: $term) { standing }
            yearStandings(kind: ANNUAL) { standing } }
        student(id: $pupil) { conditionalPromotion
            yearSummary { annualProposedSign finalProposedValue } } }"""
    answer = await deputy.send(
        document,
        **{"class": gid("SchoolClass", story.klass.id), "pupil": given["id"]},
        term=gid("Term", story.klass.term.id),
    )
    assert answer.data == {
        "schoolClass": {"attainment": [], "standings": [], "yearStandings": []},
        "student": {
            "conditionalPromotion": False,
            "yearSummary": [{"annualProposedSign": None, "finalProposedValue": None}],
        },
    }


async def test_a_family_hears_of_it(diary: Diary, story: Story) -> None:
    mark_id = (await give(story, reason="Устно"))["periodMark"]["id"]
    family = await signed_in(diary, await story.pupil.guardian())
    before = await now(story.school)
    async with hearing(family, _FINAL, after=before) as stream:
        await take_back(story, mark_id)
        assert (await stream.socket.next(10))["finalMarkChanges"] == {
            "kind": "REMOVED",
            "periodMarkId": mark_id,
            "periodMark": None,
        }
    assert (await family.send(_CHANGES, after=before)).data["changes"]["changes"] == [
        {"area": "FINAL_MARKS", "kind": "REMOVED", "nodeId": mark_id, "periodMark": None}
    ]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"reason": " "}, [("REQUIRED", "reason")]),
        ({"reason": "ё" * 1001}, [("TOO_LONG", "reason")]),
        ({"version": 2}, [("CONFLICT", "version")]),
        ({"periodMarkId": gid("PeriodMark", 2**62)}, [("NOT_FOUND", "periodMarkId")]),
    ],
)
async def test_taking_back_is_refused(story: Story, given: Any, errors: Any) -> None:
    mark_id = (await give(story, reason="Устно"))["periodMark"]["id"]
    before = await rows()
    assert reasons(await take_back(story, mark_id, **given)) == errors
    assert (await rows(), len(await announced(story.school))) == (before, 1)
    assert (await PeriodMark.get(id=number(mark_id))).removed_at is None


async def test_a_conflict_tells_what_is_there(story: Story) -> None:
    mark_id = (await give(story, reason="Устно"))["periodMark"]["id"]
    await give(story, value=3, version=1, reason="Описка")
    (error,) = (await take_back(story, mark_id))["userErrors"]
    assert error["current"] == {"text": "3", "version": 2}


async def test_it_is_taken_back_once(story: Story) -> None:
    mark_id = (await give(story, reason="Устно"))["periodMark"]["id"]
    both = await asyncio.gather(take_back(story, mark_id), take_back(story, mark_id))
    assert sorted(map(reasons, both)) == [[], [("NOT_FOUND", "periodMarkId")]]
    assert await PeriodMarkRevision.filter(period_mark_id=number(mark_id)).count() == 2


async def test_of_a_change_and_a_taking_back_at_once_the_second_is_told(story: Story) -> None:
    mark_id = (await give(story, reason="Устно"))["periodMark"]["id"]
    both = await asyncio.gather(
        take_back(story, mark_id), give(story, value=3, version=1, reason="Описка")
    )
    assert sorted(len(reasons(each)) for each in both) == [0, 1]
    assert await PeriodMarkRevision.filter(period_mark_id=number(mark_id)).count() == 2


@pytest.mark.parametrize("kind", ["TERM", "ANNUAL"])
async def test_a_locked_page_keeps_its_marks(diary: Diary, story: Story, kind: str) -> None:
    is_term = kind == "TERM"
    said: dict[str, Any] = {"value": 4, "reason": "Устно"}
    given = give(story, **said) if is_term else give_year(story, kind, **said)
    mark_id = (await given)["periodMark"]["id"]
    deputy = await story.school.staff(Position.DEPUTY_HEAD)
    await JournalLock.create(
        school_class=story.klass.row,
        subject=story.section.subject,
        kind=kind,
        term=story.klass.term if is_term else None,
        reason="Закрыто",
        locked_by=deputy.row,
        locked_at=datetime.now(UTC),
    )
    before = await rows()
    assert reasons(await take_back(story, mark_id)) == [("LOCKED", "periodMarkId")]
    assert await rows() == before
    assert reasons(await take_back(story, mark_id, await signed_in(diary, deputy))) == []


async def test_what_is_being_made_good_stays(diary: Diary, story: Story) -> None:
    debt = await a_year_mark(story.pupil, story.section, PeriodMarkKind.ANNUAL, 2)
    await debt.update_from_dict({"recorded_at": datetime.now(UTC)}).save()
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    document = """mutation ($input: RecordRetakeInput!) { recordRetake(input: $input) {
        userErrors { code } } }"""
    retake = {"debtId": gid("AcademicDebt", debt.id), "heldOn": str(story.school.today), "value": 3}
    assert (await deputy.send(document, input=retake)).data["recordRetake"]["userErrors"] == []
    payload = await take_back(story, gid("PeriodMark", debt.id), deputy)
    assert reasons(payload) == [("CONFLICT", "periodMarkId")]
    assert (await PeriodMark.get(id=debt.id)).removed_at is None


async def test_who_takes_marks_back(diary: Diary, story: Story) -> None:
    """Whoever gives them; of exams the management alone."""
    exam = await a_year_mark(story.pupil, story.section, PeriodMarkKind.EXAM, 5)
    annual = (await give_year(story, "ANNUAL", value=5, reason="Совет"))["periodMark"]["id"]
    leader, substitute = await story.school.teacher(), await story.school.teacher()
    await story.klass.led_by(leader)
    await story.section.substituted_by(substitute)
    leading = await signed_in(diary, leader)
    family = await signed_in(diary, await story.pupil.guardian())
    authority = await signed_in(diary, await story.school.staff(Position.MUNICIPAL_AUTHORITY))
    exam_id, before = gid("PeriodMark", exam.id), await rows()
    for client, mark_id, code in (
        (story.client, exam_id, "FORBIDDEN"),
        (leading, annual, "FORBIDDEN"),
        (await signed_in(diary, substitute), annual, "NOT_FOUND"),
    ):
        payload = await take_back(story, mark_id, client)
        assert reasons(payload) == [(code, "periodMarkId")]
    document = """mutation ($input: RemovePeriodMarkInput!) { removePeriodMark(input: $input) {
        userErrors { code } } }"""
    given = {"periodMarkId": annual, "version": 1, "reason": "Нет"}
    for client in (family, authority):
        assert (await client.send(document, input=given)).codes == ["FORBIDDEN"]
    assert await rows() == before
    await SchoolPolicy.create(organization_id=story.school.id, homeroom_writes_marks=True)
    assert reasons(await take_back(story, annual, leading)) == []
    head = await signed_in(diary, await story.school.staff(Position.HEAD))
    assert reasons(await take_back(story, exam_id, head)) == []
