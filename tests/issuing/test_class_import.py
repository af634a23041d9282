"""A class in one CSV: everything that it makes, whom it finds, and that it is all or nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tortoise.connection import get_connection

from access import passwords, vault
from models import (
    Account,
    AuditEntry,
    DataConsent,
    Enrollment,
    Guardianship,
    IdentityDocument,
    Person,
    Student,
)
from resolvers.class_import.reading import COLUMNS
from tests.factories import ClassMade, PersonMade, a_school, gid
from tests.issuing.conftest import Office
from tests.issuing.office import do
from tests.issuing.rows import adult, child, csv_of
from tests.traces import reasons

_COUNTS = """
SELECT (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM student) AS students,
       (SELECT count(*) FROM enrollment) AS enrolments, (SELECT count(*) FROM account) AS accounts,
       (SELECT count(*) FROM guardianship) AS guardianships,
       (SELECT count(*) FROM identity_document) AS papers,
       (SELECT count(*) FROM data_consent) AS consents
"""


async def _import(office: Office, csv: str, klass: ClassMade | None = None) -> Any:
    class_id = gid("SchoolClass", (klass or office.klass).id)
    return await do(office.client, "importClassAccounts", classId=class_id, csv=csv)


async def _counts() -> Mapping[str, int]:
    (row,) = await get_connection("default").execute_query_dict(_COUNTS)
    return row


async def _person(snils: str) -> Person:
    return await Person.get(snils_digest=vault.held().digest(snils, vault.SNILS))


@pytest.mark.parametrize(("mark", "delimiter"), [("", ";"), ("\ufeff", ",")])
async def test_it_makes_everybody_and_everything(office: Office, mark: str, delimiter: str) -> None:
    row = child(**adult("guardian2_", "отец"))
    payload = await _import(office, mark + csv_of(row, delimiter=delimiter))
    assert payload["userErrors"] == []
    names = ["Ольхов Марк", "Ольхова Инна Львовна", "Ольхова Инна Львовна"]
    assert [each["fullName"] for each in payload["accounts"]] == names

    people = [await _person(row[f"{at}snils"]) for at in ("", "guardian1_", "guardian2_")]
    for person, printed in zip(people, payload["accounts"], strict=True):
        account = await Account.get(person_id=person.id)
        assert (account.login, account.initial_until is not None) == (printed["login"], True)
        assert await passwords.is_right(printed["initialPassword"], account.password_hash)
        assert await IdentityDocument.filter(person_id=person.id).count() == 1
    pupil, mother, father = people
    consents = await DataConsent.filter(subject_id__in=[each.id for each in people])
    assert {(each.subject_id, each.given_by_id) for each in consents} == {
        (pupil.id, mother.id),
        (mother.id, mother.id),
        (father.id, father.id),
    }
    student = await Student.get(person_id=pupil.id)
    enrolment = await Enrollment.get(student_id=student.id)
    assert (enrolment.school_class_id, enrolment.valid_from) == (
        office.klass.id,
        office.school.today,
    )
    relations = {each.relation.value for each in await Guardianship.filter(student_id=student.id)}
    assert relations == {"MOTHER", "FATHER"}


async def test_a_parent_of_two_has_one_account_and_a_repetition_adds_nothing(
    office: Office,
) -> None:
    mother = adult("guardian1_")
    first, second = child(**mother), child(**mother, first_name="Глеб")
    payload = await _import(office, csv_of(first, second))
    assert len(payload["accounts"]) == 3
    before = await _counts()
    assert (await _import(office, csv_of(first, second)))["accounts"] == []
    assert await _counts() == before

    third = child(**mother, first_name="Олег")
    klass = await office.school.class_("5А")
    assert len((await _import(office, csv_of(third), klass))["accounts"]) == 1
    parent = await _person(mother["guardian1_snils"])
    assert await Guardianship.filter(guardian_id=parent.id).count() == 3

    father = adult("guardian2_", "отец")
    assert len((await _import(office, csv_of(first | father)))["accounts"]) == 1


async def test_every_error_has_its_row_and_column_and_nothing_is_made(office: Office) -> None:
    good = child()
    bad = child(birth_date="32.03.2014", sex="?", snils="112-233-445 96", last_name="")
    bad |= {"guardian1_passport": "12", "guardian1_relation": "друг", "guardian1_email": "нет"}
    before = await _counts()
    payload = await _import(office, csv_of(good, bad))
    assert reasons(payload) == [
        ("REQUIRED", "csv.3.last_name"),
        ("MALFORMED", "csv.3.birth_date"),
        ("MALFORMED", "csv.3.sex"),
        ("MALFORMED", "csv.3.snils"),
        ("MALFORMED", "csv.3.guardian1_relation"),
        ("MALFORMED", "csv.3.guardian1_passport"),
        ("MALFORMED", "csv.3.guardian1_email"),
    ]
    assert payload["accounts"] is None
    assert await _counts() == before


async def test_what_contradicts_is_told_together_and_nothing_is_made(office: Office) -> None:
    settled = child()
    assert (await _import(office, csv_of(settled)))["userErrors"] == []
    elsewhere = await office.school.class_("6А")
    stolen = child(snils=settled["snils"])
    paper = child(birth_certificate=settled["birth_certificate"])
    twice = child()
    late = child(consent_on="2099-01-01")
    stolen |= {"last_name": "Кленов"}
    before = await _counts()
    payload = await _import(office, csv_of(stolen, paper, twice, twice, late), elsewhere)
    assert set(reasons(payload)) == {
        ("TAKEN", "csv.2.snils"),
        ("TAKEN", "csv.3.birth_certificate"),
        ("DUPLICATE", "csv.5.snils"),
        ("CONFLICT", "csv.2.snils"),
        ("IN_FUTURE", "csv.6.consent_on"),
    }
    assert await _counts() == before


async def test_whoever_is_above_is_issued_nothing(office: Office) -> None:
    row = child()
    assert (await _import(office, csv_of(row)))["userErrors"] == []
    parent = await _person(row["guardian1_snils"])
    await Account.filter(person_id=parent.id).delete()
    await office.school.staff(office.administrator.post.row.position, PersonMade(parent))
    payload = await _import(office, csv_of(row))
    assert reasons(payload) == [("FORBIDDEN", "csv.2.guardian1_snils")]
    assert not await Account.filter(person_id=parent.id).exists()


@pytest.mark.parametrize(
    ("csv", "code"),
    [
        ("last_name;first_name\r\nА;Б", "REQUIRED"),
        (";".join(COLUMNS), "REQUIRED"),
        ("", "REQUIRED"),
        ("а" * 60_001, "TOO_LONG"),
        ('"' + ";".join(COLUMNS), "MALFORMED"),
        (csv_of(*[{"last_name": "А"}] * 61), "TOO_LONG"),
    ],
    ids=["columns", "no pupil", "empty", "too long", "no CSV", "too many"],
)
async def test_what_is_no_class_is_refused(office: Office, csv: str, code: str) -> None:
    before = await _counts()
    assert reasons(await _import(office, csv)) == [(code, "csv")]
    assert await _counts() == before


async def test_only_into_a_class_of_one_s_own_school(office: Office) -> None:
    group = await office.klass.group("Группа 1")
    strangers = await (await a_school()).class_("7А")
    before = await _counts()
    for klass, code in ((group, "OUT_OF_RANGE"), (strangers, "NOT_FOUND")):
        assert reasons(await _import(office, csv_of(child()), klass)) == [(code, "classId")]
    assert await _counts() == before


async def test_nothing_plain_is_written_down(office: Office) -> None:
    row = child()
    payload = await _import(office, csv_of(row))
    entries = await AuditEntry.filter(organization_id=office.school.id)
    text = json.dumps([[each.before, each.after] for each in entries], default=str)
    secrets = [each["initialPassword"] for each in payload["accounts"]]
    secrets += [row["snils"], row["guardian1_snils"], row["guardian1_passport"]]
    assert [each for each in secrets if each in text] == []
