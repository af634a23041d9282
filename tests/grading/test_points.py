"""Exams of a hundred points: who is given them, and what they count for."""

from typing import Any

import pytest

from models import PeriodMark, PeriodMarkKind, Position
from tests.diary import Client, Diary
from tests.factories import a_period_mark, a_year_mark, gid
from tests.grading.story import do, give_year, rows, take_back
from tests.journal.story import Story, a_story
from tests.sessions import signed_in
from tests.traces import Deed, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_READ = """
query ($id: ID!) { student(id: $id) { yearSummary {
    examMark { kind value points text version } } } }
"""
_REPORTS = """
query ($class: ID!, $pupil: ID!) {
  schoolClass(id: $class) {
    attainment { markKind counted averageMark }
    yearStandings(kind: EXAM) { standing }
  }
  student(id: $pupil) { yearSummary { finalProposedValue } }
}
"""


@pytest.fixture
async def eleventh(diary: Diary) -> Story:
    return await a_story(diary, "11А")


@pytest.fixture
async def head(diary: Diary, eleventh: Story) -> Client:
    return await signed_in(diary, await eleventh.school.staff(Position.HEAD))


@pytest.mark.parametrize("points", [0, 27, 100])
async def test_an_exam_is_given_points(
    diary: Diary, eleventh: Story, head: Client, points: int
) -> None:
    payload = await give_year(eleventh, "EXAM", head, value=None, points=points)
    assert payload["userErrors"] == []
    mark = payload["periodMark"]
    assert (mark["value"], mark["text"]) == (None, str(points))
    family = await signed_in(diary, await eleventh.pupil.guardian())
    given = {"id": gid("Student", eleventh.pupil.id)}
    answer = await family.send(_READ, **given)
    assert (await family.send_unplanned(_READ, **given)).data == answer.data
    (summary,) = answer.data["student"]["yearSummary"]
    assert summary["examMark"] == {
        "kind": "EXAM",
        "value": None,
        "points": points,
        "text": str(points),
        "version": 1,
    }
    (told,) = await deeds("PeriodMark", number(mark["id"]))
    assert told.after == {"value": None, "sign": None, "points": points}


async def test_points_are_corrected_with_history(eleventh: Story, head: Client) -> None:
    given: dict[str, Any] = {"value": None, "points": 70}
    mark_id = (await give_year(eleventh, "EXAM", head, **given))["periodMark"]["id"]
    before = await rows()
    assert reasons(await give_year(eleventh, "EXAM", head, **given)) == []
    assert await rows() == before
    (error,) = (await take_back(eleventh, mark_id, head, version=7))["userErrors"]
    assert error["current"] == {"text": "70", "version": 1}
    payload = await give_year(
        eleventh, "EXAM", head, value=None, points=82, version=1, reason="Апелляция"
    )
    assert (payload["userErrors"], payload["periodMark"]["text"]) == ([], "82")
    document = """query ($id: ID!) { node(id: $id) { ... on PeriodMark {
        history { kind text points formerPoints formerValue } } } }"""
    history = (await head.send(document, id=mark_id)).data["node"]["history"]
    assert history == [
        {"kind": "RECORDED", "text": "70", "points": 70, "formerPoints": None, "formerValue": None},
        {"kind": "CORRECTED", "text": "82", "points": 82, "formerPoints": 70, "formerValue": None},
    ]
    assert (await deeds("PeriodMark", number(mark_id)))[-1] == Deed(
        "mark.exam_corrected",
        (await deeds("PeriodMark", number(mark_id)))[0].person_id,
        ["HEAD"],
        {"value": None, "sign": None, "points": 70},
        {"value": None, "sign": None, "points": 82},
    )


async def test_points_count_in_no_mean_and_no_rate(eleventh: Story, head: Client) -> None:
    """Order 546 makes nothing of them; the scale of 5 has no place for them."""
    for value, term in zip((3, 4), eleventh.klass.terms, strict=False):
        await a_period_mark(eleventh.pupil, eleventh.section, value, term)
    await a_year_mark(eleventh.pupil, eleventh.section, PeriodMarkKind.ANNUAL, 4)
    await give_year(eleventh, "EXAM", head, value=None, points=100)
    answer = await head.send(
        _REPORTS,
        **{"class": gid("SchoolClass", eleventh.klass.id)},
        pupil=gid("Student", eleventh.pupil.id),
    )
    school_class = answer.data["schoolClass"]
    assert school_class["yearStandings"] == []
    exams = [row for row in school_class["attainment"] if row["markKind"] == "EXAM"]
    assert [(row["counted"], row["averageMark"]) for row in exams] == [(0, None)] * 2
    # 11/3 = 3.67
    assert answer.data["student"]["yearSummary"] == [{"finalProposedValue": 4}]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"points": -1}, [("OUT_OF_RANGE", "points")]),
        ({"points": 101}, [("OUT_OF_RANGE", "points")]),
        ({"points": 50, "value": 4}, [("REQUIRED", "value")]),
        ({"points": 50, "sign": "PASSED"}, [("REQUIRED", "value")]),
        ({}, [("REQUIRED", "value")]),
        ({"points": 50, "kind": "ANNUAL"}, [("OUT_OF_RANGE", "points")]),
        ({"points": 50, "kind": "FINAL"}, [("OUT_OF_RANGE", "points")]),
    ],
)
async def test_points_are_refused(
    eleventh: Story, head: Client, given: dict[str, Any], errors: Any
) -> None:
    before = await rows()
    kind = given.get("kind", "EXAM")
    told = {name: each for name, each in given.items() if name != "kind"}
    payload = await give_year(eleventh, kind, head, **{"value": None, **told})
    assert (reasons(payload), await rows()) == (errors, before)


async def test_grade_nine_is_examined_on_the_scale_of_five(diary: Diary) -> None:
    story = await a_story(diary, "9А")
    head = await signed_in(diary, await story.school.staff(Position.HEAD))
    payload = await give_year(story, "EXAM", head, value=None, points=50)
    assert reasons(payload) == [("OUT_OF_RANGE", "points")]
    assert not await PeriodMark.filter(student_id=story.pupil.id).exists()


async def test_points_of_a_section_at_once(diary: Diary, eleventh: Story) -> None:
    """By the authority, which reads nothing of it."""
    region = await signed_in(diary, await eleventh.school.staff(Position.REGIONAL_OPERATOR))
    second = await eleventh.klass.pupil()
    entries = [
        {"studentId": gid("Student", pupil.id), "points": points}
        for pupil, points in ((eleventh.pupil, 64), (second, 101))
    ]
    given = {"sectionId": gid("CourseSection", eleventh.section.id), "kind": "EXAM"}
    payload = await do(region, "RecordYearMarks", **given, entries=entries)
    assert reasons(payload) == [("OUT_OF_RANGE", "entries.1.points")]
    entries[1]["points"] = 91
    payload = await do(region, "RecordYearMarks", **given, entries=entries)
    assert payload == {"periodMarks": [None, None], "userErrors": []}
    written = await PeriodMark.filter(section_id=eleventh.section.id).order_by("points")
    assert [mark.points for mark in written] == [64, 91]
