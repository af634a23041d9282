"""Who takes part: two schools with their families, who hears what, and who writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models import ChangeArea, Position
from subscriptions import cursor, topics
from tests.diary import Client, Diary
from tests.events.story import an_announcement, of_classes
from tests.factories import ClassMade, LessonMade, PersonMade, PupilMade, SchoolMade, a_school, gid
from tests.hearing import signed_in
from tests.messages.story import a_letter

_A_DAY = timedelta(days=1)
_PUPILS_OF_A_CLASS = 4
# Two or three of them fill whatever is between the service and somebody who does not read.
_LETTER = "Уважаемые родители! " * 3_000
EVERYTHING = frozenset({ChangeArea.MARKS, ChangeArea.MESSAGES, ChangeArea.EVENTS})
FIELDS = {
    "markChanges": frozenset({ChangeArea.MARKS}),
    "messageReceived": frozenset({ChangeArea.MESSAGES}),
    "eventChanges": frozenset({ChangeArea.EVENTS}),
    "dashboardChanges": EVERYTHING,
}
"""What is heard of by which subscription."""


@dataclass(frozen=True)
class Part:
    """Somebody who listens to one subscription, from the log's beginning on."""

    client: Client
    person_id: int
    field: str
    begins: str
    """The cursor before everything."""


@dataclass(frozen=True)
class Deed:
    """Something that is written, and the people who may hear of it."""

    operation: str
    given: dict[str, Any]
    hearers: frozenset[int]


@dataclass
class Desk:
    """A class with its families, and those who write about it."""

    klass: ClassMade
    families: list[tuple[PupilMade, PersonMade]]
    lesson: LessonMade
    teacher: Client
    homeroom: Client
    head: PersonMade

    @property
    def guardians(self) -> list[PersonMade]:
        """One of each family."""
        return [guardian for _, guardian in self.families]

    def mark(self, place: int, value: int) -> Deed:
        """A mark for one of the pupils, heard by the family and the head."""
        pupil, guardian = self.families[place % len(self.families)]
        given = {
            "lessonId": gid("Lesson", self.lesson.id),
            "studentId": gid("Student", pupil.id),
            "value": value,
        }
        return Deed("RecordMark", given, frozenset({guardian.id, self.head.id}))

    def letter(self, recipients: Sequence[PersonMade]) -> Deed:
        """A letter of the homeroom teacher's to some of the guardians."""
        given = a_letter(*recipients, body=_LETTER)
        return Deed("SendMessage", given, frozenset(each.id for each in recipients))

    def event(self) -> Deed:
        """An announcement to the class."""
        given = an_announcement(of_classes(self.klass))
        return Deed("PublishEvent", given, frozenset(each.id for each in self.guardians))


@dataclass
class Cast:
    """Everybody."""

    desks: list[Desk]
    parts: list[Part]


async def a_cast(diary: Diary) -> Cast:
    """Two schools of two classes; one mother has a child in each class of her number."""
    desks: list[Desk] = []
    parts: list[Part] = []
    shared: PersonMade | None = None
    for _ in range(2):
        school = await a_school()
        head = await school.staff(Position.DEPUTY_HEAD)
        parts += await _parts(diary, head, ["markChanges"], [school])
        for name in ("7А", "8Б"):
            desks.append(await _desk(diary, school, name, head, shared))
            shared = desks[0].guardians[0]
    return Cast(desks, [*parts, *await _families(diary, desks)])


async def _desk(
    diary: Diary, school: SchoolMade, name: str, head: PersonMade, shared: PersonMade | None
) -> Desk:
    klass = await school.class_(name)
    homeroom = await school.teacher()
    await klass.led_by(homeroom)
    section = await klass.section("Алгебра")
    pupils = [await klass.pupil() for _ in range(_PUPILS_OF_A_CLASS)]
    families: list[tuple[PupilMade, PersonMade]] = [
        (pupil, await pupil.guardian(None if place else shared))
        for place, pupil in enumerate(pupils)
    ]
    return Desk(
        klass,
        families,
        await section.lesson(),
        await signed_in(diary, section.teacher, _A_DAY),
        await signed_in(diary, homeroom, _A_DAY),
        head,
    )


async def _families(diary: Diary, desks: Sequence[Desk]) -> list[Part]:
    """Each guardian with three of the four subscriptions."""
    known: dict[int, tuple[PersonMade, list[SchoolMade]]] = {}
    for desk in desks:
        for guardian in desk.guardians:
            known.setdefault(guardian.id, (guardian, []))[1].append(desk.klass.school)
    parts = []
    for place, (guardian, schools) in enumerate(known.values()):
        fields = [*FIELDS]
        del fields[place % len(fields)]
        parts += await _parts(diary, guardian, fields, schools)
    return parts


async def _parts(
    diary: Diary, who: PersonMade, fields: Sequence[str], schools: Sequence[SchoolMade]
) -> list[Part]:
    names = [topics.school(school.id) for school in schools]
    begins = cursor.encode(dict.fromkeys([*names, topics.person(who.id), topics.EVENTS], 0))
    client = await signed_in(diary, who, _A_DAY)
    return [Part(client, who.id, field, begins) for field in fields]
