"""Invented people: anyone, pupils, their guardians, members of staff."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from access import vault
from models import (
    GuardianRelation,
    Guardianship,
    Organization,
    Person,
    Position,
    Sex,
    StaffPost,
    Student,
)
from tests.factories.accounts import AccountMade, an_account
from tests.factories.made import Fact, Made, serial

_FAMILIES = ("Берёзов", "Ветров", "Горкин", "Дождев", "Ежов", "Жаров", "Зимин", "Ивов", "Кленов")
_WOMEN = ("Анна", "Вера", "Дарья", "Зоя", "Инна", "Мария", "Нина")
_MEN = ("Антон", "Борис", "Глеб", "Денис", "Егор", "Марк", "Олег")


@dataclass
class PersonMade(Made[Person]):
    """Anybody; what they are to a school stands in rows of its own."""

    async def account(self, login: str | None = None) -> AccountMade:
        return await an_account(self.row, login)


@dataclass
class GuardianMade(PersonMade):
    guardianship: Fact[Guardianship]


@dataclass
class StaffMade(PersonMade):
    post: Fact[StaffPost]


@dataclass
class PupilMade(Made[Student]):
    """A pupil; `since` is the day from which guardians represent them unless told."""

    person: PersonMade
    since: date

    async def account(self, login: str | None = None) -> AccountMade:
        return await self.person.account(login)

    async def guardian(
        self,
        who: PersonMade | None = None,
        relation: GuardianRelation = GuardianRelation.MOTHER,
        since: date | None = None,
        **person: Any,
    ) -> GuardianMade:
        """Give a guardian: somebody who is there (a parent of two), or a new person."""
        sex = Sex.MALE if relation is GuardianRelation.FATHER else Sex.FEMALE
        adult = who or await a_person(**{"sex": sex} | person)
        row = await Guardianship.create(
            student=self.row, guardian=adult.row, relation=relation, valid_from=since or self.since
        )
        return GuardianMade(adult.row, Fact(row))


async def a_person(*, sex: Sex | None = None, **columns: Any) -> PersonMade:
    """A person with an invented name, or with the columns given."""
    number = serial()
    sex = sex or (Sex.FEMALE, Sex.MALE)[number % 2]
    firsts, ending, patronymic = (
        (_WOMEN, "а", "Павловна") if sex is Sex.FEMALE else (_MEN, "", "Павлович")
    )
    invented = {
        "last_name": _FAMILIES[number % len(_FAMILIES)] + ending,
        "first_name": firsts[number % len(firsts)],
        "middle_name": patronymic,
        "sex": sex,
    }
    row = await Person.create(**invented | _sealed(**columns))
    await row.refresh_from_db(fields=["full_name"])
    return PersonMade(row)


def _sealed(snils: str | None = None, **columns: Any) -> dict[str, Any]:
    """The columns, with a SNILS as rows keep it."""
    if snils is None:
        return columns
    held = vault.held()
    number = {
        "snils_sealed": held.seal(snils, vault.SNILS),
        "snils_digest": held.digest(snils, vault.SNILS),
    }
    return columns | number


async def a_student(since: date, **columns: Any) -> PupilMade:
    """A person who is a pupil, in no class yet."""
    person = await a_person(**columns)
    return PupilMade(await Student.create(person=person.row), person, since)


async def a_post(
    person: PersonMade, organization: Organization, position: Position, since: date
) -> StaffMade:
    row = await StaffPost.create(
        person=person.row, organization=organization, position=position, valid_from=since
    )
    return StaffMade(person.row, Fact(row))
