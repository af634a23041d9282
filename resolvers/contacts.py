"""Changing one's own phone and e-mail address, to which codes and notices go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry import UNSET

import models
from access import rules
from couriers import addresses
from couriers.letter import Channel
from resolvers import guesses, letters, recovery, signing
from resolvers.given import CONTACTS, malformed, spelled
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.contacts import ChangeContactsInput, ChangeContactsPayload
from schema.context import Context


@dataclass(frozen=True)
class _NewContacts:
    """What is to stand on file, of the owner of an account."""

    account: models.Account
    values: Mapping[str, str | None]


async def _spelled(context: Context, input: ChangeContactsInput) -> _NewContacts:  # noqa: A002
    """The contacts in their one spelling, of whoever knows the password; raises UserError."""
    given = {name: getattr(input, name) for name in CONTACTS}
    values = {name: spelled(name, text) for name, text in given.items() if text is not UNSET}
    all_of(
        malformed(name)
        for name, value in values.items()
        if value is None and given[name] is not None
    )
    return _NewContacts(await guesses.own_password(context, input.current_password), values)


@mutation(ChangeContactsPayload, allow=rules.SIGNED_IN, prove=_spelled, secret=True)
async def change_contacts(work: Work, new: _NewContacts) -> Mapping[str, Any]:
    """Change one's own phone or e-mail address; the address until now is told of it.

    A code for recovering the account that was sent to them works no more.
    """
    account = await signing.still(new.account)
    if account is None:
        raise guesses.not_your_password()
    person = await models.Person.filter(id=account.person_id).select_for_update(no_key=True).get()
    after = {name: value for name, value in new.values.items() if value != getattr(person, name)}
    if after:
        await _write(work, account, person, after)
    return {"viewer": account.id}


async def _write(
    work: Work, account: models.Account, person: models.Person, after: Mapping[str, str | None]
) -> None:
    before = {name: getattr(person, name) for name in after}
    await models.Person.filter(id=person.id).update(**after)
    work.audit("account.contacts_changed", models.Person, person.id, before=before, after=after)
    await leave(work, account, person.email)


async def leave(work: Work, account: models.Account, email: str | None) -> None:
    """Let no code work that was sent to the contacts until now, and tell that address of it."""
    await recovery.forget(work, account)
    former = addresses.email(email or "")
    if former is not None:
        work.send(Channel.EMAIL, letters.contacts_changed(former))


@strawberry.type
class ContactsMutation:
    """Changing one's own contacts."""

    change_contacts = change_contacts
