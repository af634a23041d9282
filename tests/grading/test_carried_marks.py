"""Marks for terms that a pupil brings from another school: who enters them, for what they count."""

from dataclasses import dataclass
from typing import Any

import pytest

from models import PeriodMark, Position
from tests.diary import Client, Diary
from tests.factories import a_period_mark, gid
from tests.grading.story import do, give, rows, take_back
from tests.journal.story import Story
from tests.sessions import signed_in
from tests.traces import announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_ORIGIN = "МБОУ «СОШ № 5», Воркута"
_READ = """
query ($id: ID!) { student(id: $id) { yearSummary {
    termMarks { value carriedFrom term { number } } } } }
"""
_STAFF = """
query ($class: ID!, $pupil: ID!, $term: ID!) {
  schoolClass(id: $class) { attainment { counted } standings(termId: $term) { standing } }
  student(id: $pupil) { yearSummary { annualProposedValue finalProposedValue } }
}
"""


@dataclass
class Newcomer:
    """A pupil who came in the second quarter, and the deputy head."""

    story: Story
    deputy: Client

    async def carry(self, client: Client | None = None, **given: Any) -> Any:
        """Enter the mark for the first quarter: 4 from another school unless told."""
        usual: dict[str, Any] = {
            "termId": gid("Term", self.story.klass.terms[0].id),
            "carriedFrom": _ORIGIN,
        }
        return await give(self.story, client or self.deputy, **usual | given)


@pytest.fixture
async def newcomer(diary: Diary, story: Story) -> Newcomer:
    enrollment = await story.klass.enrollment(story.pupil)
    await enrollment.change(valid_from=story.klass.terms[1].starts_on)
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    return Newcomer(story, deputy)


async def test_a_mark_is_carried_over_and_its_origin_is_seen(
    diary: Diary, newcomer: Newcomer
) -> None:
    story = newcomer.story
    payload = await newcomer.carry()
    assert payload["userErrors"] == []
    mark_id = number(payload["periodMark"]["id"])
    family = await signed_in(diary, await story.pupil.guardian())
    given = {"id": gid("Student", story.pupil.id)}
    answer = await family.send(_READ, **given)
    assert (await family.send_unplanned(_READ, **given)).data == answer.data
    assert answer.data["student"]["yearSummary"] == [
        {"termMarks": [{"value": 4, "carriedFrom": _ORIGIN, "term": {"number": 1}}]}
    ]
    (deed,) = await deeds("PeriodMark", mark_id)
    assert (deed.action, deed.after) == (
        "mark.term_recorded",
        {"value": 4, "sign": None, "carried_from": _ORIGIN},
    )
    assert [each[1:3] for each in await announced(story.school)] == [("FINAL_MARKS", "RECORDED")]


async def test_it_counts_for_the_year_and_in_no_report(newcomer: Newcomer) -> None:
    """Nobody was enrolled here at that term's end."""
    story = newcomer.story
    await newcomer.carry(value=2)
    await a_period_mark(story.pupil, story.section, 5)
    given = {"pupil": gid("Student", story.pupil.id), "term": gid("Term", story.klass.terms[0].id)}
    klass = gid("SchoolClass", story.klass.id)
    answer = await newcomer.deputy.send(_STAFF, **{"class": klass}, **given)
    (summary,) = answer.data["student"]["yearSummary"]
    assert summary["annualProposedValue"] == 4  # 7/2 = 3.50
    assert answer.data["schoolClass"] == {"attainment": [{"counted": 1}] * 2, "standings": []}


async def test_it_is_corrected_with_a_reason_and_taken_back(newcomer: Newcomer) -> None:
    mark_id = (await newcomer.carry())["periodMark"]["id"]
    before = await rows()
    assert reasons(await newcomer.carry()) == []
    assert reasons(await newcomer.carry(value=5, version=1)) == [("REQUIRED", "reason")]
    assert await rows() == before
    change: dict[str, Any] = {"carriedFrom": "Лицей", "version": 1, "reason": "По справке"}
    assert reasons(await newcomer.carry(**change)) == []
    document = """query ($id: ID!) { node(id: $id) { ... on PeriodMark {
        history { value carriedFrom formerCarriedFrom } } } }"""
    history = (await newcomer.deputy.send(document, id=mark_id)).data["node"]["history"]
    assert history == [
        {"value": 4, "carriedFrom": _ORIGIN, "formerCarriedFrom": None},
        {"value": 4, "carriedFrom": "Лицей", "formerCarriedFrom": _ORIGIN},
    ]
    story = newcomer.story
    payload = await take_back(story, mark_id, version=2)
    assert reasons(payload) == [("FORBIDDEN", "periodMarkId")]
    assert (await PeriodMark.get(id=number(mark_id))).removed_at is None
    assert reasons(await take_back(story, mark_id, newcomer.deputy, version=2)) == []


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"carriedFrom": None}, [("NOT_ENROLLED", "studentId")]),
        ({"carriedFrom": "  "}, [("NOT_ENROLLED", "studentId")]),
        ({"carriedFrom": "ё" * 301}, [("TOO_LONG", "carriedFrom")]),
        ({"carriedFrom": "\x00"}, [("OUT_OF_RANGE", "carriedFrom")]),
        ({"value": 6}, [("OUT_OF_RANGE", "value")]),
    ],
)
async def test_carrying_is_refused(newcomer: Newcomer, given: Any, errors: Any) -> None:
    before = await rows()
    assert reasons(await newcomer.carry(**given)) == errors
    assert (await rows(), await announced(newcomer.story.school)) == (before, [])


async def test_a_mark_of_a_term_in_which_the_pupil_was_here_is_the_school_s_own(
    newcomer: Newcomer,
) -> None:
    before = await rows()
    term = gid("Term", newcomer.story.klass.term.id)
    payload = await newcomer.carry(termId=term)
    assert reasons(payload) == [("OUT_OF_RANGE", "carriedFrom")]
    entry = {"studentId": gid("Student", newcomer.story.pupil.id), "value": 4}
    section = gid("CourseSection", newcomer.story.section.id)
    payload = await do(
        newcomer.deputy,
        "RecordYearMarks",
        sectionId=section,
        kind="ANNUAL",
        entries=[entry | {"carriedFrom": _ORIGIN}],
    )
    assert reasons(payload) == [("OUT_OF_RANGE", "entries.0.carriedFrom")]
    assert await rows() == before


async def test_who_enters_it(diary: Diary, newcomer: Newcomer) -> None:
    story, before = newcomer.story, await rows()
    head = await signed_in(diary, await story.school.staff(Position.HEAD))
    for client in (story.client, head):
        assert reasons(await newcomer.carry(client)) == [("FORBIDDEN", "carriedFrom")]
    assert await rows() == before
    office = await signed_in(diary, await story.school.staff(Position.SCHOOL_ADMINISTRATOR))
    assert reasons(await newcomer.carry(office)) == []
    stranger = await (await story.school.class_("8А")).pupil()
    payload = await newcomer.carry(studentId=gid("Student", stranger.id))
    assert [code for code, _ in reasons(payload)] == ["NOT_ENROLLED"]
