"""The demo region as anyone gets it: the contract's people, and a school life that is right."""

from typing import Any

import pytest
from argon2 import PasswordHasher

import demo
from tests.demo.conftest import TODAY

LOGINS = {
    "parent.one", "parent.two", "parent.three", "student.one", "student.two", "teacher.math",
    "teacher.class", "teacher.two", "deputy.one", "head.one", "admin.one", "admin.two",
    "municipal.one", "region.one", "sysadmin", "support",
    # Beyond the contract.
    "teacher.substitute",
}  # fmt: skip

_CHILDREN = """
SELECT o.name, c.name AS class, child.login
FROM account a
JOIN guardianship g ON g.guardian_id = a.person_id AND g.valid_until IS NULL
JOIN student s ON s.id = g.student_id
JOIN enrollment e ON e.student_id = s.id AND e.kind = 'HOMEROOM' AND e.valid_until IS NULL
JOIN school_class c ON c.id = e.school_class_id
JOIN organization o ON o.id = e.organization_id
LEFT JOIN account child ON child.person_id = s.person_id
WHERE a.login = $1 ORDER BY s.id
"""


async def test_everyone_of_the_contract_has_an_account(region: Any) -> None:
    rows = await region.fetch("SELECT login, password_hash FROM account")
    assert {row["login"] for row in rows} == LOGINS
    hashes = {row["password_hash"] for row in rows}
    assert len(hashes) == 1
    encoded = hashes.pop()
    assert PasswordHasher().verify(encoded, demo.PASSWORD)
    assert not PasswordHasher().check_needs_rehash(encoded)
    assert demo.PASSWORD == "diary-demo"


async def test_every_account_has_on_file_what_an_account_takes(region: Any) -> None:
    lacking = await region.fetch(
        """
        SELECT a.login FROM account a JOIN person p ON p.id = a.person_id
        WHERE p.snils_digest IS NULL
           OR NOT EXISTS (SELECT FROM identity_document d WHERE d.person_id = p.id)
           OR NOT EXISTS (
               SELECT FROM data_consent c
               WHERE c.subject_id = p.id AND c.purpose = 'DATA_PROCESSING'
                 AND CASE WHEN a.login LIKE 'student%' THEN EXISTS (
                     SELECT FROM guardianship g JOIN student s ON s.id = g.student_id
                     WHERE s.person_id = p.id AND g.guardian_id = c.given_by_id
                 ) ELSE c.given_by_id = p.id END
           )
           OR EXISTS (
               SELECT FROM guardianship g JOIN student s ON s.id = g.student_id
               WHERE g.guardian_id = p.id AND NOT EXISTS (
                   SELECT FROM identity_document d
                   WHERE d.person_id = s.person_id AND d.kind = 'BIRTH_CERTIFICATE'
               )
           )
        """
    )
    assert [row["login"] for row in lacking] == []


@pytest.mark.parametrize(
    ("login", "children"),
    [
        ("parent.one", [("Школа № 1", "7А", "student.one"), ("Школа № 1", "3Б", None)]),
        ("parent.two", [("Школа № 1", "7А", "student.two")]),
        ("parent.three", [("Школа № 2", "5А", None)]),
    ],
)
async def test_children(region: Any, login: str, children: list[tuple[str, str, str]]) -> None:
    assert [tuple(row) for row in await region.fetch(_CHILDREN, login)] == children


@pytest.mark.parametrize(
    ("login", "position", "organization"),
    [
        ("teacher.math", "TEACHER", "Школа № 1"),
        ("teacher.class", "TEACHER", "Школа № 1"),
        ("teacher.two", "TEACHER", "Школа № 2"),
        ("teacher.substitute", "TEACHER", "Школа № 1"),
        ("deputy.one", "DEPUTY_HEAD", "Школа № 1"),
        ("head.one", "HEAD", "Школа № 1"),
        ("admin.one", "SCHOOL_ADMINISTRATOR", "Школа № 1"),
        ("admin.two", "SCHOOL_ADMINISTRATOR", "Школа № 2"),
        ("municipal.one", "MUNICIPAL_AUTHORITY", "Управление образования: Сыктывкар"),
        ("region.one", "REGIONAL_OPERATOR", "Министерство образования"),
        ("sysadmin", "SYSTEM_ADMINISTRATOR", "Оператор электронного дневника"),
        ("support", "SUPPORT", "Оператор электронного дневника"),
    ],
)
async def test_posts(region: Any, login: str, position: str, organization: str) -> None:
    rows = await region.fetch(
        """
        SELECT p.position, o.name FROM account a
        JOIN staff_post p ON p.person_id = a.person_id
        JOIN organization o ON o.id = p.organization_id
        WHERE a.login = $1
        """,
        login,
    )
    assert [tuple(row) for row in rows] == [(position, organization)]


async def test_one_stands_in_for_the_mathematician_of_7a(region: Any) -> None:
    """The only substitution; the substitute teaches nothing in 7А."""
    rows = await region.fetch(
        """
        SELECT a.login, c.name, own.login, b.valid_until - b.valid_from, $1 - b.valid_from
        FROM substitution b
        JOIN account a ON a.person_id = b.teacher_id
        JOIN course_section cs ON cs.id = b.section_id
        JOIN school_class c ON c.id = cs.school_class_id
        JOIN teaching_assignment t ON t.section_id = cs.id
        JOIN account own ON own.person_id = t.teacher_id
        """,
        TODAY,
    )
    # From the Monday of the current week on.
    found = ("teacher.substitute", "7А", "teacher.math", 28, TODAY.weekday())
    assert [tuple(row) for row in rows] == [found]


async def test_the_two_teachers_of_7a(region: Any) -> None:
    rows = await region.fetch(
        """
        SELECT a.login, s.name, c.homeroom_teacher_id = a.person_id AS leads
        FROM account a
        JOIN teaching_assignment t ON t.teacher_id = a.person_id
        JOIN course_section cs ON cs.id = t.section_id
        JOIN subject s ON s.id = cs.subject_id
        JOIN school_class c ON c.id = cs.school_class_id
        WHERE a.login LIKE 'teacher.%' AND c.name = '7А' ORDER BY a.login, s.name
        """
    )
    talks = "Разговоры о важном (внеурочная)"
    assert [
        tuple(row) for row in rows if row["login"] not in {"teacher.two", "teacher.substitute"}
    ] == [
        ("teacher.class", "Литература", True),
        ("teacher.class", talks, True),
        ("teacher.class", "Русский язык", True),
        ("teacher.math", "Математика", False),
    ]
    homeroom = await region.fetch(
        """
        SELECT a.login, c.name FROM account a JOIN school_class c
        ON c.homeroom_teacher_id = a.person_id WHERE a.login IN ('teacher.math', 'teacher.class')
        """
    )
    assert [tuple(row) for row in homeroom] == [("teacher.class", "7А")]


@pytest.mark.parametrize("login", ["teacher.math", "teacher.class"])
async def test_they_teach_several_classes_and_on_every_day_of_this_week(
    region: Any, login: str
) -> None:
    days, classes = await region.fetchrow(
        """
        SELECT count(DISTINCT l.date), count(DISTINCT l.school_class_id)
        FROM account a JOIN lesson l ON l.teacher_id = a.person_id
        WHERE a.login = $1 AND l.date BETWEEN '2026-03-02' AND '2026-03-07'
        """,
        login,
    )
    assert days == 6
    assert classes >= 3


async def test_the_directory(region: Any) -> None:
    kinds = await region.fetch("SELECT kind, count(*) FROM organization GROUP BY kind")
    assert {row["kind"]: row["count"] for row in kinds} == {
        "PRESCHOOL": 4,
        "GENERAL": 21,
        "SUPPLEMENTARY": 4,
        "VOCATIONAL": 3,
        "MUNICIPAL_AUTHORITY": 20,
        "REGIONAL_AUTHORITY": 1,
        "OPERATOR": 1,
    }
    headless = await region.fetchval(
        """
        SELECT count(*) FROM organization o
        WHERE kind IN ('PRESCHOOL', 'GENERAL', 'SUPPLEMENTARY', 'VOCATIONAL') AND NOT EXISTS (
            SELECT FROM staff_post p WHERE p.organization_id = o.id AND p.position = 'HEAD')
        """
    )
    assert headless == 0
    codes = await region.fetch(
        """
        SELECT c.oktmo FROM municipality_code c JOIN municipality m ON m.id = c.municipality_id
        WHERE m.name = 'Воркута' ORDER BY c.valid_from
        """
    )
    assert [row["oktmo"] for row in codes] == ["87710000", "87510000"]


async def test_both_schools_are_full(region: Any) -> None:
    rows = await region.fetch(
        """
        SELECT o.name, count(DISTINCT c.grade_level) AS grades, count(DISTINCT c.id) AS classes,
               count(DISTINCT e.student_id) FILTER (WHERE e.valid_until IS NULL) AS pupils
        FROM organization o
        JOIN school_class c ON c.organization_id = o.id AND c.kind = 'HOMEROOM'
        JOIN school_year y ON y.id = c.school_year_id AND y.ends_on >= $1
        JOIN enrollment e ON e.school_class_id = c.id
        GROUP BY o.name ORDER BY o.name
        """,
        TODAY,
    )
    assert [(row["name"], row["grades"], row["classes"]) for row in rows] == [
        ("Школа № 1", 11, 22),
        ("Школа № 2", 11, 22),
    ]
    assert all(490 <= row["pupils"] <= 515 for row in rows)


async def test_some_pupils_moved_within_the_year(region: Any) -> None:
    came, left, changed = await region.fetchrow(
        """
        SELECT count(*) FILTER (WHERE valid_from > '2025-09-01' AND NOT earlier),
               count(*) FILTER (WHERE valid_until IS NOT NULL),
               count(*) FILTER (WHERE valid_from > '2025-09-01' AND earlier)
        FROM (SELECT *, EXISTS (SELECT FROM enrollment b WHERE b.student_id = e.student_id
                                AND b.kind = e.kind AND b.valid_from < e.valid_from
                                AND b.valid_from >= '2025-09-01') AS earlier
              FROM enrollment e WHERE kind = 'HOMEROOM' AND valid_from >= '2025-09-01') e
        """
    )
    assert came > 5
    assert left > 5
    assert changed > 0
    assert left < 40
