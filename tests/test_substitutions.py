"""Substitutions: assigned and ended by those who run the school, told in the viewer's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from models import AuditEntry, Position, Substitution
from tests.diary import Client, Diary
from tests.factories import SectionMade, StaffMade, a_school, gid
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)
_SUBSTITUTION = """substitution {
    id validFrom validUntil teacher { id fullName }
    section { id subject { name } schoolClass { name } }
    lessons { id date } }"""
_ASSIGN = f"""mutation ($input: AssignSubstituteInput!) {{ assignSubstitute(input: $input) {{
    {_SUBSTITUTION} userErrors {{ code message field }} }} }}"""
_END = f"""mutation ($input: EndSubstitutionInput!) {{ endSubstitution(input: $input) {{
    {_SUBSTITUTION} userErrors {{ code message field }} }} }}"""
_OWN = "{ viewer { roles { role } substitutions { id lessons { id } } } }"


@dataclass
class Story:
    """A section, somebody of the school who may stand in, and the deputy head's client."""

    section: SectionMade
    substitute: StaffMade
    deputy: StaffMade
    client: Client

    @property
    def today(self) -> date:
        return self.section.klass.school.today

    def given(self, first: int = 0, after: int = 3, **given: Any) -> dict[str, Any]:
        """The input: from and until so many days from today."""
        return {
            "sectionId": gid("CourseSection", self.section.id),
            "teacherId": gid("StaffMember", self.substitute.id),
            "validFrom": str(self.today + first * _DAY),
            "validUntil": str(self.today + after * _DAY),
        } | given

    async def assign(self, **given: Any) -> Any:
        answer = await self.client.send(_ASSIGN, input=self.given(**given))
        return answer.data["assignSubstitute"]

    async def end(self, row_id: int) -> Any:
        given = {"substitutionId": gid("Substitution", row_id)}
        return (await self.client.send(_END, input=given)).data["endSubstitution"]

    async def rows(self) -> list[tuple[date, date]]:
        found = await Substitution.filter(section_id=self.section.id).order_by("id")
        return [(each.valid_from, each.valid_until) for each in found]


@pytest.fixture
async def story(diary: Diary) -> Story:
    school = await a_school()
    section = await (await school.class_("7А")).section("Алгебра")
    deputy = await school.staff(Position.DEPUTY_HEAD)
    return Story(section, await school.teacher(), deputy, await signed_in(diary, deputy))


@pytest.mark.parametrize("position", [Position.DEPUTY_HEAD, Position.SCHOOL_ADMINISTRATOR])
async def test_somebody_stands_in(diary: Diary, story: Story, position: Position) -> None:
    staff = await story.section.klass.school.staff(position)
    story.client = await signed_in(diary, staff)
    lesson = await story.section.lesson()
    await story.section.lesson(story.today - _DAY)
    pupil = await story.section.klass.pupil()
    payload = await story.assign()
    row = await Substitution.get(section_id=story.section.id)
    first, after = story.today, story.today + 3 * _DAY
    told = {"id": gid("Lesson", lesson.id), "date": str(first)}
    assert payload == {
        "substitution": {
            "id": gid("Substitution", row.id),
            "validFrom": str(first),
            "validUntil": str(after),
            "teacher": {
                "id": gid("StaffMember", story.substitute.id),
                "fullName": story.substitute.row.full_name,
            },
            "section": {
                "id": gid("CourseSection", story.section.id),
                "subject": {"name": "Алгебра"},
                "schoolClass": {"name": "7А"},
            },
            "lessons": [told],
        },
        "userErrors": [],
    }
    assert (row.teacher_id, row.valid_from, row.valid_until) == (story.substitute.id, first, after)
    after_it = {
        "section_id": story.section.id,
        "teacher_id": story.substitute.id,
        "valid_from": str(first),
        "valid_until": str(after),
        "is_joint": False,
    }
    assert await deeds("Substitution", row.id) == [
        Deed("substitution.assigned", staff.id, [position.value], None, after_it)
    ]
    school = story.section.klass.school
    assert await announced(school) == [(1, "LESSONS", "SUBSTITUTED", lesson.id, None)]
    assert await told_students(school) == [[pupil.id]]
    own = (await (await signed_in(diary, story.substitute)).send(_OWN)).data["viewer"]
    assert sorted(each["role"] for each in own["roles"]) == ["SUBSTITUTE", "TEACHER"]
    assert own["substitutions"] == [
        {"id": gid("Substitution", row.id), "lessons": [{"id": told["id"]}]}
    ]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        pytest.param({"after": 0}, "OUT_OF_RANGE", "validUntil", id="no day"),
        pytest.param({"first": -3, "after": 0}, "IN_PAST", "validUntil", id="days that are over"),
        pytest.param({"first": -101}, "OUT_OF_RANGE", "validFrom", id="before the year"),
        pytest.param({"after": 170}, "OUT_OF_RANGE", "validUntil", id="behind the year"),
        pytest.param(
            {"teacherId": gid("StaffMember", 2**40)}, "NOT_FOUND", "teacherId", id="nobody"
        ),
        pytest.param(
            {"teacherId": gid("Student", 1)}, "NOT_FOUND", "teacherId", id="an id of another type"
        ),
        pytest.param(
            {"sectionId": gid("CourseSection", 2**40)}, "NOT_FOUND", "sectionId", id="no section"
        ),
    ],
)
async def test_what_is_wrong_is_told(
    story: Story, given: dict[str, Any], code: str, field: str
) -> None:
    payload = await story.assign(**given)
    assert payload["substitution"] is None
    assert reasons(payload) == [(code, field)]
    assert (await story.rows(), await _deeds_of(story)) == ([], [])


async def test_the_last_day_may_be_the_years_last(story: Story) -> None:
    year = story.section.klass.school.year
    payload = await story.assign(validUntil=str(year.ends_on + _DAY))
    assert payload["userErrors"] == []


async def test_who_stands_in_works_at_the_school_then(story: Story) -> None:
    school = story.section.klass.school
    coming = await school.staff(Position.TEACHER, since=story.today + 5 * _DAY)
    leaving = await school.teacher()
    await leaving.post.end(story.today + 5 * _DAY)
    elsewhere = await (await a_school()).teacher()
    for who, first, is_there in (
        (coming, 0, False),
        (leaving, 6, False),
        (elsewhere, 0, False),
        (leaving, 0, True),
        (coming, 5, True),
    ):
        given = {"teacherId": gid("StaffMember", who.id)}
        told = reasons(await story.assign(first=first, after=first + 1, **given))
        assert told == ([] if is_there else [("NOT_FOUND", "teacherId")])
    assert len(await story.rows()) == 2


async def test_nobody_stands_in_beside_another(story: Story) -> None:
    school = story.section.klass.school
    assert reasons(await story.assign(first=2, after=4)) == []
    other = {"teacherId": gid("StaffMember", (await school.teacher()).id)}
    for first, after in ((2, 4), (1, 3), (3, 5), (0, 9)):
        payload = await story.assign(first=first, after=after, **other)
        assert reasons(payload) == [("OVERLAPS", "validFrom")]
    assert len(await story.rows()) == 1
    for first, after in ((0, 2), (4, 5)):
        assert reasons(await story.assign(first=first, after=after, **other)) == []


async def test_one_that_goes_on_ends_at_once(story: Story) -> None:
    first, after = story.today - _DAY, story.today + 3 * _DAY
    fact = await story.section.substituted_by(story.substitute, first, after)
    lessons = [await story.section.lesson(story.today + place * _DAY) for place in range(-1, 4)]
    payload = await story.end(fact.id)
    assert payload["userErrors"] == []
    assert payload["substitution"]["validUntil"] == str(story.today)
    assert await story.rows() == [(first, story.today)]
    assert await deeds("Substitution", fact.id) == [
        Deed(
            "substitution.ended",
            story.deputy.id,
            ["DEPUTY_HEAD"],
            {"valid_until": str(after)},
            {"valid_until": str(story.today)},
        )
    ]
    (entry,) = await AuditEntry.filter(entity="Substitution", row_id=fact.id)
    assert entry.organization_id == story.section.klass.school.id
    assert reasons(await story.end(fact.id)) == [("IN_PAST", "substitutionId")]
    assert len(await deeds("Substitution", fact.id)) == 1
    assert await announced(story.section.klass.school) == [
        (seq, "LESSONS", "SUBSTITUTED", lesson.id, None)
        for seq, lesson in enumerate(lessons[1:4], start=1)
    ]


@pytest.mark.parametrize("first", [0, 2])
async def test_one_that_has_not_begun_before_today_is_taken_back(story: Story, first: int) -> None:
    made = await story.assign(first=first)
    row_id = number(made["substitution"]["id"])
    payload = await story.end(row_id)
    day = story.today + first * _DAY
    assert payload["substitution"]["validUntil"] == str(day)
    assert payload["substitution"]["lessons"] == []
    assert await story.rows() == [(day, day)]
    assert reasons(await story.end(row_id)) == [("IN_PAST", "substitutionId")]
    assert reasons(await story.assign(first=first)) == []


async def test_another_schools_is_not_found(diary: Diary, story: Story) -> None:
    fact = await story.section.substituted_by(story.substitute)
    stranger = await (await a_school()).staff(Position.DEPUTY_HEAD)
    story.client = await signed_in(diary, stranger)
    assert reasons(await story.end(fact.id)) == [("NOT_FOUND", "substitutionId")]
    assert reasons(await story.assign()) == [("NOT_FOUND", "sectionId")]
    assert await story.rows() == [(story.today, story.today + _DAY)]


async def test_sections_are_told_to_staff_alone(diary: Diary, story: Story) -> None:
    document = """query ($id: ID!) { schoolClass(id: $id) {
        sections { subject { name } teachers { id } substitutions { validFrom } } } }"""
    klass = story.section.klass
    await story.section.substituted_by(story.substitute)
    pupil = await klass.pupil()
    whole = {
        "subject": {"name": "Алгебра"},
        "teachers": [{"id": gid("StaffMember", story.section.teacher.id)}],
        "substitutions": [{"validFrom": str(story.today)}],
    }
    for who, sections in (
        (await klass.school.staff(Position.HEAD), [whole]),
        (story.section.teacher, [{**whole, "substitutions": []}]),
        (story.substitute, [whole]),
        (pupil, []),
        (await pupil.guardian(), []),
        (await klass.school.staff(Position.LIBRARIAN), []),
    ):
        answer = await (await signed_in(diary, who)).send(document, id=gid("SchoolClass", klass.id))
        assert answer.data["schoolClass"]["sections"] == sections


async def _deeds_of(story: Story) -> list[Any]:
    return await AuditEntry.filter(person_id=story.deputy.id).values("action")
