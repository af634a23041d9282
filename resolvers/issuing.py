"""Issuing accounts: only with a consent and checked papers, each with a password told once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import strawberry

from access import proof, rules
from access.proof import Lack, OnFile
from errors import UserError
from models import Account, DocumentKind
from resolvers import holders, logins
from resolvers.holders import Held
from resolvers.logins import InitialPassword
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.context import Context
from schema.issuing import IssueAccountInput, IssueAccountPayload

INITIAL_LIFE = timedelta(days=14)
"""How long an initial password may be exchanged for one's own."""

_LACKS: Mapping[Lack, str] = {
    Lack.CONSENT: "Record a consent to data processing first.",
    Lack.SNILS: "Record their SNILS first.",
    Lack.DOCUMENT: "Record a paper first that says who they are.",
    Lack.CHILD_DOCUMENT: "Record the birth certificate or adoption record of each child first.",
}
# What is on file of some people. Papers of every child are asked for: the account opens them all.
_ON_FILE = """
SELECT person.id, person.last_name, person.first_name, person.middle_name, account.login,
       person.snils_digest IS NOT NULL AS has_snils,
       date_part('year', age(CURRENT_DATE, person.birth_date))::int AS age,
       EXISTS (
           SELECT FROM standing_consent consent
           WHERE consent.subject_id = person.id AND consent.purpose = 'DATA_PROCESSING'
       ) AS has_consent,
       ARRAY(SELECT kind FROM identity_document WHERE person_id = person.id) AS papers,
       EXISTS (SELECT FROM held_role r WHERE r.person_id = person.id AND r.role = 'STUDENT')
           AS is_student,
       EXISTS (
           SELECT FROM held_role r
           WHERE r.person_id = person.id AND r.role NOT IN ('STUDENT', 'GUARDIAN')
       ) AS is_staff,
       (
           SELECT count(*) FROM guardianship g
           WHERE g.guardian_id = person.id AND g.valid_from <= CURRENT_DATE
             AND (g.valid_until IS NULL OR g.valid_until > CURRENT_DATE)
       ) AS children,
       (
           SELECT count(*) FROM guardianship g JOIN student child ON child.id = g.student_id
           WHERE g.guardian_id = person.id AND g.valid_from <= CURRENT_DATE
             AND (g.valid_until IS NULL OR g.valid_until > CURRENT_DATE)
             AND NOT EXISTS (
                 SELECT FROM identity_document paper
                 WHERE paper.person_id = child.person_id
                   AND paper.kind IN ('BIRTH_CERTIFICATE', 'ADOPTION_RECORD')
             )
       ) AS children_without_papers
FROM person LEFT JOIN account ON account.person_id = person.id
WHERE person.id = $1
"""


class _Wish(NamedTuple):
    """Who is to have an account, and its first password."""

    given: IssueAccountInput
    new: InitialPassword


async def _prepared(context: Context, input: IssueAccountInput) -> _Wish:  # noqa: A002
    del context
    if input.login is not None:
        all_of((logins.wished(input.login),))
    return _Wish(input, await logins.initial_password())


@mutation(IssueAccountPayload, allow=rules.ISSUERS, prepare=_prepared, once={"initial_password"})
async def issue_account(work: Work, wish: _Wish) -> Mapping[str, Any]:
    """Give somebody an account, whose initial password is told this once.

    It takes a consent to data processing, SNILS, and a paper: of a pupil the birth certificate or
    adoption record or, from 14 years, the passport; of an adult an identity document; of a guardian
    the birth certificate or adoption record of each child too.
    """
    held = await holders.below(work, holders.ISSUED, wish.given.person_id, "personId")
    person = await person_on_file(work, held.person_id)
    if person["login"] is not None:
        raise UserError("DUPLICATE", "They have an account.", "personId")
    all_of(missing(person, "personId"))
    await logins.alone_with_logins(work)
    login = await _login(work, wish.given.login, person)
    await keep_account(work, held, login, wish.new.hash)
    return {"account": held.person_id, "initial_password": wish.new.password}


async def person_on_file(work: Work, person_id: int) -> Mapping[str, Any]:
    """The person's names, login if any, and what is on file of them."""
    (row,) = await work.connection.execute_query_dict(_ON_FILE, [person_id])
    return row


def missing(person: Mapping[str, Any], *at: str) -> list[UserError | None]:
    """Everything that is not on file and has to be, before there is an account."""
    file = OnFile(
        is_student=person["is_student"],
        is_guardian=person["children"] > 0,
        is_staff=person["is_staff"],
        age=person["age"],
        has_consent=person["has_consent"],
        has_snils=person["has_snils"],
        papers=frozenset(map(DocumentKind, person["papers"])),
        children_without_papers=person["children_without_papers"],
    )
    return [UserError(lack, _LACKS[lack], *at) for lack in proof.lacks(file)]


async def keep_account(work: Work, owner: Held, login: str, password_hash: str) -> None:
    """Make the account, whose password is an initial one."""
    account_id = await work.next_id(Account)
    initial_until = work.viewer.now + INITIAL_LIFE
    work.writes.make(
        Account,
        id=account_id,
        person_id=owner.person_id,
        login=login,
        password_hash=password_hash,
        initial_until=initial_until,
        created_at=work.viewer.now,
    )
    work.audit(
        "account.issued",
        Account,
        account_id,
        after={"person_id": owner.person_id, "login": login, "initial_until": initial_until},
        organization_id=owner.organization_id,
    )


async def _login(work: Work, given: str | None, person: Mapping[str, Any]) -> str:
    """The login that was wished, or one made of the name; raises UserError where it is taken."""
    if given is None:
        names = (person["last_name"], person["first_name"], person["middle_name"])
        return await logins.free(work, logins.of_name(*names))
    wished = logins.written(given)
    if await logins.free(work, wished) != wished:
        raise UserError("TAKEN", "Somebody has this login.", "login")
    return wished


@strawberry.type
class IssuingMutation:
    """Issuing accounts."""

    issue_account = issue_account
