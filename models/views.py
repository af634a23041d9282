"""Rows that PostgreSQL derives from others; made in migrations, read only.

A view's `id` is the id of the row that it is a view of, so it is not unique in the view. `repeats`
names columns that always equal one behind a relation; `key`, where there is one, tells rows apart.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import CourseSection, Subject, Substitution, Term
from models.directory import Municipality, Organization, Region
from models.documents import ConsentPurpose
from models.fields import Record, choice, reference
from models.grading import GradingTerms
from models.journal import MarkSign
from models.people import Person, Student
from models.policies import PolicyTerms
from models.timetable import Lesson


class HeldRole(Record):
    """A role that one row gives a person today, and where; `id` is the person's.

    Posts are held by a row of their own; being a pupil, a guardian or a homeroom teacher follows
    from enrolments, guardianships and classes. Who has two children is a guardian twice.
    """

    person_id = fields.BigIntField()
    role = fields.CharField(max_length=32)
    organization_id = fields.BigIntField(null=True)

    class Meta:
        table = "held_role"


class RoleGrant(Record):
    """A role that a person holds today, and where, told once; `id` is the person's."""

    person: fields.ForeignKeyRelation[Person] = reference("Person", "role_grants")
    person_id: int
    role = fields.CharField(max_length=32)
    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "role_grants", null=True
    )
    organization_id: int | None

    class Meta:
        table = "role_grant"


class Membership(Record):
    """A person belongs to an organization today, as what, and to which class; `id` is the person's.

    A guardian belongs to the child's classes, a homeroom teacher to the one that they lead.
    """

    person: fields.ForeignKeyRelation[Person] = reference("Person", "memberships")
    person_id: int
    role = fields.CharField(max_length=32)
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "memberships")
    organization_id: int
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "memberships", null=True
    )
    school_class_id: int | None

    class Meta:
        table = "membership"


class AccountStatus(StrEnum):
    """How far somebody has come with an account."""

    NONE = "NONE"
    INITIAL = "INITIAL"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"


class AccountState(Record):
    """How far a person has come with an account, also where there is none; `id` is the person's."""

    person: fields.ForeignKeyRelation[Person] = reference("Person", "account_states")
    person_id: int
    status: AccountStatus = choice(AccountStatus)

    class Meta:
        table = "account_state"


class SettledPolicy(PolicyTerms):
    """What a school has settled for itself, or what holds otherwise; `id` is the school's."""

    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "settled")
    organization_id: int

    class Meta:
        table = "settled_policy"


class SettledGrading(GradingTerms):
    """What a school has settled of its marks, or what holds otherwise; `id` is the school's."""

    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "settled_grading"
    )
    organization_id: int

    class Meta:
        table = "settled_grading"


class CurrentTerm(Record):
    """A term that goes on today or, in vacations, the one that was begun last."""

    class Meta:
        table = "current_term"


class JournalPage(Record):
    """A section's lessons in one term, as a page of the journal; `id` is the section's.

    `school_class_id` is the class whose journal it stands in: a group's section stands both in the
    group's own journal and in that of the class which the group belongs to.
    """

    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "pages")
    school_class_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "pages")
    subject_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "pages")
    section_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "pages")
    term_id: int
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "journal_page"


class JournalColumn(Record):
    """A lesson on a page of the journal; `id` is the lesson's."""

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "columns")
    lesson_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "columns")
    school_class_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "columns")
    subject_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "columns")
    term_id: int

    class Meta:
        table = "journal_column"


class JournalRow(Record):
    """A pupil on a page of the journal, with the averages of it; `id` is the pupil's."""

    key: ClassVar[tuple[str, ...]] = ("student_id", "school_class_id", "section_id", "term_id")

    student: fields.ForeignKeyRelation[Student] = reference("Student", "journal_rows")
    student_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "rows")
    school_class_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "rows")
    subject_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "rows")
    section_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "rows")
    term_id: int
    average = fields.DecimalField(max_digits=4, decimal_places=2, null=True)
    weighted_average = fields.DecimalField(max_digits=4, decimal_places=2, null=True)
    mark_count = fields.IntField()
    proposed_value = fields.SmallIntField(null=True)
    proposed_sign: MarkSign | None = choice(MarkSign, null=True)

    class Meta:
        table = "journal_row"


class JournalCell(Record):
    """One pupil at one lesson of a journal page; `id` is the lesson's."""

    repeats: ClassVar[Mapping[str, str]] = {"lesson__section_id": "section_id"}

    student: fields.ForeignKeyRelation[Student] = reference("Student", "cells")
    student_id: int
    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "cells")
    lesson_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "cells")
    section_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "cells")
    term_id: int
    date = fields.DateField()
    shift = fields.SmallIntField()
    number = fields.SmallIntField()
    version = fields.IntField()
    """Grows with whatever is written into the cell."""

    class Meta:
        table = "journal_cell"


class SubstitutedLesson(Record):
    """A lesson for which a substitution is or was or will be; `id` is the lesson's.

    Dates are the substitution's: the lesson lies within them.
    """

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "substituted")
    lesson_id: int
    substitution: fields.ForeignKeyRelation[Substitution] = reference("Substitution", "lessons")
    substitution_id: int
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "substituted")
    teacher_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "substituted")
    organization_id: int
    valid_from = fields.DateField()
    valid_until = fields.DateField()

    class Meta:
        table = "substituted_lesson"


class Figure(Record):
    """A closed month of a school, a municipality or the region, by grade or of all (null).

    `id` is the place's, and those of places below it are null; what fewer than five pupils stand
    behind is withheld and in no sum.
    """

    level = fields.CharField(max_length=16)
    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "told_figures", null=True
    )
    organization_id: int | None
    municipality: fields.ForeignKeyNullableRelation[Municipality] = reference(
        "Municipality", "told_figures", null=True
    )
    municipality_id: int | None
    region: fields.ForeignKeyRelation[Region] = reference("Region", "told_figures")
    region_id: int
    month = fields.DateField()
    grade_level = fields.SmallIntField(null=True)
    pupils = fields.IntField(null=True)
    marks = fields.IntField(null=True)
    average_mark = fields.DecimalField(max_digits=4, decimal_places=2, null=True)
    good_marks_share = fields.DecimalField(max_digits=4, decimal_places=1, null=True)
    attendance = fields.DecimalField(max_digits=4, decimal_places=1, null=True)
    is_suppressed = fields.BooleanField()

    class Meta:
        table = "figure"


class StandingConsent(Record):
    """A consent that holds today: given, not withdrawn, not run out; `id` is the consent's."""

    subject: fields.ForeignKeyRelation[Person] = reference("Person", "standing_consents")
    subject_id: int
    given_by: fields.ForeignKeyRelation[Person] = reference("Person", "given_standing_consents")
    given_by_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "standing_consents"
    )
    organization_id: int
    purpose: ConsentPurpose = choice(ConsentPurpose)

    class Meta:
        table = "standing_consent"
