"""The audit trail as its readers see it."""

import datetime as dt
from typing import Any

import strawberry
from strawberry.scalars import JSON
from tortoise.expressions import Q

from access import audit, rules
from models import AuditKind
from schema.declaration import (
    GIVEN,
    Node,
    Page,
    argument,
    column,
    computed,
    connection,
    describe_enum,
    entity,
    one,
)
from schema.declaration.arguments import Argument
from schema.roles import Role
from schema.staff import StaffMember

describe_enum(
    AuditKind,
    "What a deed was about.",
    MARK="A mark that was given, corrected or removed.",
    ATTENDANCE="Attendance that was written down.",
    HOMEWORK="Homework that was given.",
    JOURNAL="A lesson's topic, a work or a debt in the journal, or a lock of it.",
    SUBSTITUTION="A teacher who stands in for another.",
    LESSON="A lesson that was scheduled, moved, changed, cancelled or restored.",
    TIMETABLE="A weekly timetable or its bells, and lessons that were made of it.",
    CALENDAR="A school year's terms, vacations and other days.",
    MESSAGE="A message that was sent, read, put away or reported; never its text.",
    EVENT="An event that was announced, changed or called off, or that somebody answered.",
    NOTICE="A notice about the service that was published or ended.",
    SESSION="A session that began or ended.",
    SIGN_IN="A sign-in that failed or was refused; not each of many at once.",
    SIGN_IN_STEP="A sign-in that was right so far and owes something more.",
    SECOND_FACTOR="A second factor, or its recovery codes.",
    IDENTITY="An identity provider by which an account is opened.",
    ACCOUNT="An account or its password.",
    PERSON="What a school knows of a person.",
    DOCUMENT="A paper or a SNILS that was shown to a school.",
    CONSENT="A consent that was given or withdrawn.",
    POST="A post that somebody was given or gave up.",
    POLICY="What a school has settled for itself.",
    REVEAL="A masked value that was shown to somebody who said why.",
    PERSONAL_DATA="All data of one person that were given out.",
    RETENTION="What was kept for long enough and was deleted.",
    IMPORT="Rows taken over from another system.",
)


@entity(reach=audit.AUDIT)
class AuditEntry(Node):
    """One deed that was written down (запись журнала действий); it is never changed."""

    at: dt.datetime = column(description="When.")
    kind: AuditKind = column(description="What it was about.")
    action: str = column(description="What was done: the kind and a verb, `mark.corrected`.")
    actor: StaffMember | None = one(
        "person_id",
        description="Who did it, where that is somebody who works or has worked at a school or "
        "office; null for families, for programs, and where nobody had signed in.",
        allow=rules.AUDIT_VALUES | rules.SYSTEM,
    )
    roles: list[Role] = column(description="What the actor was at that moment.")
    entity: str = column(description="What kind of row it was done to.")
    row_id: strawberry.ID | None = computed(
        "translate(encode(convert_to({row}.entity || ':' || {row}.row_id, 'UTF8'), 'base64'),"
        " E'\\n', '')",
        description="The id of the row that it was done to, if it was one.",
    )
    before: JSON | None = column(
        description="What the row held before, as far as that was changed.",
        allow=rules.AUDIT_VALUES,
    )
    after: JSON | None = column(
        description="What the row was given.",
        allow=rules.AUDIT_VALUES,
    )
    request_id: str = column(description="The id of the request, as it stands in the log.")
    address: str = column(
        description="The address from which it was asked; empty for a program's own."
    )


def audit_entries() -> Any:
    """The deeds that the viewer may read of."""
    return connection(
        description="Deeds that were written down, the latest first: to everybody their own "
        "sign-ins; to deputy heads the marks of their school, to heads and administrators all of "
        "it; to the region's operator and the system's administrator what is technical.",
        arguments={
            "since": argument(dt.datetime | None, "Only from that moment on.", Q(at__gte=GIVEN)),
            "until": argument(dt.datetime | None, "Only before that moment.", Q(at__lt=GIVEN)),
            "kind": argument(AuditKind | None, "Only of that kind.", Q(kind=GIVEN)),
            "actor_id": _of("StaffMember", "Only deeds of that person.", Q(person_id=GIVEN)),
            "mark_id": _of("Mark", "Only what was done to that mark.", _row("Mark")),
            "session_id": _of("Session", "Only what was done to that session.", _row("Session")),
        },
        order_by=("-at", "-id"),
        page=Page(default=20, most=100),
        looks_through=200,
    )


def _of(label: str, description: str, condition: Q) -> Argument:
    """An argument that may be left out, the id of a `label`."""
    return Argument(strawberry.ID | None, description, condition, id_of=label)


def _row(label: str) -> Q:
    return Q(row_id=GIVEN, entity=label)
