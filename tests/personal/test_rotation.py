"""A new key for what is sealed: before, while and after everything is sealed anew."""

import json
from collections.abc import AsyncIterator

import asyncpg
import pytest

from access import vault as kinds
from access.vault import Vault
from tests.commands import Told, told
from tests.programs import serving

_OLD, _NEW = "the old key of all personal data", "the new key of all personal data"
_SNILS, _PASSPORT = "11223344595", "8709 123456"
_BOTH = {"PERSONAL_DATA_KEY": _NEW, "FORMER_PERSONAL_DATA_KEYS": _OLD}


@pytest.fixture
async def sealed(scratch_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection to a database of one person, sealed with the old key."""
    old = Vault([_OLD])
    connection = await asyncpg.connect(scratch_url)
    await connection.execute(
        "INSERT INTO person (id, last_name, first_name, middle_name, snils_sealed, snils_digest)"
        " VALUES (1, 'Ивова', 'Вера', '', $1, $2)",
        old.seal(_SNILS, kinds.SNILS),
        old.digest(_SNILS, kinds.SNILS),
    )
    await connection.execute(
        "INSERT INTO identity_document"
        " (person_id, kind, number_sealed, number_digest, checked_at, checked_by_id)"
        " VALUES (1, 'PASSPORT', $1, $2, now(), 1)",
        old.seal(_PASSPORT, kinds.DOCUMENT),
        old.digest(_PASSPORT, kinds.DOCUMENT),
    )
    yield connection
    await connection.close()


async def test_a_key_is_changed_while_the_service_runs(
    scratch_url: str, sealed: asyncpg.Connection
) -> None:
    assert _numbers(await _export(scratch_url, PERSONAL_DATA_KEY=_OLD)) == [_SNILS, _PASSPORT]
    with serving(DATABASE_URL=scratch_url, **_BOTH) as service:
        assert _numbers(await _export(scratch_url, **_BOTH)) == [_SNILS, _PASSPORT]
        done = await told("personal-data", "reseal", database=scratch_url, **_BOTH)
        assert done.output.splitlines()[:2] == [
            "person: 1 sealed anew",
            "identity_document: 1 sealed anew",
        ]
        assert service.answers()
        assert _numbers(await _export(scratch_url, **_BOTH)) == [_SNILS, _PASSPORT]
    assert _numbers(await _export(scratch_url, PERSONAL_DATA_KEY=_NEW)) == [_SNILS, _PASSPORT]
    new = Vault([_NEW])
    digests = await sealed.fetchrow(
        "SELECT snils_digest, number_digest FROM person JOIN identity_document ON person_id = 1"
    )
    assert tuple(digests) == (
        new.digest(_SNILS, kinds.SNILS),
        new.digest(_PASSPORT, kinds.DOCUMENT),
    )


async def test_again_there_is_nothing_left_to_do(
    scratch_url: str, sealed: asyncpg.Connection
) -> None:
    for _ in range(2):
        done = await told("personal-data", "reseal", database=scratch_url, **_BOTH)
    assert {line.partition(": ")[2] for line in done.output.splitlines()} == {"0 sealed anew"}
    assert await sealed.fetchval("SELECT count(*) FROM person WHERE snils_sealed IS NOT NULL") == 1


@pytest.mark.usefixtures("sealed")
async def test_without_the_former_key_it_is_said_what_to_set(scratch_url: str) -> None:
    for command in (("reseal",), ("export", "--person", "1")):
        answer = await told("personal-data", *command, database=scratch_url, PERSONAL_DATA_KEY=_NEW)
        assert answer.code == 1
        assert answer.errors == (
            "Error: It was sealed with a key that is not here."
            " Name its key in FORMER_PERSONAL_DATA_KEYS; what was done stays.\n"
        )


async def test_what_is_plain_from_before_is_sealed_with_the_migrations(scratch_url: str) -> None:
    connection = await asyncpg.connect(scratch_url)
    await connection.execute(
        "INSERT INTO person (id, last_name, first_name, middle_name)"
        " VALUES (1, 'Ивова', 'Вера', '');"
        "CREATE TABLE unsealed_snils AS SELECT 1::bigint AS person_id, '11223344595' AS snils"
    )
    answer = await told("migrate", database=scratch_url, PERSONAL_DATA_KEY=_NEW)
    assert answer.code == 0, answer.errors
    assert "Sealed 1 numbers that were plain" in answer.output
    exported = await _export(scratch_url, PERSONAL_DATA_KEY=_NEW)
    assert json.loads(exported.output)["tables"]["person"][0]["snils"] == _SNILS
    assert await connection.fetchval("SELECT to_regclass('unsealed_snils')") is None
    await connection.close()


async def _export(url: str, **keys: str) -> Told:
    return await told("personal-data", "export", "--person", "1", database=url, **keys)


def _numbers(answer: Told) -> list[str]:
    assert answer.code == 0, answer.errors
    tables = json.loads(answer.output)["tables"]
    return [tables["person"][0]["snils"], tables["identity_document"][0]["number"]]
