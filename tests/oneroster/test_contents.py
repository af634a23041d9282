"""What the rows of a good bundle become."""

from datetime import date
from pathlib import Path

import pytest

from tests.oneroster.bundles import Bundle, large, small_11, small_12
from tests.oneroster.conftest import TODAY, RosterDatabase, refusals, said

FOREIGN = Path(__file__).parents[3] / "shared/data/oneroster/v1p1_foreign"


async def test_a_foreign_bundle_comes_in_with_a_reason_for_every_row_that_does_not(
    roster: RosterDatabase,
) -> None:
    if not FOREIGN.is_dir():
        pytest.skip("the foreign bundle lies beside the checkout and is not there")
    report = await roster.take(FOREIGN)
    assert (report.exit_code, report.imported) == (0, True)
    assert [line for line in said(report) if "  skip  " in line or "  note  " in line][-4:] == [
        (
            "enrollments.csv:3  note  enr-s-222-12345-987654  "
            "usr-222-987654 is a teacher; a pupil here as well"
        ),
        (
            "enrollments.csv:5  skip  enr-t-222-12345-123232  "
            "ends with cls-222-123478, classes.csv:3; never imported"
        ),
        (
            "enrollments.csv:6  skip  enr-s-222-12345-987532  "
            "ends with cls-222-123478, classes.csv:3; never imported"
        ),
        (
            "enrollments.csv:7  skip  enr-s-222-12345-985321  "
            "ends with cls-222-123478, classes.csv:3; never imported"
        ),
    ]
    counts = {
        table: (await roster.fetch(f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608  # constants
        for table in (
            "organization",
            "person",
            "student",
            "staff_post",
            "guardianship",
            "school_year",
            "term",
            "school_class",
            "course_section",
            "enrollment",
            "teaching_assignment",
            "mark",
            "account",
        )
    }
    assert counts == {
        "organization": 1,
        "person": 6,
        "student": 4,
        "staff_post": 2,
        "guardianship": 1,
        "school_year": 1,
        "term": 1,
        "school_class": 1,
        "course_section": 1,
        "enrollment": 2,
        "teaching_assignment": 1,
        "mark": 0,
        "account": 0,
    }
    assert await roster.fetch("SELECT name, starts_on, ends_on FROM school_year") == [
        ("2022/2023", date(2022, 9, 1), date(2022, 12, 23))
    ]
    assert not any("Password1-" in (text or "") for text in (await roster.everything()).values())


async def test_every_row_of_a_small_1_1_bundle_is_there(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    await roster.take(small_11().folder(tmp_path))
    assert await roster.fetch(
        "SELECT o.name, o.kind, s.name, m.name FROM organization o "
        "JOIN settlement s ON s.id = o.settlement_id "
        "JOIN municipality m ON m.id = s.municipality_id ORDER BY o.id"
    ) == [
        ("Управление образования", "MUNICIPAL_AUTHORITY", "small-sis", "small-sis"),
        ("Школа № 1", "GENERAL", "small-sis", "small-sis"),
    ]
    assert await roster.fetch("SELECT name, starts_on, ends_on FROM school_year") == [
        ("2026/2027", date(2026, 9, 1), date(2027, 5, 31))
    ]
    assert await roster.fetch(
        "SELECT grade_level, kind, number, name, starts_on, ends_on FROM term ORDER BY number"
    ) == [
        (7, "QUARTER", 1, "1 четверть", date(2026, 9, 1), date(2026, 10, 25)),
        (7, "QUARTER", 2, "2 четверть", date(2026, 11, 5), date(2026, 12, 28)),
    ]
    assert await roster.fetch(
        "SELECT p.full_name, p.email, p.phone, p.birth_date, p.sex, s.id IS NOT NULL "
        "FROM person p LEFT JOIN student s ON s.person_id = p.id ORDER BY p.id"
    ) == [
        ("Учителева Анна Петровна", "t1@school.test", "+7900", None, None, False),
        ("Главный Олег", None, None, None, None, False),
        ("Первый Иван", None, None, date(2013, 5, 6), "MALE", True),
        ("Вторая Мария", None, None, None, None, True),
        ("Первая Вера", None, None, date(1985, 1, 2), "FEMALE", False),
        ("Второй Пётр", None, "+7901", None, None, False),
    ]
    # t2 is an administrator of the school and of its department, which is the same organization.
    assert await roster.fetch(
        "SELECT p.last_name, t.position, o.name, t.valid_from, t.valid_until FROM staff_post t "
        "JOIN person p ON p.id = t.person_id JOIN organization o ON o.id = t.organization_id "
        "ORDER BY t.id"
    ) == [
        ("Учителева", "TEACHER", "Школа № 1", TODAY, None),
        ("Главный", "SCHOOL_ADMINISTRATOR", "Школа № 1", TODAY, None),
    ]
    assert await roster.fetch(
        "SELECT p.last_name, g.last_name, t.relation FROM guardianship t "
        "JOIN student s ON s.id = t.student_id JOIN person p ON p.id = s.person_id "
        "JOIN person g ON g.id = t.guardian_id ORDER BY t.id"
    ) == [("Первый", "Первая", "MOTHER"), ("Вторая", "Второй", "OTHER")]
    assert await roster.fetch(
        "SELECT c.name, c.kind, c.grade_level, p.last_name FROM school_class c "
        "LEFT JOIN person p ON p.id = c.homeroom_teacher_id ORDER BY c.id"
    ) == [("7А", "HOMEROOM", 7, "Учителева"), ("Алгебра 7А", "GROUP", 7, None)]
    assert await roster.fetch(
        "SELECT c.name, p.last_name, e.valid_from, e.valid_until FROM enrollment e "
        "JOIN school_class c ON c.id = e.school_class_id JOIN student s ON s.id = e.student_id "
        "JOIN person p ON p.id = s.person_id ORDER BY e.id"
    ) == [
        (name, pupil, date(2026, 9, 1), date(2027, 6, 1))
        for name in ("7А", "Алгебра 7А")
        for pupil in ("Первый", "Вторая")
    ]
    assert await roster.fetch(
        "SELECT c.name, j.name, p.last_name, t.valid_from, t.valid_until "
        "FROM teaching_assignment t JOIN course_section s ON s.id = t.section_id "
        "JOIN school_class c ON c.id = s.school_class_id JOIN subject j ON j.id = s.subject_id "
        "JOIN person p ON p.id = t.teacher_id"
    ) == [("Алгебра 7А", "Алгебра", "Учителева", date(2026, 9, 1), date(2027, 6, 1))]
    assert await roster.fetch(
        "SELECT a.title, a.due_on, a.is_mandatory, w.name, w.code, w.weight, l.date, l.number, "
        "l.starts_at::text, l.ends_at::text, l.topic FROM assignment a "
        "JOIN lesson l ON l.id = a.lesson_id JOIN work_type w ON w.id = a.work_type_id"
    ) == [
        (
            "Дроби",
            date(2026, 10, 5),
            True,
            "Контрольная работа",
            "c1",
            10,
            date(2026, 10, 5),
            1,
            "08:30:00",
            "09:15:00",
            "Дроби",
        )
    ]
    assert await roster.fetch(
        "SELECT m.value, m.sign, m.weight, m.comment, m.version, m.recorded_at::text, "
        "r.kind, r.version, p.last_name FROM mark m JOIN mark_revision r ON r.mark_id = m.id "
        "JOIN person p ON p.id = r.by_id ORDER BY m.id"
    ) == [
        (5, None, 10, "хорошо", 1, "2026-10-06 00:00:00+03", "RECORDED", 1, "Учителева"),
        (None, "EXEMPT", 10, None, 1, "2026-10-06 00:00:00+03", "RECORDED", 1, "Учителева"),
    ]
    audited = await roster.fetch("SELECT action, person_id, after ->> 'source' FROM audit_entry")
    assert audited == [("import.oneroster", None, "small-sis")]
    everything = await roster.everything()
    assert everything["account"] is None
    assert everything["change_entry"] is None
    assert not any("secret-word" in (text or "") for text in everything.values())


async def test_a_small_1_2_bundle_has_posts_with_dates_weights_and_word_marks(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    report = await roster.take(small_12().zip(tmp_path / "roster.zip", inside="export/"))
    assert refusals(report) == []
    assert await roster.fetch(
        "SELECT p.last_name, t.position, t.valid_from, t.valid_until FROM staff_post t "
        "JOIN person p ON p.id = t.person_id ORDER BY t.valid_from"
    ) == [
        ("Главный", "HEAD", date(2026, 1, 1), date(2027, 1, 1)),
        ("Учителева", "TEACHER", date(2026, 8, 25), None),
        ("Учителева", "PSYCHOLOGIST", date(2026, 9, 1), None),
    ]
    assert await roster.fetch("SELECT value, sign, weight FROM mark ORDER BY id") == [
        (5, None, 30),
        (None, "PASSED", 30),
    ]


def _as_vendors_write(bundle: Bundle, path: Path) -> Path:
    for name, rows in bundle.files.items():
        header = [title.upper() if place % 2 else title for place, title in enumerate(rows[0])]
        rows[0] = (*header, "metadata.vendor", "whatever")
        rows[1:] = [(*row, "x", "") for row in rows[1:]]
        bundle.files[name] = [tuple(reversed(row)) for row in rows]
    folder = bundle.folder(path / "inside")
    for file in folder.iterdir():
        text = file.read_bytes().decode().replace("\r\n", "\n").replace("\n", "\r\n")
        file.write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n")
    return path


async def test_vendors_own_spellings_say_the_same(roster: RosterDatabase, tmp_path: Path) -> None:
    await roster.take(small_11().folder(tmp_path / "plain"))
    before = await roster.everything()
    odd = small_11()
    odd.cell("classes", 3, "termSourcedIds", '"q1", "q2"').cell(
        "classes", 2, "classType", "HOMEroom"
    )
    odd.cell("enrollments", 2, "beginDate", "2026-09-01T00:00:00.000Z")
    odd.cell("enrollments", 6, "primary", "True").cell("classes", 2, "grades", "7,8,9")
    odd.cell("users", 2, "role", "Teacher").cell("users", 4, "status", "active")
    report = await roster.take(_as_vendors_write(odd, tmp_path / "odd"))
    assert said(report) == []
    assert await roster.everything() == before


async def test_kindergarten_is_grade_0_and_an_empty_optional_file_is_fine(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    bundle = small_11().cell("classes", 2, "grades", "KG").drop("results", 2, 3)
    assert refusals(await roster.take(bundle.folder(tmp_path))) == []
    assert await roster.fetch("SELECT name, grade_level FROM school_class ORDER BY id") == [
        ("7А", 0),
        ("Алгебра 7А", 7),
    ]


async def test_a_thousand_pupils_come_in_whole(roster: RosterDatabase, tmp_path: Path) -> None:
    report = await roster.take(large(1000).zip(tmp_path / "large.zip"))
    assert (report.exit_code, sum(report.rows.values())) == (0, 17_216)
    assert await roster.fetch(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM enrollment), "
        "(SELECT count(*) FROM guardianship), (SELECT count(*) FROM mark)"
    ) == [(3050, 11_000, 2000, 1000)]
