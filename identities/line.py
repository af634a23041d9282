"""The line to one identity provider: patient for seconds, and deaf to more than it can hold."""

import asyncio
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import orjson
import structlog

from errors import IdentityRefused, ProviderUnavailable
from identities.addresses import is_provider

log = structlog.get_logger()

PATIENCE_SECONDS = 5.0
MOST_BYTES = 256 * 1024

Json = Mapping[str, Any]


class Line:
    """Asks one provider; follows no redirect, and trusts `authorities` instead of the usual ones.

    Raises ProviderUnavailable, and IdentityRefused where the provider says 400 to a form.
    """

    def __init__(self, provider: str, authorities: Path | None = None) -> None:
        self._provider = provider
        self._client = httpx.AsyncClient(
            timeout=PATIENCE_SECONDS,
            follow_redirects=False,
            # Neither proxies nor passwords of whoever starts the program.
            trust_env=False,
            verify=ssl.create_default_context(cafile=authorities) if authorities else True,
            # What is packed small may be as large as it likes.
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    async def read(self, address: str, bearer: str | None = None) -> Json:
        """The object that stands at the address, shown to whoever bears the token."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self._understood(await self._ask("GET", address, headers=headers))

    async def post(self, address: str, form: Mapping[str, str], **options: Any) -> Json:
        """What is answered to a form; 400 is a refusal (RFC 6749, 5.2)."""
        status, body = await self._ask("POST", address, data=form, **options)
        if status == HTTPStatus.BAD_REQUEST:
            log.info("identity.refused", provider=self._provider)
            raise IdentityRefused("The provider does not take the code.")
        return self._understood((status, body))

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    async def _ask(self, method: str, address: str, **options: Any) -> tuple[int, bytes]:
        if not is_provider(address):
            raise self.unavailable("address")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._heard(method, address, **options)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self.unavailable(type(error).__name__) from error

    async def _heard(self, method: str, address: str, **options: Any) -> tuple[int, bytes]:
        body = bytearray()
        async with self._client.stream(method, address, **options) as response:
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    raise self.unavailable("too long")
        return response.status_code, bytes(body)

    def _understood(self, answer: tuple[int, bytes]) -> Json:
        status, body = answer
        if status != HTTPStatus.OK:
            raise self.unavailable(str(status))
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise self.unavailable("no JSON") from error
        if not isinstance(found, dict):
            raise self.unavailable("no object")
        return found

    def unavailable(self, reason: str) -> ProviderUnavailable:
        """What is raised; its reason is a word of ours, and the only one that is logged."""
        log.warning("identity.unavailable", provider=self._provider, reason=reason)
        return ProviderUnavailable(reason)
