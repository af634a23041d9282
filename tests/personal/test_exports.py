"""Asking for all of one's data through the API: adults of themselves, guardians of the child."""

from datetime import date
from typing import Any

import pytest

from models import AuditEntry
from tests.diary import Client, Diary
from tests.factories import PupilMade, a_person, a_school, gid, serial
from tests.sessions import signed_in

_EXPORT = (
    "mutation ($id: ID) { exportPersonalData(input: {studentId: $id}) "
    "{ document userErrors { code field } } }"
)
_YOUNG, _OF_AGE = date(2015, 5, 5), date(2000, 5, 5)


@pytest.fixture
async def pupil(database: str) -> PupilMade:  # noqa: ARG001 — connects Tortoise
    klass = await (await a_school()).class_("7А")
    return await klass.pupil(snils=f"97{serial():09d}", birth_date=_YOUNG)


async def test_a_guardian_is_given_the_childs(diary: Diary, pupil: PupilMade) -> None:
    guardian = await pupil.guardian()
    document = (await _asked(await signed_in(diary, guardian), pupil))["document"]
    assert document["person"] == pupil.person.id
    (student,) = document["tables"]["student"]
    assert student["id"] == pupil.id
    assert document["tables"]["person"][0]["snils"].startswith("97")
    (entry,) = await AuditEntry.filter(kind="PERSONAL_DATA", row_id=pupil.person.id)
    assert entry.person_id == guardian.id
    assert entry.after is None


async def test_an_adult_is_given_their_own(diary: Diary) -> None:
    person = await a_person(phone=f"+7{serial()}")
    document = (await _asked(await signed_in(diary, person)))["document"]
    assert document["tables"]["person"][0]["phone"] == person.row.phone
    (account,) = document["tables"]["account"]
    assert "password_hash" not in account


@pytest.mark.parametrize(("born", "code"), [(_YOUNG, "FORBIDDEN"), (None, "FORBIDDEN")])
async def test_a_pupil_under_age_is_not(
    diary: Diary, pupil: PupilMade, born: date | None, code: str
) -> None:
    await pupil.person.change(birth_date=born)
    payload = await _asked(await signed_in(diary, pupil))
    assert payload == {"document": None, "userErrors": [{"code": code, "field": None}]}
    assert not await AuditEntry.filter(kind="PERSONAL_DATA", row_id=pupil.person.id).exists()


async def test_a_pupil_of_age_is(diary: Diary, pupil: PupilMade) -> None:
    await pupil.person.change(birth_date=_OF_AGE)
    payload = await _asked(await signed_in(diary, pupil))
    assert payload["document"]["person"] == pupil.person.id


async def test_nobody_else_is_given_a_pupils(diary: Diary, pupil: PupilMade) -> None:
    former = await pupil.guardian()
    await former.guardianship.end()
    other = await (await (await (await a_school()).class_("7А")).pupil()).guardian()
    refusal = {
        "document": None,
        "userErrors": [{"code": "NOT_FOUND", "field": "studentId"}],
    }
    for who in (former, other, await a_person()):
        client = await signed_in(diary, who)
        assert await _asked(client, pupil) == refusal
        absent = await client.send(_EXPORT, id=gid("Student", 2**50))
        assert absent.data["exportPersonalData"] == refusal


async def test_nobody_at_all_is_given_nothing(diary: Diary) -> None:
    assert (await diary.nobody.send(_EXPORT)).codes == ["UNAUTHENTICATED"]


async def _asked(client: Client, pupil: PupilMade | None = None) -> Any:
    given = gid("Student", pupil.id) if pupil else None
    return (await client.send(_EXPORT, id=given)).data["exportPersonalData"]
