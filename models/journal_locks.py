"""Locks of the journal: when a page of it is closed for teachers."""

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.curriculum import Subject, Term
from models.fields import Record, check, one_of, reference
from models.people import Person
from models.period_marks import PeriodMarkKind


class JournalLock(Record):
    """A page of the journal (class, subject, term) that teachers write into no more.

    A class's page has the lessons of its groups too. Of any other kind than TERM it has no term,
    and is about marks of that kind for the class's year. One that was lifted stays, with
    `lifted_at` set; of others there is one for a page.
    """

    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "locks")
    school_class_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "locks")
    subject_id: int
    kind = fields.CharEnumField(
        PeriodMarkKind, max_length=32, default=PeriodMarkKind.TERM, db_default=PeriodMarkKind.TERM
    )
    term: fields.ForeignKeyNullableRelation[Term] = reference("Term", "locks", null=True)
    term_id: int | None
    reason = fields.CharField(max_length=1000)
    locked_by: fields.ForeignKeyRelation[Person] = reference("Person", "locks_set")
    locked_by_id: int
    locked_at = fields.DatetimeField()
    lifted_by: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "locks_lifted", null=True
    )
    lifted_by_id: int | None
    lifted_at = fields.DatetimeField(null=True)
    lift_reason = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "journal_lock"
        constraints = (
            one_of("journal_lock", "kind", PeriodMarkKind),
            check("journal_lock_kind_of_term", "(kind = 'TERM') = (term_id IS NOT NULL)"),
        )
        indexes = (
            Index(fields=("school_class_id", "subject_id", "term_id"), name="journal_lock_page"),
        )
