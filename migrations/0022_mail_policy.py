"""Who else writes to whom where a school lets them, its quiet hours, and groups to write to."""

from importlib import import_module

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.fields import LocalTimeField

_FORMER = import_module("migrations.0005_addressee")
_TODAY = """{0}.valid_from <= CURRENT_DATE
  AND ({0}.valid_until IS NULL OR {0}.valid_until > CURRENT_DATE)"""
_MANAGEMENT = "('DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR')"
_STAFF = "('TEACHER', 'DEPUTY_HEAD', 'HEAD', 'SCHOOL_ADMINISTRATOR', 'LIBRARIAN', 'PSYCHOLOGIST')"

SETTLED_POLICY = """
CREATE OR REPLACE VIEW settled_policy AS
SELECT o.id, o.id AS organization_id,
       coalesce(p.homeroom_resets_passwords, false) AS homeroom_resets_passwords,
       coalesce(p.homeroom_writes_marks, false) AS homeroom_writes_marks,
       coalesce(p.administrators_need_second_factor, false) AS administrators_need_second_factor,
       coalesce(p.pupils_write_to_classmates, false) AS pupils_write_to_classmates,
       coalesce(p.guardians_write_to_guardians, false) AS guardians_write_to_guardians,
       coalesce(p.teachers_write_to_guardians, false) AS teachers_write_to_guardians,
       p.quiet_from, p.quiet_until
FROM organization o
LEFT JOIN school_policy p ON p.organization_id = o.id
"""

# A class whose school lets those in it write to each other; `mine` is what leads to it.
_CLASS = f"""
JOIN enrollment own ON own.student_id = {{student}} AND own.kind = 'HOMEROOM'
  AND {_TODAY.format("own")}
JOIN school_policy let ON let.organization_id = own.organization_id AND let.{{policy}}
JOIN enrollment other ON other.school_class_id = own.school_class_id AND {_TODAY.format("other")}
"""
_LET = f"""
    UNION ALL
    SELECT s.person_id, classmate.person_id
    FROM student s
    {_CLASS.format(student="s.id", policy="pupils_write_to_classmates")}
    JOIN student classmate ON classmate.id = other.student_id
    UNION ALL
    SELECT g.guardian_id, neighbour.guardian_id
    FROM guardianship g
    {_CLASS.format(student="g.student_id", policy="guardians_write_to_guardians")}
    JOIN guardianship neighbour ON neighbour.student_id = other.student_id
      AND {_TODAY.format("neighbour")}
    WHERE {_TODAY.format("g")}
    UNION ALL
    SELECT t.teacher_id, g.guardian_id
    {_FORMER._TAUGHT}
    JOIN school_policy let ON let.organization_id = e.organization_id
      AND let.teachers_write_to_guardians
    JOIN guardianship g ON g.student_id = e.student_id AND {_TODAY.format("g")}
) rule
"""
ADDRESSEE = _FORMER.ADDRESSEE.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
    ") rule\n", _LET.lstrip("\n")
)

_KINDS = (
    "CLASS_STUDENTS",
    "CLASS_GUARDIANS",
    "CLASS_TEACHERS",
    "SUBJECT_TEACHERS",
    "STAFF",
    "SCHOOL_STUDENTS",
    "SCHOOL_GUARDIANS",
    "SCHOOL",
    "MANAGEMENT",
)


def _each(*kinds: str) -> str:
    """These kinds as rows."""
    return f"(VALUES {', '.join(f'({kind!r})' for kind in kinds)}) k (kind)"


_CURRENT_CLASS = "JOIN school_year y ON y.id = c.school_year_id AND y.ends_on >= CURRENT_DATE"
_TAUGHT_NOW = f"""
FROM teaching_assignment t
JOIN course_section s ON s.id = t.section_id
JOIN school_class c ON c.id = s.school_class_id
JOIN staff_post p ON p.person_id = t.teacher_id AND p.organization_id = c.organization_id
  AND {_TODAY.format("p")}
"""
_NO = "NULL::bigint"
# The number of a group is made of what it is about, and of the place of its kind in the list.
MESSAGE_GROUP = f"""
CREATE VIEW message_group AS
SELECT (g.about_id * 16777216 + coalesce(g.subject_id, 0)) * 16
           + array_position(ARRAY[{", ".join(map(repr, _KINDS))}], g.kind) AS id,
       g.writer_id, g.kind::varchar AS kind, g.about_id, g.organization_id, g.school_class_id,
       g.subject_id, g.municipality_id, g.name,
       (SELECT count(DISTINCT m.person_id)::int FROM message_group_member m
        WHERE m.kind = g.kind AND m.about_id = g.about_id
          AND m.subject_id IS NOT DISTINCT FROM g.subject_id
          AND m.person_id <> g.writer_id) AS recipient_count
FROM (
    SELECT DISTINCT * FROM (
        SELECT p.person_id AS writer_id, k.kind, c.id AS about_id, c.organization_id,
               c.id AS school_class_id, {_NO} AS subject_id, {_NO} AS municipality_id, c.name
        FROM staff_post p
        JOIN school_class c ON c.organization_id = p.organization_id
          AND c.kind = 'HOMEROOM' AND (c.homeroom_teacher_id = p.person_id OR p.position IN {_MANAGEMENT})
        {_CURRENT_CLASS}
        CROSS JOIN {_each(*_KINDS[:3])}
        WHERE {_TODAY.format("p")}
        UNION ALL
        SELECT t.teacher_id, 'CLASS_STUDENTS', c.id, c.organization_id, c.id, {_NO}, {_NO}, c.name
        {_TAUGHT_NOW}
        WHERE {_TODAY.format("t")}
        UNION ALL
        SELECT t.teacher_id, 'CLASS_GUARDIANS', c.id, c.organization_id, c.id, {_NO}, {_NO}, c.name
        {_TAUGHT_NOW}
        JOIN school_policy let ON let.organization_id = c.organization_id
          AND let.teachers_write_to_guardians
        WHERE {_TODAY.format("t")}
        UNION ALL
        SELECT t.teacher_id, 'SUBJECT_TEACHERS', c.organization_id, c.organization_id, {_NO},
               s.subject_id, {_NO}, subject.name
        {_TAUGHT_NOW}
        JOIN subject ON subject.id = s.subject_id
        WHERE {_TODAY.format("t")}
        UNION ALL
        SELECT p.person_id, 'SUBJECT_TEACHERS', c.organization_id, c.organization_id, {_NO},
               s.subject_id, {_NO}, subject.name
        FROM staff_post p
        JOIN school_class c ON c.organization_id = p.organization_id
        {_CURRENT_CLASS}
        JOIN course_section s ON s.school_class_id = c.id
        JOIN subject ON subject.id = s.subject_id
        WHERE p.position IN {_MANAGEMENT} AND {_TODAY.format("p")}
        UNION ALL
        SELECT p.person_id, k.kind, o.id, o.id, {_NO}, {_NO}, {_NO}, o.name
        FROM staff_post p
        JOIN organization o ON o.id = p.organization_id
        CROSS JOIN {_each(*_KINDS[4:8])}
        WHERE p.position IN {_MANAGEMENT} AND {_TODAY.format("p")}
        UNION ALL
        SELECT p.person_id, 'MANAGEMENT', place.id, {_NO}, {_NO}, {_NO}, place.id, place.name
        FROM staff_post p
        JOIN organization o ON o.id = p.organization_id
        JOIN settlement seat ON seat.id = o.settlement_id
        JOIN municipality place
          ON place.id = seat.municipality_id OR p.position = 'REGIONAL_OPERATOR'
        WHERE p.position IN ('MUNICIPAL_AUTHORITY', 'REGIONAL_OPERATOR') AND {_TODAY.format("p")}
    ) may
) g
"""  # noqa: S608 — constants of this module


def _members(kind: str, about: str, person: str, rest: str, subject: str = _NO) -> str:
    return (
        f"SELECT {person} AS id, {kind!r}::varchar AS kind, {about} AS about_id,"
        f" {subject} AS subject_id, {person} AS person_id {rest}"
    )


_PUPILS = f"FROM enrollment e JOIN student s ON s.id = e.student_id WHERE {_TODAY.format('e')}"
_GUARDIANS = f"""FROM enrollment e JOIN guardianship g ON g.student_id = e.student_id
WHERE {_TODAY.format("e")} AND {_TODAY.format("g")}"""
_AT_WORK = f"FROM staff_post p WHERE p.position IN {_STAFF} AND {_TODAY.format('p')}"
_OF_SCHOOL = (
    ("p.organization_id", "p.person_id", _AT_WORK),
    ("e.organization_id", "s.person_id", _PUPILS),
    ("e.organization_id", "g.guardian_id", _GUARDIANS),
)
MESSAGE_GROUP_MEMBER = "CREATE VIEW message_group_member AS " + " UNION ALL ".join(
    (
        _members("CLASS_STUDENTS", "e.school_class_id", "s.person_id", _PUPILS),
        _members("CLASS_GUARDIANS", "e.school_class_id", "g.guardian_id", _GUARDIANS),
        _members(
            "CLASS_TEACHERS", "c.id", "t.teacher_id", f"{_TAUGHT_NOW} WHERE {_TODAY.format('t')}"
        ),
        _members(
            "CLASS_TEACHERS",
            "c.parent_id",
            "t.teacher_id",
            f"{_TAUGHT_NOW} WHERE {_TODAY.format('t')}",
        ),
        _members(
            "CLASS_TEACHERS",
            "c.id",
            "c.homeroom_teacher_id",
            f"""FROM school_class c
            JOIN staff_post p ON p.person_id = c.homeroom_teacher_id
              AND p.organization_id = c.organization_id AND {_TODAY.format("p")}""",
        ),
        _members(
            "SUBJECT_TEACHERS",
            "c.organization_id",
            "t.teacher_id",
            f"{_TAUGHT_NOW} WHERE {_TODAY.format('t')}",
            "s.subject_id",
        ),
        *(_members(kind, *each) for kind, each in zip(_KINDS[4:7], _OF_SCHOOL, strict=True)),
        *(_members("SCHOOL", *each) for each in _OF_SCHOOL),
        _members(
            "MANAGEMENT",
            "place.municipality_id",
            "p.person_id",
            f"""FROM settlement place
            JOIN organization o ON o.settlement_id = place.id
            JOIN staff_post p ON p.organization_id = o.id
            WHERE p.position IN {_MANAGEMENT} AND {_TODAY.format("p")}""",
        ),
    )
)


class Migration(migrations.Migration):
    """Nobody may write to more people than before until a school says so."""

    dependencies = [("diary", "0021_mail")]

    operations = [
        *(
            ops.AddField(
                "SchoolPolicy", name, fields.BooleanField(default=False, db_default=False)
            )
            for name in (
                "pupils_write_to_classmates",
                "guardians_write_to_guardians",
                "teachers_write_to_guardians",
            )
        ),
        *(
            ops.AddField("SchoolPolicy", name, LocalTimeField(null=True))
            for name in ("quiet_from", "quiet_until")
        ),
        ops.AddConstraint(
            "SchoolPolicy",
            CheckConstraint(
                check="(quiet_from IS NULL) = (quiet_until IS NULL)",
                name="school_policy_quiet_hours_whole",
            ),
        ),
        ops.RunSQL([SETTLED_POLICY, ADDRESSEE, MESSAGE_GROUP_MEMBER, MESSAGE_GROUP]),
    ]
