"""What a school may settle of its marks and journals."""

from tortoise import fields

from models.directory import Organization
from models.fields import Record, check


class GradingTerms(Record):
    """What may be settled, in the rows that schools keep and in the view of what holds.

    `correction_days`: for how many days teachers correct. `…_from`: the least weighted mean for
    which a period mark is proposed. `fewest_marks`: how many marks attest a quarter or trimester,
    `fewest_marks_of_half_year` half a year. `absence_limit_percent`: which share of a term's
    lessons may be missed before somebody is told.
    """

    correction_days = fields.SmallIntField()
    five_from = fields.DecimalField(max_digits=3, decimal_places=2)
    four_from = fields.DecimalField(max_digits=3, decimal_places=2)
    three_from = fields.DecimalField(max_digits=3, decimal_places=2)
    fewest_marks = fields.SmallIntField()
    fewest_marks_of_half_year = fields.SmallIntField()
    absence_limit_percent = fields.SmallIntField()
    debts_become_two = fields.BooleanField()
    learning_degree_weighs_ones = fields.BooleanField()
    pupils_answer_homework = fields.BooleanField()

    class Meta:
        abstract = True


class GradingPolicy(GradingTerms):
    """A school's own rules of marks and journals; without a row `settled_grading` has the usual."""

    organization: fields.OneToOneRelation[Organization] = fields.OneToOneField(
        "diary.Organization", related_name="grading_policy", on_delete=fields.OnDelete.RESTRICT
    )
    organization_id: int

    class Meta:
        table = "grading_policy"
        constraints = (
            check("grading_policy_correction", "correction_days BETWEEN 0 AND 366"),
            check(
                "grading_policy_thresholds",
                "three_from >= 1 AND three_from < four_from AND four_from < five_from "
                "AND five_from <= 5",
            ),
            check(
                "grading_policy_fewest",
                "fewest_marks BETWEEN 0 AND 50 AND fewest_marks_of_half_year BETWEEN 0 AND 50",
            ),
            check("grading_policy_absence", "absence_limit_percent BETWEEN 1 AND 100"),
        )
