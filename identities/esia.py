"""ESIA (ЕСИА, Госуслуги): OAuth 2.0 in which the client signs every request.

The order of things is that of the state's technical recommendations, as public clients of ESIA
show it: `client_secret` is a detached PKCS#7 signature of scope, timestamp, client id and state.
"""

import asyncio
import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from errors import IdentityNotConfirmed, IdentityRefused, ProviderUnavailable
from identities.line import Line
from identities.provider import Declared, Visit
from identities.signer import Signer
from identities.tokens import Key, audience_of, believed

_SUBJECT = "urn:esia:sbj_id"
# It becomes a part of an address.
_OID = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class Esia:
    """One portal of ESIA; `key` is what it signs its tokens with."""

    declared: Declared
    portal: str
    key: Key
    signer: Signer
    line: Line

    async def address_for(self, visit: Visit) -> str:
        """The page of the portal on which the person signs in."""
        asked = {
            **await self._signed(visit.state),
            "redirect_uri": visit.redirect_uri,
            "response_type": "code",
            "access_type": "online",
        }
        return f"{self.portal}/aas/oauth2/ac?{urlencode(asked)}"

    async def subject_of(self, visit: Visit, code: str) -> str:
        """The oid of the person, whose identity somebody has confirmed."""
        form = {
            **await self._signed(str(uuid4())),
            "redirect_uri": visit.redirect_uri,
            "grant_type": "authorization_code",
            "code": code,
            "token_type": "Bearer",
        }
        answer = await self.line.post(f"{self.portal}/aas/oauth2/te", form)
        token = answer.get("access_token")
        oid = self._oid(believed(token, self.key, issuer=self.declared.issuer))
        try:
            person = await self.line.read(f"{self.portal}/rs/prns/{oid}", token)
        except ProviderUnavailable as error:
            raise ProviderUnavailable(str(error), is_spent=True) from error
        if person.get("trusted") is not True:
            raise IdentityNotConfirmed("Nobody has checked who the person is.")
        return oid

    async def close(self) -> None:
        """Hang up."""
        await self.line.close()

    async def _signed(self, state: str) -> dict[str, str]:
        """What every request says of itself, and its signature."""
        client_id, scope = self.declared.client_id, self.declared.scope
        timestamp = datetime.now(UTC).strftime("%Y.%m.%d %H:%M:%S %z")
        data = f"{scope}{timestamp}{client_id}{state}".encode()
        try:
            signature = await asyncio.to_thread(self.signer.sign, data)
        except Exception as error:  # a device or a program of somebody else's
            raise self.line.unavailable("signer") from error
        return {
            "client_id": client_id,
            "client_secret": base64.urlsafe_b64encode(signature).rstrip(b"=").decode(),
            "scope": scope,
            "timestamp": timestamp,
            "state": state,
        }

    def _oid(self, claims: Mapping[str, Any]) -> str:
        # ESIA names the client in `client_id`, and in `aud` where it follows OpenID Connect.
        named = [*audience_of(claims), *([claims["client_id"]] if "client_id" in claims else [])]
        oid = str(claims.get(_SUBJECT, ""))
        if not named or set(named) != {self.declared.client_id} or not _OID.fullmatch(oid):
            raise IdentityRefused("The provider's token names another client, or nobody.")
        return oid
