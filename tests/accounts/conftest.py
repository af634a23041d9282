"""A teacher who has an account."""

import pytest

from tests.factories import (
    AccountMade,
    SchoolMade,
    StaffMade,
    a_school,
)


@pytest.fixture
async def school() -> SchoolMade:
    return await a_school()


@pytest.fixture
async def teacher(school: SchoolMade) -> StaffMade:
    return await school.teacher()


@pytest.fixture
async def account(teacher: StaffMade) -> AccountMade:
    return await teacher.account()
