"""Named rules for fields: the relations to a row that let its reader see a guarded field."""

from access.roles import Relation, Relations

ANYONE: Relations = frozenset({Relation.ANYONE})
SIGNED_IN: Relations = frozenset({Relation.SIGNED_IN})

SELF: Relations = frozenset({Relation.SELF})
STUDENT: Relations = frozenset({Relation.STUDENT})
GUARDIAN: Relations = frozenset({Relation.GUARDIAN})
FAMILY: Relations = STUDENT | GUARDIAN

TEACHES: Relations = frozenset({Relation.TEACHES})
TEACHES_PHYSICAL_EDUCATION: Relations = frozenset({Relation.TEACHES_PHYSICAL_EDUCATION})
SUBSTITUTES: Relations = frozenset({Relation.SUBSTITUTES})
HOMEROOM: Relations = frozenset({Relation.HOMEROOM})
DEPUTY_HEAD: Relations = frozenset({Relation.DEPUTY_HEAD})
HEAD: Relations = frozenset({Relation.HEAD})
ADMINISTRATOR: Relations = frozenset({Relation.ADMINISTRATOR})
MANAGEMENT: Relations = DEPUTY_HEAD | HEAD | ADMINISTRATOR
LIBRARIAN: Relations = frozenset({Relation.LIBRARIAN})
PSYCHOLOGIST: Relations = frozenset({Relation.PSYCHOLOGIST})
MUNICIPALITY: Relations = frozenset({Relation.MUNICIPALITY})
REGION: Relations = frozenset({Relation.REGION})
SYSTEM: Relations = frozenset({Relation.SYSTEM})

# Those who know a section's journal as a whole, and those who read in it at all.
WHOLE_JOURNAL: Relations = TEACHES | HOMEROOM | MANAGEMENT
JOURNAL_STAFF: Relations = WHOLE_JOURNAL | SUBSTITUTES
# Those who keep a class as a whole.
CLASS_KEEPERS: Relations = HOMEROOM | MANAGEMENT
# Those who say who stands in for whom.
SUBSTITUTION_MAKERS: Relations = DEPUTY_HEAD | ADMINISTRATOR
# Those who plan lessons: the timetable, its bells and its calendar.
TIMETABLE_MAKERS: Relations = DEPUTY_HEAD | ADMINISTRATOR

# Those who say which kinds of work a school marks, and what they weigh.
WORK_TYPE_MAKERS: Relations = DEPUTY_HEAD | ADMINISTRATOR

# Those who announce, each where they may: see access/announcing.py.
ANNOUNCERS: Relations = TEACHES | HOMEROOM | MANAGEMENT | LIBRARIAN | MUNICIPALITY | REGION

# A pupil's card: the family, the homeroom teacher, the management, and who else needs what.
# What is here in part only is shown whole by access/reveals.py, which writes down each look.
CARE: Relations = FAMILY | HOMEROOM | MANAGEMENT
BIRTH_DATE: Relations = CARE | TEACHES | SUBSTITUTES | LIBRARIAN | PSYCHOLOGIST
SEX: Relations = CARE | LIBRARIAN | PSYCHOLOGIST
CONTACTS: Relations = CARE
ADDRESS: Relations = CARE | PSYCHOLOGIST
SNILS: Relations = GUARDIAN
SNILS_IN_PART: Relations = CARE
HEALTH_GROUP: Relations = CARE | PSYCHOLOGIST
PHYSICAL_EDUCATION_GROUP: Relations = HEALTH_GROUP | TEACHES_PHYSICAL_EDUCATION
SPECIAL_CONDITIONS: Relations = GUARDIAN | WHOLE_JOURNAL | PSYCHOLOGIST
SPECIAL_NEEDS: Relations = GUARDIAN
SOCIAL_RISK: Relations = GUARDIAN

# A guardian's: a teacher reaches those alone who let the school share their contacts.
GUARDIANS: Relations = CARE | TEACHES
GUARDIANS_CONTACTS: Relations = SELF | STUDENT | TEACHES | HOMEROOM | MANAGEMENT
WORKPLACE: Relations = SELF

# Documents of pupils and guardians; a homeroom teacher sees of a pupil's that they were shown.
DOCUMENT_NUMBER: Relations = SELF | GUARDIAN
DOCUMENT_IN_PART: Relations = SELF | GUARDIAN | MANAGEMENT

# Whoever reaches a consent sees whether it stands; these see what was agreed to.
CONSENT: Relations = SELF | GUARDIAN | HEAD | ADMINISTRATOR

# Whoever has no school's data reads of deeds without the values and names that they were about.
AUDIT_VALUES: Relations = SELF | MANAGEMENT

# Those who issue accounts; above the schools each for those whom they appoint. Whoever runs the
# system does it for everybody, and is shown no names.
ISSUERS: Relations = ADMINISTRATOR | MUNICIPALITY | REGION | SYSTEM
NAMED_ISSUERS: Relations = MANAGEMENT | HOMEROOM | MUNICIPALITY | REGION
