"""What each day of a school year is to a class, and the days on which other bells hold."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Days beyond a grade level's terms have no lessons; where it has no terms yet, all may have some.
SCHOOL_DAY = """
CREATE VIEW school_day AS
SELECT c.id, c.id AS school_class_id, day.date,
       CASE
           WHEN vacation.vacation_id IS NOT NULL OR special.kind = 'DAY_OFF' THEN NULL
           WHEN term.id IS NULL AND EXISTS (
               SELECT FROM term t
               WHERE t.school_year_id = y.id AND t.grade_level = c.grade_level
           ) THEN NULL
           ELSE coalesce(special.follows_weekday, extract(isodow FROM day.date)::smallint)
       END AS follows_weekday,
       CASE (day.date - date_trunc('week', y.starts_on::timestamp)::date) / 7 % 2
           WHEN 0 THEN 'ODD' ELSE 'EVEN'
       END::varchar AS parity,
       special.id AS calendar_day_id, vacation.vacation_id, term.id AS term_id,
       coalesce(
           (SELECT b.bell_schedule_id FROM bell_day b
            WHERE b.organization_id = c.organization_id AND b.date = day.date),
           (SELECT b.id FROM bell_schedule b
            WHERE b.organization_id = c.organization_id AND b.is_usual)
       ) AS bell_schedule_id
FROM school_class c
JOIN school_year y ON y.id = c.school_year_id
CROSS JOIN LATERAL (
    SELECT every::date AS date
    FROM generate_series(y.starts_on::timestamp, y.ends_on::timestamp, '1 day') AS every
) day
LEFT JOIN year_day ON year_day.school_year_id = y.id AND year_day.date = day.date
LEFT JOIN calendar_day special ON special.id = year_day.calendar_day_id
LEFT JOIN LATERAL (
    SELECT v.vacation_id FROM class_vacation v
    WHERE v.school_class_id = c.id AND day.date BETWEEN v.starts_on AND v.ends_on
    ORDER BY v.starts_on, v.vacation_id LIMIT 1
) vacation ON TRUE
LEFT JOIN LATERAL (
    SELECT t.id FROM term t
    WHERE t.school_year_id = y.id AND t.grade_level = c.grade_level
      AND day.date BETWEEN t.starts_on AND t.ends_on
    ORDER BY t.starts_on, t.id LIMIT 1
) term ON TRUE
"""
YEAR_BELL_DAY = """
CREATE VIEW year_bell_day AS
SELECT b.id, b.id AS bell_day_id, y.id AS school_year_id, b.date
FROM school_year y
JOIN bell_day b ON b.organization_id = y.organization_id
 AND b.date BETWEEN y.starts_on AND y.ends_on
"""


class Migration(migrations.Migration):
    """New views; no row changes."""

    dependencies = [("diary", "0064_stand_ins")]

    initial = False

    operations = [ops.RunSQL([SCHOOL_DAY, YEAR_BELL_DAY])]
