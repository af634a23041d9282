"""Tokens of identity providers (JWT): who signed them, for whom, until when."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from errors import IdentityRefused

Key = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
LEEWAY = timedelta(seconds=60)
LONGEST_SUBJECT = 255

_OF_CURVES = {"secp256r1": ["ES256"], "secp384r1": ["ES384"], "secp521r1": ["ES512"]}
_SMALLEST_RSA = 2048


def algorithms_of(key: Any) -> list[str]:
    """By which algorithms this public key may have been used; none for a key that nobody should.

    The key alone decides: a token that says `none`, or takes the key for an HMAC's, finds nothing.
    """
    if isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_RSA:
        return ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
    if isinstance(key, EllipticCurvePublicKey):
        return _OF_CURVES.get(key.curve.name, [])
    return ["EdDSA"] if isinstance(key, Ed25519PublicKey) else []


def believed(token: Any, key: Key, *, issuer: str) -> Mapping[str, Any]:
    """The claims of a token that the issuer has signed with the key and that has not run out.

    Whom it was made for is left to whoever asks. Raises IdentityRefused.
    """
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=algorithms_of(key),
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "iat", "exp"], "verify_aud": False},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise IdentityRefused("The provider's token is not believed.") from error
    return claims


def audience_of(claims: Mapping[str, Any]) -> list[str]:
    """Whom a token was made for; empty where it does not say so in a readable way."""
    found = claims.get("aud", [])
    named = [found] if isinstance(found, str) else found
    is_readable = isinstance(named, list) and all(isinstance(each, str) for each in named)
    return named if is_readable else []
