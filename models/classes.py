"""Classes and who is enrolled in them."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.curriculum import SchoolYear
from models.directory import Organization
from models.fields import (
    MadeNumberField,
    Record,
    check,
    choice,
    dates_in_order,
    one_of,
    reference,
    unique,
)
from models.people import Person, Student


class ClassKind(StrEnum):
    """A class of a grade level, or a group within or across classes for one subject."""

    HOMEROOM = "HOMEROOM"
    GROUP = "GROUP"


class SchoolClass(Record):
    """A class (7А) or a teaching group of one school year; a group may belong to a class."""

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "classes")
    organization_id: int
    school_year: fields.ForeignKeyRelation[SchoolYear] = reference("SchoolYear", "classes")
    school_year_id: int
    kind: ClassKind = choice(ClassKind)
    parent: fields.ForeignKeyNullableRelation["SchoolClass"] = reference(
        "SchoolClass", "groups", null=True
    )
    parent_id: int | None
    grade_level = fields.SmallIntField()
    name = fields.CharField(max_length=100)
    homeroom_teacher: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "homeroom_classes", null=True
    )
    homeroom_teacher_id: int | None
    whole_id = MadeNumberField(made_of="coalesce(parent_id, id)")
    """The class that a group belongs to, and its own number of what belongs to none."""

    class Meta:
        table = "school_class"
        constraints = (
            one_of("school_class", "kind", ClassKind),
            unique("school_class_name", "school_year_id", "name"),
            # Enrolments refer to this triple, so that their school and kind are their class's own.
            unique("school_class_identity", "id", "organization_id", "kind"),
            # The same for the audiences of events.
            unique("school_class_place", "id", "organization_id"),
            # Entries of the timetable refer to this pair, so that a group's stand beside its class.
            unique("school_class_whole", "id", "whole_id"),
            check("school_class_grade_level", "grade_level BETWEEN 0 AND 12"),
            check("school_class_group_of", "parent_id IS NULL OR kind = 'GROUP'"),
        )
        indexes = (
            Index(fields=("organization_id",), name="school_class_organization"),
            Index(fields=("parent_id",), name="school_class_parent"),
            Index(fields=("homeroom_teacher_id",), name="school_class_homeroom_teacher"),
        )


class Enrollment(Record):
    """A pupil belongs to a class from `valid_from` until the day before `valid_until`.

    A pupil is in at most one homeroom of an organization on any day.
    """

    student: fields.ForeignKeyRelation[Student] = reference("Student", "enrollments")
    student_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "enrollments")
    school_class_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "enrollments")
    organization_id: int
    kind: ClassKind = choice(ClassKind)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "enrollment"
        constraints = (
            unique("enrollment_start", "student_id", "school_class_id", "valid_from"),
            dates_in_order("enrollment"),
        )
        indexes = (
            Index(fields=("school_class_id",), name="enrollment_class"),
            Index(fields=("organization_id",), name="enrollment_organization"),
        )
