"""The signed-in person, their roles and sessions."""

import datetime as dt

import strawberry
from tortoise.expressions import Q

import models
from access import facts, scopes
from access.viewer import ME, MY_SESSION, NOW, TODAY
from schema import attainment
from schema.attainment import Attainment
from schema.audit import AuditEntry, audit_entries
from schema.calendars import CalendarFeed
from schema.declaration import (
    GIVEN,
    Connection,
    Node,
    Page,
    Through,
    argument,
    column,
    computed,
    connection,
    entity,
    many,
    one,
    payload,
)
from schema.directory import Organization
from schema.documents import DataConsent
from schema.errors import UserError
from schema.events import SchoolEvent, organized_events, past_events
from schema.identities import ExternalIdentity
from schema.issuing import AccountHolder, account_holders
from schema.messages import boxes
from schema.messages.boxes import MessageFolder
from schema.messages.digests import MailSettings, mail_settings
from schema.messages.drafts import MessageDraft, drafts
from schema.messages.groups import MessageGroup, message_groups, message_recipients
from schema.messages.message import Correspondent, Message, MessageReceipt
from schema.messages.reports import MessageReport, message_reports, open_message_reports
from schema.people import Student
from schema.roles import Role
from schema.second_factor import SecondFactor
from schema.substitutions import Substitution
from schema.templates import TimetableEntry
from schema.timetable import Lesson


@entity(reach=scopes.ROLE_GRANTS)
class RoleGrant:
    """A role that the signed-in person has today, and where."""

    role: Role = column(description="The role.")
    organization: Organization | None = one(description="Where; null where it is not bound to one.")


@entity(reach=scopes.SESSIONS)
class Session(Node):
    """A device on which the person is signed in."""

    created_at: dt.datetime = column(description="When the person signed in.")
    last_used_at: dt.datetime | None = computed(
        "SELECT max(refresh_token.issued_at) FROM refresh_token"
        " WHERE refresh_token.session_id = {row}.id",
        description="When it was last carried on with a refresh token.",
    )
    expires_at: dt.datetime = column(description="When it ends by itself.")
    address: str = column(description="The address that the person signed in from.")
    user_agent: str = column(description="What the device called itself; empty if nothing.")


@entity(reach=scopes.ACCOUNTS)
class Viewer(Node):
    """The signed-in person."""

    login: str = column(description="The name used for signing in.")
    full_name: str = column("person__full_name", description="Family name, first name, patronymic.")
    phone: str | None = column("person__phone", description="The phone on file.")
    email: str | None = column("person__email", description="The e-mail address on file.")
    roles: list[RoleGrant] = many(
        description="What the person is today; rights are the union of all.",
        on={"person_id": "person_id"},
        order_by=("role", "organization_id"),
        expected=3,
    )
    session: Session | None = one(
        description="The session in which this is asked.",
        on={"account_id": "id"},
        where=Q(id=MY_SESSION),
        order_by=("id",),
    )
    sessions: Connection[Session] = connection(
        description="Where the person is signed in now, the latest first.",
        on={"account_id": "id"},
        order_by=("-created_at", "-id"),
        page=Page(default=20, most=100),
    )
    second_factor: SecondFactor | None = one(
        description="What is asked for beside the password; null where nothing is.",
        on={"account_id": "id"},
        order_by=("id",),
    )
    calendar_feed: CalendarFeed | None = one(
        description="The address under which calendar programs read what concerns the person; null "
        "where there is none.",
        on={"account_id": "id"},
        order_by=("id",),
    )
    external_identities: list[ExternalIdentity] = many(
        description="Identity providers through which the person may sign in, in order of linking.",
        on={"account_id": "id"},
        order_by=("linked_at", "id"),
        expected=1,
    )
    audit_entries: Connection[AuditEntry] = audit_entries()
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
    timetable: list[TimetableEntry] = many(
        description="What the person teaches each week, of today and to come.",
        on={"teacher_id": "person_id"},
        where=Q(valid_until__gt=TODAY),
        order_by=("weekday", "shift", "number", "id"),
        expected=20,
    )
    substitutions: list[Substitution] = many(
        description="Where the person stands in for a teacher today or will, the next one first.",
        on={"teacher_id": "person_id"},
        where=Q(valid_until__gt=TODAY),
        order_by=("valid_from", "id"),
        expected=2,
    )
    attainment: list[Attainment] = attainment.of_teacher()
    unread_message_count: int = boxes.unread_message_count()
    inbox: Connection[MessageReceipt] = boxes.inbox()
    message_archive: Connection[MessageReceipt] = boxes.archive()
    sent_messages: Connection[Message] = boxes.sent_messages()
    message_folders: list[MessageFolder] = boxes.folders()
    message_drafts: Connection[MessageDraft] = drafts()
    messages: Connection[Message] = boxes.messages()
    message_recipients: Connection[Correspondent] = message_recipients()
    message_groups: Connection[MessageGroup] = message_groups()
    message_reports: Connection[MessageReport] = message_reports()
    open_message_reports: Connection[MessageReport] = open_message_reports()
    mail_settings: MailSettings | None = mail_settings()
    accounts: Connection[AccountHolder] = account_holders()
    consents: list[DataConsent] = many(
        description="Consents that one gave, or that are about one's own data; the latest first.",
        where=Q(subject_id=ME) | Q(given_by_id=ME),
        order_by=("-id",),
        expected=3,
    )
    upcoming_events: list[SchoolEvent] = many(
        description="Events for the person that are neither over nor called off, the next one "
        "first; no drafts.",
        where=(Q(starts_at__gte=NOW) | Q(ends_at__gte=NOW))
        & Q(published_at__isnull=False, cancelled_at__isnull=True),
        order_by=("starts_at", "id"),
        first=Page(default=5, most=50),
    )
    past_events: Connection[SchoolEvent] = past_events()
    organized_events: Connection[SchoolEvent] = organized_events()


@strawberry.input(description="One of one's own sessions.")
class EndSessionInput:
    """One of one's own sessions."""

    session_id: strawberry.ID = strawberry.field(description="The session.")


@strawberry.input(description="The password until now, and the new one.")
class ChangePasswordInput:
    """The password until now, and the new one."""

    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(
        description="The new one, from 15 to 128 characters; spaces and all letters are allowed."
    )


@payload
class EndSessionsPayload:
    """The sessions that were ended, or why not."""

    ended_session_ids: list[strawberry.ID] | None = strawberry.field(
        description="Their ids; their tokens no longer work and their streams close."
    )
    user_errors: list[UserError] = strawberry.field(description="Why none was ended.")


@payload
class SignOutPayload:
    """What came of signing out."""

    user_errors: list[UserError] = strawberry.field(description="Why the session was not ended.")
