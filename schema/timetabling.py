"""What those who plan lessons send, and what they are answered."""

import datetime as dt

import strawberry

from schema.declaration import found, payload
from schema.errors import UserError
from schema.timetable import Lesson, Room

_ERRORS = "Why nothing was changed; empty when it was. CLASH comes once for each that clashes."
_SHIFT = "In which shift, from 1."
_NUMBER = "Which lesson of the shift; the bell schedule says when it begins and ends."


@strawberry.input(description="A lesson that is not to take place.")
class CancelLessonInput:
    """A lesson that is not to take place."""

    lesson_id: strawberry.ID = strawberry.field(description="Which lesson.")
    reason: str = strawberry.field(
        description="Why, 1–1000 characters; families read it in the diary."
    )


@payload
class CancelLessonPayload:
    """The lesson as it is now, or why it was not cancelled."""

    lesson: Lesson | None = found(description="The lesson; it stays in diary and journal.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Days whose lessons are not to take place.")
class CancelLessonsInput:
    """Days whose lessons are not to take place."""

    school_year_id: strawberry.ID = strawberry.field(description="Of which school year.")
    class_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this class and its groups alone."
    )
    from_: dt.date = strawberry.field(name="from", description="The first day, within the year.")
    until: dt.date = strawberry.field(
        description="The last day, within the year: as far as there are 500 lessons at most."
    )
    reason: str = strawberry.field(
        description="Why, 1–1000 characters; families read it in the diary."
    )


@payload
class CancelLessonsPayload:
    """How many lessons were cancelled, or why none was."""

    cancelled_count: int | None = strawberry.field(
        description="How many were cancelled; each is told live."
    )
    held_count: int | None = strawberry.field(
        description="How many stay, for marks or attendance were written down at them."
    )
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A room of a school.")
class CreateRoomInput:
    """A room of a school."""

    organization_id: strawberry.ID = strawberry.field(description="Of which school.")
    name: str = strawberry.field(description="Its name or number, 1–50 characters.")


@payload
class CreateRoomPayload:
    """The room that was made, or why it was not."""

    room: Room | None = found(description="The room.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A cancelled lesson that is to take place after all.")
class RestoreLessonInput:
    """A cancelled lesson that is to take place after all."""

    lesson_id: strawberry.ID = strawberry.field(description="Which lesson.")


@payload
class RestoreLessonPayload:
    """The lesson as it is now, or why it was not restored."""

    lesson: Lesson | None = found(description="The lesson, in the slot that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Where a lesson is to be. What is left out stays as it is.")
class MoveLessonInput:
    """Where a lesson is to be. What is left out stays as it is."""

    lesson_id: strawberry.ID = strawberry.field(description="Which lesson.")
    date: dt.date | None = strawberry.field(
        default=None, description="On which day, within the school year."
    )
    shift: int | None = strawberry.field(default=None, description=_SHIFT)
    number: int | None = strawberry.field(default=None, description=_NUMBER)
    room_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="In which room of the school; null for none."
    )


@payload
class MoveLessonPayload:
    """The lesson as it is now, or why it was not moved."""

    lesson: Lesson | None = found(description="The lesson; it says where it was planned first.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="What is to be otherwise at a lesson. What is left out stays.")
class ChangeLessonInput:
    """What is to be otherwise at a lesson. What is left out stays."""

    lesson_id: strawberry.ID = strawberry.field(description="Which lesson.")
    topic: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Its topic, up to 500 characters, which its teachers write too; null for none.",
    )
    room_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="In which room of the school, which those say who plan lessons; null for none.",
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why a topic is written, 1–1000 characters, from those who write where "
        "teachers may no more: on a page that is locked. Kept for ever.",
    )


@payload
class ChangeLessonPayload:
    """The lesson as it is now, or why it was not changed."""

    lesson: Lesson | None = found(description="The lesson.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A lesson beside those that are planned.")
class ScheduleLessonInput:
    """A lesson beside those that are planned."""

    section_id: strawberry.ID = strawberry.field(description="Of which section.")
    date: dt.date = strawberry.field(description="On which day, within the school year.")
    shift: int = strawberry.field(default=1, description=_SHIFT)
    number: int = strawberry.field(description=_NUMBER)
    teacher_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Who gives it, of those who teach the section on that day; the one who has "
        "taught it longest unless told.",
    )
    room_id: strawberry.ID | None = strawberry.field(
        default=None, description="In which room of the school."
    )
    topic: str | None = strawberry.field(
        default=None, description="Its topic, up to 500 characters."
    )


@payload
class ScheduleLessonPayload:
    """The lesson that was scheduled, or why it was not."""

    lesson: Lesson | None = found(description="The lesson.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
