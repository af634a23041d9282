"""Every guarded field × everybody: its value, null in silence, or null with one refusal."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import zip_longest

import pytest

from models import Attendance
from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.reading import values_at
from tests.diary import Answer
from tests.factories import gid
from tests.rules.declared import guarded

_ROOT = "student(id: $id)"


@dataclass(frozen=True)
class Expected:
    """Who reads the field of the pupil of 7А, and whose roles can never read it anywhere.

    Everybody else gets null and no error: their roles may read it of other rows. `refused_at` is
    the path of the refusal, where it is the list above that refuses; `root` is how the pupil's row
    is asked for.
    """

    asked: str
    path: str
    read: AbstractSet[Who]
    refused: AbstractSet[Who]
    refused_at: str | None = None
    root: str = _ROOT


# Former, coming and dismissed people have no role today.
_NO_ROLE = {
    Who.FORMER_GUARDIAN,
    Who.COMING_GUARDIAN,
    Who.DISMISSED_TEACHER,
    Who.FORMER_ADMINISTRATOR,
    Who.COMING_DEPUTY,
}
_OUTSIDE = {
    *_NO_ROLE,
    Who.MUNICIPAL,
    Who.MUNICIPAL_ELSEWHERE,
    Who.REGION,
    Who.SYSTEM_ADMINISTRATOR,
    Who.SUPPORT,
}
_LIBRARIANS = {Who.LIBRARIAN, Who.LIBRARIAN_ELSEWHERE}
_PSYCHOLOGISTS = {Who.PSYCHOLOGIST, Who.PSYCHOLOGIST_ELSEWHERE}
_ONLY_TEACHERS = {
    Who.TEACHER,
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.TEACHER_OF_STRANGERS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.SUBSTITUTE,
    Who.FORMER_SUBSTITUTE,
    Who.COMING_SUBSTITUTE,
}
_PUPILS = {Who.PUPIL, Who.CLASSMATE, Who.NEIGHBOUR, Who.STRANGER}
_GUARDIANS = {Who.GUARDIAN, Who.GUARDIAN_OF_CLASSMATE, Who.GUARDIAN_OF_STRANGER}
_MANAGEMENT = {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR}
_OWN_GUARDIANS = {Who.GUARDIAN, Who.TEACHER_AND_GUARDIAN}
_CARE = {Who.PUPIL, *_OWN_GUARDIANS, Who.HOMEROOM, *_MANAGEMENT}
_MARK_THE_PUPIL = {
    Who.TEACHER,
    Who.TEACHER_OF_RUSSIAN,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
}
_TEACH_THE_PUPIL = {*_MARK_THE_PUPIL, Who.TEACHER_OF_SPORTS}
_NOT_IN_JOURNALS = {*_OUTSIDE, *_LIBRARIANS, *_PSYCHOLOGISTS, *_PUPILS, *_GUARDIANS}
_NOT_GUARDIANS = EVERYBODY - _GUARDIANS - {Who.TEACHER_AND_GUARDIAN, Who.NOBODY}
_NOT_CARING = {*_OUTSIDE, *_LIBRARIANS, *_PSYCHOLOGISTS, *_ONLY_TEACHERS}

# Everybody may be a guardian, and so see their own: only the list of guardians refuses.
_NO_GUARDIANS = {*_OUTSIDE, *_LIBRARIANS, *_PSYCHOLOGISTS}
_READ_DOCUMENTS = {*_OWN_GUARDIANS, *_MANAGEMENT}
_READ_CONSENTS = {Who.PUPIL, *_OWN_GUARDIANS, Who.HEAD, Who.ADMINISTRATOR}
_SEE_NAMES_OF_ACCOUNTS = {
    *_MANAGEMENT,
    Who.DEPUTY_ELSEWHERE,
    Who.HEAD_ELSEWHERE,
    Who.ADMINISTRATOR_ELSEWHERE,
    Who.RUSSIAN_AND_DEPUTY,
    Who.HOMEROOM,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HOMEROOM_OF_STRANGERS,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.MUNICIPAL,
    Who.MUNICIPAL_ELSEWHERE,
    Who.REGION,
}

EXPECTED: Mapping[str, Expected] = {
    "Student.birthDate": Expected(
        "birthDate",
        "birthDate",
        read={*_CARE, *_TEACH_THE_PUPIL, Who.SUBSTITUTE, Who.LIBRARIAN, Who.PSYCHOLOGIST},
        refused=_OUTSIDE,
    ),
    "Student.sex": Expected(
        "sex",
        "sex",
        read={*_CARE, Who.LIBRARIAN, Who.PSYCHOLOGIST},
        refused={*_OUTSIDE, *_ONLY_TEACHERS},
    ),
    "Student.snils": Expected("snils", "snils", read=_OWN_GUARDIANS, refused=_NOT_GUARDIANS),
    "Student.snilsMasked": Expected("snilsMasked", "snilsMasked", read=_CARE, refused=_NOT_CARING),
    "Student.phone": Expected("phone", "phone", read=_CARE, refused=_NOT_CARING),
    "Student.email": Expected("email", "email", read=_CARE, refused=_NOT_CARING),
    "Student.address": Expected(
        "address",
        "address",
        read={*_CARE, Who.PSYCHOLOGIST},
        refused=_NOT_CARING - _PSYCHOLOGISTS,
    ),
    "Student.healthGroup": Expected(
        "healthGroup",
        "healthGroup",
        read={*_CARE, Who.PSYCHOLOGIST},
        refused=_NOT_CARING - _PSYCHOLOGISTS,
    ),
    # Who teaches may teach sports: that it is another subject is a matter of rows.
    "Student.physicalEducationGroup": Expected(
        "physicalEducationGroup",
        "physicalEducationGroup",
        read={*_CARE, Who.PSYCHOLOGIST, Who.TEACHER_OF_SPORTS},
        refused=_NOT_CARING - _PSYCHOLOGISTS - _ONLY_TEACHERS,
    ),
    "Student.hasSpecialConditions": Expected(
        "hasSpecialConditions",
        "hasSpecialConditions",
        read={*_CARE - _PUPILS, *_TEACH_THE_PUPIL, Who.PSYCHOLOGIST},
        refused={*_OUTSIDE, *_LIBRARIANS, *_PUPILS},
    ),
    "Student.specialNeeds": Expected(
        "specialNeeds", "specialNeeds", read=_OWN_GUARDIANS, refused=_NOT_GUARDIANS
    ),
    "Student.socialRisk": Expected(
        "socialRisk", "socialRisk", read=_OWN_GUARDIANS, refused=_NOT_GUARDIANS
    ),
    # Teachers have the list, of those guardians who share their contacts: here, of none.
    "Student.guardians": Expected(
        "guardians { fullName }", "guardians", read=_CARE, refused=_NO_GUARDIANS
    ),
    "Guardian.phone": Expected(
        "guardians { phone }", "guardians", read=_CARE, refused=_NO_GUARDIANS
    ),
    "Guardian.email": Expected(
        "guardians { email }", "guardians", read=_CARE, refused=_NO_GUARDIANS
    ),
    "Guardian.workplace": Expected(
        "guardians { workplace }",
        "guardians.workplace",
        read=_OWN_GUARDIANS,
        refused=_NO_GUARDIANS,
        refused_at="guardians",
    ),
    "IdentityDocument.number": Expected(
        "documents { number }", "documents.number", read=_OWN_GUARDIANS, refused=set()
    ),
    "IdentityDocument.numberMasked": Expected(
        "documents { numberMasked }",
        "documents.numberMasked",
        read=_READ_DOCUMENTS,
        refused=set(),
    ),
    "IdentityDocument.issuedOn": Expected(
        "documents { issuedOn }", "documents.issuedOn", read=_READ_DOCUMENTS, refused=set()
    ),
    "IdentityDocument.issuedBy": Expected(
        "documents { issuedBy }", "documents.issuedBy", read=_READ_DOCUMENTS, refused=set()
    ),
    "DataConsent.categories": Expected(
        "consents { categories }", "consents.categories", read=_READ_CONSENTS, refused=set()
    ),
    "DataConsent.givenOn": Expected(
        "consents { givenOn }", "consents.givenOn", read=_READ_CONSENTS, refused=set()
    ),
    "DataConsent.validUntil": Expected(
        "consents { validUntil }", "consents.validUntil", read=_READ_CONSENTS, refused=set()
    ),
    "DataConsent.withdrawnAt": Expected(
        "consents { withdrawnAt }", "consents.withdrawnAt", read=_READ_CONSENTS, refused=set()
    ),
    "Mark.history": Expected(
        "recentMarks(first: 50) { history { reason } }",
        "recentMarks.history",
        read={*_MARK_THE_PUPIL, Who.SUBSTITUTE, Who.HOMEROOM, *_MANAGEMENT},
        refused=_NOT_IN_JOURNALS,
    ),
    "Lesson.deeds": Expected(
        "recentMarks(first: 50) { lesson { deeds(first: 1) { nodes { reason } } } }",
        "recentMarks.lesson.deeds",
        read={*_MARK_THE_PUPIL, Who.SUBSTITUTE, Who.HOMEROOM, *_MANAGEMENT},
        refused=_NOT_IN_JOURNALS,
    ),
    "Attendance.history": Expected(
        "... on Attendance { history { reason } }",
        "history",
        read={Who.TEACHER, Who.SUBSTITUTE, Who.HOMEROOM, *_MANAGEMENT},
        refused=_NOT_IN_JOURNALS,
        root='node(id: "{attendance}")',
    ),
    "Student.conditionalPromotion": Expected(
        "conditionalPromotion", "conditionalPromotion", read=_CARE, refused=_NOT_CARING
    ),
    "PeriodMark.history": Expected(
        "periodMarks(first: 50) { nodes { history { reason } } }",
        "periodMarks.nodes.history",
        read={*_MARK_THE_PUPIL, Who.HOMEROOM, *_MANAGEMENT},
        refused=_NOT_IN_JOURNALS,
    ),
    "AccountHolder.fullName": Expected(
        "... on AccountHolder { fullName }",
        "fullName",
        read=_MANAGEMENT,
        refused=EVERYBODY - _SEE_NAMES_OF_ACCOUNTS - {Who.NOBODY},
        root='node(id: "{holder}")',
    ),
}
# Of the page of the algebra: who reads it, and who finds the page and not the field.
_WHOLE_JOURNAL = frozenset({Who.TEACHER, Who.HOMEROOM, *_MANAGEMENT})
OF_THE_PAGE: Mapping[str, AbstractSet[Who]] = {
    "JournalRow.average": _WHOLE_JOURNAL,
    "JournalRow.weightedAverage": _WHOLE_JOURNAL,
    "JournalRow.markCount": _WHOLE_JOURNAL,
}
# Of two one is always null: tests/grading says who reads them.
_PROPOSED = {
    f"{kind}{what}"
    for kind in (
        "JournalRow.proposed",
        "SubjectAverage.proposed",
        "SubjectSummary.annualProposed",
        "SubjectSummary.finalProposed",
    )
    for what in ("Value", "Sign")
}


# They belong to no pupil: test_audit.py has a table of its own.
_OF_THE_AUDIT = {"AuditEntry.actor", "AuditEntry.before", "AuditEntry.after"}


def test_every_guarded_field_has_its_row() -> None:
    known = {*EXPECTED, *OF_THE_PAGE, *_PROPOSED, *_OF_THE_AUDIT}
    assert known == {f"{kind}.{name}" for kind, name, _ in guarded()}


@pytest.mark.parametrize("who", sorted(EVERYBODY - {Who.NOBODY}))
async def test_every_guarded_field(cast: Cast, who: Who) -> None:
    """All of them in one document, each under the pupil by a name of its own."""
    fields = EXPECTED.values()
    roots = [each.root for each in fields]
    answer = await _ask(cast, who, *(each.asked for each in fields), roots=roots)
    refused = [
        ("FORBIDDEN", f"as{place}.{each.refused_at or each.path}")
        for place, each in enumerate(EXPECTED.values())
        if who in each.refused
    ]
    assert answer.refused == refused
    read = {
        field
        for place, (field, each) in enumerate(EXPECTED.items())
        if any(values_at(answer.partial[f"as{place}"], each.path.split(".")))
    }
    assert read == {field for field, each in EXPECTED.items() if who in each.read}


@pytest.mark.parametrize("field", [field for field, each in EXPECTED.items() if each.root == _ROOT])
async def test_nobody_is_told_of_the_root_alone(cast: Cast, field: str) -> None:
    answer = await _ask(cast, Who.NOBODY, EXPECTED[field].asked)
    assert answer.refused == [("UNAUTHENTICATED", "as0")]
    assert answer.partial == {"as0": None}


@pytest.mark.parametrize("field", OF_THE_PAGE)
@pytest.mark.parametrize("planner", [True, False])
async def test_every_guarded_field_of_a_page(cast: Cast, field: str, planner: bool) -> None:
    """Whoever finds the page but may not read the field finds the pupils, and null."""
    world, name = cast.world, field.partition(".")[2]
    document = f"""query ($klass: ID!, $subject: ID!, $term: ID!) {{
        classJournal(classId: $klass, subjectId: $subject, termId: $term) {{
            rows {{ name {name} }} }} }}"""
    for who in (*OF_THE_PAGE[field], Who.SUBSTITUTE):
        client = await cast.client(who)
        answer = await (client.send if planner else client.send_unplanned)(
            document,
            klass=gid("SchoolClass", world.klass.id),
            subject=gid("Subject", world.algebra.subject.id),
            term=gid("Term", world.klass.term.id),
        )
        # Other tests enrol pupils without marks.
        marked = [world.secrets[f"{each}.name"] for each in ("classmate", "pupil")]
        found = answer.data["classJournal"]["rows"]
        rows = [each for each in found if each["name"].startswith(tuple(marked))]
        assert len(rows) == 2
        assert {each[name] is not None for each in rows} == {who in OF_THE_PAGE[field]}


async def test_what_one_role_shows_another_does_not_open(cast: Cast) -> None:
    """A teacher who is somebody's guardian reads a pupil's card as a teacher does."""
    card = "birthDate phone email snils healthGroup specialNeeds guardians { fullName }"
    answer = await _ask(cast, Who.TEACHER_AND_GUARDIAN, card, of="neighbour")
    student = answer.data["as0"]
    assert student.pop("__typename") == "Student"
    assert student.pop("birthDate") == cast.world.secrets["neighbour.birth"]
    assert student.pop("guardians") == []
    assert set(student.values()) == {None}


async def test_a_guardian_reads_their_own_phone_alone(cast: Cast) -> None:
    secrets = cast.world.secrets
    own, other = secrets["pupil.guardian's phone"], secrets["pupil.co-guardian's phone"]
    for who, seen in (
        (Who.GUARDIAN, {own, None}),
        (Who.TEACHER_AND_GUARDIAN, {other, None}),
        (Who.PUPIL, {own, other}),
        (Who.HOMEROOM, {own, other}),
    ):
        answer = await _ask(cast, who, "guardians { phone }")
        assert {each["phone"] for each in answer.data["as0"]["guardians"]} == seen


async def _ask(
    cast: Cast, who: Who, *selections: str, of: str = "pupil", roots: Sequence[str] = ()
) -> Answer:
    """Ask for each of these of one pupil, under `as0`, `as1` and so on."""
    pupil = cast.world.pupils[of]
    lesson = cast.world.lessons["algebra"]
    attendance = await Attendance.get(lesson_id=lesson.id, student_id=cast.world.pupil.id)
    rows = {
        "holder": gid("AccountHolder", pupil.person.id),
        "attendance": gid("Attendance", attendance.id),
    }
    asked = (
        f"as{place}: {root.format(**rows)} {{ __typename {selection} }}"
        for place, (selection, root) in enumerate(zip_longest(selections, roots, fillvalue=_ROOT))
    )
    document = f"query ($id: ID!) {{ {' '.join(asked)} }}"
    return await (await cast.client(who)).send(document, id=gid("Student", pupil.id))
