"""What a service tells Prometheus, and whom it tells it."""

import hashlib
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from service.metrics import Counter
from tests.diary import Diary
from tests.programs import serving
from tests.sessions import SECRET_KEY

pytestmark = pytest.mark.usefixtures("database")

_UNPLANNED = 'query Unplanned { __typename __type(name: "Mark") { name } }'


@pytest.fixture(scope="module")
def counted_url(database: str) -> Iterator[str]:
    """A service of our own, since others count what they were asked before."""
    with serving(DATABASE_URL=database, SECRET_KEY=SECRET_KEY) as program:
        yield program.url


@pytest.fixture
async def counted(counted_url: str) -> AsyncIterator[Diary]:
    async with httpx.AsyncClient(timeout=20) as http:
        yield Diary(counted_url, http)


async def _samples(diary: Diary) -> dict[str, float]:
    """The samples by name and labels, without the label that names the worker."""
    answer = await diary.http.get(f"{diary.url}/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    samples = {}
    for line in answer.text.splitlines():
        if not line.startswith("# "):
            shape = r'(\w+)\{((?:\w+="(?:[^"\\]|\\.)*",)*)worker="\d+"\} ([\d.e+-]+)'
            matched = re.fullmatch(shape, line)
            assert matched, line
            name, labels, value = matched.groups()
            samples[f"{name}{{{labels.rstrip(',')}}}"] = float(value)
    return samples


async def _gained(diary: Diary, *documents: str) -> dict[str, float]:
    before = await _samples(diary)
    for document in documents:
        await diary.nobody.send(document)
    after = await _samples(diary)
    return {
        name: value - before.get(name, 0)
        for name, value in after.items()
        if value != before.get(name, 0) and "_sum" not in name and "_bucket" not in name
    }


async def test_operations_and_documents_are_counted(counted: Diary) -> None:
    digest = hashlib.sha256(_UNPLANNED.encode()).hexdigest()
    document = "query Counted { municipalities { id } }"
    gained = await _gained(counted, document, document, "{ nothing }", _UNPLANNED)
    assert gained == {
        'graphql_operations_total{kind="query",path="planned"}': 2,
        'graphql_operations_total{kind="query",path="generic"}': 1,
        'graphql_operations_total{kind="unknown",path="refused"}': 1,
        f'graphql_unplanned_documents_total{{operation="Unplanned",document="{digest}"}}': 1,
        'graphql_http_requests_total{status="200"}': 4,
        'graphql_documents_total{result="prepared"}': 3,
        'graphql_documents_total{result="kept"}': gained['graphql_documents_total{result="kept"}'],
        "graphql_http_request_duration_seconds_count{}": 4,
    }
    assert gained['graphql_documents_total{result="kept"}'] >= 1


async def test_a_histogram_adds_up(counted: Diary) -> None:
    await counted.nobody.send("{ __typename }")
    samples = await _samples(counted)
    buckets = [value for name, value in samples.items() if "duration_seconds_bucket" in name]
    assert buckets == sorted(buckets)
    name = "graphql_http_request_duration_seconds"
    assert buckets[-1] == samples[f'{name}_bucket{{le="+Inf"}}'] == samples[f"{name}_count{{}}"]
    assert 0 < samples[f"{name}_sum{{}}"] < 20


def test_labels_that_clients_choose_are_short_and_few() -> None:
    counter = Counter("a_total", "For this test alone.")
    for number in range(300):
        counter.count(operation=f'"{number}\n\\' + "x" * 500)
    lines = list(counter.lines())
    assert len(lines) == 201
    assert max(map(len, lines)) < 150
    assert lines[7].startswith('a_total{operation="\\"7\\n\\\\xxx')
    assert re.fullmatch(r'a_total\{operation="other",worker="\d+"\} 100', lines[200])


async def test_a_real_installation_tells_only_where_it_is_asked_to(database: str) -> None:
    given = {"DATABASE_URL": database, "SECRET_KEY": SECRET_KEY, "ENVIRONMENT": "production"}
    async with httpx.AsyncClient() as http:
        for switch, status in (("", 404), ("on", 200)):
            with serving(**given, METRICS=switch) as program:
                assert (await http.get(f"{program.url}/metrics")).status_code == status
