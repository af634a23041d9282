"""All data of one person: nothing is forgotten, nothing of others is in it."""

import json

import asyncpg
import pytest

from custody.export import LEFT_OUT, PARTS, Part
from tests.commands import told
from tests.factories import a_person, a_school, serial

# A key to one of these is a key to a person.
_KEYS = """
SELECT conrelid::regclass::text AS "table", attname::text AS "column"
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND confrelid IN ('person'::regclass, 'student'::regclass, 'account'::regclass)
"""
_COLUMNS = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
"""


async def test_every_key_to_a_person_is_in_a_part_or_left_out_for_a_reason(database: str) -> None:
    connection = await asyncpg.connect(database)
    keys = {tuple(row) for row in await connection.fetch(_KEYS)}
    await connection.close()
    followed = {(part.table, column) for part in PARTS for column in part.by}
    assert keys - followed - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) <= keys - followed


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.table)
async def test_what_is_hidden_or_sealed_is_a_column(database: str, part: Part) -> None:
    connection = await asyncpg.connect(database)
    columns = {row[0] for row in await connection.fetch(_COLUMNS, part.table)}
    await connection.close()
    named = {*part.hidden, *part.sealed, *part.by}
    assert named <= columns
    secret = {name for name in columns if name.endswith(("digest", "_hash", "_sealed"))}
    assert secret <= named


async def test_the_document_has_the_person_and_nobody_else(database: str) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    snils, own, other = f"9{serial():010d}", f"<own {serial()}>", f"<other {serial()}>"
    pupil = await klass.pupil(last_name=own, snils=snils)
    classmate = await klass.pupil(last_name=other)
    guardian = await pupil.guardian()
    await guardian.change(last_name=other, phone=other)
    section = await klass.section("Алгебра", await school.teacher())
    lesson = await section.lesson()
    mark = await lesson.mark(pupil, 5, comment=f"comment of {own}")
    await lesson.mark(classmate, 2, comment=other)

    answer = await told(
        "personal-data", "export", "--person", str(pupil.person.id), database=database
    )
    assert answer.code == 0, answer.errors
    document = json.loads(answer.output)
    tables = document["tables"]
    assert document["person"] == pupil.person.id
    (person,) = tables["person"]
    assert (person["last_name"], person["snils"]) == (own, snils)
    assert "snils_digest" not in person
    assert [each["id"] for each in tables["mark"]] == [mark.id]
    assert [each["guardian_id"] for each in tables["guardianship"]] == [guardian.id]
    assert other not in answer.output
    assert "lesson" not in tables


async def test_an_export_is_written_down(database: str) -> None:
    person = await a_person()
    await told("personal-data", "export", "--person", str(person.id), database=database)
    connection = await asyncpg.connect(database)
    row = await connection.fetchrow(
        "SELECT action, entity FROM audit_entry WHERE row_id = $1 AND kind = 'PERSONAL_DATA'",
        person.id,
    )
    await connection.close()
    assert tuple(row) == ("personal_data.exported", "Person")
