"""Locks of the journal: when a page of it is closed for teachers."""

from tortoise import fields
from tortoise.indexes import Index

from models.classes import SchoolClass
from models.curriculum import Subject, Term
from models.fields import Record, reference
from models.people import Person


class JournalLock(Record):
    """A page of the journal (class, subject, term) that teachers write into no more.

    A class's page has the lessons of its groups too. One that was lifted stays, with `lifted_at`
    set; of others there is one for a page.
    """

    school_class: fields.ForeignKeyRelation[SchoolClass] = reference("SchoolClass", "locks")
    school_class_id: int
    subject: fields.ForeignKeyRelation[Subject] = reference("Subject", "locks")
    subject_id: int
    term: fields.ForeignKeyRelation[Term] = reference("Term", "locks")
    term_id: int
    reason = fields.CharField(max_length=1000)
    locked_by: fields.ForeignKeyRelation[Person] = reference("Person", "locks_set")
    locked_by_id: int
    locked_at = fields.DatetimeField()
    lifted_by: fields.ForeignKeyNullableRelation[Person] = reference(
        "Person", "locks_lifted", null=True
    )
    lifted_by_id: int | None
    lifted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "journal_lock"
        indexes = (
            Index(fields=("school_class_id", "subject_id", "term_id"), name="journal_lock_page"),
        )
