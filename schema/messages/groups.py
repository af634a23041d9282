"""To whom one may write: single people, and groups of them."""

from typing import Any

import strawberry
from tortoise.expressions import Q

from access import mail
from models import MessageGroupKind
from schema.classes import SchoolClass
from schema.curriculum import Subject
from schema.declaration import (
    GIVEN,
    Page,
    argument,
    column,
    connection,
    describe_enum,
    entity,
    identifier,
    one,
)

describe_enum(
    MessageGroupKind,
    "Who is written to at once.",
    CLASS_STUDENTS="The pupils of a class.",
    CLASS_GUARDIANS="The guardians of a class's pupils (родители класса).",
    CLASS_TEACHERS="Those who teach a class, and its homeroom teacher.",
    SUBJECT_TEACHERS="Those who teach a subject at a school.",
    STAFF="Everybody who works at a school.",
    SCHOOL_STUDENTS="All pupils of a school.",
    SCHOOL_GUARDIANS="The guardians of all pupils of a school.",
    SCHOOL="Pupils, guardians and staff of a school together.",
    MANAGEMENT="The management of all schools of a municipality.",
)


@entity(reach=mail.GROUPS)
class MessageGroup:
    """A group that the viewer may write to today; who is in it is asked when something is sent."""

    id: strawberry.ID = identifier("MessageGroup")
    kind: MessageGroupKind = column(description="Who is in it.")
    name: str = column(
        description="The name of its subject or else of its class, school or municipality."
    )
    recipient_count: int = column(
        description="How many people are in it now, the viewer not counted."
    )
    school_class: SchoolClass | None = one(description="The class that it is of.")
    subject: Subject | None = one(description="The subject that it teaches.")


def message_groups() -> Any:
    """The groups that the viewer may write to."""
    return connection(
        description="The groups that the person may write to, by name.",
        arguments={
            "search": argument(
                str | None,
                "A part of the name, in capitals or not.",
                Q(name__icontains=GIVEN),
            )
        },
        order_by=("name", "id"),
        page=Page(default=20, most=100),
        looks_through=200,
    )


def message_recipients() -> Any:
    """The people whom the viewer may write to."""
    return connection(
        description="The people whom the person may write to, by name.",
        arguments={
            "search": argument(
                str,
                "A part of the name, in capitals or not; empty finds everybody.",
                Q(full_name__icontains=GIVEN),
            )
        },
        order_by=("full_name", "id"),
        page=Page(default=20, most=100),
        # All whom a school's management may write to; a name is no index's beginning.
        looks_through=1_500,
    )
