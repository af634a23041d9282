"""The lessons whose journal lacks something, one by one."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import scopes
from access.facts import where
from schema.declaration import (
    GIVEN,
    Argument,
    Page,
    argument,
    column,
    connection,
    entity,
    one,
)
from schema.journal_keeping import OF_DAYS, in_bounds
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.timetable import Lesson

_Lesson = Annotated["Lesson", strawberry.lazy("schema.timetable")]


@entity(reach=scopes.LATE_LESSONS)
class LateLesson:
    """A lesson that is more than `days` days past and lacks something: what the figures count."""

    lesson: _Lesson | None = one(
        description="The lesson; null where it is of a section that its teacher has no more."
    )
    teacher: StaffMember | None = one(description="The teacher who gave it.")
    date: dt.date = column(description="Its day.")
    without_topic: bool = column(description="Whether it has no topic.")
    without_marks: bool = column(
        description="Whether no mark was recorded within these days; never in the first grade."
    )
    without_entries: bool = column(
        description="Whether it has neither a mark nor anybody's attendance until now."
    )


def of_school() -> Any:
    """The lessons behind a school's `journalKeeping`."""
    return connection(
        description="The lessons of a year that lack something in the journal, the latest first: "
        "for the school's management, and for teachers their own.",
        on={"organization_id": "id"},
        order_by=("-date", "-id"),
        arguments={
            **OF_DAYS,
            "teacher_id": _of("StaffMember", "Only this teacher's.", "teacher_id"),
            "class_id": _of("SchoolClass", "Only of this class and its groups.", "school_class_id"),
            "from_": argument(dt.date | None, "Only from this day on.", Q(date__gte=GIVEN)),
            "to": argument(dt.date | None, "Only until this day.", Q(date__lte=GIVEN)),
            "without_topic": argument(
                bool | None, "Only with a topic, or only without.", Q(without_topic=GIVEN)
            ),
            "without_marks": argument(
                bool | None,
                "Only without marks in time, or only with some.",
                Q(without_marks=GIVEN),
            ),
            "without_entries": argument(
                bool | None,
                "Only without any entry, or only with some.",
                Q(without_entries=GIVEN),
            ),
        },
        check=in_bounds,
        page=Page(default=20, most=100),
        looks_through=500,
    )


def _of(label: str, description: str, path: str) -> Argument:
    """An argument that may be left out, the id of a `label`."""
    return Argument(strawberry.ID | None, description, where(path, GIVEN), id_of=label)
