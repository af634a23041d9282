"""Recovering an account: a code to the contact on file, and a new password for the code.

Nothing is looked up before the answer to whoever asks for a code: it cannot tell, nor take longer,
whether there is such an account. What strangers can do with this says decision 0023.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import strawberry
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

import models
from access import rules, tokens, vault
from access.throttle import LETTERS, RECOVERIES
from couriers import addresses
from couriers.letter import Channel, Letter
from errors import UserError
from models import Account, PasswordRecovery, RecoveryChannel
from resolvers import guesses, letters, logins, passwords, sessions, signing
from resolvers.mutation import mutation
from resolvers.passwords import NewPassword
from resolvers.work import Work
from schema.context import Context
from schema.recovery import (
    RecoverPasswordInput,
    RequestPasswordRecoveryInput,
    RequestPasswordRecoveryPayload,
)
from schema.signing import SignInPayload

_LIFE = timedelta(minutes=15)
_DIGITS = 8
_MOST_FAILURES = 5
# Whoever guesses would see by the time whether a row is written, and so whether there is one: the
# answer does not wait for the disk. Should the machine fail now, a failure is forgotten.
_LOOK = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS is_set)
UPDATE password_recovery
SET failures = failures + CASE WHEN code_digest = ANY($2::text[]) THEN 0 ELSE 1 END
FROM quick
WHERE is_set = 'off' AND ticket_digest = $1 AND used_at IS NULL AND expires_at > now()
  AND failures < $3
RETURNING code_digest = ANY($2::text[]) AS is_right
"""


@dataclass(frozen=True)
class _Wish:
    """Somebody would like to recover the account of this login."""

    login: str
    channel: RecoveryChannel
    ticket_digest: str


@dataclass(frozen=True)
class _Recovered:
    """A recovery whose code was right, and the password that was chosen."""

    recovery: PasswordRecovery
    new: NewPassword


@mutation(RequestPasswordRecoveryPayload, allow=rules.ANYONE, locks=False)
async def request_password_recovery(
    work: Work,
    input: RequestPasswordRecoveryInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Have a one-time code sent to the contact on file of an account that one cannot sign in to.

    The answer is the same, and comes as soon, whether there is such an account and such a contact
    or not, and however often it is asked; a few times an hour a code is sent.
    """
    outbox, channel = work.context.services.outbox, Channel(input.channel)
    if not outbox.serves(channel):
        raise UserError("CHANNEL_UNAVAILABLE", "No codes are sent this way here.", "channel")
    ticket = tokens.new_token()
    wish = _Wish(logins.written(input.login), input.channel, tokens.digest(ticket))
    outbox.write(channel, partial(_letter, work.context, wish))
    return {"ticket": ticket, "expires_at": work.viewer.now + _LIFE}


async def _letter(context: Context, wish: _Wish) -> Letter | None:
    """The letter with a new code, where there is somebody who may be told one."""
    # PostgreSQL holds no NUL, and here nobody would hear that it was asked for one.
    account = None if "\x00" in wish.login else await logins.owner(wish.login)
    if not await _is_within_limits(context, wish, account) or account is None:
        return None
    async with in_transaction() as connection:
        held = await _open(account).select_for_update(no_key=True).get_or_none()
        to = await _contact(account, wish.channel)
        if held is None or to is None:
            return None
        work = Work(context, connection)
        code = await _begin(work, account, wish)
        await work.write()
    return letters.recovery_code(Channel(wish.channel), to, code, _LIFE // timedelta(minutes=1))


async def _begin(work: Work, account: Account, wish: _Wish) -> str:
    """Begin the recovery of the account, which is locked, and return its code.

    It ends the one that was asked for before from the same address: from another one it may be a
    stranger who asks, and the owner's goes on.
    """
    now, address = work.viewer.now, work.context.address
    await _unused(account).filter(address=address).update(used_at=now)
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    recovery = await PasswordRecovery.create(
        account_id=account.id,
        channel=wish.channel,
        ticket_digest=wish.ticket_digest,
        code_digest=vault.held().digest(_bound(wish.ticket_digest, code), vault.RECOVERY),
        created_at=now,
        expires_at=now + _LIFE,
        address=address,
    )
    work.audit("account.recovery_begun", PasswordRecovery, recovery.id)
    return code


async def _proven(context: Context, input: RecoverPasswordInput) -> _Recovered:  # noqa: A002
    """The recovery and the account's new password, if the code is right; raises UserError.

    A wrong code is counted by a statement of its own, whatever comes next. Of a ticket that is
    nobody's the same is asked, and it takes as long.
    """
    ticket = tokens.digest(input.ticket)
    recovery = await _open_recovery(ticket)
    account = recovery.account if recovery else None
    attempt = await guesses.begin(context, ticket, account, RECOVERIES)
    is_right = await _is_right(ticket, "".join(input.code.split()))
    if recovery is None or account is None or not is_right:
        await guesses.failed(context, account, attempt)
        raise _wrong_code()
    return _Recovered(recovery, await passwords.made_of(account, input.new_password))


async def _open_recovery(ticket_digest: str) -> PasswordRecovery | None:
    wanted = PasswordRecovery.get_or_none(
        ticket_digest=ticket_digest, account__blocked_at__isnull=True
    )
    return await wanted.select_related("account__person")


async def _is_right(ticket_digest: str, code: str) -> bool:
    """Whether the code is the ticket's, which still works; a failure is counted."""
    digests = vault.held().digests(_bound(ticket_digest, code), vault.RECOVERY)
    rows = await get_connection("default").execute_query_dict(
        _LOOK, [ticket_digest, digests, _MOST_FAILURES]
    )
    return bool(rows) and bool(rows[0]["is_right"])


@mutation(SignInPayload, allow=rules.ANYONE, prove=_proven)
async def recover_password(work: Work, recovered: _Recovered) -> Mapping[str, Any]:
    """Choose a new password with the code that was sent, and go on as after signing in.

    All sessions of the account end. The second factor, where there is one, is still asked for.
    """
    account = await signing.still(recovered.new.account)
    if account is None or not await _take(work, recovered.recovery):
        raise _wrong_code()
    await passwords.store(work, account, recovered.new.password_hash)
    await forget(work, account)
    work.audit(
        "account.recovered",
        Account,
        account.id,
        after={"channel": recovered.recovery.channel.value},
        person_id=account.person_id,
    )
    await sessions.ended(work, await sessions.all_of(work, account), account.person_id)
    to = await _contact(account, RecoveryChannel.EMAIL)
    if to is not None:
        work.send(Channel.EMAIL, letters.password_changed(to))
    return await signing.go_on(work, account)


async def forget(work: Work, account: Account) -> None:
    """Let no code of the account, which is locked, work any more."""
    await _unused(account).update(used_at=work.viewer.now)


async def _take(work: Work, recovery: PasswordRecovery) -> bool:
    """Use the recovery, whose account is locked; whether nobody has before."""
    unused = PasswordRecovery.filter(id=recovery.id, used_at__isnull=True)
    return bool(await unused.update(used_at=work.viewer.now))


def _wrong_code() -> UserError:
    return UserError("INVALID_CODE", "The code is wrong or too old: ask for another one.", "code")


def _open(account: Account) -> Any:
    return Account.filter(id=account.id, blocked_at__isnull=True)


def _unused(account: Account) -> Any:
    return PasswordRecovery.filter(account_id=account.id, used_at__isnull=True)


async def _is_within_limits(context: Context, wish: _Wish, account: Account | None) -> bool:
    attempt = context.services.throttle.of(wish.login, context.address, LETTERS)
    return await attempt.is_within(lambda: guesses.was_used_from(account, context.address))


async def _contact(account: Account, channel: RecoveryChannel) -> str | None:
    """Where the account's owner can be told something."""
    person = await models.Person.get(id=account.person_id)
    if channel is RecoveryChannel.EMAIL:
        return addresses.email(person.email or "")
    return addresses.phone(person.phone or "")


def _bound(ticket_digest: str, code: str) -> str:
    """The code as it is digested: with another ticket it is another one."""
    return f"{ticket_digest}:{code}"


@strawberry.type
class RecoveryMutation:
    """Recovering an account."""

    request_password_recovery = request_password_recovery
    recover_password = recover_password
