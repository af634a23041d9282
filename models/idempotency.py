"""Mutations that were done under a key of the client's, so that a repetition changes nothing."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from models.accounts import Account
from models.fields import Record, reference, unique


class IdempotentAnswer(Record):
    """What one mutation answered under a key: its payload's ids, and a digest of its input."""

    account: fields.ForeignKeyRelation[Account] = reference("Account", "idempotent_answers")
    account_id: int
    key = fields.CharField(max_length=200)
    place = fields.CharField(max_length=200)
    digest = fields.CharField(max_length=64)
    values: Any = fields.JSONField()
    at = fields.DatetimeField()

    class Meta:
        table = "idempotent_answer"
        constraints = (unique("idempotent_answer_key", "account_id", "key", "place"),)
        indexes = (Index(fields=("at",), name="idempotent_answer_age"),)
