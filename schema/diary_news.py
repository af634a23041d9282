"""What is new in a pupil's diary since the reader looked into it."""

import datetime as dt
from typing import Any

from access import scopes
from schema.change_kinds import ChangeArea, ChangeKind
from schema.declaration import Connection, Page, column, connection, entity, one
from schema.homework import Homework
from schema.journal import Attendance, Mark


@entity(reach=scopes.DIARY_CHANGES)
class DiaryChange:
    """The last thing that was done to one row of a pupil's diary since the reader looked."""

    area: ChangeArea = column(description="What it is about: MARKS, ATTENDANCE or HOMEWORK.")
    kind: ChangeKind = column(description="What was done. REMOVED: the row is there no more.")
    at: dt.datetime = column(description="When.")
    mark: Mark | None = one(description="The mark as it is now.")
    attendance: Attendance | None = one(description="The attendance as it is now.")
    homework: Homework | None = one(description="The homework as it is now.")


@entity(reach=scopes.DIARY_NEWS)
class DiaryNews:
    """What is new in a pupil's diary since the reader looked: see `markDiarySeen`.

    Who has never looked has all that is kept before them.
    """

    new_mark_count: int = column(description="How many marks were given or corrected.")
    new_attendance_count: int = column(description="Of how many lessons attendance was written.")
    new_homework_count: int = column(description="How much homework was given or changed.")
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
