"""The views held_role and role_grant: which roles a person holds today, and where."""

from datetime import timedelta

import pytest

from models import GuardianRelation, HeldRole, OrganizationKind, Position, RoleGrant
from tests.factories import PersonMade, a_school
from tests.factories.people import a_student

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)

_IN_SCHOOL = (
    Position.TEACHER,
    Position.DEPUTY_HEAD,
    Position.HEAD,
    Position.SCHOOL_ADMINISTRATOR,
    Position.LIBRARIAN,
    Position.PSYCHOLOGIST,
)
_ABOVE = {
    Position.MUNICIPAL_AUTHORITY: OrganizationKind.MUNICIPAL_AUTHORITY,
    Position.REGIONAL_OPERATOR: OrganizationKind.REGIONAL_AUTHORITY,
    Position.SYSTEM_ADMINISTRATOR: OrganizationKind.OPERATOR,
    Position.SUPPORT: OrganizationKind.OPERATOR,
}


async def _roles(person: PersonMade) -> list[tuple[str, int | None]]:
    """Every role of the person and its organization, in order; the views' id is the person's."""
    held = await HeldRole.filter(person_id=person.id)
    granted = await RoleGrant.filter(person_id=person.id)
    assert {row.id for row in (*held, *granted)} <= {person.id}
    places = sorted((grant.role, grant.organization_id) for grant in granted)
    assert places == sorted({(row.role, row.organization_id) for row in held})
    return places


def test_every_position_is_looked_at() -> None:
    assert {*_IN_SCHOOL, *_ABOVE} == set(Position)


@pytest.mark.parametrize("position", _IN_SCHOOL)
async def test_a_post_in_a_school_is_a_role_there(position: Position) -> None:
    school = await a_school()
    assert await _roles(await school.staff(position)) == [(position, school.id)]


@pytest.mark.parametrize("position", _ABOVE)
async def test_a_post_above_schools_is_a_role_in_its_own_organization(position: Position) -> None:
    school = await a_school()
    member = await school.staff(position)
    assert await _roles(member) == [(position, (await school.authority(_ABOVE[position])).id)]


async def test_a_post_counts_from_its_first_day_until_the_day_before_its_end() -> None:
    school = await a_school()
    today, tomorrow = school.today, school.today + _DAY
    begins_today = await school.staff(Position.HEAD, since=today)
    begins_tomorrow = await school.staff(Position.HEAD, since=tomorrow)
    ends_today, ends_tomorrow = await school.teacher(), await school.teacher()
    await ends_today.post.end(on=today)
    await ends_tomorrow.post.end(on=tomorrow)

    assert await _roles(begins_today) == [("HEAD", school.id)]
    assert await _roles(begins_tomorrow) == []
    assert await _roles(ends_today) == []
    assert await _roles(ends_tomorrow) == [("TEACHER", school.id)]


async def test_a_person_is_everything_that_they_are_once() -> None:
    school, other = await a_school(), await a_school()
    klass = await school.class_("7А")
    child, second = await klass.pupil(), await klass.pupil()
    teacher = await school.teacher()
    await school.staff(Position.DEPUTY_HEAD, teacher)
    await other.staff(Position.TEACHER, teacher)
    await child.guardian(teacher)
    await second.guardian(teacher)
    await klass.led_by(teacher)

    assert await _roles(teacher) == [
        ("DEPUTY_HEAD", school.id),
        ("GUARDIAN", school.id),
        ("HOMEROOM_TEACHER", school.id),
        ("TEACHER", school.id),
        ("TEACHER", other.id),
    ]


async def test_a_homeroom_teacher_is_one_until_the_school_year_is_over() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    leader = await school.teacher()
    await klass.led_by(leader)
    school.year.ends_on = school.today
    await school.year.save()
    assert await _roles(leader) == [("HOMEROOM_TEACHER", school.id), ("TEACHER", school.id)]

    school.year.ends_on = school.today - _DAY
    await school.year.save()
    assert await _roles(leader) == [("TEACHER", school.id)]


async def test_a_homeroom_teacher_is_one_while_they_work_at_the_school() -> None:
    school, other = await a_school(), await a_school()
    klass = await school.class_("7А")
    leader = await school.teacher()
    await other.staff(Position.TEACHER, leader)
    await klass.led_by(leader)
    await leader.post.end()
    assert await _roles(leader) == [("TEACHER", other.id)]


async def test_a_guardian_is_one_where_the_child_learns_and_while_it_holds() -> None:
    school, next_school = await a_school(), await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    mother = await pupil.guardian()
    father = await pupil.guardian(relation=GuardianRelation.FATHER, since=school.today + _DAY)
    assert await _roles(mother) == [("GUARDIAN", school.id)]
    assert await _roles(father) == []

    await (await klass.enrollment(pupil)).end()
    assert await _roles(mother) == [("GUARDIAN", school.id)], "the last school still answers her"
    await (await next_school.class_("7Б")).enroll(pupil, since=school.today)
    assert await _roles(mother) == [("GUARDIAN", next_school.id)]

    await mother.guardianship.end()
    assert await _roles(mother) == []


async def test_a_guardian_of_a_child_in_no_school_is_one_nowhere_in_particular() -> None:
    pupil = await a_student(since=(await a_school()).today)
    assert await _roles(await pupil.guardian()) == [("GUARDIAN", None)]
    assert await _roles(pupil.person) == []


async def test_a_pupil_is_one_where_they_are_enrolled_today() -> None:
    school, club = await a_school(), await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    later = await klass.pupil(since=school.today + _DAY)
    group = await klass.group("7А англ. 1", pupil)
    await (await club.group("Рисование", grade=7)).enroll(pupil)
    assert await _roles(pupil.person) == [("STUDENT", school.id), ("STUDENT", club.id)]
    assert await _roles(later.person) == []

    for left in (klass, group):
        await (await left.enrollment(pupil)).end()
    assert await _roles(pupil.person) == [("STUDENT", club.id)]
