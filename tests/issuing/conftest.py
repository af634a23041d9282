"""A school with an administrator, a pupil of 7А, the pupil's mother and a teacher."""

from dataclasses import dataclass
from datetime import date

import pytest

from models import Position
from tests.diary import Client, Diary
from tests.factories import (
    ClassMade,
    GuardianMade,
    PupilMade,
    SchoolMade,
    StaffMade,
    a_school,
)


@dataclass
class Office:
    """Who is there; `client` is the administrator's."""

    diary: Diary
    school: SchoolMade
    klass: ClassMade
    pupil: PupilMade
    mother: GuardianMade
    teacher: StaffMade
    administrator: StaffMade
    client: Client


@pytest.fixture
async def office(database: str, diary: Diary) -> Office:  # noqa: ARG001 — connects Tortoise
    """Return a new school's office."""
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil(birth_date=date(school.today.year - 12, 1, 1))
    administrator = await school.staff(Position.SCHOOL_ADMINISTRATOR)
    return Office(
        diary,
        school,
        klass,
        pupil,
        await pupil.guardian(),
        await school.teacher(),
        administrator,
        await diary.as_(administrator),
    )
