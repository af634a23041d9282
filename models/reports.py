"""Figures of period marks as schools report them; views, made in migrations and read only."""

from enum import StrEnum

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import CourseSection, Subject, Term, TermKind
from models.directory import Organization
from models.fields import Record, choice, reference
from models.people import Person


class AttainmentLevel(StrEnum):
    """Whose period marks are counted together."""

    SECTION = "SECTION"
    CLASS = "CLASS"
    GRADE_LEVEL = "GRADE_LEVEL"
    TEACHER = "TEACHER"
    SCHOOL = "SCHOOL"


class Attainment(Record):
    """What the period marks of some pupils come to, in one subject or in all (null).

    Counted are the pupils who are enrolled on the period's last day, in the class and, where the
    subject is taught to a group, in the group; `id` is the section's, the class's, the teacher's
    or the school's. `term` is null where periods of several grade levels are counted together.
    `twos` are of the level of 2, `ones` among them.
    """

    level: AttainmentLevel = choice(AttainmentLevel)
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "attainment")
    organization_id: int
    section: fields.ForeignKeyNullableRelation[CourseSection] = reference(
        "CourseSection", "attainment", null=True
    )
    section_id: int | None
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "attainment", null=True
    )
    school_class_id: int | None
    teacher: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "attainment", null=True
    )
    teacher_id: int | None
    subject: fields.ForeignKeyNullableRelation[Subject] = reference(
        "Subject", "attainment", null=True
    )
    subject_id: int | None
    grade_level = fields.SmallIntField(null=True)
    term: fields.ForeignKeyNullableRelation[Term] = reference("Term", "attainment", null=True)
    term_id: int | None
    period_kind: TermKind = choice(TermKind)
    period_number = fields.SmallIntField()
    year_starts_on = fields.DateField()
    year_ends_on = fields.DateField()
    counted = fields.IntField()
    fives = fields.IntField()
    fours = fields.IntField()
    threes = fields.IntField()
    twos = fields.IntField()
    ones = fields.IntField()
    not_attested = fields.IntField()
    exempt = fields.IntField()
    success_rate = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    quality_rate = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    learning_degree = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    average_mark = fields.DecimalField(max_digits=3, decimal_places=2, null=True)

    class Meta:
        table = "attainment"
