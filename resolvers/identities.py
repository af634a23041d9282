"""Signing in through an identity provider, and linking one's account to what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry

import models
from access import rules
from errors import UserError
from models import ExternalSignIn
from resolvers import accounts, links, signing, visits
from resolvers.mutation import mutation
from resolvers.visits import Answered, Ready
from resolvers.work import Work
from schema.context import Context, Info
from schema.declaration.directive import Allow
from schema.declaration.ids import decode
from schema.identities import (
    BeginExternalSignInPayload,
    ChooseExternalAccountInput,
    CompleteExternalSignInPayload,
    IdentityProvider,
    LinkExternalIdentityInput,
    LinkExternalIdentityPayload,
    UnlinkExternalIdentityInput,
    UnlinkExternalIdentityPayload,
)
from schema.signing import SignInInput, SignInPayload


@dataclass(frozen=True)
class _Chosen:
    """A visit, and the number that was chosen of the accounts that it may lead to."""

    visit: ExternalSignIn
    account_id: int | None


@dataclass(frozen=True)
class _Proven:
    """A visit, and an account whose password was shown."""

    visit: ExternalSignIn
    account: models.Account


def identity_providers(info: Info) -> list[IdentityProvider]:
    """The identity providers that one may sign in through; none unless the installation has any."""
    listed = (each.declared for each in info.context.services.providers)
    return [IdentityProvider(name=one.name, title=one.title, kind=one.kind) for one in listed]


async def _chosen(context: Context, input: ChooseExternalAccountInput) -> _Chosen:  # noqa: A002
    visit = await visits.named(context, input.ticket)
    return _Chosen(visit, decode(links.LABEL, input.account_id))


async def _proven(context: Context, input: LinkExternalIdentityInput) -> _Proven:  # noqa: A002
    visit = await visits.named(context, input.ticket)
    if not input.consent:
        raise UserError("CONSENT_REQUIRED", "Nothing is linked without consent.", "consent")
    given = SignInInput(login=input.login, password=input.password)
    return _Proven(visit, await accounts.proven(context, given))


@mutation(BeginExternalSignInPayload, allow=rules.ANYONE, prove=visits.ready)
async def begin_external_sign_in(work: Work, ready: Ready) -> Mapping[str, Any]:
    """Begin to sign in through an identity provider: where to send the person to."""
    ticket, row = await visits.begin(work, ready)
    return {"authorization_url": ready.address, "ticket": ticket, "expires_at": row.expires_at}


@mutation(CompleteExternalSignInPayload, allow=rules.ANYONE, prove=visits.answered)
async def complete_external_sign_in(work: Work, answered: Answered) -> Mapping[str, Any]:
    """Sign in as whom the provider has named, or learn what leads there."""
    await links.remember(answered)
    found = [] if answered.link else await links.accounts(answered.row)
    if not found:
        return {"link_needed": True}
    if len(found) > 1:
        return {"link_needed": False, "accounts": await links.shown(found)}
    await visits.use(work, answered.row)
    return {"link_needed": False, **await signing.proceed(work, found[0])}


@mutation(SignInPayload, allow=rules.ANYONE, prove=_chosen)
async def choose_external_account(work: Work, chosen: _Chosen) -> Mapping[str, Any]:
    """Sign in to one of the accounts that the identity opens."""
    found = await links.accounts(chosen.visit)
    account = next((each for each in found if each.id == chosen.account_id), None)
    if account is None:
        raise UserError("NOT_FOUND", "The identity opens no such account.", "accountId")
    values = await signing.proceed(work, account)
    # The account is locked first, as it is wherever a visit is used.
    await visits.use(work, chosen.visit)
    return values


@mutation(LinkExternalIdentityPayload, allow=rules.ANYONE, prove=_proven)
async def link_external_identity(work: Work, proven: _Proven) -> Mapping[str, Any]:
    """Let the identity open an account from now on, and sign in to it.

    That takes all that signing in takes: with a password alone nobody links an account that a
    second factor guards.
    """
    account = await signing.still(proven.account)
    if account is None:
        raise signing.wrong_credentials()
    is_own = account.id == work.viewer.account_id
    values = {} if is_own else await signing.go_on(work, account)
    if not is_own and values.get("session") is None:
        return {"linked": False, **values}
    await visits.use(work, proven.visit)
    await links.link(work, proven.visit, account)
    return {"linked": True, **values}


@mutation(UnlinkExternalIdentityPayload, allow=rules.SIGNED_IN)
async def unlink_external_identity(
    work: Work,
    input: UnlinkExternalIdentityInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Let a provider open one's own account no longer; sessions go on."""
    await links.unlink(work, input.provider)
    return {"provider": input.provider}


@strawberry.type
class IdentitiesQuery:
    """Reading what may be signed in through."""

    identity_providers: list[IdentityProvider] = strawberry.field(
        resolver=identity_providers,
        description=identity_providers.__doc__,
        directives=[Allow(to=sorted(rules.ANYONE))],
    )


@strawberry.type
class IdentitiesMutation:
    """Signing in through identity providers."""

    begin_external_sign_in = begin_external_sign_in
    complete_external_sign_in = complete_external_sign_in
    choose_external_account = choose_external_account
    link_external_identity = link_external_identity
    unlink_external_identity = unlink_external_identity
