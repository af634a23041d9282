"""What each feature shows in the demo region: homework, notes, debts and the year before."""

from datetime import date
from typing import Any

from tests.demo.conftest import TODAY

_SHOWN = """
SELECT s.id FROM student s JOIN account a ON a.person_id = s.person_id WHERE a.login = $1
"""


async def test_pupils_do_and_answer_the_homework_of_the_last_days(region: Any) -> None:
    row = await region.fetchrow(
        """
        SELECT count(*) AS done, count(a.text) AS answered, count(read_at) AS read,
               count(comment) AS commented,
               count(*) FILTER (WHERE a.text IS NOT NULL AND NOT h.takes_answers) AS unasked,
               count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM student_homework own
                   WHERE own.homework_id = h.id AND own.student_id = a.student_id
               )) AS of_strangers,
               count(*) FILTER (WHERE a.text IS NOT NULL) - (
                   SELECT count(*) FROM homework_answer_revision r
                   JOIN homework_answer o ON o.id = r.answer_id
                   WHERE r.text = o.text AND r.version = 1
               ) AS without_history,
               max(done_at) AS latest
        FROM homework_answer a JOIN homework h ON h.id = a.homework_id
        """
    )
    assert (row["unasked"], row["of_strangers"], row["without_history"]) == (0, 0, 0)
    assert row["done"] > 4 * row["answered"] > 4 * row["read"] > 8 * row["commented"] > 0
    assert row["latest"].astimezone().date() <= TODAY


async def test_somebody_of_each_class_owes_homework(region: Any) -> None:
    """Counted by the region's own day, and not by PostgreSQL's."""
    rows = await region.fetch(
        """
        SELECT e.school_class_id, count(DISTINCT s.student_id) AS pupils,
               bool_or(a.login = 'student.one') AS is_shown
        FROM student_homework s
        JOIN enrollment e ON e.student_id = s.student_id AND e.kind = 'HOMEROOM'
         AND e.valid_until IS NULL
        JOIN student t ON t.id = s.student_id LEFT JOIN account a ON a.person_id = t.person_id
        WHERE s.is_mandatory AND NOT s.is_done AND s.due_on < $1 GROUP BY 1
        """,
        TODAY,
    )
    given = await region.fetchval(
        """
        SELECT count(*) FROM school_class WHERE kind = 'HOMEROOM' AND grade_level > 1
          AND homeroom_teacher_id IS NOT NULL
        """
    )
    assert len(rows) == given
    assert 1 <= min(row["pupils"] for row in rows) < 10
    assert [row["is_shown"] for row in rows].count(True) == 1


async def test_notes_wait_are_approved_and_are_declined(region: Any) -> None:
    shown = await region.fetchval(_SHOWN, "student.one")
    mine = await region.fetch(
        """
        SELECT n.state, n.starts_on, n.first_lesson, a.login FROM absence_note n
        JOIN account a ON a.person_id = n.submitted_by_id
        WHERE n.student_id = $1 AND (n.reason <> 'SICK' OR n.state <> 'APPROVED') ORDER BY n.id
        """,
        shown,
    )
    assert [tuple(row) for row in mine] == [
        ("DECLINED", date(2026, 2, 24), None, "parent.one"),
        ("APPROVED", date(2026, 3, 5), None, "parent.one"),
        ("SUBMITTED", date(2026, 3, 6), 1, "parent.one"),
    ]
    ill, unlike, early = await region.fetchrow(
        """
        SELECT count(*), count(*) FILTER (WHERE EXISTS (
                   SELECT FROM diary_entry d WHERE d.student_id = n.student_id
                   AND d.date BETWEEN n.starts_on AND n.ends_on AND NOT EXISTS (
                       SELECT FROM attendance a WHERE a.lesson_id = d.lesson_id
                       AND a.student_id = d.student_id AND a.code = 'ABSENT_SICK'))),
               count(*) FILTER (WHERE n.decided_at < n.submitted_at)
        FROM absence_note n WHERE n.reason = 'SICK'
        """
    )
    assert (unlike, early) == (0, 0)
    assert ill > 20


async def test_works_that_were_missed_are_owed(region: Any) -> None:
    row = await region.fetchrow(
        """
        SELECT count(*) AS owed, count(*) FILTER (WHERE a.lesson_id <> d.lesson_id) AS elsewhere,
               count(*) FILTER (WHERE d.deadline >= $1) AS in_time, max(d.set_at) AS latest,
               count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM diary_entry e
                   WHERE e.lesson_id = d.lesson_id AND e.student_id = d.student_id)) AS strangers
        FROM debt_mark d JOIN assignment a ON a.id = d.assignment_id
        WHERE d.cleared_at IS NULL AND NOT d.is_settled
        """,
        TODAY,
    )
    assert (row["elsewhere"], row["strangers"]) == (0, 0)
    assert row["owed"] > row["in_time"] > 20
    assert row["latest"].astimezone().date() <= TODAY
    shown = await region.fetchval(_SHOWN, "student.one")
    subjects = await region.fetch(
        """
        SELECT DISTINCT s.name FROM debt_mark d JOIN lesson l ON l.id = d.lesson_id
        JOIN course_section c ON c.id = l.section_id JOIN subject s ON s.id = c.subject_id
        WHERE d.student_id = $1
        """,
        shown,
    )
    assert "Математика" in {row["name"] for row in subjects}


async def test_the_year_before_ended_with_two_debts_of_which_one_is_made_good(
    region: Any,
) -> None:
    rows = await region.fetch(
        """
        SELECT a.login, c.name AS class, s.name AS subject, p.value, r.value AS retaken,
               r.held_on > y.ends_on AND r.held_on < $1 AS in_time
        FROM period_mark p
        JOIN course_section o ON o.id = p.section_id JOIN subject s ON s.id = o.subject_id
        JOIN school_class c ON c.id = o.school_class_id
        JOIN school_year y ON y.id = c.school_year_id
        JOIN student t ON t.id = p.student_id
        LEFT JOIN account a ON a.person_id = t.person_id
        LEFT JOIN retake r ON r.period_mark_id = p.id
        WHERE p.kind = 'ANNUAL' AND p.value < 3 ORDER BY a.login
        """,
        TODAY,
    )
    assert [tuple(row) for row in rows] == [
        ("student.one", "6А", "Математика", 2, 4, True),
        ("student.two", "6А", "Русский язык", 2, 2, True),
    ]
    annual, without_history, abroad = await region.fetchrow(
        """
        SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM period_mark_revision r
                   WHERE r.period_mark_id = p.id AND r.value = p.value)),
               count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM enrollment e JOIN course_section o
                     ON o.school_class_id = e.school_class_id
                   WHERE o.id = p.section_id AND e.student_id = p.student_id))
        FROM period_mark p WHERE p.kind = 'ANNUAL'
        """
    )
    assert (without_history, abroad) == (0, 0)
    assert annual > 100
