"""The people of a school: pupils with their families, and staff."""

from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from access import vault
from demo import names
from demo.cards import Cards
from demo.draws import Draws
from demo.sink import Sink

_BIRTHDAYS_FROM = (12, 1)
_SIBLINGS = 0.15
_COUPLES = 0.62
_FATHERS_ALONE = 0.06
_GROUPS = ("I",) * 5 + ("II",) * 11 + ("III",) * 3 + ("IV",)
_FIRST_GRADE_WITH_MAIL = 7
_YEAR_DAYS = 365
# Far above every number given out so far, so that nobody's own SNILS is met by chance.
_SNILS_FROM, _SNILS_COUNT, _SNILS_STEP = 900_000_000, 99_000_000, 7919


class Family(NamedTuple):
    """A house, where it lives, and the children's representatives: person and relation."""

    house: names.House
    address: str
    guardians: tuple[tuple[int, str], ...]

    @property
    def first(self) -> int:
        """The representative whom the school calls first."""
        return self.guardians[0][0]


class Pupil(NamedTuple):
    """A pupil's own number, that of the person, and the family."""

    student: int
    person: int
    family: Family


class People:
    """Makes persons; no two calls give the same one."""

    def __init__(self, sink: Sink, draws: Draws, cards: Cards, *, began_on: date) -> None:
        self._sink = sink
        self._draws = draws
        self._cards = cards
        self._began_on = began_on
        self._snils = count(draws.below(_SNILS_COUNT))

    def adult(self, *, is_woman: bool) -> int:
        """Make somebody of 24 to 62 years and return the person's number."""
        house = names.house(self._draws)
        name, born = self._adult(house, is_woman=is_woman, youngest=24, oldest=62)
        return self._person(name, born, is_woman=is_woman, mail=True)

    def family(self) -> Family:
        """Make a house with one representative or two, most often mother and father."""
        house = names.house(self._draws)
        drawn = self._draws.share()
        relations = ["MOTHER", "FATHER"] if drawn < _COUPLES else ["MOTHER"]
        if drawn > 1 - _FATHERS_ALONE:
            relations = ["FATHER"]
        address = self._cards.address()
        made = [
            (self._parent(house, address, is_woman=each == "MOTHER"), each) for each in relations
        ]
        return Family(house, address, tuple(made))

    def pupil(self, grade: int, family: Family) -> Pupil:
        """Make a child of the family, of the grade's age, represented since birth."""
        is_girl = self._draws.chance(0.5)
        name = names.child(self._draws, family.house, is_girl=is_girl)
        first = date(self._began_on.year - 7 - grade, *_BIRTHDAYS_FROM)
        born = first + timedelta(days=self._draws.below(_YEAR_DAYS))
        mail = grade >= _FIRST_GRADE_WITH_MAIL
        person = self._person(name, born, family.address, is_woman=is_girl, mail=mail)
        group = self._draws.pick(_GROUPS)
        self.show(person, "BIRTH_CERTIFICATE", f"IIЕА{person:06d}", by=family.first)
        student = self._sink.add("student", person, group, *self._cards.care())
        for guardian, relation in family.guardians:
            self._sink.add("guardianship", student, guardian, relation, born, None)
        return Pupil(student, person, family)

    def show(self, person: int, kind: str, number: str, *, by: int) -> None:
        """Put a paper of the person on file."""
        held = vault.held()
        sealed = held.seal(number, vault.DOCUMENT), held.digest(number, vault.DOCUMENT)
        self._sink.add("identity_document", person, kind, *sealed, self._began_on, by)

    def family_for(self, known: list[Family]) -> Family:
        """Return a new family or, for every seventh pupil or so, one that has a child already."""
        if known and self._draws.chance(_SIBLINGS):
            return self._draws.pick(known)
        known.append(self.family())
        return known[-1]

    def _parent(self, house: names.House, address: str, *, is_woman: bool) -> int:
        name, born = self._adult(house, is_woman=is_woman, youngest=34, oldest=52)
        workplace = self._cards.workplace()
        return self._person(name, born, address, workplace, is_woman=is_woman, mail=True)

    def _adult(
        self, house: names.House, *, is_woman: bool, youngest: int, oldest: int
    ) -> tuple[names.Name, date]:
        named = names.mother if is_woman else names.father
        age = youngest * _YEAR_DAYS + self._draws.below((oldest - youngest) * _YEAR_DAYS)
        return named(self._draws, house), self._began_on - timedelta(days=age)

    def _person(
        self,
        name: names.Name,
        born: date,
        address: str | None = None,
        workplace: str | None = None,
        *,
        is_woman: bool,
        mail: bool,
    ) -> int:
        number = self._sink.counts["person"] + 1
        return self._sink.add(
            "person",
            *name,
            born,
            "FEMALE" if is_woman else "MALE",
            *sealed_snils(_SNILS_FROM + next(self._snils) * _SNILS_STEP % _SNILS_COUNT),
            # No operator has the code 000, and nobody can register example.org.
            f"+7000{number:07d}" if mail else None,
            f"person{number}@example.org" if mail else None,
            address,
            workplace,
        )


def sealed_snils(number: int) -> tuple[str, str]:
    """Return the number with these nine digits as rows keep it: sealed, and what finds it."""
    whole, held = snils(number), vault.held()
    return held.seal(whole, vault.SNILS), held.digest(whole, vault.SNILS)


def snils(number: int) -> str:
    """Return the nine digits with the two that check them: Σ dᵢ·(10−i) mod 101, and 100 as 00."""
    digits = f"{number:09d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True))
    return f"{digits}{rest % 101 % 100:02d}"
