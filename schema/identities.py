"""Signing in through identity providers (ESIA, OpenID Connect): what clients are told and send."""

import datetime as dt

import strawberry

from access import scopes
from identities.provider import ProviderKind
from schema.declaration import column, describe_enum, entity, payload
from schema.errors import UserError
from schema.roles import Role
from schema.signing import SignInPayload

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


@entity(reach=scopes.EXTERNAL_IDENTITIES)
class ExternalIdentity:
    """An identity at a provider that opens the person's account."""

    provider: str = column(description="The provider's name.")
    linked_at: dt.datetime = column(description="Since when it opens the account.")


@strawberry.type(description="What a person is in an account of theirs, and where.")
class LinkedRole:
    """What a person is in an account of theirs, and where."""

    role: Role = strawberry.field(description="The role.")
    organization: str | None = strawberry.field(
        description="The organization's usual name; null where the role is not bound to one."
    )


@strawberry.type(description="An account that an identity opens.")
class LinkedAccount:
    """An account that an identity opens."""

    id: strawberry.ID = strawberry.field(description="What `chooseExternalAccount` is told.")
    login: str = strawberry.field(description="The account's login.")
    roles: list[LinkedRole] = strawberry.field(description="What its owner is today.")


@strawberry.input(description="Through whom one signs in, and where one comes back to.")
class BeginExternalSignInInput:
    """Through whom one signs in, and where one comes back to."""

    provider: str = strawberry.field(description="The name of one of `identityProviders`.")
    redirect_uri: str = strawberry.field(
        description="The client's own page to come back to, exactly as the provider's list has it."
    )


@payload
class BeginExternalSignInPayload:
    """Where to send the person to, or why not."""

    authorization_url: str | None = strawberry.field(description="The provider's page.")
    ticket: str | None = strawberry.field(
        description="Stays with the client, in no address: nobody else completes the sign-in."
    )
    expires_at: dt.datetime | None = strawberry.field(description="When the ticket runs out.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing began.")


@strawberry.input(description="What a person came back with from an identity provider.")
class CompleteExternalSignInInput:
    """What a person came back with from an identity provider."""

    ticket: str = strawberry.field(description="That of `beginExternalSignIn`.")
    state: str = strawberry.field(description="`state` of the address that was come back to.")
    code: str = strawberry.field(description="`code` of the same address.")
    link: bool = strawberry.field(
        default=False,
        description="Whether another account is to be linked, even if the identity opens some.",
    )


@payload
class CompleteExternalSignInPayload(SignInPayload):
    """A session, or what leads to one; or why there is none."""

    accounts: list[LinkedAccount] | None = strawberry.field(
        description="Where the identity opens several: choose one by `chooseExternalAccount`, "
        "with the same ticket."
    )
    link_needed: bool | None = strawberry.field(
        description="Whether an account has to be linked first: `linkExternalIdentity`, with the "
        "same ticket."
    )


@strawberry.input(description="Which of several accounts to sign in to.")
class ChooseExternalAccountInput:
    """Which of several accounts to sign in to."""

    ticket: str = strawberry.field(description="That of `completeExternalSignIn`.")
    account_id: strawberry.ID = strawberry.field(description="One of its `accounts`.")


@strawberry.input(description="Whose account an identity is to open; shown by its password, once.")
class LinkExternalIdentityInput:
    """Whose account an identity is to open; shown by its password, once."""

    ticket: str = strawberry.field(description="That of `completeExternalSignIn`.")
    login: str = strawberry.field(description="The account's login; capitals do not matter.")
    password: str = strawberry.field(description="The account's password.")
    consent: bool = strawberry.field(
        description="Whether the person agrees that their id at the provider is kept (согласие, "
        "152-ФЗ): without it nothing is linked. For a child under 14 the school has a guardian's."
    )


@payload
class LinkExternalIdentityPayload(SignInPayload):
    """Whether the identity opens the account now, and a session."""

    linked: bool | None = strawberry.field(
        description="False where `nextStep` comes first: then link again, signed in, with the "
        "same ticket. Who is signed in to the account already gets no other session."
    )


@strawberry.input(description="Which identity is to open one's own account no longer.")
class UnlinkExternalIdentityInput:
    """Which identity is to open one's own account no longer."""

    provider: str = strawberry.field(description="The provider's name.")


@payload
class UnlinkExternalIdentityPayload:
    """The identity that was unlinked, or why not."""

    provider: str | None = strawberry.field(description="The provider's name.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was unlinked.")
