"""Lessons as clients see them."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry

from access import scopes
from schema.classes import SchoolClass
from schema.curriculum import Subject
from schema.declaration import Connection, Node, column, entity, many, one
from schema.homework import Homework
from schema.journal_deeds import JournalDeed, deeds_at_lesson
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.journal import Assignment

_Assignment = Annotated["Assignment", strawberry.lazy("schema.journal")]


@entity(reach=scopes.ROOMS)
class Room(Node):
    """A room where lessons are held (кабинет)."""

    name: str = column(description="Its name or number.")


@entity(reach=scopes.LESSONS)
class Lesson(Node):
    """One lesson on one day (урок): a column of the class journal."""

    date: dt.date = column(description="The day.")
    shift: int = column(description="In which shift (смена), from 1.")
    number: int = column(description="Its place in the shift, as the bell schedule counts.")
    starts_at: dt.time = column(description="When it begins, by the school's clock.")
    ends_at: dt.time = column(description="When it ends, by the school's clock.")
    room: str | None = column("room__name", description="Where it is held.")
    topic: str | None = column(description="Its topic (тема урока).")
    cancelled_at: dt.datetime | None = column(
        description="When it was cancelled; null where it takes place or did."
    )
    cancellation_reason: str | None = column(description="Why it was cancelled.")
    moved_from_date: dt.date | None = column(
        description="The day for which it was planned; null where it was not moved."
    )
    moved_from_number: int | None = column(
        description="The place in that day for which it was planned."
    )
    subject: Subject = one("section__subject_id", description="What is taught.")
    school_class: SchoolClass | None = one(description="The class or group that is taught.")
    teacher: StaffMember | None = one(description="Who teaches it.")
    assignments: list[_Assignment] = many(
        description="Works that were set at it.",
        on={"lesson_id": "id"},
        order_by=("due_on", "id"),
        expected=1,
    )
    homework: list[Homework] = many(
        description="Homework given at it.",
        on={"lesson_id": "id"},
        order_by=("due_on", "id"),
        expected=1,
    )
    deeds: Connection[JournalDeed] | None = deeds_at_lesson()
