"""Bell times and lessons, and what happens at a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any

from tortoise.expressions import Q

from models import (
    Attendance,
    AttendanceCode,
    BellPeriod,
    BellSchedule,
    Homework,
    Lesson,
    MarkSign,
    Organization,
)
from tests.factories.homework import a_homework
from tests.factories.journal import AssignmentMade, MarkMade, a_mark, an_assignment
from tests.factories.made import Made
from tests.factories.people import PupilMade

if TYPE_CHECKING:
    from tests.factories.curriculum import SectionMade

_LESSONS_A_DAY = 8


@dataclass
class LessonMade(Made[Lesson]):
    section: SectionMade

    async def mark(self, pupil: PupilMade, value: int | MarkSign, **columns: Any) -> MarkMade:
        """Give a mark, a number or a word; see `tests.factories.journal.a_mark`."""
        return await a_mark(self, pupil, value, **columns)

    async def attendance(
        self, pupil: PupilMade, code: AttendanceCode = AttendanceCode.ABSENT, **columns: Any
    ) -> Attendance:
        return await Attendance.create(lesson=self.row, student=pupil.row, code=code, **columns)

    async def homework(self, text: str, due_on: date | None = None, **columns: Any) -> Homework:
        """Give homework, for the day after the lesson unless told."""
        return await a_homework(self.row, text, due_on, **columns)

    async def assignment(self, title: str = "Контрольная работа", **columns: Any) -> AssignmentMade:
        """Set a work, written at this very lesson unless `due_on` says otherwise."""
        return await an_assignment(self, title, **columns)


def bell(number: int) -> tuple[time, time]:
    """When the n-th lesson begins and ends: 45 minutes from 08:30 on, breaks of ten."""
    begins = 8 * 60 + 30 + 55 * (number - 1)
    ends = begins + 45
    return time(begins // 60, begins % 60), time(ends // 60, ends % 60)


async def a_bell_schedule(school: Organization) -> BellSchedule:
    schedule = await BellSchedule.create(organization=school, name="Обычный день", is_usual=True)
    for number in range(1, _LESSONS_A_DAY + 1):
        starts_at, ends_at = bell(number)
        await BellPeriod.create(
            bell_schedule=schedule, number=number, starts_at=starts_at, ends_at=ends_at
        )
    return schedule


async def a_lesson(
    section: SectionMade, on: date, number: int | None = None, **columns: Any
) -> LessonMade:
    klass = section.klass
    number = number or await _free_slot(klass.id, section.teacher.id, on)
    starts_at, ends_at = bell(number)
    whole: dict[str, Any] = {
        "section": section.row,
        "school_class": klass.row,
        "teacher_id": section.teacher.id,
        "date": on,
        "number": number,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    return LessonMade(await Lesson.create(**whole | columns), section)


async def _free_slot(class_id: int, teacher_id: int, on: date) -> int:
    busy = Q(school_class_id=class_id) | Q(teacher_id=teacher_id)
    taken = await Lesson.filter(busy, date=on).only("number")
    return max((lesson.number for lesson in taken), default=0) + 1
