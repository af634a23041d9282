"""What a school settles of its marks and journals."""

import strawberry

from access import offices
from schema.declaration import column, entity

_LEFT_OUT = "What is left out stays as it is."


@entity(reach=offices.SETTLED_GRADING)
class GradingPolicy:
    """What a school has settled of its marks and journals, or the usual."""

    correction_days: int = column(
        description="For how many days teachers give and correct marks of a lesson by themselves."
    )
    five_from: float = column(description="From which weighted mean on a 5 is proposed.")
    four_from: float = column(description="From which weighted mean on a 4 is proposed.")
    three_from: float = column(description="From which weighted mean on a 3; below it a 2.")
    fewest_marks: int = column(
        description="How many numeric marks a quarter or trimester is attested by at least."
    )
    fewest_marks_of_half_year: int = column(
        description="How many numeric marks half a year is attested by at least."
    )
    absence_limit_percent: int = column(
        description="Which share of a term's lessons may be missed before somebody is told, in %."
    )
    debts_become_two: bool = column(
        description="Whether a debt («точка») becomes a 2 when its deadline is over."
    )
    learning_degree_weighs_ones: bool = column(
        description="Whether the degree of learning (СОУ) gives its 7 to the mark 1, not to «н/а»."
    )
    pupils_answer_homework: bool = column(
        description="Whether pupils may hand in answers to homework in the diary."
    )


@strawberry.input(description=f"What a school settles of its marks anew. {_LEFT_OUT}")
class ChangeGradingPolicyInput:
    """What a school settles of its marks anew. What is left out stays as it is."""

    organization_id: strawberry.ID = strawberry.field(description="Which school.")
    correction_days: int | None = strawberry.field(
        default=None, description="For how many days teachers correct, 0 to 366."
    )
    five_from: float | None = strawberry.field(
        default=None, description="From which weighted mean on a 5 is proposed, at most 5."
    )
    four_from: float | None = strawberry.field(
        default=None, description="From which weighted mean on a 4 is proposed; less than for a 5."
    )
    three_from: float | None = strawberry.field(
        default=None, description="From which weighted mean on a 3 is proposed, 1 at least."
    )
    fewest_marks: int | None = strawberry.field(
        default=None, description="How many marks attest a quarter or trimester, 0 to 50."
    )
    fewest_marks_of_half_year: int | None = strawberry.field(
        default=None, description="How many marks attest half a year, 0 to 50."
    )
    absence_limit_percent: int | None = strawberry.field(
        default=None, description="Which share of lessons may be missed, 1 to 100 %."
    )
    debts_become_two: bool | None = strawberry.field(
        default=None, description="Whether a debt becomes a 2 when its deadline is over."
    )
    learning_degree_weighs_ones: bool | None = strawberry.field(
        default=None, description="Whether the degree of learning gives its 7 to the mark 1."
    )
    pupils_answer_homework: bool | None = strawberry.field(
        default=None, description="Whether pupils hand in answers to homework."
    )
