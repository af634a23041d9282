"""A school with two classes of two grades, everybody in them, and what events leave behind."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from models import (
    AuditEntry,
    ChangeEntry,
    EventAcknowledgement,
    EventAudience,
    EventRegistration,
    Position,
    SchoolEvent,
)
from tests.diary import Answer, Client, Diary
from tests.factories import (
    ClassMade,
    GuardianMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    StaffMade,
    a_school,
    gid,
)
from tests.sessions import signed_in


@dataclass
class Story:
    """Classes 7А and 8Б, a family in each, the teacher of 7А, and the school's head."""

    diary: Diary
    school: SchoolMade
    klass: ClassMade
    other: ClassMade
    pupil: PupilMade
    mother: GuardianMade
    neighbour: PupilMade
    father: GuardianMade
    teacher: PersonMade
    homeroom: StaffMade
    head: StaffMade

    _clients: dict[int, Client] = field(default_factory=dict)

    async def client(self, who: PersonMade | PupilMade) -> Client:
        """The person at their screen; everybody signs in once."""
        number = who.person.id if isinstance(who, PupilMade) else who.id
        if number not in self._clients:
            self._clients[number] = await signed_in(self.diary, who)
        return self._clients[number]

    def everybody(self) -> dict[str, PersonMade | PupilMade]:
        """All of them by their names."""
        return {
            "pupil": self.pupil,
            "mother": self.mother,
            "neighbour": self.neighbour,
            "father": self.father,
            "teacher": self.teacher,
            "homeroom": self.homeroom,
            "head": self.head,
        }


async def a_story(diary: Diary) -> Story:
    school = await a_school()
    klass, other = await school.class_("7А"), await school.class_("8Б")
    pupil, neighbour = await klass.pupil(), await other.pupil()
    homeroom = await school.teacher()
    await klass.led_by(homeroom)
    return Story(
        diary,
        school,
        klass,
        other,
        pupil,
        await pupil.guardian(),
        neighbour,
        await neighbour.guardian(),
        (await klass.section("Алгебра")).teacher,
        homeroom,
        await school.staff(Position.HEAD),
    )


def soon(days: int = 1) -> datetime:
    """A moment some days from now."""
    return datetime.now(UTC) + timedelta(days=days)


def an_announcement(audience: dict[str, Any], **given: Any) -> dict[str, Any]:
    """The input of an event for that audience."""
    usual = {"title": "Родительское собрание", "startsAt": soon().isoformat()}
    return {**usual, "audience": audience, **given}


def of_classes(*classes: ClassMade) -> dict[str, Any]:
    return {"classIds": [gid("SchoolClass", klass.id) for klass in classes]}


def of_school(school: SchoolMade) -> dict[str, Any]:
    return {"schoolId": gid("Organization", school.id)}


async def send(
    client: Client, operation: str, fields: str = "event { id }", **given: Any
) -> Answer:
    """Send a mutation with this input, asking for these fields and the errors."""
    field_name = operation[0].lower() + operation[1:]
    return await client.send(
        f"mutation ($input: {operation}Input!) {{ {field_name}(input: $input) "
        f"{{ {fields} userErrors {{ code field }} }} }}",
        input=given,
    )


async def done(client: Client, operation: str, fields: str = "event { id }", **given: Any) -> Any:
    """The payload of a mutation that is done."""
    (payload,) = (await send(client, operation, fields, **given)).data.values()
    assert payload.pop("userErrors") == []
    return payload


async def refused(
    client: Client, operation: str, fields: str = "event { id }", **given: Any
) -> list[tuple[str, str | None]]:
    """Code and field of each user error; the rest of the payload is null, and nothing changed."""
    before = await traces()
    (payload,) = (await send(client, operation, fields, **given)).data.values()
    errors = payload.pop("userErrors")
    assert set(payload.values()) == {None}
    assert await traces() == before
    return [(error["code"], error["field"]) for error in errors]


async def traces() -> Counter[str]:
    """How many rows there are of whatever events write, and of how many versions."""
    answers = (EventRegistration, EventAcknowledgement)
    tables = (SchoolEvent, EventAudience, *answers, AuditEntry, ChangeEntry)
    counts = Counter({model.__name__: await model.all().count() for model in tables})
    counts["versions"] = sum([row.version for row in await SchoolEvent.all()])
    return counts


async def latest() -> SchoolEvent:
    """The event that was written last."""
    row = await SchoolEvent.all().order_by("-id").first()
    assert row is not None
    return row
