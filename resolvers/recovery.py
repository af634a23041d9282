"""Recovering an account: a code to the contact on file, and a new password for the code.

Nothing is looked up before the answer to whoever asks for a code: it cannot tell, nor take longer,
whether there is such an account. docs/decisions say what strangers can do with this.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import strawberry
from tortoise.transactions import in_transaction

import models
from access import rules, tokens, vault
from access.throttle import LETTERS
from couriers import addresses
from couriers.letter import Channel, Letter
from errors import UserError
from models import Account, PasswordRecovery, RecoveryChannel
from resolvers import guesses, letters
from resolvers.mutation import mutation
from resolvers.work import Work
from schema.context import Context
from schema.recovery import RequestPasswordRecoveryInput, RequestPasswordRecoveryPayload

_LIFE = timedelta(minutes=15)
_DIGITS = 8
_LONGEST_LOGIN = 64


@dataclass(frozen=True)
class _Wish:
    """Somebody would like to recover the account of this login."""

    login: str
    channel: RecoveryChannel
    ticket_digest: str


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
    ticket = tokens.new_ticket()
    wish = _Wish(input.login.strip().lower(), input.channel, tokens.digest(ticket))
    outbox.write(channel, partial(_letter, work.context, wish))
    return {"ticket": ticket, "expires_at": work.viewer.now + _LIFE}


async def _letter(context: Context, wish: _Wish) -> Letter | None:
    """The letter with a new code, where there is somebody who may be told one."""
    account = await _account(wish.login)
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


async def _account(login: str) -> Account | None:
    """The account of that login; nobody has one that the column cannot hold."""
    if len(login) > _LONGEST_LOGIN or "\x00" in login:
        return None
    return await Account.get_or_none(login=login)


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
