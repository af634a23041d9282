"""Issuing an account: what it takes, what comes of it, and who may not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from access import passwords
from models import Account, AuditEntry, DocumentKind, IdempotentAnswer, Position
from tests.diary import Client
from tests.factories import PersonMade, PupilMade, SchoolMade, a_school, serial
from tests.factories.papers import (
    a_consent,
    a_document,
    papers_of_a_pupil,
    papers_of_an_adult,
    with_snils,
)
from tests.issuing.conftest import Office
from tests.issuing.office import do, document, holder, send
from tests.traces import deeds, reasons


async def _issue(client: Client, who: PersonMade | PupilMade, **given: Any) -> Any:
    return await do(client, "issueAccount", personId=holder(who), **given)


async def _account_of(who: PersonMade | PupilMade) -> Account | None:
    person = who.person if isinstance(who, PupilMade) else who
    return await Account.get_or_none(person_id=person.id)


async def test_a_pupil_gets_an_account_with_a_password_told_once(office: Office) -> None:
    await papers_of_a_pupil(office.pupil, office.mother, office.school.id)
    login = f"pupil-{serial()}"
    payload = await _issue(office.client, office.pupil, login=login.upper())
    account = await _account_of(office.pupil)

    assert account is not None
    assert payload["userErrors"] == []
    person = office.pupil.person.row
    names = (person.last_name, person.first_name, person.middle_name)
    assert payload["account"] == {
        "id": holder(office.pupil),
        "login": login,
        "status": "INITIAL",
        "maskedName": " ".join(f"{name[0]}***" for name in names),
        "roles": [{"role": "STUDENT", "organization": {"name": office.school.row.name}}],
    }
    password = payload["initialPassword"]
    assert await passwords.is_right(password, account.password_hash)
    assert await passwords.problem_with(password, "", (login,)) is None
    assert account.initial_until is not None
    assert account.initial_until - account.created_at == timedelta(days=14)
    (deed,) = await deeds("Account", account.id)
    assert (deed.action, deed.person_id) == ("account.issued", office.administrator.id)
    assert (deed.before, deed.after["login"]) == (None, login)


async def test_without_a_wish_the_login_is_made_from_the_name(office: Office) -> None:
    school = office.school
    twins = [
        await school.teacher(last_name="Щукин", first_name="Юрий", middle_name="Ёлкович")
        for _ in range(2)
    ]
    logins = []
    for each in twins:
        await papers_of_an_adult(each, school.id)
        logins.append((await _issue(office.client, each))["account"]["login"])
    assert logins == ["shchukin.ie", "shchukin.ie2"]


async def test_both_parents_get_accounts_of_their_own(office: Office) -> None:
    await a_document(office.pupil.person, DocumentKind.ADOPTION_RECORD)
    father = await office.pupil.guardian()
    for each in (office.mother, father):
        await papers_of_an_adult(each, office.school.id)
        payload = await _issue(office.client, each)
        assert payload["account"]["roles"][0]["role"] == "GUARDIAN"
    assert await Account.filter(person_id__in=[office.mother.id, father.id]).count() == 2


_NOTHING = [
    ("CONSENT_MISSING", "personId"),
    ("SNILS_MISSING", "personId"),
    ("DOCUMENT_MISSING", "personId"),
]


async def test_what_is_missing_is_told_together(office: Office) -> None:
    for who, missing in (
        (office.pupil, _NOTHING),
        (office.mother, [*_NOTHING, ("CHILD_DOCUMENT_MISSING", "personId")]),
        (office.teacher, _NOTHING),
    ):
        payload = await _issue(office.client, who)
        assert reasons(payload) == missing
        assert (payload["account"], payload["initialPassword"]) == (None, None)
        assert await _account_of(who) is None


@pytest.mark.parametrize(
    ("years", "kind", "is_enough"),
    [
        (13, DocumentKind.BIRTH_CERTIFICATE, True),
        (13, DocumentKind.ADOPTION_RECORD, True),
        (13, DocumentKind.PASSPORT, False),
        (14, DocumentKind.PASSPORT, True),
    ],
)
async def test_a_pupil_is_known_by_a_birth_certificate_and_from_fourteen_by_a_passport(
    office: Office, years: int, kind: DocumentKind, *, is_enough: bool
) -> None:
    born = office.school.today.replace(year=office.school.today.year - years)
    pupil = await office.klass.pupil(birth_date=born)
    await with_snils(pupil.person)
    await a_document(pupil.person, kind)
    await a_consent(pupil.person, await pupil.guardian(), office.school.id)
    told = reasons(await _issue(office.client, pupil))
    assert told == ([] if is_enough else [("DOCUMENT_MISSING", "personId")])


@pytest.mark.parametrize("ends", ["withdrawn", "over", "to come", "for something else"])
async def test_a_consent_has_to_hold_today(office: Office, ends: str) -> None:
    teacher, today = office.teacher, office.school.today
    await with_snils(teacher)
    await a_document(teacher, DocumentKind.PASSPORT)
    cases: dict[str, dict[str, Any]] = {
        "withdrawn": {"withdrawn_at": "2026-09-02T09:00:00Z"},
        "over": {"given_on": today - timedelta(days=9), "valid_until": today},
        "to come": {"given_on": today + timedelta(days=1)},
        "for something else": {"purpose": "PUBLICATION"},
    }
    await a_consent(teacher, teacher, office.school.id, **cases[ends])
    told = reasons(await _issue(office.client, teacher))
    assert told == [("CONSENT_MISSING", "personId")]


async def test_each_child_s_paper_is_asked_for(office: Office) -> None:
    await papers_of_an_adult(office.mother, office.school.id)
    await a_document(office.pupil.person, DocumentKind.BIRTH_CERTIFICATE)
    second = await office.klass.pupil()
    await second.guardian(office.mother)
    assert reasons(await _issue(office.client, office.mother)) == [
        ("CHILD_DOCUMENT_MISSING", "personId")
    ]
    await a_document(second.person, DocumentKind.BIRTH_CERTIFICATE)
    assert reasons(await _issue(office.client, office.mother)) == []


@pytest.mark.parametrize(
    ("login", "code"),
    [("ab", "TOO_SHORT"), ("a" * 65, "TOO_LONG"), ("имя.фамилия", "OUT_OF_RANGE")],
)
async def test_a_login_is_of_a_certain_form(office: Office, login: str, code: str) -> None:
    await papers_of_an_adult(office.teacher, office.school.id)
    payload = await _issue(office.client, office.teacher, login=login)
    assert reasons(payload) == [(code, "login")]
    assert await _account_of(office.teacher) is None


async def test_a_login_is_one_account_s_and_nobody_has_two(office: Office) -> None:
    await papers_of_an_adult(office.teacher, office.school.id)
    other = await office.school.teacher()
    taken = (await other.account()).login
    payload = await _issue(office.client, office.teacher, login=taken)
    assert reasons(payload) == [("TAKEN", "login")]
    assert reasons(await _issue(office.client, other)) == [("DUPLICATE", "personId")]


async def test_two_administrators_issue_for_the_same_person(office: Office) -> None:
    await papers_of_an_adult(office.teacher, office.school.id)
    second = await office.diary.as_(await office.school.staff(Position.SCHOOL_ADMINISTRATOR))
    payloads = await asyncio.gather(
        *(_issue(client, office.teacher) for client in (office.client, second) * 3)
    )
    told = sorted(str(reasons(each)) for each in payloads)
    assert told == ["[('DUPLICATE', 'personId')]"] * 5 + ["[]"]
    assert await Account.filter(person_id=office.teacher.id).count() == 1


async def test_two_administrators_give_out_the_same_login(office: Office) -> None:
    teachers = [await office.school.teacher() for _ in range(4)]
    for each in teachers:
        await papers_of_an_adult(each, office.school.id)
    login = f"wished-{serial()}"
    payloads = await asyncio.gather(
        *(_issue(office.client, each, login=login) for each in teachers)
    )
    told = sorted(str(reasons(each)) for each in payloads)
    assert told == ["[('TAKEN', 'login')]"] * 3 + ["[]"]


async def test_a_repetition_does_not_tell_the_password_again_and_it_is_nowhere(
    office: Office,
) -> None:
    await papers_of_an_adult(office.teacher, office.school.id)
    answers = [
        await office.client.http.post(
            f"{office.client.url}/graphql",
            json={
                "query": document("issueAccount"),
                "variables": {"input": {"personId": holder(office.teacher)}},
            },
            headers={**office.client.headers, "Idempotency-Key": "one"},
        )
        for _ in range(2)
    ]
    first, again = (each.json()["data"]["issueAccount"] for each in answers)
    password = first["initialPassword"]
    assert again == {**first, "initialPassword": None}
    kept = [str(each.values) for each in await IdempotentAnswer.all()]
    audited = [f"{each.before}{each.after}" for each in await AuditEntry.all()]
    assert not [each for each in (*kept, *audited) if password in each]


async def test_whoever_has_a_post_elsewhere_is_not_theirs(office: Office) -> None:
    """Otherwise a school's administrator could sign in as whoever works at another school."""
    await a_document(office.pupil.person, DocumentKind.BIRTH_CERTIFICATE)
    await papers_of_an_adult(office.mother, office.school.id)
    elsewhere: SchoolMade = await a_school()
    await elsewhere.staff(Position.DEPUTY_HEAD, office.mother)
    assert reasons(await _issue(office.client, office.mother)) == [("FORBIDDEN", "personId")]
    assert await _account_of(office.mother) is None


async def test_an_administrator_issues_neither_to_equals_nor_to_strangers(office: Office) -> None:
    colleague = await office.school.staff(Position.SCHOOL_ADMINISTRATOR)
    stranger = await (await a_school()).teacher()
    for who, code in ((colleague, "FORBIDDEN"), (stranger, "NOT_FOUND")):
        await papers_of_an_adult(who, office.school.id)
        assert reasons(await _issue(office.client, who)) == [(code, "personId")]
        assert await _account_of(who) is None


async def test_offices_issue_to_those_right_below_them(office: Office) -> None:
    school = office.school
    people = {
        Position.SYSTEM_ADMINISTRATOR: Position.SUPPORT,
        Position.REGIONAL_OPERATOR: Position.MUNICIPAL_AUTHORITY,
        Position.MUNICIPAL_AUTHORITY: Position.SCHOOL_ADMINISTRATOR,
    }
    teacher = await school.teacher()
    await papers_of_an_adult(teacher, school.id)
    for above, position in people.items():
        client = await office.diary.as_(await school.staff(above))
        below = await school.staff(position)
        await papers_of_an_adult(below, school.id)
        assert reasons(await _issue(client, below)) == []
        if above is not Position.SYSTEM_ADMINISTRATOR:
            assert reasons(await _issue(client, teacher)) == [("NOT_FOUND", "personId")]
    assert await _account_of(teacher) is None


@pytest.mark.parametrize(
    "position",
    [Position.TEACHER, Position.DEPUTY_HEAD, Position.HEAD, Position.LIBRARIAN, Position.SUPPORT],
)
async def test_nobody_else_issues(office: Office, position: Position) -> None:
    await papers_of_an_adult(office.teacher, office.school.id)
    client = await office.diary.as_(await office.school.staff(position))
    answer = await send(client, "issueAccount", personId=holder(office.teacher))
    assert answer.codes == ["FORBIDDEN"]
    assert await _account_of(office.teacher) is None
