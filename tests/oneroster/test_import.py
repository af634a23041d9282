import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from exchange.oneroster.command import oneroster
from exchange.oneroster.report import Deed, Report
from exchange.oneroster.running import Options, run
from tests.oneroster.bundles import Bundle, large, small_11, small_12
from tests.oneroster.conftest import MOSCOW, TODAY, RosterDatabase

FOREIGN = Path(__file__).parents[3] / "shared/data/oneroster/v1p1_foreign"


def said(report: Report) -> list[str]:
    return [str(outcome) for outcome in report.outcomes]


def refusals(report: Report) -> list[str]:
    return [str(outcome) for outcome in report.outcomes if outcome.deed is Deed.REFUSE]


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


@pytest.mark.parametrize("make", [small_11, small_12])
async def test_the_same_input_changes_nothing(
    roster: RosterDatabase, tmp_path: Path, make: Callable[[], Bundle]
) -> None:
    path = make().folder(tmp_path)
    await roster.take(path)
    before = await roster.everything()
    report = await roster.take(path)
    assert report.outcomes == []
    assert report.same == report.rows
    assert await roster.everything() == before


async def test_a_dry_run_changes_nothing_and_says_what_the_real_run_says(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    path = small_11().folder(tmp_path)
    before = await roster.everything()
    dry = await roster.take(path, dry_run=True)
    assert await roster.everything() == before
    assert said(dry) == said(await roster.take(path))
    assert len(dry.outcomes) == 27


async def test_a_delta_changes_and_ends_only_what_it_names(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    await roster.take(small_11().folder(tmp_path / "bulk"))
    delta = small_11().only(users=(4, 5), results=(2, 3), enrollments=(4,))
    for name, line, status in (
        *(("users", 2, "active"), ("users", 3, "tobedeleted"), ("enrollments", 2, "active")),
        *(("results", 2, "active"), ("results", 3, "tobedeleted")),
    ):
        delta.cell(name, line, "status", status)
    delta.cell("users", 2, "familyName", "Новый").cell("results", 2, "score", "4")
    report = await roster.take(delta.folder(tmp_path / "delta"))
    assert said(report) == [
        "users.csv:2  change  Person  p1",
        "users.csv:3  end  Enrollment x2  p2  ends with the Person",
        "users.csv:3  end  Person, Guardianship  p2  to be deleted",
        "results.csv:2  change  Mark  m1",
        "results.csv:3  end  Mark  m2  to be deleted",
    ]
    assert await roster.fetch(
        "SELECT p.last_name, max(e.valid_until) FROM enrollment e "
        "JOIN student s ON s.id = e.student_id JOIN person p ON p.id = s.person_id "
        "GROUP BY 1 ORDER BY 1"
    ) == [("Вторая", TODAY), ("Новый", date(2027, 6, 1))]
    assert await roster.fetch(
        "SELECT m.value, m.version, m.removed_at IS NULL, array_agg(r.kind ORDER BY r.version) "
        "FROM mark m JOIN mark_revision r ON r.mark_id = m.id GROUP BY m.id ORDER BY m.id"
    ) == [
        (4, 2, True, ["RECORDED", "CORRECTED"]),
        (None, 2, False, ["RECORDED", "REMOVED"]),
    ]
    before = await roster.everything()
    assert (await roster.take(tmp_path / "delta")).count(Deed.CREATE, Deed.CHANGE, Deed.END) == 0
    assert await roster.everything() == before


async def test_what_a_bulk_file_no_longer_holds_ends_and_comes_back(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    await roster.take(small_11().folder(tmp_path / "first"))
    second = small_11().drop("users", 7).drop("enrollments", 5)
    report = await roster.take(second.folder(tmp_path / "second"))
    assert said(report) == [
        "users.csv  end  Person  g2  no longer in the bulk file",
        "users.csv:5  end  Guardianship  p2  its row no longer says so",
        "enrollments.csv  end  Enrollment  e4  no longer in the bulk file",
    ]
    open_now = "SELECT count(*) FROM guardianship WHERE valid_until IS NULL"
    assert await roster.fetch(open_now) == [(1,)]
    assert await roster.fetch("SELECT count(*) FROM person") == [(6,)]
    report = await roster.take(tmp_path / "first")
    assert said(report) == [
        "users.csv:7  change  Person, Guardianship  g2",
        "enrollments.csv:5  change  Enrollment  e4",
    ]
    assert await roster.fetch(open_now) == [(2,)]


async def test_a_source_that_makes_its_enrolment_ids_anew_goes_on_with_the_same_rows(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    await roster.take(small_11().folder(tmp_path / "first"))
    statement = "SELECT id, valid_from, valid_until FROM {} ORDER BY id"
    tables = ("enrollment", "teaching_assignment")
    before = [await roster.fetch(statement.format(table)) for table in tables]
    anew = small_11()
    for line in range(2, 8):
        anew.cell("enrollments", line, "sourcedId", f"new{line}")
    report = await roster.take(anew.folder(tmp_path / "anew"))
    assert (refusals(report), report.count(Deed.CREATE), report.count(Deed.END)) == ([], 6, 6)
    assert [await roster.fetch(statement.format(table)) for table in tables] == before
    assert await roster.fetch(
        "SELECT p.last_name FROM school_class c JOIN person p ON p.id = c.homeroom_teacher_id"
    ) == [("Учителева",)]


@pytest.mark.parametrize(
    ("copied", "school_class", "why"),
    [
        (2, "k3", "overlaps line 2: a pupil is in one homeroom of a school at a time"),
        (7, "k2", "overlaps line 7: a teacher teaches a section once at a time"),
    ],
)
async def test_what_may_not_overlap_is_refused(
    roster: RosterDatabase, tmp_path: Path, copied: int, school_class: str, why: str
) -> None:
    bundle = small_11()
    bundle.files["classes"].append(
        ("k3", "", "", "7Б", "07", "", "", "homeroom", "", "s1", "y1", "", "", "")
    )
    bundle.files["enrollments"].append(bundle.files["enrollments"][copied - 1])
    bundle.cell("enrollments", 8, "sourcedId", "e9").cell(
        "enrollments", 8, "beginDate", "2026-10-01"
    )
    bundle.cell("enrollments", 8, "classSourcedId", school_class)
    report = await roster.take(bundle.folder(tmp_path))
    assert refusals(report) == [f"enrollments.csv:8  refuse  e9  {why}"]
    assert report.imported is False


async def test_a_pupil_who_moves_leaves_the_old_homeroom_on_that_day(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    first = small_11()
    first.files["classes"].append(
        ("k3", "", "", "7Б", "07", "", "", "homeroom", "", "s1", "y1", "", "", "")
    )
    await roster.take(first.folder(tmp_path / "first"))
    moved = TODAY - timedelta(3)
    second = first.drop("enrollments", 2)
    second.files["enrollments"].append(
        ("e9", "", "", "k3", "s1", "p1", "student", "", str(moved), "")
    )
    report = await roster.take(second.folder(tmp_path / "second"))
    assert refusals(report) == []
    assert await roster.fetch(
        "SELECT c.name, e.valid_from, e.valid_until FROM enrollment e "
        "JOIN school_class c ON c.id = e.school_class_id JOIN student s ON s.id = e.student_id "
        "JOIN person p ON p.id = s.person_id WHERE e.kind = 'HOMEROOM' "
        "AND p.last_name = 'Первый' ORDER BY e.valid_from"
    ) == [("7А", date(2026, 9, 1), moved), ("7Б", moved, date(2027, 6, 1))]


async def test_who_comes_back_later_begins_where_the_earlier_place_ended(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    await roster.take(small_11().folder(tmp_path / "first"))
    away = small_11().drop("enrollments", 2, 4)
    await roster.take(away.folder(tmp_path / "away"))
    away.files["enrollments"].append(("e9", "", "", "k1", "s1", "p1", "student", "", "", ""))
    away.cell("enrollments", 6, "beginDate", "2026-10-01")
    report = await roster.take(away.folder(tmp_path / "back"))
    assert said(report) == [
        "enrollments.csv:6  create  Enrollment  e9",
        f"enrollments.csv:6  note  e9  begins on {TODAY}, where an earlier place ends",
    ]
    assert await roster.fetch(
        "SELECT valid_from, valid_until FROM enrollment e JOIN student s ON s.id = e.student_id "
        "JOIN person p ON p.id = s.person_id WHERE e.kind = 'HOMEROOM' "
        "AND p.last_name = 'Первый' ORDER BY valid_from"
    ) == [(date(2026, 9, 1), TODAY), (TODAY, date(2027, 6, 1))]


async def test_two_sources_with_the_same_ids_stay_apart(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    path = small_11().folder(tmp_path)
    await roster.take(path, source="one")
    await roster.take(path, source="two")
    assert await roster.fetch(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM organization), "
        "(SELECT count(*) FROM subject), (SELECT count(*) FROM lesson)"
    ) == [(12, 4, 1, 2)]


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


ROW_PROBLEMS: list[tuple[str, int, str, str, list[str]]] = [
    (
        *("enrollments", 2, "beginDate", "01.09.2026"),
        [("enrollments.csv:2  refuse  e1  beginDate must be a date like 2026-09-01, "
         "not '01.09.2026'")],
    ),
    (
        *("enrollments", 2, "beginDate", "2026-02-30"),
        ["enrollments.csv:2  refuse  e1  beginDate is no day of the calendar: '2026-02-30'"],
    ),
    (
        *("enrollments", 3, "userSourcedId", "nobody"),
        ["enrollments.csv:3  refuse  e2  userSourcedId: nothing is known of nobody"],
    ),
    (
        *("enrollments", 3, "sourcedId", "e1"),
        ["enrollments.csv:3  refuse  e1  repeats the sourcedId of line 2"],
    ),
    (
        *("enrollments", 3, "userSourcedId", "p1"),
        ["enrollments.csv:3  refuse  e2  says the same as line 2"],
    ),
    (
        *("enrollments", 2, "endDate", "2026-08-01"),
        ["enrollments.csv:2  refuse  e1  would end on 2026-08-01, before it begins on 2026-09-01"],
    ),
    (
        *("enrollments", 4, "role", "pupil"),
        [("enrollments.csv:4  refuse  e3  role must be one of administrator, aide, guardian, "
         "parent, proctor, relative, student, teacher, not 'pupil'")],
    ),
    (
        *("users", 2, "status", "gone"),
        ["users.csv:2  refuse  t1  status must be active or tobedeleted, not 'gone'",
         "enrollments.csv:6  refuse  e5  because t1, users.csv:2, is refused",
         "enrollments.csv:7  refuse  e6  because t1, users.csv:2, is refused",
         "lineItems.csv:2  refuse  l1  the class has no teacher in whose journal it could stand",
         "results.csv:2  refuse  m1  because l1, lineItems.csv:2, is refused",
         "results.csv:3  refuse  m2  because l1, lineItems.csv:2, is refused"],
    ),
    (
        *("classes", 3, "courseSourcedId", "geo"),
        ["classes.csv:3  refuse  k2  courseSourcedId: nothing is known of geo",
         "enrollments.csv:4  refuse  e3  because k2, classes.csv:3, is refused",
         "enrollments.csv:5  refuse  e4  because k2, classes.csv:3, is refused",
         "enrollments.csv:7  refuse  e6  because k2, classes.csv:3, is refused",
         "lineItems.csv:2  refuse  l1  because k2, classes.csv:3, is refused",
         "results.csv:2  refuse  m1  because l1, lineItems.csv:2, is refused",
         "results.csv:3  refuse  m2  because l1, lineItems.csv:2, is refused"],
    ),
    (
        *("results", 2, "score", "87"),
        [("results.csv:2  refuse  m1  the score '87' is no mark from 1 to 5, "
         "nor зач, незач, н/а, осв")],
    ),
    (
        *("lineItems", 2, "resultValueMax", "100"),
        [("results.csv:2  refuse  m1  the line item is graded on the scale 1–100; "
         "the diary has 1–5")],
    ),
    (
        *("academicSessions", 3, "endDate", "2026-09-01"),
        [("academicSessions.csv:3  refuse  q1  endDate is not after startDate; "
         "the end is the first day afterwards")],
    ),
    (
        *("users", 4, "givenName", ""),
        ["users.csv:4  refuse  p1  givenName is empty",
         "demographics.csv:2  refuse  p1  because p1, users.csv:4, is refused",
         "enrollments.csv:2  refuse  e1  because p1, users.csv:4, is refused",
         "enrollments.csv:4  refuse  e3  because p1, users.csv:4, is refused",
         "results.csv:2  refuse  m1  because p1, users.csv:4, is refused"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "expected"),
    ROW_PROBLEMS,
    ids=[f"{problem[0]}-{problem[2]}-{problem[3]}" for problem in ROW_PROBLEMS],
)
async def test_a_bad_row_is_refused_with_what_hangs_on_it_and_nothing_is_written(  # noqa: PLR0917  # one case
    roster: RosterDatabase,
    tmp_path: Path,
    table: str,
    line: int,
    column: str,
    value: str,
    expected: list[str],
) -> None:
    path = small_11().cell(table, line, column, value).folder(tmp_path)
    before = await roster.everything()
    report = await roster.take(path)
    assert refusals(report) == expected
    assert (report.exit_code, report.imported) == (1, False)
    assert await roster.everything() == before


async def test_the_good_rows_come_in_when_asked_and_a_refused_row_ends_nothing(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    await roster.take(small_11().folder(tmp_path / "good"))
    bad = small_11().cell("enrollments", 2, "beginDate", "soon").cell("users", 4, "phone", "+7999")
    report = await roster.take(bad.folder(tmp_path / "bad"), skip_refused=True)
    assert said(report) == [
        "users.csv:4  change  Person  p1",
        "enrollments.csv:2  refuse  e1  beginDate must be a date like 2026-09-01, not 'soon'",
    ]
    assert (report.exit_code, report.imported) == (1, True)
    assert await roster.fetch(
        "SELECT count(*) FROM enrollment WHERE valid_until < '2027-06-01'"
    ) == [(0,)]


async def test_an_interruption_in_the_middle_of_writing_leaves_nothing(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    before = await roster.everything()

    def fail(stage: str, done: int, _total: int | None) -> None:
        if stage == "writing" and done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await run(roster.url, small_11().folder(tmp_path), Options(timezone=MOSCOW), fail)
    assert await roster.everything() == before


async def test_a_thousand_pupils_come_in_whole(roster: RosterDatabase, tmp_path: Path) -> None:
    report = await roster.take(large(1000).zip(tmp_path / "large.zip"))
    assert (report.exit_code, sum(report.rows.values())) == (0, 17_216)
    assert await roster.fetch(
        "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM enrollment), "
        "(SELECT count(*) FROM guardianship), (SELECT count(*) FROM mark)"
    ) == [(3050, 11_000, 2000, 1000)]


def test_the_command_reports_and_ends_as_it_went(roster: RosterDatabase, tmp_path: Path) -> None:
    @contextmanager
    def opened() -> Iterator[tuple[str, ZoneInfo]]:
        yield roster.url, MOSCOW

    def call(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(oneroster(opened), words)
        return result.exit_code, result.stdout, result.stderr

    good = str(small_11().folder(tmp_path / "good"))
    bad = str(small_11().cell("results", 2, "score", "87").folder(tmp_path / "bad"))
    code, out, _ = call(bad, "--report", str(tmp_path / "report.csv"))
    assert (code, out.splitlines()[-1]) == (
        1,
        (
            "Nothing was imported: 1 rows are refused. Correct them, or import the others with "
            "--skip-refused."
        ),
    )
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "line", "deed", "what", "sourcedId", "why"]
    assert ["results.csv", "2", "refuse", "", "m1"] in [row[:5] for row in rows]
    code, out, _ = call(good, "--dry-run", "--source", "other")
    assert (code, out.splitlines()[-1]) == (
        0,
        "Dry run for the source 'other': nothing was written, 0 refused.",
    )
    assert "Первый" not in out
    assert call(good, "--settlement", "Нигде/Никто") == (
        2,
        "",
        (
            "Nothing was imported. There is no settlement 'Никто' in a municipality 'Нигде'; "
            "name one as Municipality/Settlement.\n"
        ),
    )
    assert call(good)[0] == 0
