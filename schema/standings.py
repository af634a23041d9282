"""Pupils of a class grouped by all their marks for a term or a year."""

from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from access import scopes
from models import Standing
from schema.declaration import (
    Through,
    column,
    describe_enum,
    entity,
    many,
)
from schema.period_marks import PeriodMark
from schema.pupil_rows import pupil, pupil_name

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]

describe_enum(
    Standing,
    "A group of pupils by all their marks for a term or a year; exempt and passed are in none.",
    EXCELLENT="Nothing but 5 (отличники).",
    GOOD="Nothing below 4, and some 4 (хорошисты).",
    ONE_FOUR="One 4, and else 5 (с одной «4»); these are good as well.",
    ONE_THREE="One 3, and nothing else below 4 (с одной «3»).",
    FAILING="A 2, a 1, not attested or not passed in some subject (неуспевающие).",
)


@entity(reach=scopes.STANDINGS)
class PupilStanding:
    """A pupil of a class in one of the groups."""

    standing: Standing = column(description="The group.")
    name: str = pupil_name()
    student: _Student | None = pupil()
    marks: list[PeriodMark] = many(
        description="The marks that make it so, with their subjects: the one 4, the one 3, or all "
        "that is failed; none for the excellent and the good.",
        through=Through(
            models.StandingMark,
            on={each: each for each in models.PupilStanding.key},
            key="period_mark_id",
        ),
        order_by=("section__subject__name", "id"),
        expected=1,
    )
