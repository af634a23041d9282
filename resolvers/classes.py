"""Classes by id."""

import strawberry

from access import rules
from schema.classes import SchoolClass
from schema.declaration import id_argument, root_one


@strawberry.type
class ClassesQuery:
    """Reading of classes."""

    school_class: SchoolClass | None = root_one(
        description="A class or teaching group.",
        arguments={"id": id_argument("SchoolClass", "Which class.", "id")},
        allow=rules.SIGNED_IN,
    )
