"""Pupils of a class by all their marks for a term."""

from typing import Any

import pytest

from models import MarkSign, Position
from tests.diary import Client, Diary
from tests.factories import ClassMade, a_school, gid
from tests.reports import story
from tests.reports.story import Value
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DOCUMENT = """query ($id: ID!, $term: ID!, $standing: Standing) { schoolClass(id: $id) {
    standings(termId: $term, standing: $standing) {
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
    asked = {"id": gid("SchoolClass", klass.id), "term": gid("Term", klass.terms[0].id), **given}
    answer = await client.send(_DOCUMENT, **asked)
    assert (await client.send_unplanned(_DOCUMENT, **asked)).body == answer.body
    plan = await client.plan(_DOCUMENT, **asked)
    assert (plan["planned"], plan["statements"]) == (True, 1)
    found: list[dict[str, Any]] = (answer.data["schoolClass"] or {}).get("standings", [])
    return found


async def test_each_group_has_its_pupils_and_their_subjects(diary: Diary) -> None:
    klass = await _a_class()
    client = await story.head_of(diary, klass.school)
    found = [
        (
            row["standing"],
            row["name"].split()[0],
            [(mark["text"], mark["subject"]["name"]) for mark in row["marks"]],
        )
        for row in await _standings(client, klass)
    ]
    assert found == _EXPECTED
    failing = await _standings(client, klass, standing="FAILING")
    assert [row["name"].split()[0] for row in failing] == ["Егоров", "Жуков", "Ильин", "Морозов"]


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
        assert len(await _standings(await signed_in(diary, who), klass)) == told
