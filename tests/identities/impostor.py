"""A provider of OpenID Connect whose tokens are whatever a test makes of them."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import jwt
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.identities.declared import Pair, pair
from tests.identities.stand_in import Claims, in_thread

CLIENT, SECRET = "school:diary", "hunter: 2/3"


def honest(claims: Claims) -> str:
    """The token that its key signs."""
    return jwt.encode(claims, pair("first").key, algorithm="RS256", headers={"kid": "first"})


@dataclass
class Impostor:
    """`keys` is what it publishes, `claims` what it says more, `sign` how a token comes of it."""

    url: str
    keys: dict[str, Pair] = field(default_factory=lambda: {"first": pair("first")})
    claims: Claims = field(default_factory=dict)
    sign: Callable[[Claims], str] = honest
    issuer: str = ""
    jwks_asked: int = 0
    _visits: dict[str, dict[str, str]] = field(default_factory=dict)

    def behave(self) -> None:
        """Be honest again."""
        self.keys, self.claims, self.sign = {"first": pair("first")}, {}, honest
        self.issuer, self.jwks_asked = self.url, 0

    def visit(self, address: str, subject: str) -> dict[str, str]:
        """Let somebody sign in at its page; what they come back with."""
        asked = dict(parse_qsl(address.partition("?")[2]))
        code = f"code-{len(self._visits)}"
        self._visits[code] = {**asked, "sub": subject}
        return {"code": code, "state": asked["state"]}

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/jwks", self._jwks),
            Route("/token", self._token, methods=["POST"]),
        ]

    async def _configuration(self, _request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.url}/authorize?prompt=login",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
            }
        )

    async def _jwks(self, _request: Request) -> JSONResponse:
        self.jwks_asked += 1
        public = (
            {**RSAAlgorithm.to_jwk(one.key.public_key(), as_dict=True), "kid": name, "use": "sig"}
            for name, one in self.keys.items()
        )
        # Others of a provider's keys are for other things, or not known to everybody.
        others = [{"kty": "oct", "kid": "oct", "k": "c2VjcmV0"}, {"kty": "GOST"}, "nonsense"]
        return JSONResponse({"keys": [*public, *others]})

    async def _token(self, request: Request) -> JSONResponse:
        given = dict(parse_qsl((await request.body()).decode()))
        visit = self._visits.pop(given.get("code", ""), None)
        if visit is None or not _is_client(request, given) or not _is_whole(visit, given):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": visit["client_id"],
            "sub": visit["sub"],
            "nonce": visit["nonce"],
            "iat": now,
            "exp": now + 300,
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        return JSONResponse({"access_token": "x", "id_token": self.sign(said)})


def _is_client(request: Request, given: dict[str, str]) -> bool:
    """Whether the client shows its secret as RFC 6749, 2.3.1 says, if it is one that has any."""
    if "Authorization" not in request.headers:
        return given["client_id"] == "phone"
    basic = request.headers["Authorization"].removeprefix("Basic ")
    name, _, secret = base64.b64decode(basic).decode().partition(":")
    return (unquote_plus(name), unquote_plus(secret)) == (CLIENT, SECRET)


def _is_whole(visit: dict[str, str], given: dict[str, str]) -> bool:
    """Whether the code is fetched by who began (RFC 7636), for where it was sent to."""
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    expected = ("S256", challenge, given.get("redirect_uri"))
    found = (visit["code_challenge_method"], visit["code_challenge"], visit["redirect_uri"])
    return found == expected


@contextmanager
def serving_impostor() -> Iterator[Impostor]:
    """Run one on a loopback port of its own."""
    impostor = Impostor("")
    with in_thread(Starlette(routes=impostor.routes())) as url:
        impostor.url = url
        impostor.behave()
        yield impostor
