"""What is masked, and who may have it shown: each look says why, and stays in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from access import offices, rules, scopes, vault
from access.roles import Relations
from access.scope import Scope


class RevealableField(StrEnum):
    """A value that is shown only to who says why."""

    SNILS = "SNILS"
    SPECIAL_NEEDS = "SPECIAL_NEEDS"
    SOCIAL_RISK = "SOCIAL_RISK"
    DOCUMENT_NUMBER = "DOCUMENT_NUMBER"
    WORKPLACE = "WORKPLACE"


@dataclass(frozen=True)
class Revealed:
    """A column at `path` of a scope's rows, which clients know as a `label`, and who sees it.

    `sealed` says as what the column is sealed, where it is.
    """

    label: str
    scope: Scope
    path: str
    by: Relations
    sealed: str | None = None


_OF_NUMBERS = rules.HOMEROOM | rules.MANAGEMENT
_OF_CARE = rules.HOMEROOM | rules.MANAGEMENT | rules.PSYCHOLOGIST

REVEALED: Mapping[RevealableField, Revealed] = {
    RevealableField.SNILS: Revealed(
        "Student",
        scopes.STUDENTS,
        "person__snils_sealed",
        by=rules.STUDENT | _OF_NUMBERS,
        sealed=vault.SNILS,
    ),
    RevealableField.SPECIAL_NEEDS: Revealed(
        "Student", scopes.STUDENTS, "special_needs", by=_OF_CARE
    ),
    RevealableField.SOCIAL_RISK: Revealed("Student", scopes.STUDENTS, "social_risk", by=_OF_CARE),
    RevealableField.DOCUMENT_NUMBER: Revealed(
        "IdentityDocument",
        offices.DOCUMENTS,
        "number_sealed",
        by=rules.MANAGEMENT,
        sealed=vault.DOCUMENT,
    ),
    RevealableField.WORKPLACE: Revealed(
        "Guardian", scopes.GUARDIANS, "guardian__workplace", by=rules.MANAGEMENT
    ),
}
WHO_REVEALS: Relations = frozenset().union(*(each.by for each in REVEALED.values()))
