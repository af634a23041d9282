"""Codes of a second factor: looked at before a transaction, and taken once inside of it.

Whoever calls what is told to be inside holds the account's lock (`signing.still`).
"""

from dataclasses import dataclass
from datetime import datetime

import models
from access import second_factor, vault
from access.throttle import CODES
from errors import UserError
from models import RecoveryCode, SecondFactor
from resolvers import guesses
from resolvers.work import Work
from schema.context import Context


@dataclass(frozen=True)
class Shown:
    """A right code, as of when it was looked at: a time step of a secret, or a recovery code."""

    sealed: str
    step: int | None = None
    recovery_code_id: int | None = None


async def shown(
    context: Context, account: models.Account, code: str, *, is_first: bool = False
) -> Shown:
    """The code, if it is the account's; raises UserError. Each is a guess that is counted.

    With `is_first` it is one of the secret that waits for its first code.
    """
    attempt = await guesses.begin(context, account.login, account, CODES)
    look = _first if is_first else _right
    found = await look(account, code, context.viewer.now)
    if found is None:
        await guesses.failed(context, account, attempt)
        raise wrong_code()
    await guesses.succeeded(context, account, attempt)
    return found


async def is_asked_of(account: models.Account) -> bool:
    """Whether the account has a second factor that counts."""
    return await SecondFactor.filter(account_id=account.id, confirmed_at__isnull=False).exists()


async def take(work: Work, account: models.Account, code: Shown) -> None:
    """Inside: let the code count, this once.

    Raises UserError where it was taken since it was looked at, or the secret is another.
    """
    factor = await _locked(account)
    if factor is None or factor.secret_sealed != code.sealed:
        raise wrong_code()
    if code.step is None:
        await _take_recovery_code(work, account, code)
    elif code.step <= (factor.last_step or 0):
        raise wrong_code()
    else:
        factor.last_step = code.step
        await factor.save(update_fields=["last_step"])


async def begin(work: Work, account: models.Account) -> str:
    """Inside: a new secret, which waits for its first code."""
    secret = second_factor.new_secret()
    pending = vault.held().seal(secret, vault.SECOND_FACTOR)
    factor = await _locked(account)
    if factor is None:
        factor = SecondFactor(account_id=account.id, created_at=work.viewer.now)
    factor.pending_sealed = pending
    await factor.save()
    audit(work, "begun", account, factor)
    return secret


async def confirm(work: Work, account: models.Account, code: Shown) -> list[str]:
    """Inside: let the secret count whose first code it is; the new recovery codes.

    Raises UserError where there is another secret by now.
    """
    factor = await _locked(account)
    if factor is None or factor.pending_sealed != code.sealed:
        raise wrong_code()
    factor.secret_sealed, factor.pending_sealed = factor.pending_sealed, None
    factor.confirmed_at, factor.last_step = work.viewer.now, code.step
    await factor.save()
    audit(work, "confirmed", account, factor)
    return await renew(account)


async def renew(account: models.Account) -> list[str]:
    """Inside: new recovery codes instead of all former ones."""
    codes = second_factor.new_recovery_codes()
    await RecoveryCode.filter(account_id=account.id).delete()
    await RecoveryCode.bulk_create(
        RecoveryCode(account_id=account.id, digest=second_factor.digest(code)) for code in codes
    )
    return codes


async def remove(work: Work, account: models.Account) -> None:
    """Inside: have neither second factor nor recovery codes."""
    factor = await SecondFactor.get(account_id=account.id)
    await RecoveryCode.filter(account_id=account.id).delete()
    await factor.delete()
    audit(work, "removed", account, factor)


def wrong_code() -> UserError:
    """The one refusal of every code that does not count."""
    return UserError("INVALID_CODE", "The code is wrong, or was used before.", "code")


def audit(work: Work, deed: str, account: models.Account, row: SecondFactor | RecoveryCode) -> None:
    """Write down what was done to a factor, and never by which code."""
    work.audit(f"second_factor.{deed}", type(row), row.id, person_id=account.person_id)


async def _right(account: models.Account, code: str, now: datetime) -> Shown | None:
    factor = await SecondFactor.get_or_none(account_id=account.id)
    if factor is None or factor.secret_sealed is None:
        return None
    step = second_factor.step_of(code, _opened(factor.secret_sealed), now)
    if step is not None:
        is_fresh = step > (factor.last_step or 0)
        return Shown(factor.secret_sealed, step) if is_fresh else None
    wanted = {"account_id": account.id, "digest": second_factor.digest(code)}
    found = await RecoveryCode.get_or_none(**wanted, used_at__isnull=True)
    return Shown(factor.secret_sealed, recovery_code_id=found.id) if found else None


async def _first(account: models.Account, code: str, now: datetime) -> Shown | None:
    factor = await SecondFactor.get_or_none(account_id=account.id)
    if factor is None or factor.pending_sealed is None:
        return None
    step = second_factor.step_of(code, _opened(factor.pending_sealed), now)
    return Shown(factor.pending_sealed, step) if step is not None else None


async def _take_recovery_code(work: Work, account: models.Account, code: Shown) -> None:
    row = await RecoveryCode.get_or_none(id=code.recovery_code_id, used_at__isnull=True)
    if row is None:
        raise wrong_code()
    row.used_at = work.viewer.now
    await row.save(update_fields=["used_at"])
    audit(work, "recovery_code_used", account, row)


async def _locked(account: models.Account) -> SecondFactor | None:
    return await SecondFactor.filter(account_id=account.id).select_for_update().get_or_none()


def _opened(sealed: str) -> str:
    return vault.held().open(sealed, vault.SECOND_FACTOR)
