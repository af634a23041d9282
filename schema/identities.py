"""Signing in through identity providers (ESIA, OpenID Connect): what clients are told and send."""

import strawberry

from identities.provider import ProviderKind
from schema.declaration import describe_enum

describe_enum(
    ProviderKind,
    "By which rules an identity provider is asked.",
    ESIA="The state's (ЕСИА, Госуслуги); only confirmed identities count.",
    OIDC="OpenID Connect.",
)


@strawberry.type(description="Somebody whom this installation lets say who a person is.")
class IdentityProvider:
    """Somebody whom this installation lets say who a person is."""

    name: str = strawberry.field(description="What it is called in inputs.")
    title: str = strawberry.field(description="What people know it by; the text of a button.")
    kind: ProviderKind = strawberry.field(description="By which rules it is asked.")
