"""Changing what stands in the card of a pupil or a guardian."""

from datetime import date
from typing import Any

import strawberry

from access.roles import Relations
from access.writers import CARE, OF_GUARDIANS, PERSONAL, by
from models import HealthGroup, PhysicalEducationGroup, Sex
from schema.declaration import found, payload
from schema.errors import UserError
from schema.people import Guardian, Student

_ERRORS = "Why nothing was changed; empty when it was."


def _changed(writers: Relations, description: str) -> Any:
    """A field that may be left out, and who may write it."""
    return strawberry.field(default=strawberry.UNSET, description=f"{description}; {by(writers)}.")


@strawberry.input(description="Changes of a pupil's personal data. What is left out stays.")
class ChangePersonalDataInput:
    """Changes of a pupil's personal data. What is left out stays."""

    student_id: strawberry.ID = strawberry.field(description="Whose data.")
    last_name: str | None = _changed(PERSONAL["last_name"], "Family name, 1–100 characters")
    first_name: str | None = _changed(PERSONAL["first_name"], "First name, 1–100 characters")
    middle_name: str | None = _changed(
        PERSONAL["middle_name"], "Patronymic, up to 100 characters; null takes it away"
    )
    birth_date: date | None = _changed(PERSONAL["birth_date"], "Date of birth")
    sex: Sex | None = _changed(PERSONAL["sex"], "Sex")
    snils: str | None = _changed(PERSONAL["snils"], "СНИЛС, eleven digits, with or without hyphens")
    phone: str | None = _changed(PERSONAL["phone"], "The pupil's own phone")
    email: str | None = _changed(PERSONAL["email"], "The pupil's own e-mail address")
    address: str | None = _changed(
        PERSONAL["address"], "Where the pupil lives, up to 300 characters"
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
    health_group: HealthGroup | None = _changed(CARE["health_group"], "Health group")
    physical_education_group: PhysicalEducationGroup | None = _changed(
        CARE["physical_education_group"], "Group for sports"
    )
    special_needs: str | None = _changed(
        CARE["special_needs"],
        "Special needs (ОВЗ), up to 500 characters; null where there are none",
    )
    social_risk: str | None = _changed(
        CARE["social_risk"], "A social risk, up to 500 characters; null where there is none"
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
    phone: str | None = _changed(OF_GUARDIANS["phone"], "Their phone; null takes it away")
    email: str | None = _changed(OF_GUARDIANS["email"], "Their e-mail address; null takes it away")
    workplace: str | None = _changed(
        OF_GUARDIANS["workplace"], "Where they work, up to 300 characters"
    )


@payload
class ChangeGuardianDataPayload:
    """The guardian as they stand in the books now, or why nothing was changed."""

    guardian: Guardian | None = found(description="The guardian.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
