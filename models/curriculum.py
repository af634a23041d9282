"""School years, their terms, subjects, and who teaches what to whom."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.directory import Organization
from models.fields import Record, check, choice, dates_in_order, one_of, reference, unique
from models.people import Person

PHYSICAL_EDUCATION = "Физическая культура"
"""The subject as the federal curriculum calls it; its teachers see who may do which sports."""


class TermKind(StrEnum):
    """How a grade level divides its year."""

    QUARTER = "QUARTER"
    TRIMESTER = "TRIMESTER"
    SEMESTER = "SEMESTER"
    OTHER = "OTHER"


class SchoolYear(Record):
    """An organization's school year; both dates are days of it."""

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "years")
    organization_id: int
    name = fields.CharField(max_length=100)
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "school_year"
        constraints = (
            unique("school_year_start", "organization_id", "starts_on"),
            check("school_year_in_order", "ends_on > starts_on"),
        )


class Term(Record):
    """A grading period of one grade level; both dates are days of it."""

    school_year: fields.ForeignKeyRelation[SchoolYear] = reference("SchoolYear", "terms")
    school_year_id: int
    grade_level = fields.SmallIntField()
    kind: TermKind = choice(TermKind)
    number = fields.SmallIntField()
    name = fields.CharField(max_length=100)
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "term"
        constraints = (
            one_of("term", "kind", TermKind),
            unique("term_number", "school_year_id", "grade_level", "kind", "number"),
            check("term_in_order", "ends_on >= starts_on"),
            check("term_grade_level", "grade_level BETWEEN 0 AND 12"),
        )


class Subject(Record):
    """A subject of the region's common list."""

    name = fields.CharField(max_length=200, unique=True)

    class Meta:
        table = "subject"


class CourseSection(Record):
    """One subject taught to one class or subgroup."""

    school_class: fields.ForeignKeyRelation[Record] = reference("SchoolClass", "sections")
    school_class_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "sections")
    subject_id: int

    class Meta:
        table = "course_section"
        constraints = (
            unique("course_section_subject", "school_class_id", "subject_id"),
            # Lessons refer to this pair, so that a lesson's class is its section's class.
            unique("course_section_class", "id", "school_class_id"),
        )


class TeachingAssignment(Record):
    """A teacher teaches a section from `valid_from` until before `valid_until` (нагрузка)."""

    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "assignments")
    section_id: int
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "teaching_assignments")
    teacher_id: int
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "teaching_assignment"
        constraints = (
            unique("teaching_assignment_start", "section_id", "teacher_id", "valid_from"),
            dates_in_order("teaching_assignment"),
        )
        indexes = (Index(fields=("teacher_id",), name="teaching_assignment_teacher"),)


class Substitution(Record):
    """A teacher stands in for a section's own from `valid_from` until before `valid_until`.

    Its rights are over the section's lessons of these days, and on these days alone. No two of a
    section overlap; one that was taken back before it began has no day.
    """

    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "substitutions")
    section_id: int
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "substitutions")
    teacher_id: int
    valid_from = fields.DateField()
    valid_until = fields.DateField()
    is_joint = fields.BooleanField(default=False, db_default=False)
    """Whether its lessons are given together with others of the teacher's at the same time."""

    class Meta:
        table = "substitution"
        constraints = (check("substitution_in_order", "valid_until >= valid_from"),)
        indexes = (
            Index(fields=("teacher_id",), name="substitution_teacher"),
            Index(fields=("section_id",), name="substitution_section"),
        )
