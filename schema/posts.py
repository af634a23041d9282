"""Posts as those see them who appoint people to them."""

from datetime import date

import strawberry

from access import offices
from models import Position
from schema.declaration import Node, column, describe_enum, entity, found, one, payload
from schema.directory import Organization
from schema.errors import UserError
from schema.issuing import AccountHolder

describe_enum(
    Position,
    "The post that a member of staff holds.",
    TEACHER="Teacher (учитель).",
    DEPUTY_HEAD="Deputy head (завуч).",
    HEAD="Head of an organization (директор).",
    SCHOOL_ADMINISTRATOR="Administrator of a school's part of the system.",
    LIBRARIAN="Librarian.",
    PSYCHOLOGIST="Psychologist.",
    MUNICIPAL_AUTHORITY="A municipality's education authority.",
    REGIONAL_OPERATOR="Operator of the region.",
    SYSTEM_ADMINISTRATOR="Administrator of the system.",
    SUPPORT="Technical support.",
)


@entity(reach=offices.POSTS)
class StaffPost(Node):
    """A post that somebody holds from one day until the day before another."""

    position: Position = column(description="Which post.")
    organization: Organization = one(description="Where.")
    holder: AccountHolder | None = one(
        "person_id", description="Who holds it, where the reader administers their account."
    )
    valid_from: date = column(description="The first day.")
    valid_until: date | None = column(description="The day on which it is held no longer.")


@strawberry.input(description="Somebody who is not known yet.")
class NewPersonInput:
    """Somebody who is not known yet."""

    last_name: str = strawberry.field(description="Family name.")
    first_name: str = strawberry.field(description="First name.")
    middle_name: str = strawberry.field(default="", description="Patronymic, if any.")
    birth_date: date | None = strawberry.field(default=None, description="Date of birth.")


@strawberry.input(description="Who is to hold which post: somebody known, or somebody new.")
class AppointStaffInput:
    """Who is to hold which post: somebody known, or somebody new."""

    organization_id: strawberry.ID = strawberry.field(description="Where.")
    position: Position = strawberry.field(description="Which post.")
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who, a `StaffMember` or an `AccountHolder`; or else `newPerson`."
    )
    new_person: NewPersonInput | None = strawberry.field(
        default=None, description="Who, where they are not known yet."
    )
    valid_from: date = strawberry.field(description="The first day.")
    valid_until: date | None = strawberry.field(
        default=None, description="The day on which it is held no longer, if that is known."
    )


@strawberry.input(description="A post that is given up.")
class EndPostInput:
    """A post that is given up."""

    post_id: strawberry.ID = strawberry.field(description="Which post.")
    on: date = strawberry.field(description="The day on which it is held no longer.")
    reason: str = strawberry.field(description="Why; kept in the audit.")


@payload
class AppointStaffPayload:
    """The post that was given, or why it was not."""

    post: StaffPost | None = found(description="The post.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not given.")


@payload
class EndPostPayload:
    """The post with its last day, or why it goes on."""

    post: StaffPost | None = found(description="The post.")
    user_errors: list[UserError] = strawberry.field(description="Why it goes on.")
