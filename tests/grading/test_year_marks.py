"""Annual, exam and final marks: what is proposed by order 546, and who gives them."""

from typing import Any

import pytest

from models import MarkSign, PeriodMark, PeriodMarkKind, Position
from tests.diary import Client, Diary
from tests.factories import a_period_mark, a_year_mark, gid
from tests.grading.story import do, give_year, last_year, rows, texts
from tests.journal.story import Story, a_story
from tests.sessions import signed_in
from tests.traces import announced, reasons

pytestmark = pytest.mark.usefixtures("database")

_ANNUAL, _EXAM = PeriodMarkKind.ANNUAL, PeriodMarkKind.EXAM
_NOT, _FREE, _PASSED, _FAILED = (
    MarkSign.NOT_ATTESTED,
    MarkSign.EXEMPT,
    MarkSign.PASSED,
    MarkSign.FAILED,
)
SHEET = """
query ($id: ID!) {
  classSummarySheet(classId: $id) {
    schoolClass { name } terms { number }
    rows {
      name
      subjects {
        subject { name }
        termMarks { text term { number } }
        annualMark { text } examMark { text } finalMark { text }
        annualProposedValue annualProposedSign finalProposedValue finalProposedSign
      }
    }
  }
}
"""


async def sheet(client: Client, story: Story) -> Any:
    """The class's sheet, which both ways of reading tell alike."""
    given = {"id": gid("SchoolClass", story.klass.id)}
    planned = await client.send(SHEET, **given)
    assert (await client.send_unplanned(SHEET, **given)).data == planned.data
    plan = await client.plan(SHEET, **given)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    return planned.data["classSummarySheet"]


async def proposals(diary: Diary, story: Story) -> Any:
    """What is proposed for the year and the course."""
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    (subject,) = (await sheet(deputy, story))["rows"][0]["subjects"]
    return tuple(
        subject[f"{kind}Proposed{what}"]
        for kind in ("annual", "final")
        for what in ("Value", "Sign")
    )


async def with_terms(story: Story, *marks: int | MarkSign) -> None:
    for value, term in zip(marks, story.klass.terms, strict=False):
        await a_period_mark(story.pupil, story.section, value, term)


@pytest.mark.parametrize(
    ("marks", "value", "sign"),
    [
        ((5, 4, 5, 4), 5, None),  # 4.50
        ((4, 4, 5, 4), 4, None),  # 4.25
        ((5, 5, 4), 5, None),  # 4.67
        ((2, 3, 2, 3), 3, None),  # 2.50
        ((2, 2, 3), 2, None),  # 2.33
        ((3, _NOT, 4), 4, None),  # 3.50
        ((_NOT, _NOT), None, "NOT_ATTESTED"),
        ((_FREE, _NOT), None, "NOT_ATTESTED"),
        ((_FREE, _FREE), None, "EXEMPT"),
        ((_PASSED, _FREE), None, "PASSED"),
        ((_PASSED, _FAILED), None, "FAILED"),
        ((), None, None),
    ],
)
async def test_a_year_is_the_mean_of_its_terms(
    diary: Diary, story: Story, marks: Any, value: int | None, sign: str | None
) -> None:
    await with_terms(story, *marks)
    assert await proposals(diary, story) == (value, sign, None, None)


@pytest.mark.parametrize(
    ("annual", "exam", "final"),
    [(4, 5, 5), (4, 3, 4), (3, 2, 3), (5, 4, 5), (3, 5, 4), (4, None, 4), (None, 5, None)],
)
async def test_after_grade_nine_the_exam_counts_for_a_half(
    diary: Diary, annual: int | None, exam: int | None, final: int | None
) -> None:
    story = await a_story(diary, "9А")
    if annual:
        await a_year_mark(story.pupil, story.section, _ANNUAL, annual)
    if exam:
        await a_year_mark(story.pupil, story.section, _EXAM, exam)
    assert await proposals(diary, story) == (None, None, final, None)


async def test_an_exam_counts_in_no_other_grade(diary: Diary, story: Story) -> None:
    await a_year_mark(story.pupil, story.section, _ANNUAL, 3)
    await a_year_mark(story.pupil, story.section, _EXAM, 5)
    assert (await proposals(diary, story))[2:] == (3, None)


async def test_a_word_for_the_year_is_the_word_for_the_course(diary: Diary, story: Story) -> None:
    await a_year_mark(story.pupil, story.section, _ANNUAL, _FREE)
    assert (await proposals(diary, story))[2:] == (None, "EXEMPT")


async def test_after_grade_eleven_all_marks_since_grade_ten_count(diary: Diary) -> None:
    story = await a_story(diary, "11А")
    before = await last_year(story, "10А", 10, story.section.subject.name)
    for value, term in zip((3, 4), before.klass.terms, strict=False):
        await a_period_mark(story.pupil, before, value, term)
    await a_year_mark(story.pupil, before, _ANNUAL, 4)
    await with_terms(story, 4, 5)
    assert (await proposals(diary, story))[2:] == (None, None)
    await a_year_mark(story.pupil, story.section, _EXAM, 2)
    annual = await a_year_mark(story.pupil, story.section, _ANNUAL, 5)
    # 3 + 4 + 4 of grade 10 and 4 + 5 + 5 of grade 11: 25/6 = 4.17
    assert (await proposals(diary, story))[2:] == (4, None)
    await annual.update_from_dict({"value": 2}).save()
    assert (await proposals(diary, story))[2:] == (4, None)  # 22/6 = 3.67
    await PeriodMark.filter(section_id=before.id).update(value=3)
    assert (await proposals(diary, story))[2:] == (3, None)  # 20/6 = 3.33


async def test_marks_of_a_former_class_of_the_year_count(diary: Diary, story: Story) -> None:
    await with_terms(story, 2)
    other = await story.school.class_("7Б")
    section = await other.section("Алгебра")
    await (await story.klass.enrollment(story.pupil)).change(valid_until=story.school.today)
    await other.enroll(story.pupil, story.school.today)
    await a_period_mark(story.pupil, section, 5)
    moved = Story(
        story.school, other, story.pupil, story.teacher, section, story.lesson, story.client
    )
    assert (await proposals(diary, moved))[:2] == (4, None)  # 7/2 = 3.50


async def test_of_two_marks_for_one_term_the_last_one_counts(diary: Diary, story: Story) -> None:
    """Whoever changed classes has one of either teacher."""
    await with_terms(story, 5, 2)
    other = await story.school.class_("7Б")
    section = await other.section("Алгебра")
    await (await story.klass.enrollment(story.pupil)).change(valid_until=story.school.today)
    await other.enroll(story.pupil, story.school.today)
    for value, term in zip((4, 4), other.terms[1:], strict=False):
        await a_period_mark(story.pupil, section, value, term)
    moved = Story(
        story.school, other, story.pupil, story.teacher, section, story.lesson, story.client
    )
    # 13/3 = 4.33; with the former class's 2 it would be 15/4 = 3.75.
    assert (await proposals(diary, moved))[:2] == (4, None)
    await a_year_mark(story.pupil, story.section, _ANNUAL, 2)
    await a_year_mark(story.pupil, section, _ANNUAL, 4)
    assert (await proposals(diary, moved))[2:] == (4, None)


async def test_whoever_repeats_a_grade_has_its_marks_of_the_last_time(diary: Diary) -> None:
    story = await a_story(diary, "10А")
    before = await last_year(story, "10Б", 10, story.section.subject.name)
    for term in before.klass.terms:
        await a_period_mark(story.pupil, before, 2, term)
    await a_year_mark(story.pupil, before, _ANNUAL, 2)
    await with_terms(story, 4, 5)
    await a_year_mark(story.pupil, story.section, _ANNUAL, 5)
    assert (await proposals(diary, story))[2:] == (5, None)  # 14/3 = 4.67


async def test_a_teacher_gives_the_year_its_mark(story: Story) -> None:
    await with_terms(story, 5, 4, 5, 4)
    assert reasons(await give_year(story, "ANNUAL", value=4)) == [("REQUIRED", "reason")]
    payload = await give_year(story, "ANNUAL", value=5)
    assert payload["userErrors"] == []
    assert (payload["periodMark"]["kind"], payload["periodMark"]["term"]) == ("ANNUAL", None)
    payload = await give_year(story, "FINAL", value=5)
    assert payload["userErrors"] == []
    assert [kind for _, area, kind, *_ in await announced(story.school)] == ["RECORDED"] * 2
    before = await rows()
    assert reasons(await give_year(story, "TERM", value=5)) == [("OUT_OF_RANGE", "kind")]
    assert reasons(await give_year(story, "EXAM", value=5)) == [("FORBIDDEN", "sectionId")]
    assert reasons(await give_year(story, "FINAL", value=4, version=1)) == [("REQUIRED", "reason")]
    assert await rows() == before


async def test_all_of_a_section_at_once(story: Story) -> None:
    second = await story.klass.pupil()
    given = {"sectionId": gid("CourseSection", story.section.id), "kind": "ANNUAL"}
    entries = [
        {"studentId": gid("Student", pupil.id), "value": 4} for pupil in (story.pupil, second)
    ]
    payload = await do(story.client, "RecordYearMarks", **given, entries=entries)
    assert (payload["userErrors"], texts(payload["periodMarks"])) == ([], ["4", "4"])
    entries[1]["value"] = 9
    payload = await do(story.client, "RecordYearMarks", **given, entries=entries)
    assert reasons(payload) == [("OUT_OF_RANGE", "entries.1.value")]


async def test_the_authority_enters_what_an_exam_came_to_and_reads_nothing(
    diary: Diary, story: Story
) -> None:
    municipal = await signed_in(diary, await story.school.staff(Position.MUNICIPAL_AUTHORITY))
    payload = await give_year(story, "EXAM", municipal, value=5)
    assert payload == {"periodMark": None, "userErrors": []}
    mark = await PeriodMark.get(student_id=story.pupil.id)
    assert (mark.kind, mark.value) == ("EXAM", 5)
    assert reasons(await give_year(story, "ANNUAL", municipal, value=5)) == [
        ("NOT_FOUND", "sectionId")
    ]
    family = await signed_in(diary, await story.pupil.guardian())
    document = """query ($id: ID!) { student(id: $id) {
        yearSummary { subject { name } examMark { text } termMarks { text } } } }"""
    seen = (await family.send(document, id=gid("Student", story.pupil.id))).data["student"]
    assert seen["yearSummary"] == [
        {"subject": {"name": "Алгебра"}, "examMark": {"text": "5"}, "termMarks": []}
    ]
    for name in ("annual", "final"):
        proposed = f"{name}ProposedValue {name}ProposedSign"
        document = f"query ($id: ID!) {{ student(id: $id) {{ yearSummary {{ {proposed} }} }} }}"
        hidden = await family.send(document, id=gid("Student", story.pupil.id))
        assert hidden.codes == ["FORBIDDEN", "FORBIDDEN"]


async def test_the_sheet_of_a_class(diary: Diary, story: Story) -> None:
    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    await story.klass.section("Физика")
    client = await signed_in(diary, leader)
    await with_terms(story, 5, _NOT)
    await a_year_mark(story.pupil, story.section, _ANNUAL, 5)
    empty: dict[str, Any] = {
        "termMarks": [],
        "annualMark": None,
        "examMark": None,
        "finalMark": None,
        "annualProposedValue": None,
        "annualProposedSign": None,
        "finalProposedValue": None,
        "finalProposedSign": None,
    }
    assert await sheet(client, story) == {
        "schoolClass": {"name": "7А"},
        "terms": [{"number": each} for each in (1, 2, 3, 4)],
        "rows": [
            {
                "name": story.pupil.person.row.full_name,
                "subjects": [
                    {
                        **empty,
                        "subject": {"name": "Алгебра"},
                        "termMarks": [
                            {"text": "5", "term": {"number": 1}},
                            {"text": "н/а", "term": {"number": 2}},
                        ],
                        "annualMark": {"text": "5"},
                        "annualProposedValue": 5,
                        "finalProposedValue": 5,
                    },
                    {**empty, "subject": {"name": "Физика"}},
                ],
            }
        ],
    }
    for stranger in (story.client, await signed_in(diary, await story.school.teacher())):
        answer = await stranger.send(SHEET, id=gid("SchoolClass", story.klass.id))
        assert answer.codes == ["FORBIDDEN"]
    elsewhere = await a_story(diary)
    deputy = await signed_in(diary, await elsewhere.school.staff(Position.DEPUTY_HEAD))
    answer = await deputy.send(SHEET, id=gid("SchoolClass", story.klass.id))
    assert answer.data == {"classSummarySheet": None}
