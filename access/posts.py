"""Which post stands behind which relation, and the rows of where the viewer holds it."""

from collections.abc import Mapping

from access import facts
from access.facts import where
from access.roles import Relation
from access.scope import Reach
from models import Position

POST_OF: Mapping[Relation, Position] = {
    Relation.DEPUTY_HEAD: Position.DEPUTY_HEAD,
    Relation.HEAD: Position.HEAD,
    Relation.ADMINISTRATOR: Position.SCHOOL_ADMINISTRATOR,
    Relation.LIBRARIAN: Position.LIBRARIAN,
    Relation.PSYCHOLOGIST: Position.PSYCHOLOGIST,
}
MANAGEMENT = (Relation.DEPUTY_HEAD, Relation.HEAD, Relation.ADMINISTRATOR)
SCHOOL_STAFF = tuple(POST_OF)


def at(organization: str, *relations: Relation) -> Reach:
    """Rows of an organization in which the viewer holds the relation's post."""
    return {
        relation: where(f"{organization}__in", facts.organizations_of(POST_OF[relation]))
        for relation in relations
    }


def of_students(student: str, *relations: Relation) -> Reach:
    """Rows of pupils who are enrolled where the viewer holds the relation's post."""
    return {
        relation: where(f"{student}__in", facts.students_of(POST_OF[relation]))
        for relation in relations
    }
