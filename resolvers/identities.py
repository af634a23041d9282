"""Signing in through an identity provider, and linking one's account to what it says."""

import strawberry

from access import rules
from schema.context import Info
from schema.declaration.directive import Allow
from schema.identities import IdentityProvider


def identity_providers(info: Info) -> list[IdentityProvider]:
    """The identity providers that one may sign in through; none unless the installation has any."""
    listed = (each.declared for each in info.context.services.providers)
    return [IdentityProvider(name=one.name, title=one.title, kind=one.kind) for one in listed]


@strawberry.type
class IdentitiesQuery:
    """Reading what may be signed in through."""

    identity_providers: list[IdentityProvider] = strawberry.field(
        resolver=identity_providers,
        description=identity_providers.__doc__,
        directives=[Allow(to=sorted(rules.ANYONE))],
    )
