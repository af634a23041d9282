"""A service with providers to sign in through, and somebody who has an account."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.diary import Diary
from tests.factories import AccountMade, SchoolMade, StaffMade, a_school
from tests.identities.declared import esia_words, openid_words, write
from tests.identities.impostor import Impostor, serving_impostor
from tests.identities.stand_in import StandIn, serving_esia
from tests.programs import serving
from tests.servers import free_port, wait_until


@pytest.fixture(scope="session")
def running_esia() -> Iterator[StandIn]:
    with serving_esia() as stand_in:
        yield stand_in


@pytest.fixture
def esia(running_esia: StandIn) -> StandIn:
    """Return the stand-in for ESIA, honest and well, with somebody new in front of it."""
    running_esia.behave()
    running_esia.somebody()
    return running_esia


@pytest.fixture(scope="session")
def running_impostor() -> Iterator[Impostor]:
    with serving_impostor() as impostor:
        yield impostor


@pytest.fixture
def impostor(running_impostor: Impostor) -> Impostor:
    running_impostor.behave()
    return running_impostor


@pytest.fixture(scope="session")
def region_url() -> Iterator[str]:
    """Return the address of a provider that we did not write."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 — the words above
    # Its own library takes plain HTTP for safe at this name alone.
    url = f"http://localhost:{port}"
    try:
        wait_until(lambda: _answers(f"{url}/jwks"), "the provider to serve")
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def providers(
    tmp_path_factory: pytest.TempPathFactory,
    running_esia: StandIn,
    running_impostor: Impostor,
    region_url: str,
) -> Path:
    """Return the file that declares them all, and one that nobody answers for."""
    return write(
        tmp_path_factory.mktemp("providers"),
        esia_words(running_esia.url),
        openid_words(region_url),
        openid_words(running_impostor.url, name="impostor"),
        openid_words(
            running_impostor.url, name="phone", client_id="phone", client_secret_file=None
        ),
        openid_words(f"http://127.0.0.1:{free_port()}", name="gone"),
    )


@pytest.fixture(scope="session")
async def door(database: str, providers: Path) -> AsyncIterator[Diary]:
    """Return the service with these providers; it believes this machine's `X-Forwarded-For`."""
    environ = {"IDENTITY_PROVIDERS": str(providers), "TRUSTED_PROXIES": "127.0.0.1"}
    with serving(DATABASE_URL=database, **environ) as program:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Diary(program.url, http, scatters=True)


@pytest.fixture
async def school() -> SchoolMade:
    return await a_school()


@pytest.fixture
async def teacher(school: SchoolMade) -> StaffMade:
    return await school.teacher()


@pytest.fixture
async def account(teacher: StaffMade) -> AccountMade:
    return await teacher.account()
