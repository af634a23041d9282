"""Visits to identity providers: begun, answered once, used once.

The provider is asked before the transaction, so what a visit has come to is written by statements
of their own, each of which asks whether it still holds: of two that complete the same visit at
once, one does.
"""

from dataclasses import dataclass
from secrets import token_urlsafe
from uuid import uuid4

from access import tokens, vault
from access.throttle import VISITS, VISITS_OF_ADDRESS, Attempt, TooManyAttempts
from errors import (
    IdentityError,
    IdentityNotConfirmed,
    IdentityRefused,
    ProviderUnavailable,
    UserError,
)
from identities.provider import Visit
from models import ExternalSignIn
from resolvers import guesses, limits, tickets
from resolvers.work import Work
from schema.context import Context
from schema.identities import BeginExternalSignInInput, CompleteExternalSignInInput

_LONGEST_CODE = 4096
# So many of those that ran out are forgotten whenever one begins, so they never pile up.
_FORGOTTEN_AT_ONCE = 10


@dataclass(frozen=True)
class Ready:
    """A visit that may begin, and the provider's address for it."""

    provider: str
    visit: Visit
    address: str


@dataclass(frozen=True)
class Answered:
    """A visit at whose end the provider has named its `subject`."""

    row: ExternalSignIn
    subject: str
    link: bool


async def ready(context: Context, input: BeginExternalSignInInput) -> Ready:  # noqa: A002
    """What it takes to begin a visit; raises UserError."""
    try:
        throttle = context.services.throttle
        await throttle.take(VISITS_OF_ADDRESS, context.address)
        await throttle.take(VISITS)
    except TooManyAttempts as error:
        raise guesses.too_many(error) from error
    provider = context.services.providers.named(input.provider)
    if provider is None:
        raise UserError("NOT_FOUND", "There is no such identity provider.", "provider")
    if input.redirect_uri not in provider.declared.redirect_uris:
        raise UserError(
            "OUT_OF_RANGE", "The provider sends nobody back to this address.", "redirectUri"
        )
    visit = Visit(input.redirect_uri, str(uuid4()), token_urlsafe(32), token_urlsafe(48))
    try:
        return Ready(input.provider, visit, await provider.address_for(visit))
    except ProviderUnavailable as error:
        raise _told(error) from error


async def begin(work: Work, ready: Ready) -> tuple[str, ExternalSignIn]:
    """Begin it: its ticket, of which only the digest is kept, and its row."""
    await _forget_some(work)
    ticket, now, visit = tokens.new_token(), work.viewer.now, ready.visit
    row = await ExternalSignIn.create(
        provider=ready.provider,
        ticket_digest=tokens.digest(ticket),
        state_digest=tokens.digest(visit.state),
        nonce=visit.nonce,
        verifier_sealed=vault.held().seal(visit.verifier, vault.VERIFIER),
        redirect_uri=visit.redirect_uri,
        created_at=now,
        expires_at=now + tickets.LIFE,
    )
    return ticket, row


async def answered(context: Context, input: CompleteExternalSignInInput) -> Answered:  # noqa: A002
    """What the provider says of the code; raises UserError.

    The visit is taken before the provider is asked, and given back if its code may still be good.
    """
    if problem := limits.required_text(input.code, _LONGEST_CODE, "code"):
        raise problem
    attempt = await _attempt(context, input.ticket)
    row = await _taken(context, input.ticket, input.state)
    provider = context.services.providers.named(row.provider) if row else None
    if row is None or provider is None:
        await attempt.failed()
        raise tickets.bad_ticket()
    verifier = vault.held().open(row.verifier_sealed, vault.VERIFIER)
    visit = Visit(row.redirect_uri, input.state, row.nonce, verifier)
    try:
        return Answered(row, await provider.subject_of(visit, input.code), input.link)
    except IdentityError as error:
        if isinstance(error, IdentityRefused):
            await attempt.failed()
        may_be_repeated = isinstance(error, ProviderUnavailable) and not error.is_spent
        await (_give_back(row) if may_be_repeated else _end(context, row))
        raise _told(error) from error


async def named(context: Context, ticket: str) -> ExternalSignIn:
    """The visit at whose end somebody was named and nothing came of it yet; raises UserError."""
    attempt = await _attempt(context, ticket)
    row = await ExternalSignIn.get_or_none(
        ticket_digest=tokens.digest(ticket),
        subject_digest__isnull=False,
        used_at__isnull=True,
        expires_at__gt=context.viewer.now,
    )
    if row is None:
        await attempt.failed()
        raise tickets.bad_ticket()
    return row


async def use(work: Work, row: ExternalSignIn) -> None:
    """Let something come of the visit; raises UserError where something has already."""
    unused = ExternalSignIn.filter(id=row.id, used_at__isnull=True)
    if not await unused.update(used_at=work.viewer.now):
        raise tickets.bad_ticket()


async def _attempt(context: Context, ticket: str) -> Attempt:
    """A guess at a ticket. Who has one that is good is kept out by nobody else's guesses."""
    digest, now = tokens.digest(ticket), context.viewer.now
    attempt = context.services.throttle.of(digest, context.address)
    try:
        await attempt.begin(
            lambda: ExternalSignIn.filter(ticket_digest=digest, expires_at__gt=now).exists()
        )
    except TooManyAttempts as error:
        raise guesses.too_many(error) from error
    return attempt


async def _taken(context: Context, ticket: str, state: str) -> ExternalSignIn | None:
    """The visit of ticket and state, which nobody else has completed or completes meanwhile."""
    digest, now = tokens.digest(ticket), context.viewer.now
    waiting = ExternalSignIn.filter(
        ticket_digest=digest,
        state_digest=tokens.digest(state),
        answered_at__isnull=True,
        used_at__isnull=True,
        expires_at__gt=now,
    )
    if not await waiting.update(answered_at=now):
        return None
    return await ExternalSignIn.get(ticket_digest=digest)


async def _give_back(row: ExternalSignIn) -> None:
    await ExternalSignIn.filter(id=row.id).update(answered_at=None)


async def _end(context: Context, row: ExternalSignIn) -> None:
    await ExternalSignIn.filter(id=row.id).update(used_at=context.viewer.now)


async def _forget_some(work: Work) -> None:
    oldest = ExternalSignIn.all().order_by("id").limit(_FORGOTTEN_AT_ONCE)
    found = await oldest.select_for_update(skip_locked=True)
    past = [row.id for row in found if row.expires_at <= work.viewer.now]
    if past:
        await ExternalSignIn.filter(id__in=past).delete()


def _told(error: IdentityError) -> UserError:
    """What a client is told of whatever a provider, or the way to it, has done."""
    match error:
        case IdentityNotConfirmed():
            return UserError(
                "IDENTITY_NOT_CONFIRMED", "Have the provider confirm who you are, and begin anew."
            )
        case ProviderUnavailable(is_spent=False):
            return UserError(
                "PROVIDER_UNAVAILABLE", "The identity provider does not answer: try again later."
            )
        case ProviderUnavailable():
            return UserError(
                "PROVIDER_UNAVAILABLE", "The identity provider broke off: begin anew later."
            )
    return UserError("IDENTITY_REFUSED", "Nobody was recognized: begin anew.", "code")
