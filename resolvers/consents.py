"""Consents to data processing: recorded by a school, withdrawn by it or by whoever gave them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from access import offices, proof, rules
from errors import UserError
from models import ConsentPurpose, DataConsent
from resolvers import blocking, holders, limits
from resolvers.holders import Held
from resolvers.mutation import mutation
from resolvers.papers import not_in_future
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.declaration.ids import decode
from schema.papers import (
    RecordConsentInput,
    RecordConsentPayload,
    WithdrawConsentInput,
    WithdrawConsentPayload,
)

_LONGEST_CATEGORIES = 500
_LONGEST_DOCUMENT = 200

_MAY_CONSENT = """
SELECT subject.birth_date + make_interval(years => $3) <= CURRENT_DATE AS is_of_age,
       EXISTS (
           SELECT FROM guardianship g JOIN student s ON s.id = g.student_id
           WHERE s.person_id = subject.id AND g.guardian_id = $2 AND g.valid_from <= CURRENT_DATE
             AND (g.valid_until IS NULL OR g.valid_until > CURRENT_DATE)
       ) AS is_guardian,
       EXISTS (SELECT FROM student s WHERE s.person_id = subject.id) AS is_student
FROM person subject WHERE subject.id = $1
"""
_HELD = """
    SELECT {row}.id, {row}.subject_id, {row}.purpose, {row}.withdrawn_at, {row}.organization_id
    FROM {rows}
    WHERE {reached} FOR NO KEY UPDATE OF {row}
"""
_IN_OFFICE = Reading(offices.CONSENTS, "DataConsent", rules.ISSUERS, _HELD)
# Of one's own and one's child's those that one gave; the others may be read.
_GIVEN_BY_ME = Reading(
    offices.CONSENTS,
    "DataConsent",
    rules.SELF | rules.GUARDIAN,
    _HELD.replace("{reached}", "{reached} AND {row}.given_by_id = {me}"),
    given={"me": "bigint"},
)


@mutation(RecordConsentPayload, allow=rules.ISSUERS)
async def record_consent(work: Work, input: RecordConsentInput) -> Mapping[str, Any]:  # noqa: A002
    """Write down a consent that was signed: by a guardian for a minor, by an adult for themselves.

    It is given to the organization at which the writer keeps the person's papers.
    """
    all_of(
        (
            limits.required_text(input.categories, _LONGEST_CATEGORIES, "categories"),
            limits.required_text(input.document, _LONGEST_DOCUMENT, "document"),
            not_in_future(work, input.given_on, "givenOn"),
            _ends_later(work, input.given_on, input.valid_until),
        )
    )
    subject = await holders.below(work, holders.PAPERS, input.subject_id, "subjectId")
    giver_id = subject.person_id
    if input.given_by_id != input.subject_id:
        giver_id = (await work.read(holders.PAPERS, input.given_by_id, "givenById"))["person_id"]
    await _check_giver(work, subject.person_id, giver_id)
    consent_id = await keep_consent(
        work,
        subject,
        giver_id,
        purpose=input.purpose,
        categories=input.categories,
        document=input.document,
        given_on=input.given_on,
        valid_until=input.valid_until,
    )
    return {"consent": consent_id}


@mutation(WithdrawConsentPayload, allow=rules.SIGNED_IN)
async def withdraw_consent(work: Work, input: WithdrawConsentInput) -> Mapping[str, Any]:  # noqa: A002
    """Let a consent hold no longer; by the school, by whoever gave it, or by its adult subject.

    Without any consent to data processing the subject's account is blocked.
    """
    all_of((limits.reason(input.reason),))
    consent = await _withdrawable(work, input.consent_id)
    if consent["withdrawn_at"] is not None:
        raise UserError("DUPLICATE", "It has been withdrawn.", "consentId")
    now = work.viewer.now
    work.writes.change(DataConsent, consent["id"], withdrawn_at=now)
    work.audit(
        "consent.withdrawn",
        DataConsent,
        consent["id"],
        before={"withdrawn_at": None},
        after={"withdrawn_at": now, "reason": input.reason},
        organization_id=consent["organization_id"],
    )
    if consent["purpose"] == ConsentPurpose.DATA_PROCESSING:
        await blocking.block_without_consent(work, consent)
    return {"consent": consent["id"]}


async def _withdrawable(work: Work, wanted: str) -> Mapping[str, Any]:
    """The consent, which the viewer's office keeps or the viewer gave; raises UserError."""
    number = decode("DataConsent", wanted)
    if number is not None:
        found = await _IN_OFFICE.read(work.connection, work.viewer, number, {})
        if found is not None:
            return found
    return await work.read(_GIVEN_BY_ME, wanted, "consentId", me=work.viewer.person_id)


async def keep_consent(work: Work, subject: Held, giver_id: int, **consent: Any) -> int:
    """Put a consent on file; its row's number."""
    consent_id = await work.next_id(DataConsent)
    told = {"subject_id": subject.person_id, "given_by_id": giver_id, **consent}
    work.writes.make(
        DataConsent,
        id=consent_id,
        organization_id=subject.organization_id,
        recorded_at=work.viewer.now,
        recorded_by_id=work.viewer.person_id,
        **told,
    )
    work.audit(
        "consent.recorded",
        DataConsent,
        consent_id,
        after=told,
        organization_id=subject.organization_id,
    )
    return consent_id


async def _check_giver(work: Work, subject_id: int, giver_id: int) -> None:
    """Raise UserError unless the giver may consent for the subject today."""
    values = [subject_id, giver_id, proof.OF_AGE]
    (fact,) = await work.connection.execute_query_dict(_MAY_CONSENT, values)
    # Of who is no pupil the age may be unknown, and they are grown up.
    is_minor = fact["is_student"] and fact["is_of_age"] is not True
    if not (fact["is_guardian"] if is_minor else giver_id == subject_id):
        raise UserError(
            "MAY_NOT_CONSENT",
            "A guardian consents for a minor, and an adult for themselves.",
            "givenById",
        )


def _ends_later(work: Work, given_on: date, valid_until: date | None) -> UserError | None:
    if valid_until is not None and valid_until <= max(given_on, work.viewer.today):
        return UserError("IN_PAST", "It would hold no longer.", "validUntil")
    return None


@strawberry.type
class ConsentsMutation:
    """Recording and withdrawing consents."""

    record_consent = record_consent
    withdraw_consent = withdraw_consent
