"""One person of every kind: in our class and beside it, of yesterday and of tomorrow, elsewhere."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from models import Position
from tests.access.world import World
from tests.diary import Client, Diary
from tests.factories import PersonMade, PupilMade, SchoolMade, StaffMade


class Who(StrEnum):
    """Everybody, by what they are to the class 7А and its algebra."""

    NOBODY = "nobody"

    PUPIL = "pupil"
    CLASSMATE = "classmate"
    NEIGHBOUR = "neighbour"
    STRANGER = "stranger"

    GUARDIAN = "guardian"
    GUARDIAN_OF_CLASSMATE = "guardian of classmate"
    GUARDIAN_OF_STRANGER = "guardian of stranger"
    FORMER_GUARDIAN = "former guardian"
    COMING_GUARDIAN = "coming guardian"

    TEACHER = "teacher"
    TEACHER_OF_RUSSIAN = "teacher of russian"
    TEACHER_OF_SPORTS = "teacher of sports"
    TEACHER_OF_NEIGHBOURS = "teacher of neighbours"
    TEACHER_OF_STRANGERS = "teacher of strangers"
    FORMER_TEACHER = "former teacher"
    COMING_TEACHER = "coming teacher"
    DISMISSED_TEACHER = "dismissed teacher"
    SUBSTITUTE = "substitute"
    FORMER_SUBSTITUTE = "former substitute"
    COMING_SUBSTITUTE = "coming substitute"

    HOMEROOM = "homeroom"
    HOMEROOM_OF_NEIGHBOURS = "homeroom of neighbours"
    HOMEROOM_OF_STRANGERS = "homeroom of strangers"

    DEPUTY = "deputy"
    HEAD = "head"
    ADMINISTRATOR = "administrator"
    LIBRARIAN = "librarian"
    PSYCHOLOGIST = "psychologist"
    FORMER_ADMINISTRATOR = "former administrator"
    COMING_DEPUTY = "coming deputy"

    DEPUTY_ELSEWHERE = "deputy elsewhere"
    HEAD_ELSEWHERE = "head elsewhere"
    ADMINISTRATOR_ELSEWHERE = "administrator elsewhere"
    LIBRARIAN_ELSEWHERE = "librarian elsewhere"
    PSYCHOLOGIST_ELSEWHERE = "psychologist elsewhere"

    MUNICIPAL = "municipal"
    MUNICIPAL_ELSEWHERE = "municipal elsewhere"
    REGION = "region"
    SYSTEM_ADMINISTRATOR = "system administrator"
    SUPPORT = "support"

    # Two roles in one: what one gives must not open what the other one only shows.
    TEACHER_AND_GUARDIAN = "teacher of neighbours and guardian of pupil"
    RUSSIAN_AND_HOMEROOM = "teacher of russian and homeroom of neighbours' neighbours"
    RUSSIAN_AND_DEPUTY = "teacher of russian and deputy elsewhere"


EVERYBODY = frozenset(Who)

_POSTS = {
    Position.DEPUTY_HEAD: (Who.DEPUTY, Who.DEPUTY_ELSEWHERE),
    Position.HEAD: (Who.HEAD, Who.HEAD_ELSEWHERE),
    Position.SCHOOL_ADMINISTRATOR: (Who.ADMINISTRATOR, Who.ADMINISTRATOR_ELSEWHERE),
    Position.LIBRARIAN: (Who.LIBRARIAN, Who.LIBRARIAN_ELSEWHERE),
    Position.PSYCHOLOGIST: (Who.PSYCHOLOGIST, Who.PSYCHOLOGIST_ELSEWHERE),
    Position.MUNICIPAL_AUTHORITY: (Who.MUNICIPAL, Who.MUNICIPAL_ELSEWHERE),
}


@dataclass
class Cast:
    """The people over their world; everybody signs in once, when first asked for."""

    world: World
    diary: Diary
    people: dict[Who, PersonMade | PupilMade] = field(default_factory=dict)
    _clients: dict[Who, Client] = field(default_factory=dict)

    async def client(self, who: Who) -> Client:
        """The person at their screen."""
        if who not in self._clients:
            person = self.people.get(who)
            self._clients[who] = await self.diary.as_(person) if person else self.diary.nobody
        return self._clients[who]

    def person_id(self, who: Who) -> int:
        """The number of the person; 0 for nobody."""
        return self.person(who).id if who in self.people else 0

    def person(self, who: Who) -> PersonMade:
        """The person, whatever else they are."""
        made = self.people[who]
        return made.person if isinstance(made, PupilMade) else made


async def a_cast(world: World, diary: Diary) -> Cast:
    """Fill the world with one person of every kind."""
    cast = Cast(world, diary)
    await _families(world, cast.people)
    await _teachers(world, cast.people)
    await _substitutes(world, cast.people)
    await _homerooms(world, cast.people)
    await _offices(world, cast.people)
    await _with_two_roles(world, cast.people)
    assert set(cast.people) == EVERYBODY - {Who.NOBODY}
    return cast


async def _families(world: World, people: dict[Who, PersonMade | PupilMade]) -> None:
    today = world.school.today
    people[Who.PUPIL] = world.pupil
    people[Who.CLASSMATE] = world.classmate
    people[Who.NEIGHBOUR] = world.neighbour
    people[Who.STRANGER] = world.stranger
    people[Who.GUARDIAN] = await world.guardian("pupil")
    people[Who.GUARDIAN_OF_CLASSMATE] = await world.guardian("classmate")
    people[Who.GUARDIAN_OF_STRANGER] = await world.guardian("stranger")
    former = await world.pupil.guardian()
    await former.guardianship.end(today)
    people[Who.FORMER_GUARDIAN] = former
    people[Who.COMING_GUARDIAN] = await world.pupil.guardian(since=today + timedelta(days=1))


async def _teachers(world: World, people: dict[Who, PersonMade | PupilMade]) -> None:
    today = world.school.today
    people[Who.TEACHER] = world.algebra.teacher
    people[Who.TEACHER_OF_RUSSIAN] = world.russian.teacher
    people[Who.TEACHER_OF_SPORTS] = world.sports.teacher
    people[Who.TEACHER_OF_NEIGHBOURS] = world.neighbours_algebra.teacher
    people[Who.TEACHER_OF_STRANGERS] = world.strangers_algebra.teacher

    former, coming, dismissed = [await world.school.teacher() for _ in range(3)]
    await (await world.algebra.taught_by(former)).end(today)
    people[Who.FORMER_TEACHER] = former
    await world.algebra.taught_by(coming, since=today + timedelta(days=1))
    people[Who.COMING_TEACHER] = coming
    await world.algebra.taught_by(dismissed)
    await dismissed.post.end(today)
    people[Who.DISMISSED_TEACHER] = dismissed


async def _substitutes(world: World, people: dict[Who, PersonMade | PupilMade]) -> None:
    """Yesterday's, today's and tomorrow's, of one section."""
    day = timedelta(days=1)
    for who, since in (
        (Who.FORMER_SUBSTITUTE, world.school.today - day),
        (Who.SUBSTITUTE, world.school.today),
        (Who.COMING_SUBSTITUTE, world.school.today + day),
    ):
        people[who] = teacher = await world.school.teacher()
        await world.algebra.substituted_by(teacher, since)


async def _homerooms(world: World, people: dict[Who, PersonMade | PupilMade]) -> None:
    for who, klass in (
        (Who.HOMEROOM, world.klass),
        (Who.HOMEROOM_OF_NEIGHBOURS, world.neighbours),
        (Who.HOMEROOM_OF_STRANGERS, world.strangers),
    ):
        teacher = await klass.school.teacher()
        await klass.led_by(teacher)
        people[who] = teacher


async def _offices(world: World, people: dict[Who, PersonMade | PupilMade]) -> None:
    today = world.school.today
    for position, (here, there) in _POSTS.items():
        people[here] = await world.school.staff(position)
        people[there] = await world.elsewhere.staff(position)
    people[Who.REGION] = await world.school.staff(Position.REGIONAL_OPERATOR)
    people[Who.SYSTEM_ADMINISTRATOR] = await world.school.staff(Position.SYSTEM_ADMINISTRATOR)
    people[Who.SUPPORT] = await world.school.staff(Position.SUPPORT)
    people[Who.FORMER_ADMINISTRATOR] = await _former(world.school, Position.SCHOOL_ADMINISTRATOR)
    people[Who.COMING_DEPUTY] = await world.school.staff(
        Position.DEPUTY_HEAD, since=today + timedelta(days=1)
    )


async def _former(school: SchoolMade, position: Position) -> StaffMade:
    """Somebody who held the post until yesterday."""
    staff = await school.staff(position)
    await staff.post.end(school.today)
    return staff


async def _with_two_roles(world: World, people: dict[Who, PersonMade | PupilMade]) -> None:
    parent = await world.school.teacher()
    await world.neighbours_algebra.taught_by(parent)
    people[Who.TEACHER_AND_GUARDIAN] = await world.guardian("pupil", parent)

    leader = await world.school.teacher()
    await world.russian.taught_by(leader)
    await (await world.school.class_("8А")).led_by(leader)
    people[Who.RUSSIAN_AND_HOMEROOM] = leader

    deputy = await world.elsewhere.staff(Position.DEPUTY_HEAD)
    await world.school.staff(Position.TEACHER, deputy)
    await world.russian.taught_by(deputy)
    people[Who.RUSSIAN_AND_DEPUTY] = deputy
