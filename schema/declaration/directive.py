"""The rule on a field, printed in the SDL as `@allow(to: …)`."""

import strawberry
from strawberry.schema_directive import Location

from access.roles import Relation
from schema.declaration.enums import describe_enum

describe_enum(
    Relation,
    "How a reader stands to a row. A guarded field is null for everyone else.",
    ANYONE="Everybody, signed in or not.",
    SIGNED_IN="Everybody who is signed in.",
    SELF="The very person whose account, post or guardianship the row is.",
    STUDENT="The pupil whom the row is about.",
    GUARDIAN="A guardian of the pupil whom the row is about, while the guardianship lasts.",
    TEACHES="A teacher of the section, or of the pupil in any section, today.",
    TEACHES_PHYSICAL_EDUCATION="Teaches the pupil physical education today.",
    SUBSTITUTES="Stands in today for the teacher of the section, at the lessons of these days.",
    HOMEROOM="The homeroom teacher of the pupil's class (классный руководитель).",
    DEPUTY_HEAD="A deputy head of the school (завуч).",
    HEAD="The head of the school (директор).",
    ADMINISTRATOR="An administrator of the school.",
    LIBRARIAN="A librarian of the school.",
    PSYCHOLOGIST="A psychologist of the school.",
    MUNICIPALITY="The education authority of the municipality.",
    REGION="The operator of the region.",
    SYSTEM="An administrator of the system.",
    SUPPORT="Technical support.",
)


@strawberry.schema_directive(
    name="allow",
    locations=[Location.FIELD_DEFINITION],
    description="Who may read this field or run this operation.",
)
class Allow:
    """Who may read a field or run an operation."""

    to: list[Relation] = strawberry.field(description="Any of these relations is enough.")
