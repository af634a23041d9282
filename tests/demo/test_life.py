"""School life in the demo region: lessons, marks, attendance, mail and events are right."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from access import vault
from demo.grades import SHARES
from demo.people import snils
from tests.demo.conftest import TODAY


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


async def test_lessons_are_those_of_the_weekly_timetable(region: Any) -> None:
    """On every day of the year: so the next week can be made of it, and is there already."""
    differing = await region.fetch(
        """
        WITH wanted AS (
            SELECT section_id, school_class_id, teacher_id, room_id, date, shift, number
            FROM timetable_entry JOIN school_day USING (school_class_id)
            WHERE weekday = follows_weekday AND date >= valid_from AND date < valid_until
        ), there AS (
            SELECT section_id, school_class_id, teacher_id, room_id, date, shift, number FROM lesson
        )
        (TABLE wanted EXCEPT TABLE there) UNION ALL (TABLE there EXCEPT TABLE wanted)
        """
    )
    assert differing == []
    entries = await region.fetchval("SELECT count(*) FROM timetable_entry")
    classes = await region.fetchval("SELECT count(*) FROM school_class WHERE kind = 'HOMEROOM'")
    assert 20 * classes <= entries <= 45 * classes


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
        UNION SELECT max(registered_at)::date FROM event_registration
        UNION SELECT max(acknowledged_at)::date FROM event_acknowledgement
        UNION SELECT max(published_at)::date FROM service_notice
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
        "SELECT section_id, term_id, value FROM period_mark"
        " WHERE student_id = $1 AND kind = 'TERM' AND value > 0",
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
    answers, folders, drafts = await region.fetchrow(
        """
        SELECT (SELECT count(*) FROM message m JOIN message o ON o.id = m.in_reply_to_id
                WHERE m.thread_id = o.id AND m.sent_at > o.sent_at),
               (SELECT count(*) FROM message_folder), (SELECT count(*) FROM message_draft)
        """
    )
    assert answers == folders == drafts == 44
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


async def test_families_answer_what_is_announced(region: Any) -> None:
    trips = await region.fetch(
        """
        SELECT e.capacity, count(*) FILTER (WHERE NOT r.is_waiting) AS taking_part,
               count(*) FILTER (WHERE r.is_waiting) AS waiting,
               bool_and(EXISTS (
                   SELECT FROM guardianship g JOIN student s ON s.id = g.student_id
                   JOIN enrollment n ON n.student_id = s.id AND n.valid_until IS NULL
                   WHERE g.guardian_id = r.registered_by_id AND s.person_id = r.person_id
                     AND n.school_class_id = u.school_class_id
               )) AS by_guardians,
               max(r.registered_at) < '2026-03-04 00:00+03' AS before_today
        FROM school_event e JOIN event_audience u ON u.event_id = e.id
        JOIN event_registration r ON r.event_id = e.id
        WHERE e.takes_registrations GROUP BY e.id
        """
    )
    assert len(trips) == 44
    for trip in trips:
        assert trip["taking_part"] == trip["capacity"] or trip["waiting"] == 0
        assert trip["taking_part"] <= trip["capacity"] == 15
        assert trip["by_guardians"]
        assert trip["before_today"]
    assert sum(trip["waiting"] for trip in trips) > len(trips)
    strangers, acknowledged, awaited = await region.fetchrow(
        """
        SELECT count(*) FILTER (WHERE NOT EXISTS (
                   SELECT FROM guardianship g JOIN enrollment n ON n.student_id = g.student_id
                   WHERE g.guardian_id = a.person_id AND n.school_class_id = u.school_class_id)
               OR NOT e.asks_acknowledgement OR a.acknowledged_at < e.published_at),
               count(*), (SELECT count(*) FROM school_event WHERE asks_acknowledgement)
        FROM event_acknowledgement a JOIN school_event e ON e.id = a.event_id
        JOIN event_audience u ON u.event_id = e.id
        """
    )
    assert (strangers, awaited) == (0, 44)
    assert acknowledged > 5 * awaited


async def test_works_on_the_service_are_announced(region: Any) -> None:
    notices = await region.fetch(
        """
        SELECT title, ends_at > '2026-03-04 12:00+03' AS is_shown, login FROM service_notice n
        JOIN account a ON a.person_id = n.published_by_id ORDER BY n.id
        """
    )
    assert [tuple(row) for row in notices] == [
        ("Обновление дневника", False, "sysadmin"),
        ("Плановые работы", True, "sysadmin"),
    ]


async def test_people_are_plausible_and_cannot_be_reached(region: Any) -> None:
    born = await region.fetch(
        """
        SELECT c.grade_level, min(p.birth_date), max(p.birth_date) FROM person p
        JOIN student s ON s.person_id = p.id
        JOIN enrollment e ON e.student_id = s.id AND e.kind = 'HOMEROOM'
         AND e.valid_from >= '2025-09-01'
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
    rows = await region.fetch("SELECT snils_sealed, snils_digest FROM person")
    for sealed, digest in rows:
        number = vault.held().open(sealed, vault.SNILS)
        assert number.startswith("9")
        assert number == snils(int(number[:9]))
        assert digest == vault.held().digest(number, vault.SNILS)


async def test_cards_are_full_and_few_pupils_need_care(region: Any) -> None:
    (row,) = await region.fetch(
        """
        SELECT count(*) AS pupils, count(person.address) AS at_home,
               count(physical_education_group) AS sport,
               count(special_needs) AS needs, count(social_risk) AS risks,
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM guardianship JOIN person adult ON adult.id = guardian_id
                   WHERE student_id = student.id AND adult.address <> person.address
               )) AS apart,
               (SELECT count(workplace) FROM person) AS workplaces
        FROM student JOIN person ON person.id = student.person_id
        """
    )
    assert row["pupils"] == row["at_home"] == row["sport"]
    assert row["apart"] == 0
    assert 0.02 < row["needs"] / row["pupils"] < 0.06
    assert 0.01 < row["risks"] / row["pupils"] < 0.05
    assert row["workplaces"] > row["pupils"] / 2


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
