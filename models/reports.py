"""Figures of period marks as schools report them; views, made in migrations and read only."""

from enum import StrEnum
from typing import ClassVar

from tortoise import fields

from models.classes import SchoolClass
from models.curriculum import CourseSection, Subject, Term, TermKind
from models.directory import Municipality, Organization, Region
from models.fields import Record, choice, reference
from models.people import Person, Student
from models.period_marks import PeriodMark, PeriodMarkKind
from models.timetable import Lesson


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
    or the school's. `term` is null where periods of several grade levels are counted together, and
    with what is of the period where marks are for a year, an exam or a course: the last day of the
    grade level's last term counts then. `enrolled` are those on the roll of a section or a class.
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
    mark_kind: PeriodMarkKind = choice(PeriodMarkKind)
    period_kind: TermKind | None = choice(TermKind, null=True)
    period_number = fields.SmallIntField(null=True)
    year_starts_on = fields.DateField()
    year_ends_on = fields.DateField()
    enrolled = fields.IntField(null=True)
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


class FigureGrouping(StrEnum):
    """What the figures of closed periods are told by."""

    ALL = "ALL"
    SUBJECT = "SUBJECT"
    GRADE_LEVEL = "GRADE_LEVEL"
    GRADE_LEVEL_AND_SUBJECT = "GRADE_LEVEL_AND_SUBJECT"


class ToldPeriodFigure(Record):
    """A closed period of a school, a municipality or the region, as it is told without names.

    `id` is the place's, and those of places below it are null; cells of fewer than five pupils are
    withheld and in no sum.
    """

    level = fields.CharField(max_length=16)
    grouping: FigureGrouping = choice(FigureGrouping)
    organization: fields.ForeignKeyNullableRelation[Organization] = reference(
        "Organization", "told_period_figures", null=True
    )
    organization_id: int | None
    municipality: fields.ForeignKeyNullableRelation[Municipality] = reference(
        "Municipality", "told_period_figures", null=True
    )
    municipality_id: int | None
    region: fields.ForeignKeyRelation[Region] = reference("Region", "told_period_figures")
    region_id: int
    school_year = fields.SmallIntField()
    period_kind: TermKind = choice(TermKind)
    period_number = fields.SmallIntField()
    grade_level = fields.SmallIntField(null=True)
    subject: fields.ForeignKeyNullableRelation[Subject] = reference(
        "Subject", "told_period_figures", null=True
    )
    subject_id: int | None
    counted = fields.IntField(null=True)
    fives = fields.IntField(null=True)
    fours = fields.IntField(null=True)
    threes = fields.IntField(null=True)
    twos = fields.IntField(null=True)
    not_attested = fields.IntField(null=True)
    success_rate = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    quality_rate = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    learning_degree = fields.DecimalField(max_digits=5, decimal_places=2, null=True)
    average_mark = fields.DecimalField(max_digits=3, decimal_places=2, null=True)
    is_suppressed = fields.BooleanField()

    class Meta:
        table = "told_period_figure"


class Standing(StrEnum):
    """A group of pupils by all their marks for a period; a pupil may be in two."""

    EXCELLENT = "EXCELLENT"
    GOOD = "GOOD"
    ONE_FOUR = "ONE_FOUR"
    ONE_THREE = "ONE_THREE"
    FAILING = "FAILING"


class PupilStanding(Record):
    """A pupil of a class in one group of a term or a year; `id` is the pupil's.

    `period_id` is the term's id, and 0 where the marks are for no term.
    """

    key: ClassVar[tuple[str, ...]] = (
        *("student_id", "school_class_id"),
        *("mark_kind", "period_id", "standing"),
    )

    student: fields.ForeignKeyRelation[Student] = reference("Student", "standings")
    student_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference("Organization", "standings")
    organization_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "standings")
    school_class_id: int
    mark_kind: PeriodMarkKind = choice(PeriodMarkKind)
    term: fields.ForeignKeyNullableRelation[Term] = reference("Term", "standings", null=True)
    term_id: int | None
    period_id = fields.BigIntField()
    standing: Standing = choice(Standing)

    class Meta:
        table = "pupil_standing"


class StandingMark(Record):
    """A period mark that puts its pupil into a group: the one 4, the one 3, what is failed."""

    period_mark: fields.ForeignKeyRelation[PeriodMark] = reference("PeriodMark", "standings")
    period_mark_id: int
    student: fields.ForeignKeyRelation[Student] = reference("Student", "standing_marks")
    student_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference(
        "SchoolClass", "standing_marks"
    )
    school_class_id: int
    mark_kind: PeriodMarkKind = choice(PeriodMarkKind)
    term: fields.ForeignKeyNullableRelation[Term] = reference("Term", "standing_marks", null=True)
    term_id: int | None
    period_id = fields.BigIntField()
    standing: Standing = choice(Standing)

    class Meta:
        table = "standing_mark"


class AttendanceFigure(Record):
    """How lessons of a term were attended: of a class, or of a school by grade level and whole.

    `places` are lessons held times the pupils enrolled on their days; the others are how many of
    them have which code. `id` is the class's or the school's.
    """

    level: AttainmentLevel = choice(AttainmentLevel)
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "attendance_figures"
    )
    organization_id: int
    school_class: fields.ForeignKeyNullableRelation[SchoolClass] = reference(
        "SchoolClass", "attendance_figures", null=True
    )
    school_class_id: int | None
    grade_level = fields.SmallIntField(null=True)
    term: fields.ForeignKeyNullableRelation[Term] = reference(
        "Term", "attendance_figures", null=True
    )
    term_id: int | None
    period_kind: TermKind = choice(TermKind)
    period_number = fields.SmallIntField()
    year_starts_on = fields.DateField()
    year_ends_on = fields.DateField()
    places = fields.IntField()
    absent = fields.IntField()
    absent_excused = fields.IntField()
    absent_sick = fields.IntField()
    absent_unexcused = fields.IntField()
    late = fields.IntField()
    exempt = fields.IntField()
    missed_percent = fields.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        table = "attendance_figure"


class JournalKeeping(Record):
    """How a teacher keeps journals: lessons of a period that are so many `days` past.

    `id` is the teacher's.
    """

    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "journal_keeping")
    teacher_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "journal_keeping"
    )
    organization_id: int
    period_kind: TermKind = choice(TermKind)
    period_number = fields.SmallIntField()
    year_starts_on = fields.DateField()
    year_ends_on = fields.DateField()
    days = fields.IntField()
    lessons = fields.IntField()
    without_topic = fields.IntField()
    without_marks = fields.IntField()
    without_entries = fields.IntField()

    class Meta:
        table = "journal_keeping"


class LateLesson(Record):
    """A lesson that is so many `days` past and lacks something in its journal.

    `id` is the lesson's, and the class that of a group's lesson too.
    """

    lesson: fields.ForeignKeyRelation[Lesson] = reference("Lesson", "lateness")
    lesson_id: int
    teacher: fields.ForeignKeyRelation[Person] = reference("Person", "late_lessons")
    teacher_id: int
    organization: fields.ForeignKeyRelation[Organization] = reference(
        "Organization", "late_lessons"
    )
    organization_id: int
    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "late_lessons")
    school_class_id: int
    date = fields.DateField()
    year_starts_on = fields.DateField()
    year_ends_on = fields.DateField()
    days = fields.IntField()
    without_topic = fields.BooleanField()
    without_marks = fields.BooleanField()
    without_entries = fields.BooleanField()

    class Meta:
        table = "late_lesson"
