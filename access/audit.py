"""Who reads of which deeds in the audit trail."""

from tortoise.expressions import Q

from access import facts
from access.roles import Relation
from access.scope import Scope
from access.viewer import ME
from models import AuditEntry, AuditKind, Position

_OWN_SIGN_INS = (AuditKind.SESSION, AuditKind.SIGN_IN_STEP, AuditKind.SECOND_FACTOR)
_TECHNICAL = (
    *_OWN_SIGN_INS,
    AuditKind.SIGN_IN,
    AuditKind.IDENTITY,
    AuditKind.ACCOUNT,
    AuditKind.POST,
    AuditKind.POLICY,
    AuditKind.RETENTION,
    AuditKind.IMPORT,
)


def _at_schools(position: Position) -> Q:
    return Q(organization_id__in=facts.organizations_of(position))


# What was written into journals and personal files is read at that school alone; whoever has no
# school's data reads of what is technical, and not its values (rules.AUDIT_VALUES).
AUDIT = Scope(
    AuditEntry,
    {
        Relation.SELF: Q(person_id=ME, kind__in=_OWN_SIGN_INS),
        Relation.DEPUTY_HEAD: Q(kind=AuditKind.MARK) & _at_schools(Position.DEPUTY_HEAD),
        Relation.HEAD: _at_schools(Position.HEAD),
        Relation.ADMINISTRATOR: _at_schools(Position.SCHOOL_ADMINISTRATOR),
        Relation.REGION: Q(kind__in=_TECHNICAL),
        Relation.SYSTEM: Q(kind__in=_TECHNICAL),
    },
)
