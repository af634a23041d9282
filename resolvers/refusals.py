"""What PostgreSQL's refusal of a row means to the client whose mutation wrote it.

Mutations look for what stands in the way before they write; here is what remains: somebody else
came in between.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tortoise.exceptions import IntegrityError

from errors import UserError

_TOLD: Mapping[str, tuple[str, str]] = {
    "lesson_class_slot": ("CLASH", "The class has been given another lesson then."),
    "lesson_teacher_slot": ("CLASH", "The teacher has been given another lesson then."),
    "lesson_room_slot": ("CLASH", "The room has been taken by another lesson."),
    "timetable_entry_class_slot": (
        "CLASH",
        "The class or some of its pupils have been given another lesson then.",
    ),
    "timetable_entry_teacher_slot": ("CLASH", "The teacher has been given another lesson then."),
    "timetable_entry_room_slot": ("CLASH", "The room has been taken by another lesson."),
    "calendar_day_of_region": ("CONFLICT", "Somebody else has set the day meanwhile."),
    "mark_at_lesson_held": ("CANCELLED", "The lesson has been cancelled."),
    "attendance_at_lesson_held": ("CANCELLED", "The lesson has been cancelled."),
}


@contextmanager
def told_refusals() -> Iterator[None]:
    """Raise UserError for what a client can be told of."""
    try:
        yield
    except IntegrityError as error:
        name = str(getattr(error.__cause__, "constraint_name", None))
        if name not in _TOLD:
            raise
        raise UserError(*_TOLD[name]) from error
