"""Who announces where, and who has a say in what was announced."""

from tortoise.expressions import Q

import models
from access.facts import (
    CHILDREN,
    HOMEROOMS,
    OWN_MUNICIPALITIES,
    TAUGHT_CLASSES,
    WORKPLACES,
    organizations_of,
    persons_of,
    where,
)
from access.posts import MANAGEMENT, at
from access.roles import Relation
from access.scope import EVERY, Reach, Scope
from access.scopes import NOTICES
from access.viewer import ME

# Whoever writes for a school as a whole.
_OF_SCHOOLS = (*MANAGEMENT, Relation.LIBRARIAN)

ADDRESSED_CLASSES = Scope(
    models.SchoolClass,
    {
        Relation.TEACHES: Q(id__in=TAUGHT_CLASSES),
        Relation.HOMEROOM: Q(id__in=HOMEROOMS) | Q(parent_id__in=HOMEROOMS),
        **at("organization_id", *_OF_SCHOOLS),
        Relation.MUNICIPALITY: Q(organization__settlement__municipality_id__in=OWN_MUNICIPALITIES),
        Relation.REGION: EVERY,
    },
)
ADDRESSED_ORGANIZATIONS = Scope(
    models.Organization,
    {
        **at("id", *_OF_SCHOOLS),
        Relation.MUNICIPALITY: Q(settlement__municipality_id__in=OWN_MUNICIPALITIES),
        Relation.REGION: EVERY,
    },
)
ADDRESSED_MUNICIPALITIES = Scope(
    models.Municipality,
    {Relation.MUNICIPALITY: Q(id__in=OWN_MUNICIPALITIES), Relation.REGION: EVERY},
)
ADDRESSED_REGIONS = Scope(models.Region, {Relation.REGION: EVERY})


def _organized(path: str = "") -> Reach:
    """Events, or rows that belong to the event at `path`, for those who have a say in it.

    An author has one while they work where it was written, and the management there always.
    """
    organization = f"{path}organization_id"
    own = where(f"{path}author_id", ME) & where(f"{organization}__in", WORKPLACES)
    return {
        **dict.fromkeys((Relation.TEACHES, Relation.HOMEROOM, Relation.LIBRARIAN), own),
        **at(organization, *MANAGEMENT),
        Relation.MUNICIPALITY: where(
            f"{organization}__in", organizations_of(models.Position.MUNICIPAL_AUTHORITY)
        ),
        Relation.REGION: where(
            f"{organization}__in", organizations_of(models.Position.REGIONAL_OPERATOR)
        ),
    }


# A draft is its author's alone, whatever others have a say in.
ORGANIZED = Scope(
    models.SchoolEvent, _organized(), only=Q(published_at__isnull=False) | Q(author_id=ME)
)

# Names of those who take part, have read and have not are the organizers'; one's own is one's own.
REGISTRATIONS = Scope(
    models.EventRegistration,
    {
        Relation.SELF: Q(person_id=ME) | Q(registered_by_id=ME),
        Relation.GUARDIAN: Q(person_id__in=persons_of(CHILDREN)),
        **_organized("event__"),
    },
    only=Q(withdrawn_at__isnull=True),
)
ACKNOWLEDGEMENTS = Scope(
    models.EventAcknowledgement, {Relation.SELF: Q(person_id=ME), **_organized("event__")}
)
AWAITED_READERS = Scope(models.AwaitedReader, _organized("event__"))

# Notices about the service are published and ended by those who run it.
RUN_NOTICES = Scope(
    models.ServiceNotice,
    {Relation.SYSTEM: EVERY, Relation.REGION: EVERY},
    only=NOTICES.only,
)
