"""A real mail server on loopback, in the tests' own loop, that keeps what it is given."""

import asyncio
import re
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from tests.servers import free_port

LOGIN = ("diary", "relay-пароль")
_PATIENCE_SECONDS = 10.0
_CODE = re.compile(r"\b[0-9]{8}\b")


class Mailbox:
    """Everybody's mailbox; `refusals` are answered first instead of taking an address' message."""

    def __init__(self) -> None:
        self.port = free_port()
        self.refusals: dict[str, list[str]] = {}
        self.messages: list[EmailMessage] = []
        self.users: list[Any] = []
        self._grown = asyncio.Condition()

    @property
    def plain_url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?starttls=off"

    @asynccontextmanager
    async def open(
        self, starttls: ssl.SSLContext | None = None, at_once: ssl.SSLContext | None = None
    ) -> AsyncIterator[None]:
        """Serve until the block ends; with either, nothing goes without TLS and a password."""
        loop = asyncio.get_running_loop()
        guarded: dict[str, Any] = {
            "tls_context": starttls,
            "require_starttls": starttls is not None,
            "auth_required": True,
            "auth_require_tls": starttls is not None,
            "authenticator": _authenticate,
        }
        kept = guarded if starttls or at_once else {}

        def session() -> SMTP:
            with warnings.catch_warnings():
                # It does not see the TLS that it is inside of, and warns of passwords.
                warnings.simplefilter("ignore", UserWarning)
                return SMTP(self, hostname="localhost", loop=loop, **kept)

        async with await loop.create_server(session, "127.0.0.1", self.port, ssl=at_once):
            yield

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 — aiosmtpd's name
        """Take a message as RFC 5321 says."""
        if refusals := self.refusals.get(envelope.rcpt_tos[0]):
            return refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert [message["To"]] == envelope.rcpt_tos
        async with self._grown:
            self.messages.append(message)
            self.users.append(session.auth_data)
            self._grown.notify_all()
        return "250 OK"

    async def letter(self, to: str, number: int = 1) -> EmailMessage:
        """The letter of that number to an address; TimeoutError when none comes."""
        async with asyncio.timeout(_PATIENCE_SECONDS), self._grown:
            await self._grown.wait_for(lambda: len(self.letters(to)) >= number)
        return self.letters(to)[number - 1]

    def letters(self, to: str) -> list[EmailMessage]:
        """All that have come to an address until now."""
        return [message for message in self.messages if message["To"] == to]

    async def code(self, to: str, number: int = 1) -> str:
        """The code in that letter."""
        return code_in(await self.letter(to, number))


def code_in(letter: EmailMessage) -> str:
    """The one code that stands in it, in two languages."""
    found: set[str] = set(_CODE.findall(letter.get_content()))
    (code,) = found
    return code


def _authenticate(*given: Any) -> AuthResult:
    data = given[-1]
    assert isinstance(data, LoginPassword)
    username, password = data.login.decode(), data.password.decode()
    return AuthResult(success=(username, password) == LOGIN, auth_data=username)
