"""Who announces where, and who has a say in what was announced."""

from tortoise.expressions import Q

import models
from access import facts
from access.facts import HOMEROOMS, OWN_MUNICIPALITIES, TAUGHT_CLASSES, WORKPLACES
from access.posts import MANAGEMENT, at
from access.roles import Relation
from access.scope import EVERY, Scope
from access.scopes import EVENTS
from access.viewer import ME

# Whoever writes for a school as a whole.
_OF_SCHOOLS = (*MANAGEMENT, Relation.LIBRARIAN)

CLASSES = Scope(
    models.SchoolClass,
    {
        Relation.TEACHES: Q(id__in=TAUGHT_CLASSES),
        Relation.HOMEROOM: Q(id__in=HOMEROOMS) | Q(parent_id__in=HOMEROOMS),
        **at("organization_id", *_OF_SCHOOLS),
        Relation.MUNICIPALITY: Q(organization__settlement__municipality_id__in=OWN_MUNICIPALITIES),
        Relation.REGION: EVERY,
    },
)
ORGANIZATIONS = Scope(
    models.Organization,
    {
        **at("id", *_OF_SCHOOLS),
        Relation.MUNICIPALITY: Q(settlement__municipality_id__in=OWN_MUNICIPALITIES),
        Relation.REGION: EVERY,
    },
)
MUNICIPALITIES = Scope(
    models.Municipality,
    {Relation.MUNICIPALITY: Q(id__in=OWN_MUNICIPALITIES), Relation.REGION: EVERY},
)
REGIONS = Scope(models.Region, {Relation.REGION: EVERY})

# An author has a say while they work where it was written, and the management there always.
_OWN = Q(author_id=ME, organization_id__in=WORKPLACES)
ORGANIZED = Scope(
    models.SchoolEvent,
    {
        **dict.fromkeys((Relation.TEACHES, Relation.HOMEROOM, Relation.LIBRARIAN), _OWN),
        **at("organization_id", *MANAGEMENT),
        Relation.MUNICIPALITY: Q(
            organization_id__in=facts.organizations_of(models.Position.MUNICIPAL_AUTHORITY)
        ),
        Relation.REGION: Q(
            organization_id__in=facts.organizations_of(models.Position.REGIONAL_OPERATOR)
        ),
    },
    only=EVENTS.only,
)
