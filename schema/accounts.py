"""The signed-in person, their roles and sessions."""

import datetime as dt

import strawberry
from tortoise.expressions import Q

import models
from access import facts, scopes
from access.roles import Role
from access.viewer import NOW
from schema.declaration import (
    GIVEN,
    Node,
    Page,
    Through,
    argument,
    column,
    computed,
    described_enum,
    entity,
    many,
    one,
)
from schema.directory import Organization
from schema.events import SchoolEvent
from schema.people import Student
from schema.timetable import Lesson

RoleEnum = described_enum(
    Role,
    "What a person is today.",
    STUDENT="Pupil, by an enrolment.",
    GUARDIAN="Guardian of a pupil, by a guardianship.",
    TEACHER="Teacher (учитель).",
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


@entity(scopes.ROLE_GRANTS)
class RoleGrant:
    """A role that the signed-in person has today, and where."""

    role: RoleEnum = column(description="The role.")
    organization: Organization | None = one(description="Where; null where it is not bound to one.")


@entity(scopes.ACCOUNTS)
class Viewer(Node):
    """The signed-in person."""

    login: str = column(description="The name used for signing in.")
    full_name: str = column("person__full_name", description="Family name, first name, patronymic.")
    roles: list[RoleGrant] = many(
        description="What the person is today; rights are the union of all.",
        on={"person_id": "person_id"},
        order_by=("role", "organization_id"),
        expected=3,
    )
    student: Student | None = one(
        description="The person as a pupil.",
        on={"person_id": "person_id"},
    )
    children: list[Student] = many(
        description="The pupils whose guardian the person is today, the eldest first.",
        through=Through(
            models.Guardianship,
            on={"guardian_id": "person_id"},
            key="student_id",
            where=facts.holds_today(),
        ),
        order_by=("person__birth_date", "id"),
        expected=3,
    )
    lessons: list[Lesson] = many(
        description="The lessons that the person teaches on a day, in order.",
        on={"teacher_id": "person_id"},
        arguments={"on": argument(dt.date, "The day.", Q(date=GIVEN))},
        order_by=("date", "shift", "number", "id"),
        expected=6,
    )
    unread_message_count: int = computed(
        "SELECT count(*) FROM message_receipt"
        " WHERE message_receipt.recipient_id = {row}.person_id AND message_receipt.read_at IS NULL",
        description="How many messages in the inbox have not been read.",
    )
    upcoming_events: list[SchoolEvent] = many(
        description="Events for the person that are not over, the next one first.",
        where=Q(starts_at__gte=NOW) | Q(ends_at__gte=NOW),
        order_by=("starts_at", "id"),
        first=Page(default=5, most=50),
    )


@strawberry.type(description="What a client needs to speak for a signed-in person.")
class SessionTokens:
    """What a client needs to speak for a signed-in person."""

    access_token: str = strawberry.field(
        description="Sent as `Authorization: Bearer …`; holds for minutes."
    )
    refresh_token: str = strawberry.field(
        description="Exchanged for a new pair by `refreshSession`; works once."
    )
    access_expires_at: dt.datetime = strawberry.field(
        description="When the access token runs out."
    )
