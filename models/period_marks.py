"""Marks for whole terms and years, with their history."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.curriculum import CourseSection, Term
from models.fields import Record, check, choice, one_of, reference, unique
from models.journal import MarkChangeKind, MarkSign
from models.people import Person, Student


class PeriodMarkKind(StrEnum):
    """What a mark is for: a term, the year, the exam in the subject, or all of the course."""

    TERM = "TERM"
    ANNUAL = "ANNUAL"
    EXAM = "EXAM"
    FINAL = "FINAL"


_ONE_OF_THREE = "num_nonnulls(value, sign, points) = 1"


class PeriodMark(Record):
    """A pupil's mark for a term, or for the year of the section's class, in the section's subject.

    A value of five, a word, or `points` of a hundred, which the state's exam (ЕГЭ) is given.
    `carried_from` is the school that gave it, where the pupil came from there later.

    `recorded_at` is since when it is as it is; marks from before there was a history have none.
    One that was taken back stays, with `removed_at` set, and whoever gives it anew goes on with it.
    """

    student: fields.ForeignKeyRelation[Student] = reference("Student", "period_marks")
    student_id: int
    section: fields.ForeignKeyRelation[CourseSection] = reference("CourseSection", "period_marks")
    section_id: int
    kind = fields.CharEnumField(
        PeriodMarkKind, max_length=32, default=PeriodMarkKind.TERM, db_default=PeriodMarkKind.TERM
    )
    term: fields.ForeignKeyNullableRelation[Term] = reference("Term", "period_marks", null=True)
    term_id: int | None
    value = fields.SmallIntField(null=True)
    sign: MarkSign | None = choice(MarkSign, null=True)
    points = fields.SmallIntField(null=True)
    carried_from = fields.CharField(max_length=300, null=True)
    version = fields.IntField(default=1, db_default=1)
    recorded_at = fields.DatetimeField(null=True)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "period_mark"
        constraints = (
            unique("period_mark_term", "student_id", "term_id", "section_id"),
            unique("period_mark_year", "student_id", "section_id", "kind", where="term_id IS NULL"),
            one_of("period_mark", "kind", PeriodMarkKind),
            check("period_mark_kind_of_term", "(kind = 'TERM') = (term_id IS NOT NULL)"),
            check("period_mark_value_scale", "value BETWEEN 1 AND 5"),
            check("period_mark_value_or_sign", _ONE_OF_THREE),
            check(
                "period_mark_points", "points IS NULL OR kind = 'EXAM' AND points BETWEEN 0 AND 100"
            ),
            check("period_mark_carried", "carried_from IS NULL OR kind = 'TERM'"),
            one_of("period_mark", "sign", MarkSign),
            check("period_mark_version", "version > 0"),
        )
        indexes = (Index(fields=("section_id",), name="period_mark_section"),)


class PeriodMarkRevision(Record):
    """What a period mark was made to, from what, by whom and why; never changed or deleted.

    `proposed_value` and `proposed_sign` are what the school's rules proposed at that moment.
    """

    period_mark: fields.ForeignKeyRelation[PeriodMark] = reference("PeriodMark", "history")
    period_mark_id: int
    version = fields.IntField()
    kind: MarkChangeKind = choice(MarkChangeKind)
    value = fields.SmallIntField(null=True)
    sign: MarkSign | None = choice(MarkSign, null=True)
    points = fields.SmallIntField(null=True)
    carried_from = fields.CharField(max_length=300, null=True)
    former_value = fields.SmallIntField(null=True)
    former_sign: MarkSign | None = choice(MarkSign, null=True)
    former_points = fields.SmallIntField(null=True)
    former_carried_from = fields.CharField(max_length=300, null=True)
    proposed_value = fields.SmallIntField(null=True)
    proposed_sign: MarkSign | None = choice(MarkSign, null=True)
    reason = fields.CharField(max_length=1000, null=True)
    by: fields.ForeignKeyRelation[Person] = reference("Person", "period_mark_revisions")
    by_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "period_mark_revision"
        constraints = (
            unique("period_mark_revision_version", "period_mark_id", "version"),
            check("period_mark_revision_value_scale", "value BETWEEN 1 AND 5"),
            check("period_mark_revision_value_or_sign", _ONE_OF_THREE),
            check("period_mark_revision_points", "points BETWEEN 0 AND 100"),
        )
