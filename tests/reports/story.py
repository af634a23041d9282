"""Classes with period marks of a closed term, and the figures that are told of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from models import GradingPolicy, MarkSign, Position
from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    LessonMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    a_period_mark,
    a_school,
    gid,
)
from tests.sessions import signed_in

Value = int | MarkSign

NUMBERS = "counted fives fours threes twos ones notAttested exempt"
RATES = ("successRate", "qualityRate", "learningDegree", "averageMark")
MEASURES = f"{NUMBERS} {' '.join(RATES)}"
OF_CLASS = f"""query ($id: ID!) {{ schoolClass(id: $id) {{
    attainment {{ level subject {{ name }} term {{ number }} periodNumber
        markKind enrolled {MEASURES} }} }} }}"""
OF_SCHOOL = f"""query ($id: ID!, $on: Date!, $level: AttainmentLevel!) {{
    node(id: $id) {{ ... on Organization {{ attainment(on: $on, level: $level) {{
        level gradeLevel schoolClass {{ name }} teacher {{ id }} subject {{ name }} periodNumber
        markKind enrolled {MEASURES} }} }} }} }}"""


async def a_section(klass: ClassMade, values: Sequence[Value], subject: str = "Алгебра") -> Any:
    """A section whose new pupils have these marks for the first quarter; and those pupils."""
    section = await klass.section(subject)
    pupils = [await klass.pupil() for _ in values]
    await give(section, pupils, values)
    return section, pupils


async def give(
    section: SectionMade, pupils: Sequence[PupilMade], values: Sequence[Value], term: int = 0
) -> None:
    """Mark pupils for a quarter, one after another."""
    for pupil, value in zip(pupils, values, strict=True):
        await a_period_mark(pupil, section, value, section.klass.terms[term])


async def a_class(values: Sequence[Value]) -> ClassMade:
    """A class of a new school, with these marks in algebra."""
    klass = await (await a_school()).class_("7А")
    await a_section(klass, values)
    return klass


async def weigh_ones(school: SchoolMade) -> None:
    """Let the school weigh ones as 7, and not who is not attested."""
    usual: dict[str, Any] = {
        "correction_days": 7,
        "five_from": "4.50",
        "four_from": "3.50",
        "three_from": "2.50",
        "fewest_marks": 3,
        "fewest_marks_of_half_year": 5,
        "absence_limit_percent": 30,
        "debts_become_two": False,
        "pupils_answer_homework": True,
    }
    await GradingPolicy.create(organization=school.row, learning_degree_weighs_ones=True, **usual)


async def cancel(lesson: LessonMade) -> None:
    """Let the lesson be cancelled, as the school's own deed does."""
    await lesson.change(cancelled_at=datetime.now(UTC), cancellation_reason="Карантин")


async def head_of(diary: Diary, school: SchoolMade) -> Client:
    return await signed_in(diary, await school.staff(Position.HEAD))


async def of_class(client: Client, klass: ClassMade) -> list[dict[str, Any]]:
    """The class's figures; they are the same by the generic resolvers."""
    given = {"id": gid("SchoolClass", klass.id)}
    answer = await client.send(OF_CLASS, **given)
    assert (await client.send_unplanned(OF_CLASS, **given)).body == answer.body
    found: list[dict[str, Any]] = answer.data["schoolClass"]["attainment"]
    return found


async def of_school(client: Client, school: SchoolMade, by: str) -> list[dict[str, Any]]:
    """The figures of the school's year; they are the same by the generic resolvers."""
    given = {"id": gid("Organization", school.id), "on": str(school.today), "level": by}
    answer = await client.send(OF_SCHOOL, **given)
    assert (await client.send_unplanned(OF_SCHOOL, **given)).body == answer.body
    found: list[dict[str, Any]] = answer.data["node"]["attainment"]
    return found


def rates(row: Mapping[str, Any]) -> tuple[float | None, ...]:
    return tuple(row[each] for each in RATES)


def counts(row: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(row[each] for each in NUMBERS.split())
