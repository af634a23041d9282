"""Accounts as those see them who issue them, and what issuing needs and answers."""

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

from access import facts, offices, rules
from access.facts import Facts
from models import Account, AccountState, AccountStatus, Membership
from schema import names
from schema.classes import SchoolClass
from schema.declaration import (
    GIVEN,
    Argument,
    Node,
    Page,
    argument,
    column,
    computed,
    connection,
    describe_enum,
    entity,
    found,
    many,
    one,
    payload,
    resolved,
)
from schema.directory import Organization
from schema.documents import DataConsent, IdentityDocument
from schema.errors import UserError
from schema.roles import Role

describe_enum(
    AccountStatus,
    "How far somebody has come with an account.",
    NONE="No account has been issued.",
    INITIAL="Issued or reset; its owner has not chosen a password yet.",
    ACTIVE="In use.",
    BLOCKED="Blocked: it signs nobody in.",
)


@entity(reach=offices.MEMBERSHIPS)
class AccountRole:
    """What an account's owner is today, and where; only what the reader's own office covers."""

    role: Role = column(description="The role.")
    organization: Organization = one(description="Where.")
    school_class: SchoolClass | None = one(
        description="The class of a pupil or of a guardian's child, or that a teacher leads."
    )


def _of_account(column: str) -> str:
    return f"SELECT {column} FROM account WHERE account.person_id = {{row}}.id"  # noqa: S608 — ours


@entity(reach=offices.ACCOUNT_HOLDERS)
class AccountHolder(Node):
    """A person who has an account or may be issued one (пользователь)."""

    full_name: str | None = column(
        description="Family name, first name, patronymic.",
        allow=rules.NAMED_ISSUERS,
    )
    masked_name: str = resolved(
        names.masked,
        needs=names.PARTS,
        description="The first letters of the names, such as «И*** М*** П***».",
    )
    login: str | None = computed(_of_account("login"), description="The name used for signing in.")
    status: AccountStatus = computed(
        "SELECT status FROM account_state WHERE account_state.id = {row}.id",
        description="How far they have come with the account.",
    )
    initial_until: datetime | None = computed(
        _of_account("initial_until"),
        description="Until when the initial password may be exchanged for one of their own.",
    )
    blocked_at: datetime | None = computed(
        _of_account("blocked_at"), description="Since when the account is blocked."
    )
    last_signed_in_at: datetime | None = computed(
        "SELECT max(session.created_at) FROM session JOIN account ON account.id = account_id"
        " WHERE account.person_id = {row}.id",
        description="When its owner last signed in.",
    )
    roles: list[AccountRole] = many(
        description="What they are today.",
        on={"person_id": "id"},
        order_by=("role", "organization_id", "school_class_id"),
        expected=3,
    )
    documents: list[IdentityDocument] = many(
        description="The papers that were shown, the latest first.",
        on={"person_id": "id"},
        order_by=("-checked_at", "-id"),
        expected=3,
    )
    consents: list[DataConsent] = many(
        description="Consents to process their data, withdrawn ones among them, the latest first.",
        on={"subject_id": "id"},
        order_by=("-id",),
        expected=3,
    )


# Nobody finds by what they are not shown: a role is looked for where the viewer's office is, a
# class where the viewer knows who is in it, and a name by those who read names.
_NAMED = (
    Q(id__in=facts.HOMEROOM_FAMILIES)
    | Q(id__in=Facts(Membership, "person_id", Q(organization_id__in=facts.MANAGED)))
    | Q(id__in=facts.MUNICIPAL_ADMINISTRATORS)
)
_LOGIN = Q(id__in=Facts(Account, "person_id", Q(login__icontains=GIVEN)))
_STATUS = Q(id__in=Facts(AccountState, "person_id", Q(status=GIVEN)))
_ROLE = Q(role=GIVEN, organization_id__in=facts.OVERSEEN)
_PLACE = Q(organization_id=GIVEN) & Q(organization_id__in=facts.OVERSEEN)
_CLASS = Q(school_class_id=GIVEN) & (
    Q(organization_id__in=facts.MANAGED) | Q(school_class_id__in=facts.HOMEROOMS)
)


def _members(condition: Q) -> Q:
    return Q(id__in=Facts(Membership, "person_id", condition))


def account_holders() -> Any:
    """The people whose accounts the viewer administers or looks after."""
    return connection(
        description="The people whose accounts the person administers or looks after: "
        "those of their school, their class, or of the offices below their own.",
        arguments={
            "organization_id": Argument(
                strawberry.ID | None,
                "Only those who belong to it.",
                _members(_PLACE),
                "Organization",
            ),
            "class_id": Argument(
                strawberry.ID | None,
                "Only its pupils, their guardians and its homeroom teacher.",
                _members(_CLASS),
                "SchoolClass",
            ),
            "role": argument(Role | None, "Only those who have this role.", _members(_ROLE)),
            "status": argument(AccountStatus | None, "Only with this status.", _STATUS),
            "search": argument(
                str | None,
                "A part of the login or, for those who read names, of the name.",
                _LOGIN | (Q(full_name__icontains=GIVEN) & _NAMED),
            ),
        },
        # By no name: some readers see none, and cursors are written down by others.
        order_by=("id",),
        page=Page(default=20, most=100),
        # A school's people are found by indexes, and then looked through.
        looks_through=400,
    )


@strawberry.input(description="Who is to have an account.")
class IssueAccountInput:
    """Who is to have an account."""

    person_id: strawberry.ID = strawberry.field(description="Who, an `AccountHolder`.")
    login: str | None = strawberry.field(
        default=None,
        description="The login that they wish: latin letters, digits, dots and dashes. Without "
        "one it is made from the name.",
    )


@payload
class IssueAccountPayload:
    """The account with its initial password, or why there is none.

    The password is told here and nowhere else: a repetition under the same `Idempotency-Key` does
    not tell it again.
    """

    account: AccountHolder | None = found(description="The account's owner.")
    initial_password: str | None = strawberry.field(
        description="To be given to its owner, who exchanges it for one of their own."
    )
    user_errors: list[UserError] = strawberry.field(description="Why no account was issued.")


@strawberry.input(description="Somebody's account, and why something is done to it.")
class OfAccountInput:
    """Somebody's account, and why something is done to it."""

    person_id: strawberry.ID = strawberry.field(description="Whose, an `AccountHolder`.")
    reason: str = strawberry.field(description="Why; kept in the audit.")


@strawberry.input(description="Whose account is blocked, and why.")
class BlockAccountInput(OfAccountInput):
    """Whose account is blocked, and why."""


@strawberry.input(description="Whose account is blocked no longer, and why.")
class UnblockAccountInput(OfAccountInput):
    """Whose account is blocked no longer, and why."""


@strawberry.input(description="Who gets a new initial password, and why.")
class ResetPasswordInput(OfAccountInput):
    """Who gets a new initial password, and why."""


@strawberry.input(description="Who is signed out everywhere, and why.")
class EndAccountSessionsInput(OfAccountInput):
    """Who is signed out everywhere, and why."""


@payload
class OfAccountPayload:
    """The account as it is now, or why nothing was changed."""

    account: AccountHolder | None = found(description="The account's owner.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


@payload
class BlockAccountPayload(OfAccountPayload):
    """The account that is blocked, or why it is not."""


@payload
class UnblockAccountPayload(OfAccountPayload):
    """The account that is blocked no longer, or why it still is."""


@payload
class EndAccountSessionsPayload(OfAccountPayload):
    """The account that was signed out, or why it was not."""


@payload
class ResetPasswordPayload:
    """A new initial password, or why there is none.

    The password is told here and nowhere else: a repetition under the same `Idempotency-Key` does
    not tell it again.
    """

    account: AccountHolder | None = found(description="The account's owner.")
    initial_password: str | None = strawberry.field(
        description="To be given to its owner, who exchanges it for one of their own."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")
