"""What every kind of identity provider has and does."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class ProviderKind(StrEnum):
    """By which rules a provider is asked."""

    ESIA = "esia"
    OIDC = "oidc"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What an installation says of one provider, whatever its kind.

    `scopes` are asked of the provider, `redirect_uris` are where it may send people back to, and
    `authorities` is a file of certificates, where the usual ones do not vouch for the provider.
    """

    name: str
    title: str
    kind: ProviderKind
    client_id: str
    issuer: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    authorities: Path | None

    @property
    def scope(self) -> str:
        """The scopes as one text."""
        return " ".join(self.scopes)


@dataclass(frozen=True)
class Visit:
    """What one visit to a provider is bound to; `verifier` is PKCE's (RFC 7636)."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


class IdentityProvider(Protocol):
    """Says who somebody is. Its methods raise IdentityError and hold no connection meanwhile."""

    @property
    def declared(self) -> Declared:
        """What the installation says of it."""

    async def address_for(self, visit: Visit) -> str:
        """Where to send the person to."""

    async def subject_of(self, visit: Visit, code: str) -> str:
        """The provider's own id of the person who came back with the code."""

    async def close(self) -> None:
        """Hang up."""
