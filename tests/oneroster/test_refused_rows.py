"""What is wrong with one row, what hangs on it, and that nothing is written then."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from exchange.oneroster.command import oneroster
from exchange.oneroster.running import Options, run
from tests.oneroster.bundles import small_11
from tests.oneroster.conftest import MOSCOW, RosterDatabase, refusals, said

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
        *("classes", 3, "grades", "01"),
        ["results.csv:2  refuse  m1  the first grade is taught without marks"],
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
