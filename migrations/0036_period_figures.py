"""Figures of closed periods, and the view in which they are told."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.curriculum import TermKind

_KINDS = "period_kind IN ('QUARTER', 'TRIMESTER', 'SEMESTER', 'OTHER')"
_CELL_OF = (
    *("organization_id", "school_year", "period_kind", "period_number"),
    *("grade_level", "subject_id"),
)
TABLE = (
    f"""
    ALTER TABLE period_figure ADD CONSTRAINT period_figure_cell UNIQUE ({", ".join(_CELL_OF)})
    """,
    f"""
    ALTER TABLE period_figure ADD CONSTRAINT period_figure_period_kind_known CHECK ({_KINDS})
    """,
    """
    CREATE TRIGGER period_figure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON period_figure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

_LEAST = 5
_COUNTS = ("fives", "fours", "threes", "twos", "not_attested")
# A cell is told where at least five pupils are counted in it, or left out of every total: a total
# is the sum of what is told.
_CELL = f"""
SELECT f.organization_id, s.municipality_id, u.region_id, f.school_year, f.period_kind,
       f.period_number, f.grade_level, f.subject_id,
       {", ".join(f"CASE WHEN t.is_told THEN f.{each} END AS {each}" for each in _COUNTS)},
       NOT t.is_told AS is_suppressed
FROM period_figure f
JOIN organization o ON o.id = f.organization_id
JOIN settlement s ON s.id = o.settlement_id
JOIN municipality u ON u.id = s.municipality_id
CROSS JOIN LATERAL (
    SELECT {" + ".join(f"f.{each}" for each in _COUNTS)} >= {_LEAST} AS is_told
) t
"""  # noqa: S608 — constants of this module
_PLACES = ("organization_id", "municipality_id", "region_id")
_PERIOD = ("school_year", "period_kind", "period_number")
_GROUPINGS = {
    "ALL": (),
    "SUBJECT": ("subject_id",),
    "GRADE_LEVEL": ("grade_level",),
    "GRADE_LEVEL_AND_SUBJECT": ("grade_level", "subject_id"),
}
_NOTHING = {"grade_level": "NULL::smallint", "subject_id": "NULL::bigint"}


def _level(name: str, place: int, grouping: str) -> str:
    """The sums of one level in one grouping; places below the level are null."""
    inner = [f"NULL::bigint AS {each}" for each in _PLACES[:place]]
    keys = [*_PLACES[place:], *_PERIOD, *_GROUPINGS[grouping]]
    by = [
        f"n.{each}" if each in keys else f"{nothing} AS {each}"
        for each, nothing in _NOTHING.items()
    ]
    outer = [f"n.{each}" for each in (*_PLACES[place:], *_PERIOD)]
    given = ", ".join(f"n.{each}" for each in _COUNTS)
    return f"""
SELECT n.{_PLACES[place]} AS id, '{name}'::varchar AS level, '{grouping}'::varchar AS grouping,
       {", ".join([*inner, *outer, *by])},
       ({" + ".join(f"n.{each}" for each in _COUNTS)})::int AS counted,
       {", ".join(f"n.{each}::int AS {each}" for each in _COUNTS)},
       success_rate({given}) AS success_rate,
       quality_rate({given}) AS quality_rate,
       learning_degree({given}, 0, false) AS learning_degree,
       average_mark({given}) AS average_mark,
       n.is_suppressed
FROM (
    SELECT {", ".join(keys)}, {", ".join(f"sum({each})::bigint AS {each}" for each in _COUNTS)},
           bool_or(is_suppressed) AS is_suppressed
    FROM ({_CELL}) cell GROUP BY {", ".join(keys)}
) n"""  # noqa: S608 — constants of this module


VIEW = "CREATE VIEW told_period_figure AS" + "\nUNION ALL".join(
    _level(name, place, grouping)
    for place, name in enumerate(("SCHOOL", "MUNICIPALITY", "REGION"))
    for grouping in _GROUPINGS
)


class Migration(migrations.Migration):
    """Nothing is counted here: `schoolDiary figures` and the start of the service do that."""

    dependencies = [("diary", "0035_attainment")]

    operations = [
        ops.CreateModel(
            name="PeriodFigure",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                *(
                    (
                        name.lower(),
                        fields.ForeignKeyField(
                            f"diary.{name}",
                            source_field=f"{name.lower()}_id",
                            db_constraint=True,
                            to_field="id",
                            related_name="period_figures",
                            on_delete=OnDelete.RESTRICT,
                        ),
                    )
                    for name in ("Organization", "Subject")
                ),
                ("grade_level", fields.SmallIntField()),
                ("school_year", fields.SmallIntField()),
                ("period_kind", fields.CharEnumField(enum_type=TermKind, max_length=32)),
                ("period_number", fields.SmallIntField()),
                *((name, fields.IntField()) for name in _COUNTS),
            ],
            options={
                "table": "period_figure",
                "app": "diary",
                "constraints": [
                    CheckConstraint(check=_KINDS, name="period_figure_period_kind_known"),
                    UniqueConstraint(fields=_CELL_OF, name="period_figure_cell"),
                ],
                "pk_attr": "id",
                "table_description": "What the marks of one subject in one grade level of one "
                "school came to in one period.",
            },
            bases=["Record"],
        ),
        ops.RunSQL([*TABLE, VIEW]),
    ]
