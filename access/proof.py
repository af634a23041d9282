"""What has to be on file before somebody is issued an account."""

from dataclasses import dataclass
from enum import StrEnum

from models import DocumentKind

_WHO = frozenset({DocumentKind.PASSPORT, DocumentKind.FOREIGN_PASSPORT, DocumentKind.OTHER})
_WHOSE_CHILD = frozenset({DocumentKind.BIRTH_CERTIFICATE, DocumentKind.ADOPTION_RECORD})
PASSPORT_AGE = 14
"""From which age on a citizen has a passport of their own."""
OF_AGE = 18


class Lack(StrEnum):
    """What is not on file; also the code of the user error that says so."""

    CONSENT = "CONSENT_MISSING"
    SNILS = "SNILS_MISSING"
    DOCUMENT = "DOCUMENT_MISSING"
    CHILD_DOCUMENT = "CHILD_DOCUMENT_MISSING"


@dataclass(frozen=True)
class OnFile:
    """What a school knows of somebody: `age` in years, the kinds of papers that were shown."""

    is_student: bool
    is_guardian: bool
    is_staff: bool
    age: int | None
    has_consent: bool
    has_snils: bool
    papers: frozenset[DocumentKind]
    children_without_papers: int


def lacks(file: OnFile) -> list[Lack]:
    """Everything that is missing, for all that the person is at once."""
    checks = (
        (Lack.CONSENT, file.has_consent),
        (Lack.SNILS, file.has_snils),
        (Lack.DOCUMENT, _is_identified(file)),
        (Lack.CHILD_DOCUMENT, not file.children_without_papers),
    )
    return [lack for lack, is_there in checks if not is_there]


def _is_identified(file: OnFile) -> bool:
    """A pupil by a paper of a child's or, from 14 years, a passport; an adult by one of theirs."""
    is_adult_here = file.is_guardian or file.is_staff or not file.is_student
    if is_adult_here and not file.papers & _WHO:
        return False
    if not file.is_student:
        return True
    has_passport = file.age is not None and file.age >= PASSPORT_AGE and file.papers & _WHO
    return bool(file.papers & _WHOSE_CHILD or has_passport)
