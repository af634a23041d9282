"""Access tokens (short, signed); refresh tokens and tickets (random, stored as a digest)."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from errors import Unauthenticated

ACCESS_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
_ALGORITHM = "HS256"
_LEEWAY = timedelta(seconds=30)
_MOST_REMEMBERED = 4096


@dataclass(frozen=True)
class Claims:
    """What an access token says: whose it is and which session it belongs to. Never a right."""

    account_id: int
    session_id: int
    expires_at: datetime


class TokenSigner:
    """Signs access tokens with the deployment's secret, and verifies them.

    What was signed with a former secret still counts, so that nobody is signed out by a new one.
    """

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._secret = secret
        self._secrets = (secret, *former)
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    def sign(self, claims: Claims, issued_at: datetime) -> str:
        """The token that carries these claims."""
        body = {
            "sub": str(claims.account_id),
            "sid": claims.session_id,
            "iat": issued_at,
            "exp": claims.expires_at,
        }
        return jwt.encode(body, self._secret, algorithm=_ALGORITHM)

    def verify(self, token: str) -> Claims:
        """The claims of a token of ours that has not run out; raises Unauthenticated.

        A token that was verified once is only asked for its time again.
        """
        claims = self._verified.get(token)
        if claims is not None:
            if datetime.now(UTC) < claims.expires_at + _LEEWAY:
                return claims
            del self._verified[token]
        claims = self._verify(token)
        self._verified[token] = claims
        if len(self._verified) > _MOST_REMEMBERED:
            self._verified.popitem(last=False)
        return claims

    def bearer(self, authorization: str | None) -> Claims | None:
        """The claims that an Authorization header carries; None without a token that counts."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return self.verify(token.strip())
        except Unauthenticated:
            return None

    def _verify(self, token: str) -> Claims:
        try:
            body = self._body(token)
            expires_at = datetime.fromtimestamp(body["exp"], UTC)
            return Claims(int(body["sub"]), int(body["sid"]), expires_at)
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise Unauthenticated("Sign in again.") from error

    def _body(self, token: str) -> Mapping[str, Any]:
        *others, last = self._secrets
        for secret in others:
            with suppress(jwt.InvalidSignatureError):
                return _decoded(token, secret)
        return _decoded(token, last)


def _decoded(token: str, secret: str) -> Mapping[str, Any]:
    body: Mapping[str, Any] = jwt.decode(
        token,
        secret,
        algorithms=[_ALGORITHM],
        leeway=_LEEWAY,
        options={"require": ["sub", "sid", "iat", "exp"]},
    )
    return body


def new_token() -> str:
    """A refresh token, or a ticket for whoever has shown one proof and owes another: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token or ticket. It has full entropy, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
