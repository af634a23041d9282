"""Pupils of a class by all their marks for a term, and by those for a year."""

from typing import Any

import pytest

from models import MarkSign, PeriodMarkKind, Position
from tests.diary import Client, Diary
from tests.factories import ClassMade, a_school, a_year_mark, gid
from tests.reports import story
from tests.reports.story import Value
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DOCUMENT = """query ($id: ID!, $term: ID!, $standing: Standing) { schoolClass(id: $id) {
    standings(termId: $term, standing: $standing) {
        standing name student { id } marks { text subject { name } } } } }"""
_OF_YEAR = """query ($id: ID!, $kind: PeriodMarkKind!, $standing: Standing) {
    schoolClass(id: $id) { yearStandings(kind: $kind, standing: $standing) {
        standing name student { id } marks { text subject { name } } } } }"""
_SUBJECTS = ("Алгебра", "История", "Химия")
_NA, _EXEMPT = MarkSign.NOT_ATTESTED, MarkSign.EXEMPT
_MARKS: dict[str, tuple[Value, ...]] = {
    "Абрамов": (5, 5, 5),
    "Белов": (5, 4, 5),
    "Волков": (4, 4, 5),
    "Громов": (5, 4, 3),
    "Дёмин": (3, 4, 3),
    "Егоров": (5, 2, 3),
    "Жуков": (5, 5, _NA),
    "Зайцев": (5, _EXEMPT, 5),
    "Ильин": (1, 4, 5),
    "Козлов": (_EXEMPT, _EXEMPT, _EXEMPT),
    "Лавров": (5, MarkSign.PASSED, 5),
    "Морозов": (5, MarkSign.FAILED, 5),
}
_EXPECTED = [
    ("EXCELLENT", "Абрамов", []),
    ("EXCELLENT", "Зайцев", []),
    ("EXCELLENT", "Лавров", []),
    ("FAILING", "Егоров", [("2", "История")]),
    ("FAILING", "Жуков", [("н/а", "Химия")]),
    ("FAILING", "Ильин", [("1", "Алгебра")]),
    ("FAILING", "Морозов", [("незач", "История")]),
    ("GOOD", "Белов", []),
    ("GOOD", "Волков", []),
    ("ONE_FOUR", "Белов", [("4", "История")]),
    ("ONE_THREE", "Громов", [("3", "Химия")]),
]


async def _a_class() -> ClassMade:
    klass = await (await a_school()).class_("7А")
    pupils = [await klass.pupil(last_name=name) for name in _MARKS]
    for place, name in enumerate(_SUBJECTS):
        section = await klass.section(name)
        await story.give(section, pupils, [marks[place] for marks in _MARKS.values()])
    return klass


async def _standings(client: Client, klass: ClassMade, **given: Any) -> list[dict[str, Any]]:
    """By the marks for the first term, or for what is told as `kind`."""
    asked = {"id": gid("SchoolClass", klass.id), **given}
    document, field = _OF_YEAR, "yearStandings"
    if "kind" not in given:
        document, field = _DOCUMENT, "standings"
        asked["term"] = gid("Term", klass.terms[0].id)
    answer = await client.send(document, **asked)
    assert (await client.send_unplanned(document, **asked)).body == answer.body
    plan = await client.plan(document, **asked)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    found: list[dict[str, Any]] = (answer.data["schoolClass"] or {}).get(field, [])
    return found


def _told(found: list[dict[str, Any]]) -> list[Any]:
    return [
        (
            row["standing"],
            row["name"].split()[0],
            [(mark["text"], mark["subject"]["name"]) for mark in row["marks"]],
        )
        for row in found
    ]


async def test_each_group_has_its_pupils_and_their_subjects(diary: Diary) -> None:
    klass = await _a_class()
    client = await story.head_of(diary, klass.school)
    assert _told(await _standings(client, klass)) == _EXPECTED
    failing = await _standings(client, klass, standing="FAILING")
    assert [row["name"].split()[0] for row in failing] == ["Егоров", "Жуков", "Ильин", "Морозов"]


async def test_a_year_has_groups_of_its_own(diary: Diary) -> None:
    """The marks for terms say nothing of them, and annual ones nothing of the course's."""
    klass = await _a_class()
    client = await story.head_of(diary, klass.school)
    assert await _standings(client, klass, kind="ANNUAL") == []
    pupils = [await klass.pupil(last_name=name) for name in ("Фомин", "Чернов", "Щукин")]
    await (await klass.enrollment(pupils[2])).end(klass.terms[-1].ends_on)
    of_year: dict[str, tuple[Value, ...]] = {"Физика": (5, 4, 5), "Музыка": (5, _NA, 5)}
    for subject, values in of_year.items():
        section = await klass.section(subject)
        for pupil, value in zip(pupils, values, strict=True):
            await a_year_mark(pupil, section, PeriodMarkKind.ANNUAL, value)
            await a_year_mark(pupil, section, PeriodMarkKind.FINAL, 4)
    assert _told(await _standings(client, klass, kind="ANNUAL")) == [
        ("EXCELLENT", "Фомин", []),
        ("FAILING", "Чернов", [("н/а", "Музыка")]),
    ]
    assert _told(await _standings(client, klass, kind="FINAL")) == [
        ("GOOD", "Фомин", []),
        ("GOOD", "Чернов", []),
    ]
    failing = await _standings(client, klass, kind="ANNUAL", standing="FAILING")
    assert [row["student"]["id"] for row in failing] == [gid("Student", pupils[1].id)]
    assert await _standings(client, klass, kind="TERM") == []
    assert _told(await _standings(client, klass)) == _EXPECTED


async def test_who_left_before_the_end_is_in_no_group(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    _, (stays, leaves) = await story.a_section(klass, [5, 2])
    await (await klass.enrollment(leaves)).end(klass.terms[0].ends_on)
    found = await _standings(await story.head_of(diary, klass.school), klass)
    assert [(row["standing"], row["student"]["id"]) for row in found] == [
        ("EXCELLENT", gid("Student", stays.id))
    ]


async def test_names_are_told_to_the_homeroom_teacher_and_the_management_alone(
    diary: Diary,
) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    section, (pupil, _) = await story.a_section(klass, [5, 2])
    await a_year_mark(pupil, section, PeriodMarkKind.ANNUAL, 5)
    homeroom = await school.teacher()
    await klass.led_by(homeroom)
    for who, told in (
        (homeroom, 2),
        (await school.staff(Position.HEAD), 2),
        (await school.staff(Position.DEPUTY_HEAD), 2),
        (await school.staff(Position.SCHOOL_ADMINISTRATOR), 2),
        (section.teacher, 0),
        (await school.staff(Position.PSYCHOLOGIST), 0),
        (await school.staff(Position.MUNICIPAL_AUTHORITY), 0),
        (await school.staff(Position.REGIONAL_OPERATOR), 0),
        (await (await a_school()).staff(Position.HEAD), 0),
        (pupil, 0),
        (await pupil.guardian(), 0),
    ):
        client = await signed_in(diary, who)
        assert len(await _standings(client, klass)) == told
        assert len(await _standings(client, klass, kind="ANNUAL")) == told // 2
