"""A mark carries its lesson's date, so that a term's marks are read and no others."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

FILL = "UPDATE mark SET date = lesson.date FROM lesson WHERE lesson.id = mark.lesson_id"

# Whoever writes a mark names the lesson alone; whoever names the date too saves the looking up.
TRIGGERS = (
    """
    CREATE FUNCTION take_date_of_lesson() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT lesson.date INTO NEW.date FROM lesson WHERE lesson.id = NEW.lesson_id;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER mark_recorded BEFORE INSERT ON mark
    FOR EACH ROW WHEN (NEW.date IS NULL) EXECUTE FUNCTION take_date_of_lesson()
    """,
    """
    CREATE TRIGGER mark_moved BEFORE UPDATE OF lesson_id ON mark
    FOR EACH ROW WHEN (NEW.lesson_id <> OLD.lesson_id) EXECUTE FUNCTION take_date_of_lesson()
    """,
)

PAIRED_KEY = """
ALTER TABLE mark ADD CONSTRAINT mark_of_its_lesson
FOREIGN KEY (lesson_id, date) REFERENCES lesson (id, date) ON UPDATE CASCADE
"""

# It holds all that an average is made of, so the marks themselves are not read.
INDEX = """
CREATE INDEX mark_student_day ON mark (student_id, date) INCLUDE (lesson_id, value, weight)
WHERE removed_at IS NULL
"""

# Whoever asks for the current terms has the others left out before their marks are read; in place
# of the scalar sub-select, EXISTS would make PostgreSQL read all terms of the region into a hash.
# A term's marks are added up by section first, so that each section is looked up once.
SUBJECT_AVERAGE = """
CREATE OR REPLACE VIEW subject_average AS
SELECT mean.subject_id AS id, pupil.id AS student_id, mean.subject_id, t.id AS term_id,
       mean.average, mean.weighted_average, mean.mark_count,
       coalesce((SELECT true FROM current_term WHERE current_term.id = t.id), false) AS is_current
FROM student pupil
CROSS JOIN LATERAL (
    SELECT DISTINCT c.school_year_id, c.grade_level
    FROM enrollment e
    JOIN school_class c ON c.id = e.school_class_id
    WHERE e.student_id = pupil.id
) grade
JOIN term t ON t.school_year_id = grade.school_year_id AND t.grade_level = grade.grade_level
CROSS JOIN LATERAL (
    SELECT s.subject_id,
           round(sum(given.total) / sum(given.marks), 2) AS average,
           round(sum(given.weighted) / sum(given.weights), 2) AS weighted_average,
           sum(given.marks)::int AS mark_count
    FROM (
        SELECT l.section_id, sum(m.value) AS total, sum(m.value * m.weight) AS weighted,
               sum(m.weight) AS weights, count(*) AS marks
        FROM mark m
        JOIN lesson l ON l.id = m.lesson_id
        WHERE m.student_id = pupil.id
          AND m.date BETWEEN t.starts_on AND t.ends_on
          AND m.value IS NOT NULL
          AND m.removed_at IS NULL
        GROUP BY l.section_id
    ) given
    JOIN course_section s ON s.id = given.section_id
    JOIN school_class c ON c.id = s.school_class_id
    WHERE c.school_year_id = t.school_year_id AND c.grade_level = t.grade_level
    GROUP BY s.subject_id
) mean
"""


class Migration(migrations.Migration):
    """The column is filled between its making and its becoming required."""

    dependencies = [("diary", "0005_addressee")]

    operations = [
        ops.AddField("Mark", "date", fields.DateField(null=True)),
        ops.RunSQL([FILL, *TRIGGERS]),
        ops.AlterField("Mark", "date", fields.DateField()),
        ops.AddConstraint(
            "Lesson", UniqueConstraint(fields=("id", "date"), name="lesson_date_pair")
        ),
        ops.RunSQL([PAIRED_KEY, INDEX, SUBJECT_AVERAGE]),
    ]
