"""Changing what stands in the card of a pupil or a guardian."""

from datetime import date

import strawberry

from models import HealthGroup, PhysicalEducationGroup, Sex
from schema.declaration import found, payload
from schema.errors import UserError
from schema.people import Guardian, Student

_ERRORS = "Why nothing was changed; empty when it was."


@strawberry.input(description="Changes of a pupil's personal data. What is left out stays.")
class ChangePersonalDataInput:
    """Changes of a pupil's personal data. What is left out stays."""

    student_id: strawberry.ID = strawberry.field(description="Whose data.")
    last_name: str | None = strawberry.field(
        default=strawberry.UNSET, description="Family name, 1–100 characters; by administrators."
    )
    first_name: str | None = strawberry.field(
        default=strawberry.UNSET, description="First name, 1–100 characters; by administrators."
    )
    middle_name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Patronymic, up to 100 characters; null takes it away; by administrators.",
    )
    birth_date: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="Date of birth; by administrators and the homeroom teacher.",
    )
    sex: Sex | None = strawberry.field(
        default=strawberry.UNSET, description="Sex; by administrators and the homeroom teacher."
    )
    snils: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="СНИЛС, eleven digits, with or without hyphens; by administrators.",
    )
    phone: str | None = strawberry.field(
        default=strawberry.UNSET, description="The pupil's own phone; by administrators."
    )
    email: str | None = strawberry.field(
        default=strawberry.UNSET, description="The pupil's own e-mail address; by administrators."
    )
    address: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Where the pupil lives, up to 300 characters; by administrators.",
    )


@payload
class ChangePersonalDataPayload:
    """The pupil as they stand in the books now, or why nothing was changed."""

    student: Student | None = found(description="The pupil.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Changes of what care a pupil needs. What is left out stays.")
class ChangeCareInput:
    """Changes of what care a pupil needs. What is left out stays."""

    student_id: strawberry.ID = strawberry.field(description="Which pupil.")
    health_group: HealthGroup | None = strawberry.field(
        default=strawberry.UNSET, description="Health group; by administrators."
    )
    physical_education_group: PhysicalEducationGroup | None = strawberry.field(
        default=strawberry.UNSET, description="Group for sports; by administrators."
    )
    special_needs: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Special needs (ОВЗ), up to 500 characters; null where there are none; by "
        "administrators and psychologists.",
    )
    social_risk: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A social risk, up to 500 characters; null where there is none; by "
        "administrators and psychologists.",
    )


@payload
class ChangeCarePayload:
    """The pupil, or why nothing was changed."""

    student: Student | None = found(description="The pupil.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="Changes of a guardian's data. What is left out stays.")
class ChangeGuardianDataInput:
    """Changes of a guardian's data. What is left out stays."""

    guardian_id: strawberry.ID = strawberry.field(description="Which guardian.")
    phone: str | None = strawberry.field(
        default=strawberry.UNSET, description="Their phone; null takes it away."
    )
    email: str | None = strawberry.field(
        default=strawberry.UNSET, description="Their e-mail address; null takes it away."
    )
    workplace: str | None = strawberry.field(
        default=strawberry.UNSET, description="Where they work, up to 300 characters."
    )


@payload
class ChangeGuardianDataPayload:
    """The guardian as they stand in the books now, or why nothing was changed."""

    guardian: Guardian | None = found(description="The guardian.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
