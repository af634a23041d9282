"""Recording papers that were shown: documents by their kind, and SNILS."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from access import rules, snils, vault
from errors import UserError
from models import DocumentKind, IdentityDocument, Person
from models.alone import Alone
from resolvers import holders, limits
from resolvers.holders import Held
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.papers import (
    RecordDocumentInput,
    RecordDocumentPayload,
    RecordSnilsInput,
    RecordSnilsPayload,
)

_LONGEST_NUMBER = 40
_LONGEST_ISSUER = 300
_SHORTEST_NUMBER = 3
_PASSPORT_DIGITS = 10

# Two people may bring the same number at once: the second one then finds the first one's.
_ALONE = f"SELECT pg_advisory_xact_lock({Alone.PAPERS:d})"
_OWNERS = """
SELECT person_id FROM identity_document WHERE kind = $1 AND number_digest = ANY($2::varchar[])
"""
_SNILS_OWNERS = "SELECT id AS person_id FROM person WHERE snils_digest = ANY($1::varchar[])"
_HAS_SNILS = "SELECT snils_digest IS NOT NULL AS is_there FROM person WHERE id = $1"


@mutation(RecordDocumentPayload, allow=rules.ISSUERS)
async def record_document(work: Work, input: RecordDocumentInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down that a paper was shown and looked at; its number is kept sealed."""
    number = document_number(input.kind, input.number)
    all_of(
        (
            None if number else malformed("number"),
            limits.text(input.issued_by, _LONGEST_ISSUER, "issuedBy"),
            not_in_future(work, input.issued_on, "issuedOn"),
        )
    )
    owner = await holders.below(work, holders.PAPERS, input.person_id, "personId")
    await alone_with_numbers(work)
    refuse_taken(await document_owner(work, input.kind, number), owner.person_id, "number")
    document_id = await keep_document(
        work, owner, input.kind, number, issued_on=input.issued_on, issued_by=input.issued_by
    )
    return {"document": document_id}


@mutation(RecordSnilsPayload, allow=rules.ISSUERS)
async def record_snils(work: Work, input: RecordSnilsInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down somebody's SNILS, in place of a former one; it is kept sealed."""
    number = snils.digits_of(input.snils)
    if number is None:
        raise malformed("snils")
    owner = await holders.below(work, holders.PAPERS, input.person_id, "personId")
    await alone_with_numbers(work)
    refuse_taken(await snils_owner(work, number), owner.person_id, "snils")
    (former,) = await work.connection.execute_query_dict(_HAS_SNILS, [owner.person_id])
    held = vault.held()
    work.writes.change(
        Person,
        owner.person_id,
        snils_sealed=held.seal(number, vault.SNILS),
        snils_digest=held.digest(number, vault.SNILS),
    )
    work.audit(
        "document.snils_recorded",
        Person,
        owner.person_id,
        before={"has_snils": former["is_there"]},
        after={"has_snils": True},
        organization_id=owner.organization_id,
    )
    return {"is_recorded": True}


def document_number(kind: DocumentKind, given: str) -> str:
    """Series and number in one form, letters and digits alone; empty for what is no number."""
    if len(given) > _LONGEST_NUMBER:
        return ""
    upper = unicodedata.normalize("NFKC", given.replace("№", "")).upper()
    made = "".join(each for each in upper if each.isalnum())
    if kind is DocumentKind.PASSPORT and not (
        made.isascii() and made.isdigit() and len(made) == _PASSPORT_DIGITS
    ):
        return ""
    has_digit = any(each.isdigit() for each in made)
    return made if len(made) >= _SHORTEST_NUMBER and has_digit else ""


async def alone_with_numbers(work: Work) -> None:
    """Let nobody else record a number until the commit."""
    await work.connection.execute_query(_ALONE)


async def document_owner(work: Work, kind: DocumentKind, number: str) -> int | None:
    """Whose paper of that number is on file, sealed with whatever key."""
    digests = vault.held().digests(number, vault.DOCUMENT)
    rows = await work.connection.execute_query_dict(_OWNERS, [kind.value, digests])
    return rows[0]["person_id"] if rows else None


async def snils_owner(work: Work, number: str) -> int | None:
    """Whose SNILS is on file, sealed with whatever key."""
    digests = vault.held().digests(number, vault.SNILS)
    rows = await work.connection.execute_query_dict(_SNILS_OWNERS, [digests])
    return rows[0]["person_id"] if rows else None


async def keep_document(
    work: Work,
    owner: Held,
    kind: DocumentKind,
    number: str,
    *,
    issued_on: date | None = None,
    issued_by: str | None = None,
) -> int:
    """Put the paper on file; its row's number."""
    document_id = await work.next_id(IdentityDocument)
    held = vault.held()
    work.writes.make(
        IdentityDocument,
        id=document_id,
        person_id=owner.person_id,
        kind=kind,
        number_sealed=held.seal(number, vault.DOCUMENT),
        number_digest=held.digest(number, vault.DOCUMENT),
        issued_on=issued_on,
        issued_by=issued_by,
        checked_at=work.viewer.now,
        checked_by_id=work.viewer.person_id,
    )
    work.audit(
        "document.recorded",
        IdentityDocument,
        document_id,
        after={"person_id": owner.person_id, "kind": kind, "issued_on": issued_on},
        organization_id=owner.organization_id,
    )
    return document_id


def refuse_taken(owner: int | None, person_id: int, at: str) -> None:
    """Raise UserError where the number is on file, without telling whose it is."""
    if owner == person_id:
        raise UserError("DUPLICATE", "This number of theirs is on file.", at)
    if owner is not None:
        raise taken(at)


def taken(*at: str) -> UserError:
    """The number is on file as somebody else's."""
    return UserError("TAKEN", "This number is on file as somebody else's.", *at)


def malformed(*at: str) -> UserError:
    """The number cannot be one of its kind."""
    return UserError("MALFORMED", "This cannot be such a number: look again.", *at)


def not_in_future(work: Work, day: date | None, *at: str) -> UserError | None:
    """A paper is not of tomorrow."""
    if day is not None and day > work.viewer.today:
        return UserError("IN_FUTURE", "This day has not come yet.", *at)
    return None


@strawberry.type
class PapersMutation:
    """Recording papers."""

    record_document = record_document
    record_snils = record_snils
