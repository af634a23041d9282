"""Accounts, sessions and the refresh tokens of a session."""

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, reference
from models.people import Person


class Account(Record):
    """The login of one person; `password_hash` is argon2id's own encoding."""

    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "diary.Person", related_name="account", on_delete=fields.OnDelete.RESTRICT
    )
    person_id: int
    login = fields.CharField(max_length=64, unique=True)
    password_hash = fields.CharField(max_length=200)
    blocked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account"
        constraints = (check("account_login_lower", "login = lower(login)"),)


class Session(Record):
    """One signed-in device; it ends by signing out, by reuse of a token, or by its time."""

    account: fields.ForeignKeyRelation[Account] = reference("Account", "sessions")
    account_id: int
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=45, default="")
    user_agent = fields.CharField(max_length=300, default="")

    class Meta:
        table = "session"
        constraints = (check("session_times_in_order", "expires_at > created_at"),)
        indexes = (Index(fields=("account_id",), name="session_account"),)


class RefreshToken(Record):
    """One link of a session's chain of refresh tokens; only the SHA-256 of it is kept."""

    session: fields.ForeignKeyRelation[Session] = reference("Session", "refresh_tokens")
    session_id: int
    digest = fields.CharField(max_length=64, unique=True)
    issued_at = fields.DatetimeField(auto_now_add=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_token"
        indexes = (Index(fields=("session_id",), name="refresh_token_session"),)
