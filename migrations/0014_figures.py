"""Figures of closed months, and the view in which they are told."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

TABLE = (
    """
    ALTER TABLE monthly_figure ADD CONSTRAINT monthly_figure_cell
    UNIQUE (organization_id, month, grade_level)
    """,
    """
    ALTER TABLE monthly_figure ADD CONSTRAINT monthly_figure_month
    CHECK (extract(day FROM month) = 1)
    """,
    """
    CREATE TRIGGER monthly_figure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON monthly_figure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

_LEAST = 5
# Each of the three things that are counted is told of a cell where five pupils stand behind it, or
# left out of the cell and of every total: a total is the sum of what is told.
_CELL = f"""
SELECT f.organization_id, s.municipality_id, u.region_id, f.month, f.grade_level,
       CASE WHEN f.pupils >= {_LEAST} THEN f.pupils END AS pupils,
       CASE WHEN t.marks THEN f.marks END AS marks,
       CASE WHEN t.marks THEN f.marks_total END AS marks_total,
       CASE WHEN t.marks THEN f.good_marks END AS good_marks,
       CASE WHEN t.places THEN f.places END AS places,
       CASE WHEN t.places THEN f.missed END AS missed,
       f.pupils < {_LEAST} OR NOT t.marks OR NOT t.places AS is_suppressed
FROM monthly_figure f
JOIN organization o ON o.id = f.organization_id
JOIN settlement s ON s.id = o.settlement_id
JOIN municipality u ON u.id = s.municipality_id
CROSS JOIN LATERAL (
    SELECT f.pupils >= {_LEAST} AND (f.marked_pupils >= {_LEAST} OR f.marks = 0) AS marks,
           f.pupils >= {_LEAST} AND (f.attending_pupils >= {_LEAST} OR f.places = 0) AS places
) t
"""  # noqa: S608 — a number of ours
_PLACES = ("organization_id", "municipality_id", "region_id")


def _level(name: str, place: int, grade: str) -> str:
    """The sums of one level, by grade or of all grades; places below the level are null."""
    inner = [f"NULL::bigint AS {each}" for each in _PLACES[:place]]
    outer = list(_PLACES[place:])
    keys = [*outer, "month", *([grade] if grade == "grade_level" else [])]
    return f"""
SELECT {_PLACES[place]} AS id, '{name}'::varchar AS level, {", ".join([*inner, *outer])}, month,
       {grade} AS grade_level,
       sum(pupils)::int AS pupils, sum(marks)::int AS marks,
       round(sum(marks_total)::numeric / nullif(sum(marks), 0), 2) AS average_mark,
       round(100 * sum(good_marks)::numeric / nullif(sum(marks), 0), 1) AS good_marks_share,
       round(100 - 100 * sum(missed)::numeric / nullif(sum(places), 0), 1) AS attendance,
       bool_or(is_suppressed) AS is_suppressed
FROM ({_CELL}) cell GROUP BY {", ".join(keys)}"""  # noqa: S608 — constants of this module


VIEW = "CREATE VIEW figure AS" + "\nUNION ALL".join(
    _level(name, place, grade)
    for place, name in enumerate(("SCHOOL", "MUNICIPALITY", "REGION"))
    for grade in ("grade_level", "NULL::smallint")
)


class Migration(migrations.Migration):
    """Nothing is counted here: `schoolDiary figures` and the start of the service do that."""

    dependencies = [("diary", "0013_substitutes")]

    operations = [
        ops.CreateModel(
            name="MonthlyFigure",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "organization",
                    fields.ForeignKeyField(
                        "diary.Organization",
                        source_field="organization_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="figures",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("grade_level", fields.SmallIntField()),
                ("month", fields.DateField()),
                *(
                    (name, fields.IntField())
                    for name in (
                        "pupils",
                        "marked_pupils",
                        "marks",
                        "marks_total",
                        "good_marks",
                        "attending_pupils",
                        "places",
                        "missed",
                    )
                ),
            ],
            options={
                "table": "monthly_figure",
                "app": "diary",
                "constraints": [
                    UniqueConstraint(
                        fields=("organization_id", "month", "grade_level"),
                        name="monthly_figure_cell",
                    ),
                    CheckConstraint(
                        check="extract(day FROM month) = 1", name="monthly_figure_month"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "What was counted of one grade level of one school in one "
                "month; never changed or deleted.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*TABLE, VIEW]),
    ]
