"""Whom one may write to, derived from what people are to schools today; see `models.views`."""

from enum import StrEnum
from typing import ClassVar

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import Subject
from models.directory import Municipality, Organization
from models.fields import Record, choice, reference
from models.people import Person


class Addressee(Record):
    """A person whom another one may write to today; `id` is the addressee's.

    The same two may stand there for several reasons.
    """

    writer: fields.ForeignKeyRelation[Person] = reference("Person", "addressees")
    writer_id: int
    person: fields.ForeignKeyRelation[Person] = reference("Person", "writers")
    person_id: int

    class Meta:
        table = "addressee"


class MessageGroupKind(StrEnum):
    """Who a group is."""

    CLASS_STUDENTS = "CLASS_STUDENTS"
    CLASS_GUARDIANS = "CLASS_GUARDIANS"
    CLASS_TEACHERS = "CLASS_TEACHERS"
    SUBJECT_TEACHERS = "SUBJECT_TEACHERS"
    STAFF = "STAFF"
    SCHOOL_STUDENTS = "SCHOOL_STUDENTS"
    SCHOOL_GUARDIANS = "SCHOOL_GUARDIANS"
    SCHOOL = "SCHOOL"
    MANAGEMENT = "MANAGEMENT"


class MessageGroup(Record):
    """A group that a person may write to today; `id` is the group's, whoever writes to it.

    `about_id` is the class, school or municipality that it is of, whose name (or the subject's) is
    `name`; the writer does not count among the recipients.
    """

    key: ClassVar[tuple[str, ...]] = ("id", "writer_id")

    writer: fields.ForeignKeyRelation[Person] = reference("Person", "message_groups")
    writer_id: int
    kind: MessageGroupKind = choice(MessageGroupKind)
    about_id = fields.BigIntField()
    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "message_groups", null=True
    )
    organization_id: int | None
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "message_groups", null=True
    )
    school_class_id: int | None
    subject: fields.ForeignKeyNullableRelation[Subject] = reference(
        "Subject", "message_groups", null=True
    )
    subject_id: int | None
    municipality: fields.ForeignKeyNullableRelation[Municipality] = reference(
        "Municipality", "message_groups", null=True
    )
    municipality_id: int | None
    name = fields.CharField(max_length=300)
    recipient_count = fields.IntField()

    class Meta:
        table = "message_group"


class MessageGroupMember(Record):
    """Somebody who is in a group today, perhaps for several reasons; `id` is the person's."""

    kind: MessageGroupKind = choice(MessageGroupKind)
    about_id = fields.BigIntField()
    subject: fields.ForeignKeyNullableRelation[Subject] = reference(
        "Subject", "message_group_members", null=True
    )
    subject_id: int | None
    person: fields.ForeignKeyRelation[Person] = reference("Person", "message_memberships")
    person_id: int

    class Meta:
        table = "message_group_member"
