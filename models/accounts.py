"""Accounts and how one gets into them: sessions, steps of signing in, second factors, recovery."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index

from models.fields import Record, check, choice, one_of, reference, sealed, unique
from models.people import Person


class StepKind(StrEnum):
    """What has to be done after the password, before there is a session."""

    NEW_PASSWORD = "NEW_PASSWORD"  # noqa: S105 — no password
    SECOND_FACTOR = "SECOND_FACTOR"
    SECOND_FACTOR_SETUP = "SECOND_FACTOR_SETUP"


class RecoveryChannel(StrEnum):
    """How a code for recovering an account is sent."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class Account(Record):
    """The login of one person; `password_hash` is argon2id's own encoding.

    An initial password was printed by whoever issued the account: it signs nobody in, but lets
    its owner choose one, until `initial_until`.
    """

    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "diary.Person", related_name="account", on_delete=fields.OnDelete.RESTRICT
    )
    person_id: int
    login = fields.CharField(max_length=64, unique=True)
    password_hash = fields.CharField(max_length=200)
    initial_until = fields.DatetimeField(null=True)
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


class SignInStep(Record):
    """Somebody has shown one proof and owes another; only the SHA-256 of the ticket is kept."""

    account: fields.ForeignKeyRelation[Account] = reference("Account", "steps")
    account_id: int
    kind: StepKind = choice(StepKind)
    digest = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=45, default="")

    class Meta:
        table = "sign_in_step"
        constraints = (one_of("sign_in_step", "kind", StepKind),)
        indexes = (Index(fields=("account_id",), name="sign_in_step_account"),)


class SecondFactor(Record):
    """A generator of one-time codes (RFC 6238); its secret counts since `confirmed_at`.

    `pending_sealed` is a secret that was shown, and takes the other's place with its first code.
    `last_step` is the time step of the code that was taken last: none is taken twice.
    """

    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "diary.Account", related_name="second_factor", on_delete=fields.OnDelete.RESTRICT
    )
    account_id: int
    secret_sealed = fields.CharField(max_length=200, null=True)
    pending_sealed = fields.CharField(max_length=200, null=True)
    created_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(null=True)

    class Meta:
        table = "second_factor"
        constraints = (
            check("second_factor_confirmed", "(secret_sealed IS NULL) = (confirmed_at IS NULL)"),
            sealed("second_factor", "secret_sealed"),
            sealed("second_factor", "pending_sealed"),
        )


class RecoveryCode(Record):
    """One of the codes that stand in for a lost generator; each works once, as a digest."""

    account: fields.ForeignKeyRelation[Account] = reference("Account", "recovery_codes")
    account_id: int
    digest = fields.CharField(max_length=64)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
        constraints = (unique("recovery_code_digest", "account_id", "digest"),)


class PasswordRecovery(Record):
    """A one-time code that was sent to the contact on file; ticket and code are kept as digests.

    `address` is where it was asked for.
    """

    account: fields.ForeignKeyRelation[Account] = reference("Account", "recoveries")
    account_id: int
    channel: RecoveryChannel = choice(RecoveryChannel)
    ticket_digest = fields.CharField(max_length=64, unique=True)
    code_digest = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    failures = fields.SmallIntField(default=0)
    used_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=45, default="")

    class Meta:
        table = "password_recovery"
        constraints = (one_of("password_recovery", "channel", RecoveryChannel),)
        indexes = (Index(fields=("account_id",), name="password_recovery_account"),)


class ExternalIdentity(Record):
    """An account that its owner opens by an identity provider, until it is unlinked.

    `subject_digest` is the provider's id of the person, keyed and hashed (access/vault.py).
    """

    account: fields.ForeignKeyRelation[Account] = reference("Account", "identities")
    account_id: int
    provider = fields.CharField(max_length=32)
    subject_digest = fields.CharField(max_length=64)
    linked_at = fields.DatetimeField()
    unlinked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "external_identity"
        constraints = (
            unique(
                "external_identity_once",
                "account_id",
                "provider",
                where="unlinked_at IS NULL",
            ),
        )
        indexes = (
            Index(fields=("account_id",), name="external_identity_account"),
            Index(fields=("provider", "subject_digest"), name="external_identity_subject"),
        )


class ExternalSignIn(Record):
    """A visit to an identity provider, from its beginning until a session or a link came of it.

    What binds it to who began it (`ticket`) and to the provider's answer (`state`) is kept as
    SHA-256; `verifier_sealed` is PKCE's. Once the provider has spoken, `subject_digest` is whom it
    named.
    """

    provider = fields.CharField(max_length=32)
    ticket_digest = fields.CharField(max_length=64, unique=True)
    state_digest = fields.CharField(max_length=64)
    nonce = fields.CharField(max_length=64)
    verifier_sealed = fields.CharField(max_length=300)
    redirect_uri = fields.CharField(max_length=500)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    subject_digest = fields.CharField(max_length=64, null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "external_sign_in"
        constraints = (sealed("external_sign_in", "verifier_sealed"),)
