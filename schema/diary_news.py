"""What is new in a pupil's diary since the reader looked into it."""

import datetime as dt
from typing import Any

from access import scopes
from schema.absences import AbsenceAlert, AbsenceNote
from schema.change_kinds import ChangeArea, ChangeKind
from schema.declaration import Connection, Page, column, connection, entity, one
from schema.homework import Homework
from schema.homework_answers import HomeworkAnswer
from schema.journal import Assignment, Attendance, Debt, Mark
from schema.period_marks import PeriodMark
from schema.timetable import Lesson


@entity(reach=scopes.DIARY_CHANGES)
class DiaryChange:
    """The last thing that was done to one row of a pupil's diary since the reader looked."""

    area: ChangeArea = column(description="What it is about: of the rows below, that one is told.")
    kind: ChangeKind = column(
        description="What was done. REMOVED and SETTLED: the row is there no more."
    )
    at: dt.datetime = column(description="When.")
    mark: Mark | None = one(description="The mark as it is now.")
    attendance: Attendance | None = one(description="The attendance as it is now.")
    homework: Homework | None = one(description="The homework as it is now.")
    homework_answer: HomeworkAnswer | None = one(
        description="What the pupil has done of homework, and a teacher said of it, as it is now."
    )
    period_mark: PeriodMark | None = one(description="The mark for a term or a year as it is now.")
    assignment: Assignment | None = one(description="The work as it is now.")
    debt: Debt | None = one(description="The debt as it is now.")
    absence_note: AbsenceNote | None = one(description="The note about absence as it is now.")
    absence_alert: AbsenceAlert | None = one(
        description="The alert that too much of a term was missed."
    )
    lesson: Lesson | None = one(description="The lesson as it is now.")


@entity(reach=scopes.DIARY_NEWS)
class DiaryNews:
    """What is new in a pupil's diary since the reader looked: see `markDiarySeen`.

    Who has never looked has all that is kept before them.
    """

    new_mark_count: int = column(description="How many marks were given or corrected.")
    new_attendance_count: int = column(description="Of how many lessons attendance was written.")
    new_homework_count: int = column(description="How much homework was given or changed.")
    new_homework_answer_count: int = column(
        description="Of how much homework something was done, or said by a teacher."
    )
    new_final_mark_count: int = column(
        description="How many marks for terms and years were given or changed."
    )
    new_assignment_count: int = column(description="How many works were set, moved or changed.")
    new_debt_count: int = column(description="How many debts came about or got another deadline.")
    new_absence_note_count: int = column(
        description="How many notes about absence were written or decided on."
    )
    new_absence_alert_count: int = column(description="How many alerts of absence there were.")
    new_lesson_change_count: int = column(
        description="How many lessons were moved, cancelled, or given to another teacher."
    )
    is_complete: bool = column(
        description="False where the reader looked longer ago than changes are kept, so that more "
        "may be new than is told."
    )
    changes: Connection[DiaryChange] = connection(
        description="All of it, the latest first; each row once.",
        on={"student_id": "student_id", "account_id": "account_id"},
        order_by=("-at", "-id"),
        page=Page(default=20, most=100),
    )


def diary_news() -> Any:
    """A pupil's news for the reader."""
    return one(
        description="What is new since the reader looked; null for others than the family.",
        on={"student_id": "id"},
        order_by=("account_id",),
    )
