"""Importing once more: the same, a delta, less in bulk, moves and new ids."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.oneroster.report import Deed
from tests.oneroster.bundles import Bundle, small_11, small_12
from tests.oneroster.conftest import TODAY, RosterDatabase, refusals, said


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
