"""Which accounts an identity opens: found, linked, and linked no longer.

A link counts while the consent to it does (152-ФЗ, art. 9): see decision 0024.
"""

from collections.abc import Sequence
from datetime import date

from strawberry import ID
from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

import models
from access import scopes, vault
from access.roles import Role
from access.rows import reached
from errors import UserError
from models import ConsentPurpose, DataConsent, ExternalIdentity, ExternalSignIn, StandingConsent
from resolvers.visits import Answered
from resolvers.work import Work
from schema.declaration.ids import encode
from schema.identities import LinkedAccount, LinkedRole

# From then on one consents oneself; before, a guardian does (ГК РФ, art. 28; 152-ФЗ, art. 9 p. 6).
_AGE_OF_CONSENT = 14
LABEL = "LinkedAccount"


async def remember(answered: Answered) -> None:
    """Write down whom the provider has named, by the digest of today's key.

    Links that were made under a former key are found by it, and from now on by today's.
    """
    held, row = vault.held(), answered.row
    text = f"{row.provider}\n{answered.subject}"
    digest = held.digest(text, vault.SUBJECT)
    former = [each for each in held.digests(text, vault.SUBJECT) if each != digest]
    if former:
        of_former = ExternalIdentity.filter(provider=row.provider, subject_digest__in=former)
        await of_former.update(subject_digest=digest)
    row.subject_digest = digest
    await row.save(update_fields=["subject_digest"])


async def accounts(row: ExternalSignIn) -> list[models.Account]:
    """The accounts that the identity opens; one that is blocked reads as not linked."""
    links = ExternalIdentity.filter(
        provider=row.provider, subject_digest=row.subject_digest, unlinked_at__isnull=True
    )
    consents = _standing()
    return await models.Account.filter(
        id__in=Subquery(links.values("account_id")),
        person_id__in=Subquery(consents.values("subject_id")),
        blocked_at__isnull=True,
    ).order_by("id")


async def shown(found: Sequence[models.Account]) -> list[LinkedAccount]:
    """The accounts as their owner chooses from them."""
    grants = models.RoleGrant.filter(person_id__in=[each.person_id for each in found])
    roles = await grants.select_related("organization").order_by("role", "organization_id")
    return [
        LinkedAccount(
            id=ID(encode(LABEL, each.id)),
            login=each.login,
            roles=[
                LinkedRole(role=Role(one.role), organization=_name(one))
                for one in roles
                if one.person_id == each.person_id
            ],
        )
        for each in found
    ]


async def link(work: Work, row: ExternalSignIn, account: models.Account) -> None:
    """Let the identity open the account, which is locked; raises UserError."""
    await _consent(work, row.provider, account)
    existing = await ExternalIdentity.get_or_none(
        account_id=account.id, provider=row.provider, unlinked_at__isnull=True
    )
    if existing is None:
        made = await ExternalIdentity.create(
            account_id=account.id,
            provider=row.provider,
            subject_digest=row.subject_digest,
            linked_at=work.viewer.now,
        )
        work.audit(
            "identity.linked",
            ExternalIdentity,
            made.id,
            after={"provider": row.provider},
            person_id=account.person_id,
        )
    elif existing.subject_digest != row.subject_digest:
        raise UserError(
            "CONFLICT", "Another identity opens this account: unlink it first.", "login"
        )


async def unlink(work: Work, provider: str) -> None:
    """Let the provider open the viewer's account no longer; raises UserError."""
    # Compared here, for the database's column takes no name that is longer than any provider's.
    linked = await reached(scopes.EXTERNAL_IDENTITIES, work.viewer).select_for_update()
    identities = (each for each in linked if isinstance(each, ExternalIdentity))
    found = next((each for each in identities if each.provider == provider), None)
    if found is None:
        raise UserError("NOT_FOUND", "There is no such identity.", "provider")
    found.unlinked_at = work.viewer.now
    await found.save(update_fields=["unlinked_at"])
    person_id = work.viewer.person_id
    own = _standing(subject_id=person_id, given_by_id=person_id)
    consents = DataConsent.filter(id__in=Subquery(own.values("id")), document=_document(provider))
    await consents.update(withdrawn_at=work.viewer.now)
    work.audit("identity.unlinked", ExternalIdentity, found.id, before={"provider": provider})


async def _consent(work: Work, provider: str, account: models.Account) -> None:
    """Write down that the account's owner agrees, unless a consent is in force."""
    person_id, today = account.person_id, work.viewer.today
    if await _standing(subject_id=person_id).exists():
        return
    if await _is_child(person_id, today):
        raise UserError(
            "CONSENT_REQUIRED", "A guardian has to consent at the school first.", "consent"
        )
    grant = models.RoleGrant.filter(person_id=person_id, organization_id__isnull=False)
    place = await grant.order_by("organization_id").first()
    if place is None:
        raise UserError("FORBIDDEN", "You are nothing at any organization today.")
    await DataConsent.create(
        subject_id=person_id,
        given_by_id=person_id,
        organization_id=place.organization_id,
        purpose=ConsentPurpose.EXTERNAL_IDENTITY,
        categories="the person's id at the identity provider",
        document=_document(provider),
        given_on=today,
        recorded_at=work.viewer.now,
        recorded_by_id=person_id,
    )


def _standing(**of: int | None) -> QuerySet[StandingConsent]:
    """Consents to linking that hold today."""
    return StandingConsent.filter(purpose=ConsentPurpose.EXTERNAL_IDENTITY, **of)


async def _is_child(person_id: int, today: date) -> bool:
    """Whether somebody else consents for the person; so it is for a pupil of unknown age."""
    born = (await models.Person.get(id=person_id)).birth_date
    if born is None:
        return await models.Student.filter(person_id=person_id).exists()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years < _AGE_OF_CONSENT


def _document(provider: str) -> str:
    """How a consent is called that was given when the identity was linked."""
    return f"linkExternalIdentity: {provider}"


def _name(grant: models.RoleGrant) -> str | None:
    return grant.organization.name if grant.organization else None
