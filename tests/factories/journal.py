"""Work types, assignments, marks with their history, and marks for a term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models import (
    Assignment,
    Mark,
    MarkChangeKind,
    MarkRevision,
    MarkSign,
    Organization,
    PeriodMark,
    PeriodMarkKind,
    PeriodMarkRevision,
    Person,
    Term,
    WorkType,
)
from tests.factories.made import Made
from tests.factories.people import PersonMade, PupilMade

if TYPE_CHECKING:
    from tests.factories.curriculum import SectionMade
    from tests.factories.timetable import LessonMade

_WORK_TYPES = (
    ("LESSON_ANSWER", "О", "Ответ на уроке", 10),
    ("HOMEWORK", "Д", "Домашнее задание", 10),
    ("TEST", "Т", "Тестирование", 20),
    ("CONTROL", "К", "Контрольная работа", 40),
)


@dataclass
class AssignmentMade(Made[Assignment]):
    lesson: LessonMade

    async def mark(self, pupil: PupilMade, value: int | MarkSign, **columns: Any) -> MarkMade:
        """Mark this work, with its work type's weight unless told."""
        work_type = self.row.work_type
        return await a_mark(
            self.lesson, pupil, value, assignment=self.row, work_type=work_type, **columns
        )


@dataclass
class MarkMade(Made[Mark]):
    """A mark; correcting and removing it keep its history, as the school's own deeds do."""

    by: Person

    async def correct(self, value: int | MarkSign, reason: str = "Описка") -> None:
        """Make it another mark, with a revision."""
        await self.change(**_shown(value), version=self.row.version + 1)
        await self._revise(MarkChangeKind.CORRECTED, reason)

    async def remove(self, reason: str = "Не тому ученику") -> None:
        """Take it away, with a revision."""
        await self.change(removed_at=datetime.now(UTC), version=self.row.version + 1)
        await self._revise(MarkChangeKind.REMOVED, reason)

    async def _revise(self, kind: MarkChangeKind, reason: str | None = None) -> None:
        mark = self.row
        await MarkRevision.create(
            mark=mark,
            version=mark.version,
            kind=kind,
            value=mark.value,
            sign=mark.sign,
            weight=mark.weight,
            comment=mark.comment,
            reason=reason,
            by=self.by,
            at=mark.removed_at or datetime.now(UTC),
        )

    async def record(self) -> MarkMade:
        """Write the revision that every mark begins with."""
        await self._revise(MarkChangeKind.RECORDED)
        return self


async def work_types(school: Organization) -> dict[str, WorkType]:
    """The work types of a school, by code."""
    return {
        code: await WorkType.create(
            organization=school, code=code, abbreviation=short, name=name, weight=weight
        )
        for code, short, name, weight in _WORK_TYPES
    }


async def an_assignment(
    lesson: LessonMade, title: str, work_type: str = "CONTROL", **columns: Any
) -> AssignmentMade:
    """A mandatory work due on the lesson's day unless told."""
    whole: dict[str, Any] = {
        "lesson": lesson.row,
        "section_id": lesson.section.id,
        "work_type": lesson.section.klass.school.work_types[work_type],
        "title": title,
        "due_on": lesson.row.date,
    }
    return AssignmentMade(await Assignment.create(**whole | columns), lesson)


async def a_mark(  # a mark is made of that much
    lesson: LessonMade,
    pupil: PupilMade,
    value: int | MarkSign,
    *,
    weight: int | None = None,
    work_type: WorkType | None = None,
    by: PersonMade | None = None,
    **columns: Any,
) -> MarkMade:
    """A mark by the section's teacher, for an answer and of its usual weight unless told."""
    kind = work_type or lesson.section.klass.school.work_types["LESSON_ANSWER"]
    whole: dict[str, Any] = {
        "lesson": lesson.row,
        "date": lesson.row.date,
        "student": pupil.row,
        "work_type": kind,
        "weight": kind.weight if weight is None else weight,
        "recorded_at": datetime.now(UTC),
        **_shown(value),
    }
    row = await Mark.create(**whole | columns)
    return await MarkMade(row, (by or lesson.section.teacher).row).record()


async def a_period_mark(
    pupil: PupilMade, section: SectionMade, value: int | MarkSign, term: Term | None = None
) -> PeriodMark:
    """A mark for a term, the current one unless told."""
    return await PeriodMark.create(
        student=pupil.row, section=section.row, term=term or section.klass.term, **_shown(value)
    )


async def a_period_revision(
    mark: PeriodMark, by: PersonMade, reason: str | None = None, **columns: Any
) -> PeriodMarkRevision:
    """How somebody came to give the mark as it is."""
    return await PeriodMarkRevision.create(
        period_mark=mark,
        version=mark.version,
        kind=MarkChangeKind.RECORDED,
        value=mark.value,
        sign=mark.sign,
        carried_from=mark.carried_from,
        reason=reason,
        by=by.row,
        at=datetime.now(UTC),
        **columns,
    )


async def a_year_mark(
    pupil: PupilMade, section: SectionMade, kind: PeriodMarkKind, value: int | MarkSign
) -> PeriodMark:
    """An annual, exam or final mark in the year of the section's class."""
    return await PeriodMark.create(
        student=pupil.row, section=section.row, kind=kind, **_shown(value)
    )


def _shown(value: int | MarkSign) -> dict[str, Any]:
    is_word = isinstance(value, MarkSign)
    return {"value": None if is_word else value, "sign": value if is_word else None}
