"""Taking in a class: persons, families, papers, consents and accounts, all of them or none."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from access import passwords, rules, scopes, vault
from access.hierarchy import is_below
from errors import UserError
from models import ClassKind, DocumentKind, Enrollment, Guardianship, Person, Student
from resolvers import class_csv, consents, holders, issuing, logins, papers
from resolvers.class_csv import Row, Values
from resolvers.holders import Held
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.class_import import (
    ImportClassAccountsInput,
    ImportClassAccountsPayload,
    PrintedAccount,
)
from schema.context import Context

_CATEGORIES = "ФИО, дата рождения, пол, СНИЛС, документы, контакты, сведения об учёбе"
_AT_ONCE = 2
_CLASS = Reading(
    scopes.CLASSES,
    "SchoolClass",
    rules.ADMINISTRATOR,
    """
    SELECT {row}.id, {row}.organization_id, {row}.kind FROM {rows}
    WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
)
_KNOWN = """
SELECT person.id, person.last_name, person.first_name, person.birth_date, person.snils_digest,
       student.id AS student_id, account.login,
       ARRAY(SELECT kind || ':' || number_digest FROM identity_document
             WHERE person_id = person.id) AS papers
FROM person
LEFT JOIN student ON student.person_id = person.id
LEFT JOIN account ON account.person_id = person.id
WHERE person.snils_digest = ANY($1::varchar[])
ORDER BY person.id FOR NO KEY UPDATE OF person
"""
_CONSENTING = """
SELECT DISTINCT subject_id FROM data_consent
WHERE subject_id = ANY($1::bigint[]) AND purpose = 'DATA_PROCESSING' AND withdrawn_at IS NULL
  AND given_on <= CURRENT_DATE AND (valid_until IS NULL OR valid_until > CURRENT_DATE)
"""
_ENROLLED = """
SELECT student_id, school_class_id FROM enrollment
WHERE student_id = ANY($1::bigint[]) AND organization_id = $2 AND kind = 'HOMEROOM'
  AND (valid_until IS NULL OR valid_until > CURRENT_DATE)
"""
_REPRESENTED = """
SELECT student_id, guardian_id FROM guardianship
WHERE student_id = ANY($1::bigint[]) AND (valid_until IS NULL OR valid_until > CURRENT_DATE)
"""
_UNPROVEN = """
SELECT DISTINCT g.guardian_id FROM guardianship g JOIN student child ON child.id = g.student_id
WHERE g.guardian_id = ANY($1::bigint[]) AND NOT child.person_id = ANY($2::bigint[])
  AND g.valid_from <= CURRENT_DATE AND (g.valid_until IS NULL OR g.valid_until > CURRENT_DATE)
  AND NOT EXISTS (
      SELECT FROM identity_document paper WHERE paper.person_id = child.person_id
        AND paper.kind IN ('BIRTH_CERTIFICATE', 'ADOPTION_RECORD')
  )
"""


@dataclass(frozen=True)
class _Prepared:
    """What was made before the transaction: rows, and a password and its hash for each SNILS."""

    class_id: str
    rows: Sequence[Row]
    passwords: Mapping[str, tuple[str, str]]


@dataclass
class _Human:
    """Somebody of the file: found by their SNILS, or to be made."""

    person_id: int
    values: Values
    at: tuple[str, ...]
    student_id: int | None = None
    known: Mapping[str, Any] | None = None


async def _prepared(context: Context, input: ImportClassAccountsInput) -> _Prepared:  # noqa: A002
    """Read the file, and hash passwords off the event loop, few at once."""
    del context
    rows = class_csv.parsed(input.csv)
    numbers = dict.fromkeys(each["snils"] for row in rows for _, each in row.people())
    gate = asyncio.Semaphore(_AT_ONCE)

    async def made() -> tuple[str, str]:
        password = logins.initial_password()
        async with gate:
            return password, await passwords.renewed(password)

    made_ones = await asyncio.gather(*(made() for _ in numbers))
    return _Prepared(input.class_id, rows, dict(zip(numbers, made_ones, strict=True)))


@mutation(ImportClassAccountsPayload, allow=rules.ADMINISTRATOR, prove=_prepared, once={"accounts"})
async def import_class_accounts(work: Work, given: _Prepared) -> Mapping[str, Any]:
    """Take in a class: pupils, guardians, papers, consents and accounts, all of them or nothing.

    Whoever is on file by their SNILS is found and stays as they are; what they lack is added.
    """
    klass = await work.read(_CLASS, given.class_id, "classId")
    if klass["kind"] != ClassKind.HOMEROOM:
        raise UserError("OUT_OF_RANGE", "Pupils are taken into a class, not a group.", "classId")
    await papers.alone_with_numbers(work)
    taking = _Taking(work, klass, given)
    await taking.find()
    await taking.check()
    await taking.enrol()
    await taking.put_on_file()
    return {"accounts": await taking.issue()}


class _Taking:
    """One import: everybody is found, everything checked, and only then written."""

    def __init__(self, work: Work, klass: Mapping[str, Any], given: _Prepared) -> None:
        self._work = work
        self._klass = klass
        self._given = given
        self._people: dict[str, _Human] = {}
        self._errors: list[UserError | None] = []

    async def find(self) -> None:
        """Find everybody by SNILS, and give numbers to the others."""
        held = vault.held()
        numbers = list(self._given.passwords)
        by_digest = {digest: one for one in numbers for digest in held.digests(one, vault.SNILS)}
        rows = await self._rows(_KNOWN, list(by_digest))
        known = {by_digest[row["snils_digest"]]: row for row in rows}
        new = iter(await self._numbers("person", len(numbers) - len(known)))
        for row in self._given.rows:
            for prefix, values in row.people():
                at = ("csv", str(row.line), f"{prefix}snils")
                self._meet(values, at, known.get(values["snils"]), new, is_pupil=not prefix)
        pupils = [self._people[row.pupil["snils"]] for row in self._given.rows]
        students = iter(await self._numbers("student", len(pupils)))
        for pupil in pupils:
            pupil.student_id = (pupil.known or {}).get("student_id") or next(students)

    def _meet(
        self,
        values: Values,
        at: tuple[str, ...],
        known: Mapping[str, Any] | None,
        new: Any,
        *,
        is_pupil: bool,
    ) -> None:
        met = self._people.get(values["snils"])
        if met is None:
            number = known["id"] if known else next(new)
            self._people[values["snils"]] = _Human(number, values, at, known=known)
            former: Values | None = known
        else:
            former = met.values
            if is_pupil or "birth_date" in met.values:
                self._errors.append(UserError("DUPLICATE", "It stands there twice.", *at))
        if former is not None and not _is_same(values, former):
            self._errors.append(papers.taken(*at))

    async def check(self) -> None:
        """Raise everything that speaks against it, together."""
        await self._check_offices()
        await self._check_papers()
        await self._check_classes()
        all_of(self._errors)
        found = [each.person_id for each in self._people.values() if each.known]
        pupils = [self._people[row.pupil["snils"]].person_id for row in self._given.rows]
        unproven = {row["guardian_id"] for row in await self._rows(_UNPROVEN, found, pupils)}
        all_of(
            UserError("CHILD_DOCUMENT_MISSING", "Another child's paper is missing.", *each.at)
            for each in self._people.values()
            if each.person_id in unproven and not (each.known or {}).get("login")
        )

    async def _check_offices(self) -> None:
        """Nobody is issued an account here who has a role that is not below the viewer's."""
        found = [each for each in self._people.values() if each.known]
        viewer = self._work.viewer.person_id or 0
        mine, *theirs = await holders.grants(
            self._work, [viewer, *(each.person_id for each in found)]
        )
        for each, grants in zip(found, theirs, strict=True):
            if each.known and each.known["login"] is None and not is_below(grants, mine):
                text = "They also have a role that is not below yours."
                self._errors.append(UserError("FORBIDDEN", text, *each.at))

    async def _check_papers(self) -> None:
        seen: dict[tuple[DocumentKind, str], int] = {}
        for each in self._people.values():
            kind, number, name = _paper(each.values)
            at = (*each.at[:2], each.at[2].replace("snils", name))
            owner = await papers.document_owner(self._work, kind, number)
            owner = seen.setdefault((kind, number), each.person_id) if owner is None else owner
            if owner != each.person_id:
                self._errors.append(papers.taken(*at))
            if each.values["consent_on"] > self._work.viewer.today:
                at = (*each.at[:2], each.at[2].replace("snils", "consent_on"))
                self._errors.append(
                    papers.not_in_future(self._work, each.values["consent_on"], *at)
                )

    async def _check_classes(self) -> None:
        pupils = {each.student_id: each for each in self._people.values() if each.student_id}
        school = self._klass["organization_id"]
        for row in await self._rows(_ENROLLED, list(pupils), school):
            if row["school_class_id"] != self._klass["id"]:
                at = pupils[row["student_id"]].at
                self._errors.append(UserError("CONFLICT", "They are in another class.", *at))

    async def enrol(self) -> None:
        """Make persons, pupils, enrolments and guardianships that are not there."""
        writes, today = self._work.writes, self._work.viewer.today
        for each in self._people.values():
            if each.known is None:
                self._make(each)
        students = [self._people[row.pupil["snils"]].student_id for row in self._given.rows]
        school = self._klass["organization_id"]
        enrolled = {row["student_id"] for row in await self._rows(_ENROLLED, students, school)}
        represented = {
            (row["student_id"], row["guardian_id"])
            for row in await self._rows(_REPRESENTED, students)
        }
        for row in self._given.rows:
            pupil = self._people[row.pupil["snils"]]
            if (pupil.known or {}).get("student_id") is None:
                writes.make(Student, id=pupil.student_id, person_id=pupil.person_id)
            if pupil.student_id not in enrolled:
                writes.make(
                    Enrollment,
                    student_id=pupil.student_id,
                    school_class_id=self._klass["id"],
                    organization_id=school,
                    kind=ClassKind.HOMEROOM,
                    valid_from=today,
                )
                self._tell("person.enrolled", Student, pupil.student_id or 0, self._klass["id"])
            for guardian in row.guardians:
                person_id = self._people[guardian["snils"]].person_id
                if (pupil.student_id, person_id) not in represented:
                    writes.make(
                        Guardianship,
                        student_id=pupil.student_id,
                        guardian_id=person_id,
                        relation=guardian["relation"],
                        valid_from=today,
                    )
                    self._tell("person.represented", Student, pupil.student_id or 0, person_id)

    def _make(self, human: _Human) -> None:
        values, held = human.values, vault.held()
        self._work.writes.make(
            Person,
            id=human.person_id,
            last_name=values["last_name"],
            first_name=values["first_name"],
            middle_name=values["middle_name"],
            birth_date=values.get("birth_date"),
            sex=values.get("sex"),
            snils_sealed=held.seal(values["snils"], vault.SNILS),
            snils_digest=held.digest(values["snils"], vault.SNILS),
            phone=values.get("phone"),
            email=values.get("email"),
        )
        self._tell("person.entered", Person, human.person_id, None)

    async def put_on_file(self) -> None:
        """Record papers and consents; a pupil's is signed by the first guardian."""
        everybody = [each.person_id for each in self._people.values()]
        consenting = {row["subject_id"] for row in await self._rows(_CONSENTING, everybody)}
        givers = {
            row.pupil["snils"]: self._people[row.guardians[0]["snils"]].person_id
            for row in self._given.rows
        }
        held = vault.held()
        for snils, each in self._people.items():
            owner = Held(each.person_id, self._klass["organization_id"])
            kind, number, _ = _paper(each.values)
            digests = held.digests(number, vault.DOCUMENT)
            on_file = (each.known or {}).get("papers", ())
            if not any(f"{kind}:{digest}" in on_file for digest in digests):
                await papers.keep_document(self._work, owner, kind, number)
            if each.person_id not in consenting:
                await consents.keep_consent(
                    self._work,
                    owner,
                    givers.get(snils, each.person_id),
                    purpose="DATA_PROCESSING",
                    categories=_CATEGORIES,
                    document=each.values["consent"],
                    given_on=each.values["consent_on"],
                    valid_until=None,
                )

    async def issue(self) -> list[PrintedAccount]:
        """Issue accounts to those who have none."""
        await logins.alone_with_logins(self._work)
        printed: list[PrintedAccount] = []
        for snils, each in self._people.items():
            if (each.known or {}).get("login") is not None:
                continue
            names = [each.values[name] for name in ("last_name", "first_name", "middle_name")]
            given = frozenset(one.login for one in printed)
            login = await logins.free(self._work, logins.of_name(*names), given)
            password, password_hash = self._given.passwords[snils]
            owner = Held(each.person_id, self._klass["organization_id"])
            await issuing.keep_account(self._work, owner, login, password_hash)
            full_name = " ".join(filter(None, names))
            printed.append(
                PrintedAccount(full_name=full_name, login=login, initial_password=password)
            )
        return printed

    def _tell(self, action: str, model: Any, row_id: int, other: int | None) -> None:
        self._work.audit(
            action,
            model,
            row_id,
            after={"id": other} if other else None,
            organization_id=self._klass["organization_id"],
        )

    async def _rows(self, statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = await self._work.connection.execute_query_dict(
            statement, list(values)
        )
        return found

    async def _numbers(self, table: str, count: int) -> list[int]:
        """Numbers for so many rows that will be made."""
        rows = await self._rows(
            f"SELECT nextval('{table}_id_seq') AS id FROM generate_series(1, $1)",  # noqa: S608
            count,
        )
        return [row["id"] for row in rows]


def _is_same(values: Values, former: Values) -> bool:
    """Whether the names and, where both are told, the days of birth agree."""
    mine, theirs = values.get("birth_date"), former.get("birth_date")
    same_name = all(
        values[name].casefold() == former[name].casefold() for name in ("last_name", "first_name")
    )
    return same_name and (mine is None or theirs is None or mine == theirs)


def _paper(values: Values) -> tuple[DocumentKind, str, str]:
    """The paper that somebody is known by, its number, and the column that it stands in."""
    if "birth_certificate" in values:
        return DocumentKind.BIRTH_CERTIFICATE, values["birth_certificate"], "birth_certificate"
    return DocumentKind.PASSPORT, values["passport"], "passport"


@strawberry.type
class ClassImportMutation:
    """Taking in a class."""

    import_class_accounts = import_class_accounts
