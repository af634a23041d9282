"""Blocking accounts and letting them in again, resetting passwords, ending others' sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from access import rules
from access.proof import Lack
from errors import UserError
from models import Account
from resolvers import calendars, holders, limits, logins, recovery, sessions, tickets
from resolvers.holders import Held
from resolvers.issuing import INITIAL_LIFE, missing, person_on_file
from resolvers.logins import InitialPassword
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.context import Context
from schema.issuing import (
    BlockAccountInput,
    BlockAccountPayload,
    EndAccountSessionsInput,
    EndAccountSessionsPayload,
    OfAccountInput,
    ResetPasswordInput,
    ResetPasswordPayload,
    UnblockAccountInput,
    UnblockAccountPayload,
)

_OTHER_CONSENTS = """
SELECT FROM standing_consent WHERE subject_id = $1 AND id <> $2 AND purpose = 'DATA_PROCESSING'
"""


@mutation(BlockAccountPayload, allow=rules.ISSUERS)
async def block_account(work: Work, input: BlockAccountInput) -> Mapping[str, Any]:  # noqa: A002
    """Let an account sign nobody in; its sessions and open streams end."""
    account = await _account(work, holders.ISSUED, input)
    if account.row.blocked_at is not None:
        raise UserError("DUPLICATE", "It is blocked.", "personId")
    await _block(work, account, input.reason)
    return {"account": account.owner.person_id}


@mutation(UnblockAccountPayload, allow=rules.ISSUERS)
async def unblock_account(work: Work, input: UnblockAccountInput) -> Mapping[str, Any]:  # noqa: A002
    """Let a blocked account sign its owner in again, with the password that it had."""
    account = await _account(work, holders.ISSUED, input)
    if account.row.blocked_at is None:
        raise UserError("DUPLICATE", "It is not blocked.", "personId")
    person = await person_on_file(work, account.owner.person_id)
    all_of(each for each in missing(person, "personId") if each and each.code == Lack.CONSENT)
    _change(work, account, "account.unblocked", input.reason, blocked_at=None)
    return {"account": account.owner.person_id}


class _Reset(NamedTuple):
    """Whose password is reset, and the new one."""

    given: ResetPasswordInput
    new: InitialPassword


async def _prepared(context: Context, input: ResetPasswordInput) -> _Reset:  # noqa: A002
    del context
    return _Reset(input, await logins.initial_password())


@mutation(
    ResetPasswordPayload,
    allow=rules.ISSUERS | rules.HOMEROOM,
    prepare=_prepared,
    once={"initial_password"},
)
async def reset_password(work: Work, reset: _Reset) -> Mapping[str, Any]:
    """Give an account a new initial password, told this once; its sessions and streams end.

    A homeroom teacher does it for pupils and guardians of their class, where the school lets them.
    """
    account = await _account(work, holders.RESET, reset.given)
    until = work.viewer.now + INITIAL_LIFE
    work.writes.change(Account, account.row.id, password_hash=reset.new.hash, initial_until=until)
    _tell(work, account, "account.password_reset", reset.given.reason, initial_until=until)
    await _end_sessions(work, account)
    return {"account": account.owner.person_id, "initial_password": reset.new.password}


@mutation(EndAccountSessionsPayload, allow=rules.ISSUERS)
async def end_account_sessions(
    work: Work,
    input: EndAccountSessionsInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Sign an account out everywhere; its open streams end."""
    account = await _account(work, holders.ISSUED, input)
    await _end_sessions(work, account)
    _tell(work, account, "account.sessions_ended", input.reason)
    return {"account": account.owner.person_id}


async def block_without_consent(work: Work, withdrawn: Mapping[str, Any]) -> None:
    """Block the account of whose data the withdrawn consent was, unless another consent holds."""
    owner = Held(withdrawn["subject_id"], withdrawn["organization_id"])
    row = await _held(work, owner.person_id)
    values = [owner.person_id, withdrawn["id"]]
    others = await work.connection.execute_query_dict(_OTHER_CONSENTS, values)
    if row is not None and row.blocked_at is None and not others:
        reason = "The consent to data processing was withdrawn."
        await _block(work, _Meant(row, owner), reason)


class _Meant(NamedTuple):
    row: Account
    owner: Held


async def _account(work: Work, reading: Reading, given: OfAccountInput) -> _Meant:
    """The account that is meant, held until the commit; raises UserError."""
    all_of((limits.reason(given.reason),))
    owner = await holders.below(work, reading, given.person_id, "personId")
    row = await _held(work, owner.person_id)
    if row is None:
        raise UserError("NOT_FOUND", "They have no account.", "personId")
    return _Meant(row, owner)


async def _held(work: Work, person_id: int) -> Account | None:
    """The person's account, which nobody else changes or begins a session of meanwhile."""
    query = Account.filter(person_id=person_id).using_db(work.connection)
    return await query.select_for_update(no_key=True).get_or_none()


async def _block(work: Work, account: _Meant, reason: str) -> None:
    _change(work, account, "account.blocked", reason, blocked_at=work.viewer.now)
    await _end_sessions(work, account)


def _change(
    work: Work, account: _Meant, action: str, reason: str, **values: datetime | None
) -> None:
    """Give the account's row these values, and write down why."""
    work.writes.change(Account, account.row.id, **values)
    _tell(work, account, action, reason, **values)


def _tell(work: Work, account: _Meant, action: str, reason: str, **values: datetime | None) -> None:
    work.audit(
        action,
        Account,
        account.row.id,
        before={name: getattr(account.row, name) for name in values},
        after={**values, "reason": reason},
        organization_id=account.owner.organization_id,
    )


async def _end_sessions(work: Work, account: _Meant) -> None:
    """End every session of the account, and whatever would lead to one."""
    await tickets.forget(account.row)
    await recovery.forget(work, account.row)
    await calendars.forget(work, account.row)
    found = await sessions.all_of(work, account.row)
    await sessions.ended(work, found, account.row.person_id)


@strawberry.type
class BlockingMutation:
    """Blocking, resetting and signing out the accounts of others."""

    block_account = block_account
    unblock_account = unblock_account
    reset_password = reset_password
    end_account_sessions = end_account_sessions
