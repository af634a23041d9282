"""What a school settles for itself."""

from datetime import time

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

    pupils_write_to_classmates: bool = column(
        description="Whether pupils write to those of their class."
    )
    guardians_write_to_guardians: bool = column(
        description="Whether guardians write to other guardians of the class."
    )
    teachers_write_to_guardians: bool = column(
        description="Whether teachers write first to the guardians of those whom they teach."
    )
    quiet_from: time | None = column(
        description="From when on nobody is sent digests of mail; null where at no time."
    )
    quiet_until: time | None = column(description="Until when; before `quietFrom`: the next day.")


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
    pupils_write_to_classmates: bool | None = strawberry.field(
        default=None, description="Whether pupils write to classmates."
    )
    guardians_write_to_guardians: bool | None = strawberry.field(
        default=None, description="Whether guardians write to each other within a class."
    )
    teachers_write_to_guardians: bool | None = strawberry.field(
        default=None, description="Whether teachers write first to guardians."
    )
    quiet_from: time | None = strawberry.field(
        default=strawberry.UNSET,
        description="When quiet hours begin, together with `quietUntil`; null for both: none.",
    )
    quiet_until: time | None = strawberry.field(
        default=strawberry.UNSET, description="When they end."
    )
