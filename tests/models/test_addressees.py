"""The view addressee: who may write to whom today."""

from datetime import timedelta

import pytest

from models import Addressee, Position, SchoolPolicy
from tests.factories import PersonMade, PupilMade, SchoolMade, StaffMade, a_person, a_school

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def _addressees(writer: PersonMade) -> set[int]:
    """The people whom the person may write to; the view's id is theirs."""
    found = await Addressee.filter(writer_id=writer.id)
    assert all(each.id == each.person_id for each in found)
    return {each.person_id for each in found}


def _ids(*people: PersonMade | PupilMade) -> set[int]:
    return {each.person.id if isinstance(each, PupilMade) else each.id for each in people}


class School:
    """A class with its teachers, a pupil, a guardian and everybody in the school's offices."""

    def __init__(self, school: SchoolMade) -> None:
        self.school = school
        self.staff: dict[Position, StaffMade] = {}

    async def fill(self) -> "School":
        self.klass = await self.school.class_("7А")
        self.section = await self.klass.section("Алгебра")
        self.homeroom = await self.school.teacher()
        await self.klass.led_by(self.homeroom)
        self.pupil = await self.klass.pupil()
        self.guardian = await self.pupil.guardian()
        for position in (
            Position.DEPUTY_HEAD,
            Position.HEAD,
            Position.SCHOOL_ADMINISTRATOR,
            Position.LIBRARIAN,
            Position.PSYCHOLOGIST,
        ):
            self.staff[position] = await self.school.staff(position)
        return self

    @property
    def teacher(self) -> PersonMade:
        return self.section.teacher

    @property
    def management(self) -> list[StaffMade]:
        named = (Position.DEPUTY_HEAD, Position.HEAD, Position.SCHOOL_ADMINISTRATOR)
        return [self.staff[position] for position in named]

    @property
    def everybody_at_work(self) -> set[int]:
        return _ids(self.teacher, self.homeroom, *self.staff.values())


async def _a_full_school(near: SchoolMade | None = None) -> School:
    return await School(await a_school(near=near)).fill()


async def test_a_family_writes_to_teachers_and_to_the_management() -> None:
    here = await _a_full_school()
    await here.school.teacher()
    await (await here.klass.pupil()).guardian()
    expected = _ids(here.teacher, here.homeroom, *here.management)
    assert await _addressees(here.pupil.person) == expected
    assert await _addressees(here.guardian) == expected


async def test_a_group_s_teacher_is_the_pupil_s_too() -> None:
    here = await _a_full_school()
    group = await here.klass.group("Английский 1")
    section = await group.section("Английский язык")
    await group.enroll(here.pupil)
    assert section.teacher.id in await _addressees(here.guardian)
    assert here.pupil.person.id in await _addressees(section.teacher)


async def test_staff_write_to_colleagues_and_to_those_whom_they_work_with() -> None:
    here = await _a_full_school()
    child, adult = _ids(here.pupil), _ids(here.guardian)
    for writer, families in (
        (here.teacher, child),
        (here.homeroom, child | adult),
        *((each, child | adult) for each in here.management),
        (here.staff[Position.LIBRARIAN], child),
        (here.staff[Position.PSYCHOLOGIST], child),
    ):
        expected = here.everybody_at_work - {writer.id} | families
        assert await _addressees(writer) == expected


async def test_nobody_writes_into_another_school() -> None:
    here = await _a_full_school()
    there = await _a_full_school(near=here.school)
    for writer in (here.pupil.person, here.guardian, here.teacher, *here.management):
        assert not await _addressees(writer) & (
            there.everybody_at_work | _ids(there.pupil, there.guardian)
        )


async def test_an_authority_writes_to_the_management_below_it() -> None:
    here, far = await _a_full_school(), await _a_full_school()
    municipal = await here.school.staff(Position.MUNICIPAL_AUTHORITY)
    regional = await here.school.staff(Position.REGIONAL_OPERATOR)
    assert await _addressees(municipal) == _ids(*here.management)
    found = await _addressees(regional)
    assert found >= _ids(municipal, *here.management, *far.management)
    assert not found & _ids(here.teacher, here.pupil, here.guardian, regional)


@pytest.mark.parametrize("position", [Position.SYSTEM_ADMINISTRATOR, Position.SUPPORT])
async def test_who_keeps_the_system_writes_to_nobody(position: Position) -> None:
    here = await _a_full_school()
    keepers = [await here.school.staff(position) for _ in range(2)]
    assert await _addressees(keepers[0]) == set()


async def test_what_has_ended_or_not_begun_gives_nothing() -> None:
    here = await _a_full_school()
    tomorrow = here.school.today + _DAY
    former, coming = await here.pupil.guardian(), await here.pupil.guardian(since=tomorrow)
    await former.guardianship.end(here.school.today)
    assert [await _addressees(each) for each in (former, coming)] == [set(), set()]

    away = await here.school.teacher()
    await (await here.section.taught_by(away)).end(here.school.today)
    assert away.id not in await _addressees(here.guardian)
    assert here.pupil.person.id not in await _addressees(away)

    gone = await here.school.teacher()
    await here.section.taught_by(gone)
    assert gone.id in await _addressees(here.guardian)
    await gone.post.end(here.school.today)
    assert gone.id not in await _addressees(here.guardian)
    assert await _addressees(gone) == set()

    await here.homeroom.post.end(here.school.today)
    assert here.homeroom.id not in await _addressees(here.guardian)
    assert await _addressees(here.homeroom) == set()


async def test_a_pupil_who_has_left_is_written_to_by_nobody() -> None:
    here = await _a_full_school()
    await (await here.klass.enrollment(here.pupil)).end(here.school.today)
    assert await _addressees(here.pupil.person) == set()
    assert await _addressees(here.guardian) == set()
    for writer in (here.teacher, here.homeroom, *here.staff.values()):
        assert await _addressees(writer) == here.everybody_at_work - {writer.id}


async def test_a_teacher_is_not_their_own_child_s_addressee_twice_nor_their_own() -> None:
    here = await _a_full_school()
    child = await here.klass.pupil()
    await child.guardian(here.teacher)
    assert here.teacher.id in await _addressees(child.person)
    assert here.teacher.id not in await _addressees(here.teacher)


async def test_somebody_who_is_nothing_writes_to_nobody() -> None:
    assert await _addressees(await a_person()) == set()


@pytest.mark.parametrize(
    "policy",
    ["pupils_write_to_classmates", "guardians_write_to_guardians", "teachers_write_to_guardians"],
)
async def test_a_school_lets_more_people_write_within_a_class(policy: str) -> None:
    here = await _a_full_school()
    classmate = await here.klass.pupil()
    neighbour = await classmate.guardian()
    stranger = await (await here.school.class_("7Б")).pupil()
    await stranger.guardian()
    writers = here.pupil.person, here.guardian, here.teacher
    before = [await _addressees(writer) for writer in writers]
    let = SchoolPolicy(organization_id=here.school.id)
    setattr(let, policy, True)
    await let.save()
    more = [
        await _addressees(writer) - former for writer, former in zip(writers, before, strict=True)
    ]
    expected = {
        "pupils_write_to_classmates": [_ids(classmate), set(), set()],
        "guardians_write_to_guardians": [set(), _ids(neighbour), set()],
        "teachers_write_to_guardians": [set(), set(), _ids(here.guardian, neighbour)],
    }
    assert more == expected[policy]


async def test_whoever_stands_in_is_the_teacher_for_those_days() -> None:
    here = await _a_full_school()
    substitute, coming, former = [await here.school.teacher() for _ in range(3)]
    today = here.school.today
    section = await here.klass.section("Физика")
    other = await here.klass.section("Химия")
    child, families = _ids(here.pupil), (here.pupil.person, here.guardian)
    for who in (substitute, coming, former):
        assert not await _addressees(who) & child
    standing = await here.section.substituted_by(substitute, today, today + _DAY)
    await section.substituted_by(coming, today + _DAY, today + 2 * _DAY)
    await other.substituted_by(former, today - _DAY, today)

    assert await _addressees(substitute) & (child | _ids(here.guardian)) == child
    for writer in families:
        found = await _addressees(writer)
        assert _ids(substitute, here.teacher) <= found
        assert not found & _ids(coming, former)
    for who in (coming, former):
        assert not await _addressees(who) & child
    await standing.end(today)
    assert not await _addressees(substitute) & child
    assert all([substitute.id not in await _addressees(writer) for writer in families])


async def test_whoever_stands_in_and_left_the_school_is_nobody() -> None:
    here = await _a_full_school()
    substitute = await here.school.teacher()
    await here.section.substituted_by(substitute)
    await substitute.post.end(here.school.today)
    assert await _addressees(substitute) == set()
    assert substitute.id not in await _addressees(here.guardian)
