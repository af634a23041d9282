"""Named rules for fields: the relations to a row that let its reader see a guarded field."""

from access.roles import Relation, Relations

ANYONE: Relations = frozenset({Relation.ANYONE})
SIGNED_IN: Relations = frozenset({Relation.SIGNED_IN})

SELF: Relations = frozenset({Relation.SELF})
STUDENT: Relations = frozenset({Relation.STUDENT})
GUARDIAN: Relations = frozenset({Relation.GUARDIAN})
FAMILY: Relations = STUDENT | GUARDIAN

TEACHES: Relations = frozenset({Relation.TEACHES})
HOMEROOM: Relations = frozenset({Relation.HOMEROOM})
DEPUTY_HEAD: Relations = frozenset({Relation.DEPUTY_HEAD})
HEAD: Relations = frozenset({Relation.HEAD})
ADMINISTRATOR: Relations = frozenset({Relation.ADMINISTRATOR})
MANAGEMENT: Relations = DEPUTY_HEAD | HEAD | ADMINISTRATOR
PSYCHOLOGIST: Relations = frozenset({Relation.PSYCHOLOGIST})

# Those who work with a pupil's journal, and those who may write into it.
JOURNAL_STAFF: Relations = TEACHES | HOMEROOM | MANAGEMENT
JOURNAL_WRITERS: Relations = TEACHES | DEPUTY_HEAD | ADMINISTRATOR
