"""Roles as clients see them."""

from access.roles import Role
from schema.declaration import describe_enum

__all__ = ["Role"]

describe_enum(
    Role,
    "What a person is today.",
    STUDENT="Pupil, by an enrolment.",
    GUARDIAN="Guardian of a pupil, by a guardianship.",
    TEACHER="Teacher (учитель).",
    SUBSTITUTE="Stands in for a section's teacher today (замещающий учитель).",
    HOMEROOM_TEACHER="Homeroom teacher of a class (классный руководитель).",
    DEPUTY_HEAD="Deputy head (завуч).",
    HEAD="Head of an organization (директор).",
    SCHOOL_ADMINISTRATOR="Administrator of a school's part of the system.",
    LIBRARIAN="Librarian.",
    PSYCHOLOGIST="Psychologist.",
    MUNICIPAL_AUTHORITY="A municipality's education authority; sees numbers, not names.",
    REGIONAL_OPERATOR="Operator of the region; sees numbers, not names.",
    SYSTEM_ADMINISTRATOR="Administrator of the system; has no school data.",
    SUPPORT="Technical support; has no school data.",
)
