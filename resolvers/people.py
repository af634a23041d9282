"""Pupils by id."""

import strawberry

from access import rules
from schema.declaration import id_argument, root_one
from schema.people import Student


@strawberry.type
class PeopleQuery:
    """Reading of people."""

    student: Student | None = root_one(
        description="A pupil.",
        arguments={"id": id_argument("Student", "Which pupil.", "id")},
        allow=rules.SIGNED_IN,
    )
