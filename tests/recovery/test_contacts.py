"""Changing one's own phone and e-mail address."""

from typing import Any

import pytest

from models import AuditEntry, Person
from tests.accounts.signing import is_signed_in
from tests.diary import Client, Diary
from tests.factories import PASSWORD, PersonMade, gid, serial
from tests.recovery.asking import asked, recovered, recoveries, settled
from tests.recovery.mailbox import Mailbox
from tests.traces import Deed, deeds, reasons

pytestmark = pytest.mark.usefixtures("database")

_CHANGE = """mutation ($input: ChangeContactsInput!) { changeContacts(input: $input) {
    viewer { id phone email } userErrors { code message field } } }"""


async def _change(client: Client, password: str = PASSWORD, **given: Any) -> Any:
    answer = await client.send(_CHANGE, input={"currentPassword": password, **given})
    return answer.data["changeContacts"]


async def _on_file(person: PersonMade) -> tuple[str | None, str | None]:
    row = await Person.get(id=person.id)
    return row.phone, row.email


async def _told(person: PersonMade) -> list[Deed]:
    return await deeds("Person", person.id)


async def test_both_are_changed_and_the_former_address_is_told(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account, former = await person.account(), person.row.email or ""
    here, elsewhere = await service.sign_in(account), await service.sign_in(account)
    email, phone = f"new.{serial()}@mail.example", f"+7912{serial():07d}"
    payload = await _change(here, phone=f"8 {phone[2:5]} {phone[5:]}", email=f" {email} ")

    viewer = {"id": gid("Viewer", account.id), "phone": phone, "email": email}
    assert (reasons(payload), payload["viewer"]) == ([], viewer)
    assert await _on_file(person) == (phone, email)
    before, after = {"phone": None, "email": former}, {"phone": phone, "email": email}
    assert await _told(person) == [Deed("account.contacts_changed", person.id, [], before, after)]
    notice = await mailbox.letter(former)
    assert notice["Subject"] == "Контакты изменены / Contacts changed"
    assert email not in notice.get_content()
    assert mailbox.letters(email) == []
    assert (await is_signed_in(here), await is_signed_in(elsewhere)) == (True, True)


async def test_what_is_left_out_stays_and_null_clears(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    email = person.row.email or ""
    client = await service.as_(person)
    phone = f"+7912{serial():07d}"
    assert (await _change(client, phone=phone))["viewer"]["email"] == email
    await mailbox.letter(email)
    assert (await _change(client, email=None))["viewer"]["phone"] == phone
    await mailbox.letter(email, 2)
    assert await _on_file(person) == (phone, None)
    assert [(deed.before, deed.after) for deed in await _told(person)] == [
        ({"phone": None}, {"phone": phone}),
        ({"email": email}, {"email": None}),
    ]


async def test_what_is_the_same_changes_nothing(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    client, email = await service.as_(person), person.row.email or ""
    for given in ({}, {"email": email}, {"phone": None}):
        payload = await _change(client, **given)
        assert (reasons(payload), payload["viewer"]["email"]) == ([], email)
    await settled(service, mailbox)
    assert (await _told(person), mailbox.letters(email)) == ([], [])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"email": "owner"}, [("MALFORMED", "email")]),
        ({"phone": "02"}, [("MALFORMED", "phone")]),
        ({"phone": "", "email": ""}, [("MALFORMED", "phone"), ("MALFORMED", "email")]),
        ({"email": "owner@mail.example\x00"}, [("MALFORMED", "email")]),
    ],
)
async def test_what_is_no_contact_is_refused(
    service: Diary, mailbox: Mailbox, person: PersonMade, given: Any, told: Any
) -> None:
    payload = await _change(await service.as_(person), **given)
    assert (reasons(payload), payload["viewer"]) == (told, None)
    await settled(service, mailbox)
    assert await _on_file(person) == (None, person.row.email)
    assert (await _told(person), mailbox.letters(person.row.email or "")) == ([], [])


async def test_whoever_does_not_know_the_password_changes_nothing_and_is_counted(
    diary: Diary, person: PersonMade
) -> None:
    client = await diary.as_(person)
    given = {"email": f"thief.{serial()}@mail.example"}
    told = [reasons(await _change(client, "guess", **given)) for _ in range(11)]
    assert told[:10] == [[("INVALID_CREDENTIALS", "currentPassword")]] * 10
    assert told[10] == [("TOO_MANY_ATTEMPTS", None)]
    assert await _on_file(person) == (None, person.row.email)
    assert not await AuditEntry.filter(entity="Person", row_id=person.id).exists()


async def test_nobody_changes_contacts(diary: Diary, person: PersonMade) -> None:
    await person.account()
    given = {"currentPassword": PASSWORD, "email": None}
    answer = await diary.nobody.send(_CHANGE, input=given)
    assert answer.codes == ["UNAUTHENTICATED"]
    assert await _on_file(person) == (None, person.row.email)


async def test_a_code_that_was_sent_to_a_former_address_works_no_more(
    service: Diary, mailbox: Mailbox, person: PersonMade
) -> None:
    account, former = await person.account(), person.row.email or ""
    client = await service.sign_in(account)
    ticket = (await asked(service, account.login))["ticket"]
    code = await mailbox.code(former)
    assert reasons(await _change(client, email=f"new.{serial()}@mail.example")) == []
    assert reasons(await recovered(service, ticket, code)) == [("INVALID_CODE", "code")]
    (recovery,) = await recoveries(account)
    assert recovery.used_at is not None
    assert await is_signed_in(client)
