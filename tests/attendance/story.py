"""A class with its family, its teachers and the school's deputy head, and what they do."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from models import AbsenceNote, Attendance, AuditEntry, ChangeEntry, Position
from tests.diary import Answer, Client, Diary
from tests.factories import (
    ClassMade,
    GuardianMade,
    LessonMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    StaffMade,
    a_school,
    gid,
)
from tests.sessions import signed_in
from tests.traces import reasons

DAY = timedelta(days=1)


@dataclass
class Story:
    """7А with two pupils and the mother of the first, its algebra, and a family of 7Б."""

    diary: Diary
    school: SchoolMade
    klass: ClassMade
    pupil: PupilMade
    classmate: PupilMade
    mother: GuardianMade
    stranger: GuardianMade
    section: SectionMade
    teacher: StaffMade
    homeroom: StaffMade
    deputy: StaffMade
    _clients: dict[int, Client] = field(default_factory=dict)

    async def client(self, who: PersonMade | PupilMade) -> Client:
        """The person at their screen; everybody signs in once."""
        number = who.person.id if isinstance(who, PupilMade) else who.id
        if number not in self._clients:
            self._clients[number] = await signed_in(self.diary, who)
        return self._clients[number]

    async def send(
        self, who: PersonMade | PupilMade, operation: str, fields: str, given: dict[str, Any]
    ) -> Answer:
        """Send a mutation, asking for these fields and the errors."""
        name = operation[0].lower() + operation[1:]
        document = (
            f"mutation ($input: {operation}Input!) {{ {name}(input: $input) "
            f"{{ {fields} userErrors {{ code message field }} }} }}"
        )
        return await (await self.client(who)).send(document, input=given)

    async def do(
        self, who: PersonMade | PupilMade, operation: str, fields: str, **given: Any
    ) -> Any:
        """The payload of a mutation that is done."""
        (payload,) = (await self.send(who, operation, fields, given)).data.values()
        assert reasons(payload) == []
        return payload

    async def refused(
        self, who: PersonMade | PupilMade, operation: str, fields: str, **given: Any
    ) -> list[tuple[str, str | None]]:
        """Why it is not done; the rest of the payload is null, and nothing has changed."""
        before = await self.traces()
        (payload,) = (await self.send(who, operation, fields, given)).data.values()
        assert await self.traces() == before
        told = reasons(payload)
        payload.pop("userErrors")
        assert set(payload.values()) == {None}
        return told

    async def traces(self) -> Counter[str]:
        """How many rows the school has of whatever these mutations write, and their states."""
        topic = f"school:{self.school.id}"
        notes = await AbsenceNote.filter(organization_id=self.school.id)
        codes = await Attendance.filter(lesson__school_class__organization_id=self.school.id)
        return Counter(
            [
                *(f"note {note.state.value}" for note in notes),
                *(f"{row.lesson_id} {row.student_id} {row.code.value}" for row in codes),
                *["audit"] * await AuditEntry.filter(organization_id=self.school.id).count(),
                *["change"] * await ChangeEntry.filter(topic=topic).count(),
            ]
        )

    def a_note(self, **given: Any) -> dict[str, Any]:
        """The input of the mother's note for today."""
        usual = {
            "studentId": gid("Student", self.pupil.id),
            "startsOn": str(self.school.today),
            "endsOn": str(self.school.today),
            "reason": "SICK",
            "text": "Температура",
        }
        return usual | given

    async def submitted(self, **given: Any) -> str:
        """The id of a note that the mother has written."""
        payload = await self.do(
            self.mother, "SubmitAbsenceNote", "note { id }", **self.a_note(**given)
        )
        found: str = payload["note"]["id"]
        return found

    async def lesson(self, days: int = 0) -> LessonMade:
        """A lesson of algebra so many days from today."""
        return await self.section.lesson(self.school.today + days * DAY)


async def a_story(diary: Diary) -> Story:
    school = await a_school()
    klass, neighbours = await school.class_("7А"), await school.class_("7Б")
    pupil, classmate = await klass.pupil(), await klass.pupil()
    homeroom, teacher = await school.teacher(), await school.teacher()
    await klass.led_by(homeroom)
    return Story(
        diary,
        school,
        klass,
        pupil,
        classmate,
        await pupil.guardian(),
        await (await neighbours.pupil()).guardian(),
        await klass.section("Алгебра", teacher),
        teacher,
        homeroom,
        await school.staff(Position.DEPUTY_HEAD),
    )
