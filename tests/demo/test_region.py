"""The demo region as anyone gets it: the contract's people, and a school life that is right."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from argon2 import PasswordHasher

import demo
from demo.grades import SHARES
from tests.demo.conftest import TODAY

LOGINS = {
    "parent.one", "parent.two", "parent.three", "student.one", "student.two", "teacher.math",
    "teacher.class", "teacher.two", "deputy.one", "head.one", "admin.one", "admin.two",
    "municipal.one", "region.one", "sysadmin", "support",
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
    assert [tuple(row) for row in rows if row["login"] != "teacher.two"] == [
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
        JOIN enrollment e ON e.school_class_id = c.id
        GROUP BY o.name ORDER BY o.name
        """
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
                                AND b.kind = e.kind AND b.valid_from < e.valid_from) AS earlier
              FROM enrollment e WHERE kind = 'HOMEROOM') e
        """
    )
    assert came > 5
    assert left > 5
    assert changed > 0
    assert left < 40


async def test_no_pupil_has_two_lessons_at_a_time(region: Any) -> None:
    doubled = await region.fetchval(
        """
        SELECT count(*) FROM (SELECT FROM diary_entry
        GROUP BY student_id, date, shift, number HAVING count(*) > 1) d
        """
    )
    assert doubled == 0


async def test_a_class_has_no_gap_in_its_days(region: Any) -> None:
    rows = await region.fetch(
        """
        SELECT coalesce(c.parent_id, c.id), l.date, max(l.number) AS last,
               count(DISTINCT l.number) AS taught
        FROM lesson l JOIN school_class c ON c.id = l.school_class_id GROUP BY 1, 2
        """
    )
    assert all(row["last"] == row["taught"] for row in rows)
    assert {row["taught"] for row in rows} == {4, 5, 6}


async def test_the_current_week_is_full_for_every_pupil(region: Any) -> None:
    rows = await region.fetch(
        """
        SELECT c.grade_level, count(DISTINCT d.date) AS days, count(*) AS lessons
        FROM enrollment e
        JOIN school_class c ON c.id = e.school_class_id
        JOIN diary_entry d ON d.student_id = e.student_id
        WHERE e.kind = 'HOMEROOM' AND e.valid_until IS NULL
          AND d.date BETWEEN '2026-03-02' AND '2026-03-08'
        GROUP BY c.grade_level, e.student_id
        """
    )
    hours = {1: 21, 2: 24, 3: 24, 4: 24, 5: 30, 6: 31, 7: 33, 8: 34, 9: 34, 10: 32, 11: 32}
    found = {(row["grade_level"], row["days"], row["lessons"]) for row in rows}
    assert found == {(grade, 5 if grade < 5 else 6, hours[grade]) for grade in hours}


async def test_marks_lie_on_the_scale_and_are_spread_as_the_sample(region: Any) -> None:
    rows = await region.fetch("SELECT value, count(*) FROM mark WHERE value > 0 GROUP BY value")
    counts = {row["value"]: row["count"] for row in rows}
    total = sum(counts.values())
    assert set(counts) == {2, 3, 4, 5}
    assert all(abs(counts[value] / total - SHARES[value]) < 0.02 for value in SHARES)
    spread = await region.fetchval(
        "SELECT stddev(mean) FROM (SELECT avg(value) AS mean FROM mark GROUP BY student_id) m"
    )
    assert Decimal("0.5") < spread < Decimal(1)


async def test_grade_1_has_no_marks(region: Any) -> None:
    marked = await region.fetch(
        """
        SELECT DISTINCT c.grade_level FROM mark m JOIN lesson l ON l.id = m.lesson_id
        JOIN school_class c ON c.id = l.school_class_id ORDER BY 1
        """
    )
    assert [row["grade_level"] for row in marked] == list(range(2, 12))


async def test_every_mark_has_its_history(region: Any) -> None:
    wrong = await region.fetchval(
        """
        SELECT count(*) FROM mark m
        LEFT JOIN LATERAL (
            SELECT array_agg(r.version ORDER BY r.version) AS versions,
                   array_agg(r.kind ORDER BY r.version)::text AS kinds,
                   (array_agg(r.value ORDER BY r.version DESC))[1] AS value
            FROM mark_revision r WHERE r.mark_id = m.id) h ON true
        WHERE (h.versions, h.kinds) NOT IN ((ARRAY[1], '{RECORDED}'),
                                            (ARRAY[1, 2], '{RECORDED,CORRECTED}'))
           OR h.versions IS NULL OR m.version <> cardinality(h.versions)
           OR m.value IS DISTINCT FROM h.value
        """
    )
    corrected = await region.fetchval("SELECT count(*) / 1000 FROM mark WHERE version = 2")
    total = await region.fetchval("SELECT count(*) / 1000 FROM mark")
    assert wrong == 0
    assert 0 < corrected < total / 40


async def test_marks_go_to_pupils_of_the_class_who_were_there(region: Any) -> None:
    strangers = await region.fetchval(
        """
        SELECT count(*) FROM mark m WHERE NOT EXISTS (
            SELECT FROM diary_entry d WHERE d.lesson_id = m.lesson_id
            AND d.student_id = m.student_id)
        """
    )
    absent = await region.fetchval(
        """
        SELECT count(*) FROM mark m JOIN attendance a
        ON a.lesson_id = m.lesson_id AND a.student_id = m.student_id
        WHERE a.code <> 'LATE' AND m.assignment_id IS NULL
        """
    )
    assert (strangers, absent) == (0, 0)


async def test_about_five_lessons_of_a_hundred_are_missed(region: Any) -> None:
    missed = await region.fetchval("SELECT count(*) FROM attendance WHERE code <> 'LATE'")
    held = await region.fetchval("SELECT count(*) FROM diary_entry WHERE date <= $1", TODAY)
    assert 0.035 < missed / held < 0.065
    codes = await region.fetch("SELECT DISTINCT code FROM attendance")
    assert {row["code"] for row in codes} == {
        "ABSENT", "ABSENT_SICK", "ABSENT_EXCUSED", "ABSENT_UNEXCUSED", "LATE"
    }  # fmt: skip


async def test_nothing_happened_after_the_midnight_of_today(region: Any) -> None:
    latest = await region.fetch(
        """
        SELECT max(recorded_at)::date FROM mark UNION SELECT max(at)::date FROM mark_revision
        UNION SELECT max(published_at)::date FROM school_event
        UNION SELECT max(sent_at)::date FROM message
        UNION SELECT max(read_at)::date FROM message_receipt
        """
    )
    assert max(row["max"] for row in latest) == TODAY
    late = await region.fetchval(
        "SELECT count(*) FROM mark_revision WHERE at > '2026-03-04 00:00+03'"
    )
    assert late == 0


async def test_averages_agree_with_a_count_by_hand(region: Any) -> None:
    pupil = await region.fetchval(
        """
        SELECT s.id FROM student s JOIN account a ON a.person_id = s.person_id
        WHERE a.login = 'student.one'
        """
    )
    marks = await region.fetch(
        """
        SELECT cs.id AS section, cs.subject_id, t.id AS term, t.ends_on, m.value, m.weight
        FROM mark m
        JOIN lesson l ON l.id = m.lesson_id
        JOIN course_section cs ON cs.id = l.section_id
        JOIN school_class c ON c.id = l.school_class_id
        JOIN term t ON t.school_year_id = c.school_year_id AND t.grade_level = 7
         AND l.date BETWEEN t.starts_on AND t.ends_on
        WHERE m.student_id = $1 AND m.value IS NOT NULL
        """,
        pupil,
    )
    sums: dict[tuple[int, int, int], list[int]] = {}
    for mark in marks:
        key = mark["subject_id"], mark["term"], mark["section"]
        total = sums.setdefault(key, [0, 0])
        total[0] += mark["value"] * mark["weight"]
        total[1] += mark["weight"]
    counted = await region.fetch(
        "SELECT subject_id, term_id, weighted_average FROM subject_average WHERE student_id = $1",
        pupil,
    )
    means = {key: Decimal(total) / weight for key, (total, weight) in sums.items()}
    assert len(means) > 30
    assert {(row[0], row[1]): row[2] for row in counted} == {
        key[:2]: (mean + Decimal("0.005")).quantize(Decimal("0.01"), "ROUND_DOWN")
        for key, mean in means.items()
    }
    finished = await region.fetch(
        "SELECT section_id, term_id, value FROM period_mark WHERE student_id = $1 AND value > 0",
        pupil,
    )
    over = {mark["term"] for mark in marks if mark["ends_on"] < TODAY}
    assert len(over) == 2
    assert {(row[0], row[1]): row[2] for row in finished} == {
        (section, term): int(mean + Decimal("0.5"))
        for (_, term, section), mean in means.items()
        if term in over
    }


async def test_mail_is_partly_read_and_events_are_past_and_to_come(region: Any) -> None:
    read, unread = await region.fetchrow(
        """
        SELECT count(*) FILTER (WHERE read_at IS NOT NULL), count(*) FILTER (WHERE read_at IS NULL)
        FROM message_receipt r JOIN account a ON a.person_id = r.recipient_id
        WHERE a.login IN ('parent.one', 'parent.two', 'student.one', 'student.two')
        """
    )
    assert read > 0
    assert unread >= 4
    past, ahead = await region.fetchrow(
        """
        SELECT count(*) FILTER (WHERE e.starts_at < '2026-03-04'),
               count(*) FILTER (WHERE e.starts_at > '2026-03-05')
        FROM school_event e JOIN event_audience u ON u.event_id = e.id
        JOIN organization o ON o.id = u.organization_id
        LEFT JOIN school_class c ON c.id = u.school_class_id
        WHERE o.name = 'Школа № 1' AND (c.id IS NULL OR c.name = '7А')
        """
    )
    assert (past, ahead) == (3, 5)


async def test_people_are_plausible_and_cannot_be_reached(region: Any) -> None:
    born = await region.fetch(
        """
        SELECT c.grade_level, min(p.birth_date), max(p.birth_date) FROM person p
        JOIN student s ON s.person_id = p.id
        JOIN enrollment e ON e.student_id = s.id AND e.kind = 'HOMEROOM'
        JOIN school_class c ON c.id = e.school_class_id GROUP BY 1
        """
    )
    for grade, first, last in born:
        assert date(2018 - grade, 12, 1) <= first
        assert last < date(2019 - grade, 12, 1) + timedelta(days=1)
    reachable = await region.fetchval(
        """
        SELECT count(*) FROM person
        WHERE phone NOT LIKE '+7000%' OR email NOT LIKE '%@example.org'
        """
    )
    assert reachable == 0
    wrong = await region.fetchval(
        """
        SELECT count(*) FROM person WHERE snils !~ '^9' OR right(snils, 2)::int <> (
            SELECT sum(substr(snils, n, 1)::int * (10 - n)) FROM generate_series(1, 9) n
        ) % 101 % 100
        """
    )
    assert wrong == 0


async def test_some_works_are_overdue_and_some_are_planned(region: Any) -> None:
    overdue, pupils = await region.fetchrow(
        """
        SELECT count(*), count(DISTINCT e.student_id) FROM assignment a
        JOIN lesson l ON l.id = a.lesson_id
        JOIN diary_entry e ON e.lesson_id = l.id
        WHERE a.due_on < $1 AND NOT EXISTS (
            SELECT FROM mark m WHERE m.assignment_id = a.id AND m.student_id = e.student_id)
        """,
        TODAY,
    )
    planned = await region.fetchval("SELECT max(due_on) FROM assignment")
    assert 0.2 < overdue / 1000 < 3
    assert pupils > 200
    assert TODAY < planned <= TODAY + timedelta(days=14)
