"""What a school settles for itself."""

import strawberry

from access import offices
from schema.declaration import column, entity


@entity(reach=offices.SETTLED_POLICIES)
class SchoolPolicy:
    """What a school has settled for itself, or what holds where it has not."""

    homeroom_resets_passwords: bool = column(
        description="Whether homeroom teachers reset passwords of their pupils and guardians."
    )
    homeroom_writes_marks: bool = column(
        description="Whether homeroom teachers write marks of their class in every subject."
    )
    administrators_need_second_factor: bool = column(
        description="Whether the school's administrators sign in with a second factor."
    )


@strawberry.input(description="What a school settles anew. What is left out stays as it is.")
class ChangeSchoolPolicyInput:
    """What a school settles anew. What is left out stays as it is."""

    organization_id: strawberry.ID = strawberry.field(description="Which school.")
    homeroom_resets_passwords: bool | None = strawberry.field(
        default=None, description="Whether homeroom teachers reset passwords of their class."
    )
    homeroom_writes_marks: bool | None = strawberry.field(
        default=None, description="Whether homeroom teachers write marks in every subject."
    )
    administrators_need_second_factor: bool | None = strawberry.field(
        default=None, description="Whether administrators sign in with a second factor."
    )
