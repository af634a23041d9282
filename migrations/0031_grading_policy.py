"""What schools settle of their marks and journals, and areas of the log that come with it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.changes import ChangeArea

CONSTRAINTS = """
ALTER TABLE grading_policy
ADD CONSTRAINT grading_policy_correction CHECK (correction_days BETWEEN 0 AND 366),
ADD CONSTRAINT grading_policy_thresholds CHECK (
    three_from >= 1 AND three_from < four_from AND four_from < five_from AND five_from <= 5
),
ADD CONSTRAINT grading_policy_fewest CHECK (
    fewest_marks BETWEEN 0 AND 50 AND fewest_marks_of_half_year BETWEEN 0 AND 50
),
ADD CONSTRAINT grading_policy_absence CHECK (absence_limit_percent BETWEEN 1 AND 100)
"""
SETTLED_GRADING = """
CREATE VIEW settled_grading AS
SELECT o.id, o.id AS organization_id,
       coalesce(p.correction_days, 7::smallint) AS correction_days,
       coalesce(p.five_from, 4.50)::numeric(3, 2) AS five_from,
       coalesce(p.four_from, 3.50)::numeric(3, 2) AS four_from,
       coalesce(p.three_from, 2.50)::numeric(3, 2) AS three_from,
       coalesce(p.fewest_marks, 3::smallint) AS fewest_marks,
       coalesce(p.fewest_marks_of_half_year, 5::smallint) AS fewest_marks_of_half_year,
       coalesce(p.absence_limit_percent, 30::smallint) AS absence_limit_percent,
       coalesce(p.debts_become_two, false) AS debts_become_two,
       coalesce(p.learning_degree_weighs_ones, false) AS learning_degree_weighs_ones,
       coalesce(p.pupils_answer_homework, true) AS pupils_answer_homework
FROM organization o
LEFT JOIN grading_policy p ON p.organization_id = o.id
"""


class Migration(migrations.Migration):
    """Every school goes on as is usual until it settles something else."""

    dependencies = [("diary", "0030_live_reports")]

    initial = False

    operations = [
        ops.CreateModel(
            name="GradingPolicy",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.OneToOneField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="grading_policy",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("correction_days", fields.SmallIntField()),
                ("five_from", fields.DecimalField(max_digits=3, decimal_places=2)),
                ("four_from", fields.DecimalField(max_digits=3, decimal_places=2)),
                ("three_from", fields.DecimalField(max_digits=3, decimal_places=2)),
                ("fewest_marks", fields.SmallIntField()),
                ("fewest_marks_of_half_year", fields.SmallIntField()),
                ("absence_limit_percent", fields.SmallIntField()),
                ("debts_become_two", fields.BooleanField()),
                ("learning_degree_weighs_ones", fields.BooleanField()),
                ("pupils_answer_homework", fields.BooleanField()),
            ],
            options={
                "table": "grading_policy",
                "app": "diary",
                "constraints": [
                    CheckConstraint(
                        check="correction_days BETWEEN 0 AND 366", name="grading_policy_correction"
                    ),
                    CheckConstraint(
                        check="three_from >= 1 AND three_from < four_from AND four_from < five_from AND five_from <= 5",
                        name="grading_policy_thresholds",
                    ),
                    CheckConstraint(
                        check="fewest_marks BETWEEN 0 AND 50 AND fewest_marks_of_half_year BETWEEN 0 AND 50",
                        name="grading_policy_fewest",
                    ),
                    CheckConstraint(
                        check="absence_limit_percent BETWEEN 1 AND 100",
                        name="grading_policy_absence",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A school's own rules of marks and journals; without a row `settled_grading` has the usual.",
            },
            bases=["Record"],
        ),
        ops.RemoveConstraint(
            model_name="ChangeEntry",
            name="change_entry_area_known",
            fields=None,
        ),
        ops.AlterField(
            model_name="ChangeEntry",
            name="area",
            field=fields.CharEnumField(
                description="MARKS: MARKS\nATTENDANCE: ATTENDANCE\nHOMEWORK: HOMEWORK\nLESSONS: LESSONS\nMESSAGES: MESSAGES\nRECEIPTS: RECEIPTS\nREPORTS: REPORTS\nEVENTS: EVENTS\nNOTICES: NOTICES\nSESSIONS: SESSIONS\nFINAL_MARKS: FINAL_MARKS\nABSENCES: ABSENCES\nANSWERS: ANSWERS",
                enum_type=ChangeArea,
                max_length=32,
            ),
        ),
        ops.AddConstraint(
            model_name="ChangeEntry",
            constraint=CheckConstraint(
                check="area IN ('MARKS', 'ATTENDANCE', 'HOMEWORK', 'LESSONS', 'MESSAGES', 'RECEIPTS', 'REPORTS', 'EVENTS', 'NOTICES', 'SESSIONS', 'FINAL_MARKS', 'ABSENCES', 'ANSWERS')",
                name="change_entry_area_known",
            ),
        ),
        ops.RunSQL([CONSTRAINTS, SETTLED_GRADING]),
    ]
