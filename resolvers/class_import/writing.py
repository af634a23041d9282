"""Writing what an import of a class brings and is not there: people, papers, consents, accounts."""

from access import vault
from models import ClassKind, Enrollment, Guardianship, Person, Student
from resolvers import consents, issuing, logins, papers
from resolvers.class_import.reading import Values
from resolvers.class_import.taking import Human, Taking
from resolvers.holders import Held
from schema.class_import import PrintedAccount

_CATEGORIES = "ФИО, дата рождения, пол, СНИЛС, документы, контакты, сведения об учёбе"
_NAMES = ("last_name", "first_name", "middle_name")
_CONSENTING = """
SELECT DISTINCT subject_id FROM standing_consent
WHERE subject_id = ANY($1::bigint[]) AND purpose = 'DATA_PROCESSING'
"""
_ENROLLED = """
SELECT student_id FROM enrollment
WHERE student_id = ANY($1::bigint[]) AND organization_id = $2 AND kind = 'HOMEROOM'
  AND (valid_until IS NULL OR valid_until > CURRENT_DATE)
"""
_REPRESENTED = """
SELECT student_id, guardian_id FROM guardianship
WHERE student_id = ANY($1::bigint[]) AND (valid_until IS NULL OR valid_until > CURRENT_DATE)
"""


async def enrol(taking: Taking) -> None:
    """Make persons, pupils, enrolments and guardianships that are not there."""
    for each in taking.people.values():
        if not each.known:
            _make(taking, each)
    students = [each.student_id for each in taking.pupils]
    school = taking.klass["organization_id"]
    enrolled = {row["student_id"] for row in await taking.rows(_ENROLLED, students, school)}
    represented = {
        (row["student_id"], row["guardian_id"]) for row in await taking.rows(_REPRESENTED, students)
    }
    for row in taking.given.rows:
        pupil = taking.people[row.pupil["snils"]]
        if pupil.known.get("student_id") is None:
            taking.work.writes.make(Student, id=pupil.student_id, person_id=pupil.person_id)
        if pupil.student_id not in enrolled:
            _enrol(taking, pupil)
        for guardian in row.guardians:
            person_id = taking.people[guardian["snils"]].person_id
            if (pupil.student_id, person_id) not in represented:
                _represent(taking, pupil, person_id, guardian)


def _make(taking: Taking, human: Human) -> None:
    values, held = human.values, vault.held()
    taking.work.writes.make(
        Person,
        id=human.person_id,
        **{name: values[name] for name in _NAMES},
        birth_date=values.get("birth_date"),
        sex=values.get("sex"),
        snils_sealed=held.seal(values["snils"], vault.SNILS),
        snils_digest=held.digest(values["snils"], vault.SNILS),
        phone=values.get("phone"),
        email=values.get("email"),
    )
    taking.audit("person.entered", Person, human.person_id, None)


def _enrol(taking: Taking, pupil: Human) -> None:
    taking.work.writes.make(
        Enrollment,
        student_id=pupil.student_id,
        school_class_id=taking.klass["id"],
        organization_id=taking.klass["organization_id"],
        kind=ClassKind.HOMEROOM,
        valid_from=taking.work.viewer.today,
    )
    taking.audit("person.enrolled", Student, pupil.student_id or 0, taking.klass["id"])


def _represent(taking: Taking, pupil: Human, guardian_id: int, guardian: Values) -> None:
    taking.work.writes.make(
        Guardianship,
        student_id=pupil.student_id,
        guardian_id=guardian_id,
        relation=guardian["relation"],
        valid_from=taking.work.viewer.today,
    )
    taking.audit("person.represented", Student, pupil.student_id or 0, guardian_id)


async def put_on_file(taking: Taking) -> None:
    """Record papers and consents; a pupil's is signed by the first guardian."""
    everybody = [each.person_id for each in taking.people.values()]
    consenting = {row["subject_id"] for row in await taking.rows(_CONSENTING, everybody)}
    givers = {
        row.pupil["snils"]: taking.people[row.guardians[0]["snils"]].person_id
        for row in taking.given.rows
    }
    for snils, each in taking.people.items():
        owner = Held(each.person_id, taking.klass["organization_id"])
        await _keep_paper(taking, each, owner)
        if each.person_id not in consenting:
            await consents.keep_consent(
                taking.work,
                owner,
                givers.get(snils, each.person_id),
                purpose="DATA_PROCESSING",
                categories=_CATEGORIES,
                document=each.values["consent"],
                given_on=each.values["consent_on"],
                valid_until=None,
            )


async def _keep_paper(taking: Taking, human: Human, owner: Held) -> None:
    kind, number, _ = human.paper
    on_file = human.known.get("papers", ())
    digests = vault.held().digests(number, vault.DOCUMENT)
    if not any(f"{kind}:{digest}" in on_file for digest in digests):
        await papers.keep_document(taking.work, owner, kind, number)


async def issue(taking: Taking) -> list[PrintedAccount]:
    """Issue accounts to those who have none."""
    await logins.alone_with_logins(taking.work)
    printed: list[PrintedAccount] = []
    for snils, each in taking.people.items():
        if each.login is not None:
            continue
        names = [each.values[name] for name in _NAMES]
        given = frozenset(one.login for one in printed)
        login = await logins.free(taking.work, logins.of_name(*names), given)
        new = taking.given.passwords[snils]
        owner = Held(each.person_id, taking.klass["organization_id"])
        await issuing.keep_account(taking.work, owner, login, new.hash)
        full_name = " ".join(filter(None, names))
        printed.append(
            PrintedAccount(full_name=full_name, login=login, initial_password=new.password)
        )
    return printed
