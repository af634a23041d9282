"""What a school and a family do beside marks and homework, as tests of the diary have it done."""

from dataclasses import dataclass
from typing import Any

from tests.diary import Client
from tests.factories import gid
from tests.homework.story import DAY, Story
from tests.traces import reasons


async def do(client: Client, mutation: str, made: str = "", **given: Any) -> str:
    """Send a mutation that is done; the id of the row that it has made or changed."""
    asked = f"{made} {{ id }}" if made else ""
    kind = mutation[0].upper() + mutation[1:]
    answer = await client.send(
        f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) "
        f"{{ {asked} userErrors {{ code message field }} }} }}",
        input=given,
    )
    payload = answer.data[mutation]
    assert reasons(payload) == []
    return str((payload.get(made) or {}).get("id"))


@dataclass
class Desk:
    """A teacher's works and debts of the pupil, and a family's notes; who decides on these."""

    story: Story
    homeroom: Client

    async def work(self, title: str) -> str:
        given = {"lessonId": gid("Lesson", self.story.lesson.id), "workType": "К", "title": title}
        return await do(self.story.teacher, "createAssignment", "assignment", **given)

    async def debt(self, work: str) -> str:
        given = {"studentId": gid("Student", self.story.pupil.id), "assignmentId": work}
        return await do(self.story.teacher, "setDebt", "debt", **given, deadline=self.day(9))

    async def note(self, days: int) -> str:
        given = {"studentId": gid("Student", self.story.pupil.id), "reason": "SICK"}
        when = dict.fromkeys(("startsOn", "endsOn"), self.day(days))
        whole = {**given, **when, "text": "Болеет"}
        return await do(self.story.mother, "submitAbsenceNote", "note", **whole)

    async def mark(self, version: int | None, value: int) -> str:
        """The mark for the term."""
        klass, section = self.story.klass, self.story.section
        given = {
            "sectionId": gid("CourseSection", section.id),
            "termId": gid("Term", klass.term.id),
            "studentId": gid("Student", self.story.pupil.id),
        }
        told = {"version": version, "value": value, "reason": "По итогам"}
        return await do(self.story.teacher, "recordPeriodMark", "periodMark", **given, **told)

    def day(self, days: int) -> str:
        return str(self.story.school.today + days * DAY)
