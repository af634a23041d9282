"""A request that was led here under a foreign name is nobody's business."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from errors import SettingsError
from service.hosts import Hosts
from settings import load
from tests.diary import Diary
from tests.programs import serving


@pytest.mark.parametrize(
    ("header", "is_ours"),
    [
        (b"localhost", True),
        (b"localhost:8000", True),
        (b"LOCALHOST", True),
        (b"diary.example.org", True),
        (b"diary.example.org.:443", True),
        (b"127.0.0.1:8000", True),
        (b"[::1]:8000", True),
        (None, True),
        (b"evil.example", False),
        (b"diary.example.org.evil.example", False),
        (b"evildiary.example.org", False),
        (b"diary.example.org@evil.example", False),
        (b"localhost/evil.example", False),
        (b"localhost:port", False),
        (b"", False),
        (b"\xff", False),
    ],
)
def test_whose_a_request_is(header: bytes | None, is_ours: bool) -> None:
    hosts = Hosts(["diary.example.org"])
    assert [hosts.is_ours(header) for _ in range(2)] == [is_ours] * 2


async def test_a_page_whose_name_leads_here_reads_nothing_and_does_nothing(database: str) -> None:
    with serving(DATABASE_URL=database, ALLOWED_HOSTS="diary.example.org") as program:
        async with httpx.AsyncClient() as http:
            answers = [
                await http.post(
                    f"{program.url}/graphql",
                    json={"query": "{ __typename }"},
                    headers={"Host": host, "Origin": f"http://{host}"},
                )
                for host in ("evil.example", "diary.example.org")
            ]
        with pytest.raises(InvalidStatus) as refused:
            async with connect(
                f"{program.url.replace('http', 'ws', 1)}/graphql",
                additional_headers={"Host": "evil.example", "Origin": "http://evil.example"},
            ):
                pass
    assert [answer.status_code for answer in answers] == [421, 200]
    assert answers[0].json() == {"error": "This host is not served here: set ALLOWED_HOSTS."}
    assert "access-control-allow-origin" not in answers[0].headers
    assert refused.value.response.status_code == 403


def test_a_page_that_may_ask_may_name_us() -> None:
    settings = load({"ALLOWED_ORIGINS": "https://a.example:444", "ALLOWED_HOSTS": "B.example."})
    assert settings.names == ("b.example", "a.example")


@pytest.mark.parametrize("text", ["https://a.example", "a.example:80", "a@b", "a/b"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="ALLOWED_HOSTS must list names of hosts"):
        load({"ALLOWED_HOSTS": text})


async def test_a_request_of_several_hosts_is_nobodys(diary: Diary) -> None:
    parts = urlsplit(diary.url)
    for several in (b"evil.example, localhost".split(b", "), [b"localhost", b"localhost"]):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        hosts = b"".join(b"Host: %s\r\n" % each for each in several)
        writer.write(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n%s\r\n" % hosts)
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"HTTP/1.1 421 ")
        writer.close()
