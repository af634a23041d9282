"""Rows of the journal that PostgreSQL derives from others, and the guard of its pages."""

from tortoise import fields

from models.fields import Record


class ElsewhereMark(Record):
    """A mark for a work that was set at another lesson than the mark's; `id` is the mark's.

    `lesson_id` is the work's lesson.
    """

    mark_id = fields.BigIntField()
    lesson_id = fields.BigIntField()
    student_id = fields.BigIntField()

    class Meta:
        table = "elsewhere_mark"


class LockedPage(Record):
    """A section's lessons of a term that are locked; `id` is the lock's."""

    section_id = fields.BigIntField()
    term_id = fields.BigIntField()
    starts_on = fields.DateField()
    ends_on = fields.DateField()

    class Meta:
        table = "locked_page"


class JournalGuard(Record):
    """Takes rows and keeps none: a row is refused where its page of the journal is locked.

    Whoever locks a page waits for those who have written a guard, and the other way round.
    """

    section_id = fields.BigIntField()
    date = fields.DateField(null=True)
    term_id = fields.BigIntField(null=True)

    class Meta:
        table = "journal_guard"
