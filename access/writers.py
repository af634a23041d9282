"""Who writes which personal field, by the relation in which they stand to the row.

Names are those of the inputs and of the columns. Whatever is not named is written by nobody.
"""

from collections.abc import Mapping

from access import rules
from access.roles import Relation, Relations

Writers = Mapping[str, Relations]

# Contacts open a lost account: those of whoever holds a post are their own affair, and all change
# their own with their password (resolvers/contacts.py).

# Of a pupil as a person.
PERSONAL: Writers = {
    "last_name": rules.ADMINISTRATOR,
    "first_name": rules.ADMINISTRATOR,
    "middle_name": rules.ADMINISTRATOR,
    "birth_date": rules.ADMINISTRATOR | rules.HOMEROOM,
    "sex": rules.ADMINISTRATOR | rules.HOMEROOM,
    "snils": rules.ADMINISTRATOR,
    "phone": rules.ADMINISTRATOR,
    "email": rules.ADMINISTRATOR,
    "address": rules.ADMINISTRATOR,
}

# Of a pupil as one who needs care.
CARE: Writers = {
    "health_group": rules.ADMINISTRATOR,
    "physical_education_group": rules.ADMINISTRATOR,
    "special_needs": rules.ADMINISTRATOR | rules.PSYCHOLOGIST,
    "social_risk": rules.ADMINISTRATOR | rules.PSYCHOLOGIST,
}

# Of a guardian.
OF_GUARDIANS: Writers = {
    "phone": rules.ADMINISTRATOR,
    "email": rules.ADMINISTRATOR,
    "workplace": rules.ADMINISTRATOR,
}

WRITTEN: Mapping[str, Writers] = {
    "changePersonalData": PERSONAL,
    "changeCare": CARE,
    "changeGuardianData": OF_GUARDIANS,
}


_WORDS: Mapping[Relation, str] = {
    Relation.ADMINISTRATOR: "administrators",
    Relation.HOMEROOM: "the homeroom teacher",
    Relation.PSYCHOLOGIST: "psychologists",
}


def by(writers: Relations) -> str:
    """In words who writes it, as the inputs' descriptions say it."""
    return f"by {' and '.join(_WORDS[each] for each in sorted(writers))}"


def all_of(writers: Writers) -> Relations:
    """Who writes any of these."""
    return frozenset().union(*writers.values())
