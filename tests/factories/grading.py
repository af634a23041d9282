"""What schools settle of their marks."""

from typing import Any

from models import GradingPolicy, SettledGrading
from tests.factories.directory import SchoolMade


async def a_grading_policy(school: SchoolMade, **given: Any) -> GradingPolicy:
    """The usual for the school, but for what is given, settled by the school itself."""
    settled = await SettledGrading.get(organization_id=school.id).values()
    settled.pop("id")
    return await GradingPolicy.create(**{**settled, **given})
