"""Addresses under which calendar programs read what concerns a person."""

from tortoise import fields

from models.accounts import Account
from models.fields import Record


class CalendarFeed(Record):
    """The one address of an account's calendar; only the SHA-256 of its token is kept."""

    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "diary.Account", related_name="calendar_feed", on_delete=fields.OnDelete.RESTRICT
    )
    account_id: int
    digest = fields.CharField(max_length=64, unique=True)
    includes_lessons = fields.BooleanField()
    issued_at = fields.DatetimeField()

    class Meta:
        table = "calendar_feed"
