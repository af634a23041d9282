"""A class with everybody who writes to each other about it, and what their mail leaves behind."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from models import (
    AuditEntry,
    ChangeEntry,
    Message,
    MessageAttachment,
    MessageDraft,
    MessageDraftRecipient,
    MessageFolder,
    MessageReceipt,
    MessageReport,
    Position,
)
from tests.diary import Client, Diary
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
    """A class, its teacher of algebra, its homeroom teacher and the head; a pupil and a mother."""

    diary: Diary
    school: SchoolMade
    klass: ClassMade
    teacher: PersonMade
    homeroom: StaffMade
    head: StaffMade
    pupil: PupilMade
    mother: GuardianMade

    _clients: dict[int, Client] = field(default_factory=dict)

    async def client(self, who: PersonMade | PupilMade) -> Client:
        """The person at their screen; everybody signs in once."""
        number = person_id(who)
        if number not in self._clients:
            self._clients[number] = await signed_in(self.diary, who)
        return self._clients[number]


async def a_story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    section = await klass.section("Алгебра")
    homeroom = await school.teacher()
    await klass.led_by(homeroom)
    pupil = await klass.pupil()
    mother, head = await pupil.guardian(), await school.staff(Position.HEAD)
    return Story(diary, school, klass, section.teacher, homeroom, head, pupil, mother)


def person_id(who: PersonMade | PupilMade) -> int:
    return who.person.id if isinstance(who, PupilMade) else who.id


def correspondent(who: PersonMade | PupilMade) -> str:
    """The id under which one writes to them."""
    return gid("Correspondent", person_id(who))


def a_letter(*recipients: PersonMade | PupilMade, **given: Any) -> dict[str, Any]:
    """The input of a message to these people."""
    usual = {"subject": "Собрание", "body": "Приходите в четверг."}
    return {"recipientIds": [correspondent(who) for who in recipients], **usual, **given}


async def heard(area: str, row_id: int) -> list[tuple[str, str, list[int]]]:
    """Topic, kind and people of every entry of the log about the row, by topic."""
    found = await ChangeEntry.filter(area=area, row_id=row_id).order_by("topic", "seq")
    return [(entry.topic, entry.kind, list(entry.people or ())) for entry in found]


async def traces() -> Counter[str]:
    """How many rows there are of whatever mail writes."""
    tables = (
        Message,
        MessageReceipt,
        MessageAttachment,
        MessageFolder,
        MessageDraft,
        MessageDraftRecipient,
        MessageReport,
        AuditEntry,
        ChangeEntry,
    )
    return Counter({model.__name__: await model.all().count() for model in tables})
