"""Facts that give rights, to be given to somebody and taken away again."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from models import Position
from tests.access.world import World
from tests.factories import Made, PersonMade, serial

Revoke = Callable[[], Awaitable[None]]
Grant = Callable[[World, PersonMade], Awaitable[Revoke]]


def _guardian_of(name: str) -> Grant:
    async def give(world: World, person: PersonMade) -> Revoke:
        guardian = await world.pupils[name].guardian(person, since=world.school.today)
        return _deleting(guardian.guardianship)

    return give


def _teacher_of(section: str) -> Grant:
    """Teaching is a post and an assignment; both go."""

    async def give(world: World, person: PersonMade) -> Revoke:
        made = getattr(world, section)
        staff = await made.klass.school.staff(Position.TEACHER, person)
        return _deleting(await made.taught_by(person), staff.post)

    return give


def _substitute_in(section: str) -> Grant:
    """Standing in is a post and a substitution; both go."""

    async def give(world: World, person: PersonMade) -> Revoke:
        made = getattr(world, section)
        staff = await made.klass.school.staff(Position.TEACHER, person)
        return _deleting(await made.substituted_by(person), staff.post)

    return give


def _post(position: Position, school: str) -> Grant:
    async def give(world: World, person: PersonMade) -> Revoke:
        staff = await getattr(world, school).staff(position, person)
        return _deleting(staff.post)

    return give


def _homeroom_with(name: str) -> Grant:
    """A group of one pupil, led by the person."""

    async def give(world: World, person: PersonMade) -> Revoke:
        group = await world.klass.group(f"Группа {serial()}")
        enrolment = await group.enroll(world.pupils[name])
        await group.led_by(person)
        return _deleting(enrolment, group)

    return give


def _deleting(*facts: Made[Any]) -> Revoke:
    async def revoke() -> None:
        for fact in facts:
            await fact.row.delete()

    return revoke


GRANTS: Mapping[str, Grant] = {
    **{f"guardian of {each}": _guardian_of(each) for each in ("pupil", "classmate", "stranger")},
    **{f"teacher of {each}": _teacher_of(each) for each in ("algebra", "strangers_algebra")},
    **{f"substitute in {each}": _substitute_in(each) for each in ("russian", "strangers_algebra")},
    **{
        f"{position.value} of {school}": _post(position, school)
        for position in (
            Position.DEPUTY_HEAD,
            Position.LIBRARIAN,
            Position.PSYCHOLOGIST,
            Position.MUNICIPAL_AUTHORITY,
            Position.REGIONAL_OPERATOR,
            Position.SYSTEM_ADMINISTRATOR,
        )
        for school in ("school", "elsewhere")
    },
    **{f"homeroom with {each}": _homeroom_with(each) for each in ("pupil", "neighbour")},
}
