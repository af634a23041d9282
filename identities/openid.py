"""OpenID Connect: the code flow with PKCE, discovery, and keys that may change at any time."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt

from errors import IdentityRefused, ProviderUnavailable
from identities.addresses import is_provider
from identities.line import Json, Line
from identities.provider import Declared, Visit
from identities.tokens import LONGEST_SUBJECT, Key, algorithms_of, audience_of, believed

# For so long what a provider says of itself is not asked again.
_SECONDS_KNOWN = 3600.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass
class _Known:
    """What a provider said at `address`, and until when it is taken for true."""

    said: Json
    until: float = field(default_factory=lambda: time.monotonic() + _SECONDS_KNOWN)

    @property
    def holds(self) -> bool:
        return time.monotonic() < self.until


@dataclass
class OpenId:
    """One provider; without `secret` the client is public, and PKCE alone speaks for it."""

    declared: Declared
    secret: str | None = field(repr=False)
    line: Line
    _configuration: _Known | None = None
    _keys: _Known | None = None

    async def address_for(self, visit: Visit) -> str:
        """The provider's page on which the person signs in."""
        endpoint = (await self._endpoints())["authorization_endpoint"]
        digest = hashlib.sha256(visit.verifier.encode()).digest()
        asked = {
            "client_id": self.declared.client_id,
            "response_type": "code",
            "scope": self.declared.scope,
            "redirect_uri": visit.redirect_uri,
            "state": visit.state,
            "nonce": visit.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def subject_of(self, visit: Visit, code: str) -> str:
        """The `sub` of the person who came back with the code."""
        endpoints = await self._endpoints()
        # Before the code is spent, so that it is not spent in vain.
        await self._jwks(endpoints)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": visit.redirect_uri,
            "code_verifier": visit.verifier,
            "client_id": self.declared.client_id,
        }
        answer = await self.line.post(endpoints["token_endpoint"], form, **self._own_proof())
        token = answer.get("id_token")
        claims = believed(token, await self._key(token, endpoints), issuer=self.declared.issuer)
        return self._subject(claims, visit)

    async def close(self) -> None:
        """Hang up."""
        await self.line.close()

    def _own_proof(self) -> dict[str, Any]:
        """How the client shows who it is: both parts are form-encoded first (RFC 6749, 2.3.1)."""
        if self.secret is None:
            return {}
        return {"auth": (quote_plus(self.declared.client_id), quote_plus(self.secret))}

    def _subject(self, claims: Mapping[str, Any], visit: Visit) -> str:
        audience, party = audience_of(claims), claims.get("azp")
        client_id, subject = self.declared.client_id, claims.get("sub")
        is_ours = client_id in audience and (
            party == client_id or (party is None and len(audience) == 1)
        )
        nonce = claims.get("nonce")
        is_fresh = isinstance(nonce, str) and hmac.compare_digest(
            nonce.encode(errors="replace"), visit.nonce.encode()
        )
        is_named = isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT
        if not (is_ours and is_fresh and is_named):
            raise IdentityRefused("The provider's token is for another client or another visit.")
        return str(subject)

    async def _endpoints(self) -> Mapping[str, str]:
        if self._configuration is None or not self._configuration.holds:
            issuer = self.declared.issuer
            address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            said = await self.line.read(address)
            # Discovery 1.0, 4.3: whoever else answers there is not believed.
            if said.get("issuer") != issuer or not all(map(_is_endpoint, _named(said))):
                raise self.line.unavailable("another issuer")
            self._configuration = _Known(said)
        return self._configuration.said

    async def _jwks(self, endpoints: Mapping[str, str], *, anew: bool = False) -> Json:
        if anew or self._keys is None or not self._keys.holds:
            self._keys = _Known(await self.line.read(endpoints["jwks_uri"]))
        return self._keys.said

    async def _key(self, token: Any, endpoints: Mapping[str, str]) -> Key:
        """The key that the token was signed with; keys are asked for anew once if it is unknown."""
        wanted = _key_id(token)
        found = _wanted(await self._jwks(endpoints), wanted)
        if found is None:
            try:
                found = _wanted(await self._jwks(endpoints, anew=True), wanted)
            except ProviderUnavailable as error:
                raise ProviderUnavailable(str(error), is_spent=True) from error
        if found is None:
            raise IdentityRefused("The provider's token is signed with a key of nobody's.")
        return found


def _named(said: Json) -> list[Any]:
    return [said.get(name) for name in _ENDPOINTS]


def _is_endpoint(given: Any) -> bool:
    return isinstance(given, str) and is_provider(given)


def _key_id(token: Any) -> Any:
    try:
        return jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise IdentityRefused("The provider's token cannot be read.") from error


def _wanted(jwks: Json, key_id: Any) -> Key | None:
    """The key of that id; where the token names none, the only one that there is."""
    usable = dict(_usable(jwks))
    if key_id is None:
        return next(iter(usable.values())) if len(usable) == 1 else None
    return usable.get(key_id) if isinstance(key_id, str) else None


def _usable(jwks: Json) -> Iterator[tuple[Any, Key]]:
    """Public keys that sign, by their ids."""
    listed = jwks.get("keys")
    for each in listed if isinstance(listed, list) else ():
        try:
            key: Any = jwt.PyJWK(each).key if each.get("use", "sig") == "sig" else None
        except (jwt.PyJWTError, AttributeError, TypeError, ValueError):
            # One that this program does not know takes nothing from the others.
            continue
        if algorithms_of(key):
            yield str(each.get("kid", "")), key
