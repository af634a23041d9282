"""Schools and the authorities above them: the beginning of every story."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models import (
    BellSchedule,
    ClassKind,
    Municipality,
    Organization,
    OrganizationKind,
    Position,
    Region,
    Room,
    SchoolClass,
    SchoolPolicy,
    SchoolYear,
    Settlement,
    Term,
    WorkType,
)
from tests.factories.classes import ClassMade
from tests.factories.curriculum import a_year, quarters
from tests.factories.journal import work_types
from tests.factories.made import Made, serial, today
from tests.factories.people import PersonMade, StaffMade, a_person, a_post
from tests.factories.timetable import a_bell_schedule

_ELSEWHERE = {
    Position.MUNICIPAL_AUTHORITY: OrganizationKind.MUNICIPAL_AUTHORITY,
    Position.REGIONAL_OPERATOR: OrganizationKind.REGIONAL_AUTHORITY,
    Position.SYSTEM_ADMINISTRATOR: OrganizationKind.OPERATOR,
    Position.SUPPORT: OrganizationKind.OPERATOR,
}


@dataclass
class SchoolMade(Made[Organization]):
    """A school in the middle of its year; `today` is the database's."""

    settlement: Settlement
    today: date
    year: SchoolYear
    bells: BellSchedule
    work_types: dict[str, WorkType]
    terms: dict[int, list[Term]] = field(default_factory=dict)

    async def class_(self, name: str, **columns: Any) -> ClassMade:
        """Make the homeroom class of that name; its grade is the number the name begins with."""
        grade = int("".join(letter for letter in name if letter.isdigit()))
        return await self._class(name, grade_level=grade, kind=ClassKind.HOMEROOM, **columns)

    async def group(self, name: str, *, grade: int, **columns: Any) -> ClassMade:
        """Make a group across classes; `ClassMade.group` makes one within a class."""
        return await self._class(name, grade_level=grade, kind=ClassKind.GROUP, **columns)

    async def _class(self, name: str, *, grade_level: int, **columns: Any) -> ClassMade:
        if grade_level not in self.terms:
            self.terms[grade_level] = await quarters(self.year, grade_level, self.today)
        row = await SchoolClass.create(
            organization=self.row,
            school_year=self.year,
            name=name,
            grade_level=grade_level,
            **columns,
        )
        return ClassMade(row, self, self.terms[grade_level])

    async def teacher(self, **person: Any) -> StaffMade:
        return await self.staff(Position.TEACHER, **person)

    async def staff(
        self,
        position: Position,
        who: PersonMade | None = None,
        since: date | None = None,
        **person: Any,
    ) -> StaffMade:
        """Give somebody a post: in the school, or in the authority or operator it is a post of."""
        where = await self.authority(_ELSEWHERE[position]) if position in _ELSEWHERE else self.row
        adult = who or await a_person(**person)
        return await a_post(adult, where, position, since or self.year.starts_on)

    async def authority(self, kind: OrganizationKind) -> Organization:
        """The settlement's only organization of that kind; schools of one place share it."""
        name = f"{kind.value.capitalize()} {self.settlement.name}"
        row, _ = await Organization.get_or_create(
            settlement=self.settlement, kind=kind, defaults={"name": name}
        )
        return row

    async def settle(self, **columns: bool) -> None:
        """Let the school have these settings of its own."""
        await SchoolPolicy.update_or_create(columns, organization=self.row)

    async def room(self, name: str | None = None) -> Room:
        return await Room.create(organization=self.row, name=name or f"Кабинет {serial()}")


async def a_school(
    *,
    near: SchoolMade | None = None,
    kind: OrganizationKind = OrganizationKind.GENERAL,
    name: str | None = None,
) -> SchoolMade:
    """A school in a municipality of its own, or in the settlement of another school."""
    settlement = near.settlement if near else await _a_settlement()
    row = await Organization.create(
        settlement=settlement, kind=kind, name=name or f"Школа № {serial()}"
    )
    day = await today()
    year = await a_year(row, day)
    return SchoolMade(row, settlement, day, year, await a_bell_schedule(row), await work_types(row))


async def _a_settlement() -> Settlement:
    region, _ = await Region.get_or_create(name="Приозёрный край")
    number = serial()
    municipality = await Municipality.create(region=region, name=f"Округ № {number}")
    return await Settlement.create(municipality=municipality, name=f"Посёлок {number}", kind="п")
