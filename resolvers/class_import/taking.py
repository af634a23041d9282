"""One import of a class: what it was given, and everybody in it, found by SNILS or to be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from access import vault
from errors import UserError
from models import DocumentKind, Person, Record, Student
from resolvers import papers
from resolvers.class_import.reading import Row, Values
from resolvers.logins import InitialPassword
from resolvers.work import Work

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


@dataclass(frozen=True)
class Given:
    """What was made before the transaction: rows, and an initial password for each SNILS."""

    class_id: str
    rows: Sequence[Row]
    passwords: Mapping[str, InitialPassword]


@dataclass
class Human:
    """Somebody of the file: `known` is their row if any, `at` where their SNILS stands."""

    person_id: int
    values: Values
    at: tuple[str, ...]
    student_id: int | None = None
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def login(self) -> str | None:
        """The login of the account that they have."""
        return self.known.get("login")

    @property
    def paper(self) -> tuple[DocumentKind, str, str]:
        """The paper that they are known by, its number, and the column that it stands in."""
        if "birth_certificate" in self.values:
            number = self.values["birth_certificate"]
            return DocumentKind.BIRTH_CERTIFICATE, number, "birth_certificate"
        return DocumentKind.PASSPORT, self.values["passport"], "passport"

    def place_of(self, column: str) -> tuple[str, ...]:
        """Where a column of theirs stands."""
        return (*self.at[:2], self.at[2].replace("snils", column))


@dataclass
class Taking:
    """The import's class and people; what speaks against them gathers in `errors`."""

    work: Work
    klass: Mapping[str, Any]
    given: Given
    people: dict[str, Human] = field(default_factory=dict)
    errors: list[UserError | None] = field(default_factory=list)

    @property
    def pupils(self) -> list[Human]:
        """The pupils in the order of the file."""
        return [self.people[row.pupil["snils"]] for row in self.given.rows]

    async def find(self) -> None:
        """Find everybody by SNILS, and give numbers to the others."""
        held = vault.held()
        numbers = list(self.given.passwords)
        by_digest = {digest: one for one in numbers for digest in held.digests(one, vault.SNILS)}
        rows = await self.rows(_KNOWN, list(by_digest))
        known = {by_digest[row["snils_digest"]]: row for row in rows}
        new = iter(await self.work.next_ids(Person, len(numbers) - len(known)))
        for row in self.given.rows:
            for prefix, values in row.people():
                at = ("csv", str(row.line), f"{prefix}snils")
                snils = values["snils"]
                if snils in self.people:
                    self._meet_again(self.people[snils], values, at, is_pupil=not prefix)
                else:
                    found = known.get(snils, {})
                    number = found["id"] if found else next(new)
                    self.people[snils] = Human(number, values, at, known=found)
                    self._compare(values, found, at)
        students = iter(await self.work.next_ids(Student, len(self.given.rows)))
        for pupil in self.pupils:
            pupil.student_id = pupil.known.get("student_id") or next(students)

    async def rows(self, statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
        """What a statement finds."""
        found: Sequence[Mapping[str, Any]] = await self.work.connection.execute_query_dict(
            statement, list(values)
        )
        return found

    def audit(self, action: str, model: type[Record], row_id: int, other: int | None) -> None:
        """Write down what is done to the row, and with which other one."""
        self.work.audit(
            action,
            model,
            row_id,
            after={"id": other} if other else None,
            organization_id=self.klass["organization_id"],
        )

    def _meet_again(
        self, met: Human, values: Values, at: tuple[str, ...], *, is_pupil: bool
    ) -> None:
        """Two children may have one guardian; nobody else stands there twice."""
        if is_pupil or "birth_date" in met.values:
            self.errors.append(UserError("DUPLICATE", "It stands there twice.", *at))
        self._compare(values, met.values, at)

    def _compare(self, values: Values, former: Values, at: tuple[str, ...]) -> None:
        if former and not _is_same(values, former):
            self.errors.append(papers.taken(*at))


def _is_same(values: Values, former: Values) -> bool:
    """Whether the names and, where both are told, the days of birth agree."""
    mine, theirs = values.get("birth_date"), former.get("birth_date")
    same_name = all(
        values[name].casefold() == former[name].casefold() for name in ("last_name", "first_name")
    )
    return same_name and (mine is None or theirs is None or mine == theirs)
