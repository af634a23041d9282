"""Tickets: what a client holds that has shown one proof and owes another."""

from datetime import timedelta

import models
from access import tokens
from errors import UserError
from models import SignInStep, StepKind
from resolvers.work import Work
from schema.context import Context
from schema.signing import SignInStep as Told

LIFE = timedelta(minutes=10)
# Several devices may be in the middle of it at once; beyond these the oldest begins anew.
_MOST = 10


async def issue(work: Work, account: models.Account, kind: StepKind) -> Told:
    """A ticket for the step, as the client is told of it; the account is locked."""
    await _make_room(work, account)
    ticket, expires_at = tokens.new_token(), work.viewer.now + LIFE
    step = await SignInStep.create(
        account_id=account.id,
        kind=kind,
        digest=tokens.digest(ticket),
        expires_at=expires_at,
        address=work.context.address,
    )
    work.audit(
        "sign_in_step.begun",
        SignInStep,
        step.id,
        after={"kind": kind.value},
        person_id=account.person_id,
    )
    return Told(kind=kind, ticket=ticket, expires_at=expires_at)


async def found(context: Context, ticket: str, kind: StepKind) -> SignInStep:
    """The step of that kind with its account and person; raises UserError.

    A ticket that is unknown, of another step, used, expired or a blocked account's reads the same.
    """
    wanted = SignInStep.get_or_none(
        digest=tokens.digest(ticket),
        kind=kind,
        used_at__isnull=True,
        expires_at__gt=context.viewer.now,
        account__blocked_at__isnull=True,
    )
    step = await wanted.select_related("account__person")
    if step is None:
        raise bad_ticket()
    return step


async def use(work: Work, step: SignInStep) -> None:
    """Take the ticket, whose account is locked; raises UserError where somebody else has."""
    unused = SignInStep.filter(id=step.id, used_at__isnull=True)
    if not await unused.update(used_at=work.viewer.now):
        raise bad_ticket()


async def forget(account: models.Account) -> None:
    """Let all of the account's tickets count no more."""
    await SignInStep.filter(account_id=account.id).delete()


def bad_ticket() -> UserError:
    """The one refusal of every ticket that does not count."""
    return UserError("INVALID_TOKEN", "Sign in again.", "ticket")


async def _make_room(work: Work, account: models.Account) -> None:
    """Keep few tickets an account: those that count, and of them the latest."""
    of_account = SignInStep.filter(account_id=account.id)
    live = of_account.filter(used_at__isnull=True, expires_at__gt=work.viewer.now)
    kept = await live.order_by("-id").limit(_MOST - 1)
    await of_account.exclude(id__in=[step.id for step in kept]).delete()
