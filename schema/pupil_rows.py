"""The pupil of a row in a list of a class: by name, and as the object while that is reached."""

from typing import Any

from schema.declaration import column, one


def pupil_name() -> Any:
    """The name that stands in the row."""
    return column(
        "student__person__full_name",
        description="The pupil's name; it stays there when the pupil has left.",
    )


def pupil() -> Any:
    """The pupil whose row it is."""
    return one(
        "student_id",
        description="The pupil; null when the pupil has left and is no longer the reader's.",
    )
