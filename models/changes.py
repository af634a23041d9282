"""The change log: what was committed, in the order in which it was committed."""

from enum import StrEnum

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.fields import Record, check, choice, one_of, unique


class ChangeArea(StrEnum):
    """What a change is about, and so which subscriptions may want it."""

    MARKS = "MARKS"
    ATTENDANCE = "ATTENDANCE"
    HOMEWORK = "HOMEWORK"
    LESSONS = "LESSONS"
    MESSAGES = "MESSAGES"
    RECEIPTS = "RECEIPTS"
    REPORTS = "REPORTS"
    EVENTS = "EVENTS"
    NOTICES = "NOTICES"
    SESSIONS = "SESSIONS"
    FINAL_MARKS = "FINAL_MARKS"
    ABSENCES = "ABSENCES"
    ABSENCE_ALERTS = "ABSENCE_ALERTS"
    ANSWERS = "ANSWERS"
    WORKS = "WORKS"
    DEBTS = "DEBTS"


class ChangeKind(StrEnum):
    """What was done to the row of an entry; each area uses some of them."""

    RECORDED = "RECORDED"
    CORRECTED = "CORRECTED"
    REMOVED = "REMOVED"
    ASSIGNED = "ASSIGNED"
    CHANGED = "CHANGED"
    SUBSTITUTED = "SUBSTITUTED"
    MOVED = "MOVED"
    SCHEDULED = "SCHEDULED"
    CANCELLED = "CANCELLED"
    PUBLISHED = "PUBLISHED"
    SENT = "SENT"
    READ = "READ"
    ARCHIVED = "ARCHIVED"
    RESTORED = "RESTORED"
    DELETED = "DELETED"
    REPORTED = "REPORTED"
    RESOLVED = "RESOLVED"
    ENDED = "ENDED"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    SETTLED = "SETTLED"


class EventChangeKind(StrEnum):
    """What was done to a school event."""

    PUBLISHED = "PUBLISHED"
    CHANGED = "CHANGED"
    CANCELLED = "CANCELLED"


class ChangeEpoch(Record):
    """One row: which log the numbers are of, for cursors of another one mean other changes.

    Whoever restores a backup gives the log a new epoch.
    """

    value = fields.CharField(max_length=36)

    class Meta:
        table = "change_epoch"
        constraints = (check("change_epoch_alone", "id = 1"),)


class ChangeTopic(Record):
    """The last number given out in one topic.

    Whoever writes an entry holds this row until the commit, so that numbers become visible in
    their own order and a reader that goes by "greater than the last one" never skips an entry.
    """

    topic = fields.CharField(max_length=64, unique=True)
    last_seq = fields.BigIntField()

    class Meta:
        table = "change_topic"


class ChangeEntry(Record):
    """One committed change: ids only, never a value that somebody might not see.

    `students`, `people` and `organizations` say whom alone it may concern, where it is not the
    whole topic: listeners pass over what names others, and whoever is named is still asked for
    their reach.
    """

    topic = fields.CharField(max_length=64)
    seq = fields.BigIntField()
    area: ChangeArea = choice(ChangeArea)
    kind = fields.CharField(max_length=32)
    row_id = fields.BigIntField()
    student_id = fields.BigIntField(null=True)
    students: list[int] | None = ArrayField("bigint", null=True)
    people: list[int] | None = ArrayField("bigint", null=True)
    organizations: list[int] | None = ArrayField("bigint", null=True)
    also_told: list[int] | None = ArrayField("bigint", null=True)
    """People who are told that there is a change also where the row is not within their reach."""
    at = fields.DatetimeField()

    class Meta:
        table = "change_entry"
        constraints = (
            unique("change_entry_seq", "topic", "seq"),
            one_of("change_entry", "area", ChangeArea),
        )
