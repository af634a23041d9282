"""A service whose mail goes to a mailbox of ours, and somebody who has an address."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.diary import Diary
from tests.factories import PersonMade, a_person, serial
from tests.programs import serving
from tests.recovery.asking import SENDER
from tests.recovery.mailbox import Mailbox


@pytest.fixture(scope="package")
async def mailbox() -> AsyncIterator[Mailbox]:
    """Return a mailbox that is open."""
    mailbox = Mailbox()
    async with mailbox.open():
        yield mailbox


@pytest.fixture(scope="package")
async def service(database: str, mailbox: Mailbox) -> AsyncIterator[Diary]:
    """Return a service that sends mail there and believes what this machine says of addresses."""
    environ = {"SMTP_URL": mailbox.plain_url, "MAIL_FROM": SENDER, "TRUSTED_PROXIES": "127.0.0.1"}
    with serving(DATABASE_URL=database, **environ) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)


@pytest.fixture
async def person() -> PersonMade:
    return await a_person(email=f"owner.{serial()}@mail.example")
