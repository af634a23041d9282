"""Period marks in numbers without names: what is told of closed periods to authorities."""

from typing import Any

from tortoise.expressions import Q

from access import scopes
from models import FigureGrouping, TermKind
from schema.curriculum import Subject
from schema.declaration import GIVEN, argument, column, describe_enum, entity, many, one

describe_enum(
    FigureGrouping,
    "What figures are told by.",
    ALL="All grade levels and subjects together.",
    SUBJECT="By subject.",
    GRADE_LEVEL="By grade level (параллель).",
    GRADE_LEVEL_AND_SUBJECT="By subject in each grade level.",
)


@entity(reach=scopes.PERIOD_FIGURES)
class PeriodFigures:
    """What period marks came to, counted once after the period was closed.

    The smallest thing that is told is a subject in a grade level of a school, of five pupils at
    least. What is withheld is in no total either, so that no total tells of it. The rates are those
    of `Attainment`, by the common formula whatever a school weighs.
    """

    period_kind: TermKind = column(description="What kind of period.")
    period_number: int = column(description="Its place in the school year, from 1.")
    grade_level: int | None = column(description="Of which grade level; null for all.")
    subject: Subject | None = one(description="In which subject; null for all.")
    counted: int | None = column(
        description="How many are counted (N); a pupil once a subject. Null, as all that follows, "
        "where everything is withheld."
    )
    fives: int | None = column(description="How many of them have 5.")
    fours: int | None = column(description="How many have 4.")
    threes: int | None = column(description="How many have 3.")
    twos: int | None = column(description="How many have 2 or 1.")
    not_attested: int | None = column(description="How many are not attested (н/а).")
    success_rate: float | None = column(description="Per cent with 5, 4 or 3 (успеваемость).")
    quality_rate: float | None = column(description="Per cent with 5 or 4 (качество знаний).")
    learning_degree: float | None = column(
        description="(100·n5 + 64·n4 + 36·n3 + 16·n2 + 7·n/a) / N (СОУ)."
    )
    average_mark: float | None = column(description="The mean of the marks of the scale.")
    is_suppressed: bool = column(
        description="Whether this is withheld, or something is left out of this total, because "
        "fewer than five pupils stand behind it."
    )


def period_figures(level: str, key: str) -> Any:
    """The figures of a place of that level, whose id is in the column."""
    return many(
        description="Figures of closed periods' marks, period by period: for the authority over "
        "it, and a school's for its management.",
        on={key: "id"},
        where=Q(level=level),
        order_by=(
            "period_kind",
            "period_number",
            "grade_level",
            "subject__name",
            "subject_id",
        ),
        arguments={
            "school_year": argument(
                int, "The year in which the school year begins.", Q(school_year=GIVEN)
            ),
            "by": argument(FigureGrouping, "What they are told by.", Q(grouping=GIVEN)),
        },
        expected=40,
    )
