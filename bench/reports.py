"""Figures of reports over a year of marks: of a school of 1,000 pupils, and of the whole region."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from bench import load, process
from bench.figures import Line, spread, times
from bench.machine import Machine, fetch
from bench.relay import Relay, relay
from bench.sides import Server, service, sign_in
from schema.declaration.ids import encode

_ASKED, _QUICK_ASKED = 40, 5
_MOST_SECONDS = 0.15
_LEAST_BYTES = 500
"""An answer with nothing in it is shorter."""

_RATES = "successRate qualityRate learningDegree averageMark"
_COUNTS = "counted fives fours threes twos notAttested"
_SCHOOL = "query ($id: ID!, $on: Date!) { node(id: $id) { ... on Organization { %s } } }"
_ATTAINMENT = "attainment(on: $on, level: %s) { %s periodNumber subject { name } %s }"
_ATTENDANCE = """attendanceFigures(on: $on) { gradeLevel periodNumber places absent absentExcused
    absentSick absentUnexcused late missedPercent }"""
_KEEPING = """journalKeeping(on: $on, days: 3) { teacher { fullName } periodNumber lessons
    withoutTopic withoutMarks withoutEntries }"""
_REGION = """query ($year: Int!) { region { periodFigures(schoolYear: $year, by: %s) {
    periodNumber gradeLevel subject { name } %s isSuppressed } } }"""
_LATE = """lateLessons(on: $on, days: 3, first: 50) { nodes { date withoutTopic withoutMarks
    withoutEntries teacher { fullName } lesson { subject { name } schoolClass { name } } } }"""
_SHEET = """query ($id: ID!) { classSummarySheet(classId: $id) { terms { id name } rows { name
    subjects { subject { name } termMarks { text } annualMark { text } finalMark { text } } } } }"""
_TERM = """query ($id: ID!, $term: ID!) {
    classAttendance(classId: $id, termId: $term) { missedPercent
        rows { name heldLessons missedLessons missedPercent schoolDays missedDays } }
    schoolClass(id: $id) { standings(termId: $term) { name standing
        marks { text subject { name } } } } }"""
# The class of head.one's school with most pupils of grade 7 this year, and how many.
_CLASS = """
SELECT class.id, class.name, count(*) AS pupils
FROM school_class class
JOIN school_year year ON year.id = class.school_year_id
 AND CURRENT_DATE BETWEEN year.starts_on AND year.ends_on
JOIN enrollment ON enrollment.school_class_id = class.id
WHERE class.organization_id = $1 AND class.kind = 'HOMEROOM' AND class.grade_level = 7
GROUP BY class.id ORDER BY count(*) DESC, class.id LIMIT 1
"""
# Its longest term that is over.
_LONGEST = """
SELECT term.id FROM term JOIN school_class class
  ON class.school_year_id = term.school_year_id AND class.grade_level = term.grade_level
WHERE class.id = $1 AND term.ends_on < CURRENT_DATE
ORDER BY term.ends_on - term.starts_on DESC, term.id LIMIT 1
"""
# The school of head.one, and the year that it is in.
_YEAR = """
SELECT post.organization_id, year.starts_on, year.ends_on
FROM account
JOIN staff_post post ON post.person_id = account.person_id
JOIN school_year year ON year.organization_id = post.organization_id
 AND CURRENT_DATE BETWEEN year.starts_on AND year.ends_on
WHERE account.login = 'head.one'
"""
# What stands behind the answers of a year that began on a day.
_SIZES = """
SELECT (SELECT count(*) FROM period_mark m JOIN course_section s ON s.id = m.section_id
        JOIN school_class c ON c.id = s.school_class_id
        JOIN school_year y ON y.id = c.school_year_id AND y.starts_on = $2
        WHERE c.organization_id = $1) AS marks,
       (SELECT count(*) FROM period_figure) AS cells
"""


@dataclass(frozen=True)
class _Report:
    """What is asked, and by whom."""

    name: str
    document: str
    login: str
    variables: Mapping[str, Any]


def measure(machine: Machine) -> Iterator[Line]:
    """Each report over one connection, beside its own statement and the time that one may take."""
    with (
        machine.filled() as database,
        relay(database) as watching,
        service(watching.url) as server,
    ):
        ((school, first, last),) = fetch(database, _YEAR)
        ((marks, cells),) = fetch(database, _SIZES, school, first)
        reports = (
            *_of_class(database, school),
            *_of_school(school, last, marks),
            *_of_region(first.year, cells),
        )
        for report in reports:
            yield _asked(machine, server, watching, report)


def _of_class(database: str, school: int) -> Iterator[_Report]:
    ((klass, name, pupils),) = fetch(database, _CLASS, school)
    ((term,),) = fetch(database, _LONGEST, klass)
    given = {"id": encode("SchoolClass", klass)}
    yield _Report(f"summary sheet of {name}, {pupils} pupils", _SHEET, "head.one", given)
    of_term = {**given, "term": encode("Term", term)}
    yield _Report(f"attendance and standings of {name} in a term", _TERM, "head.one", of_term)


def _of_school(school: int, day: date, marks: int) -> Iterator[_Report]:
    given = {"id": encode("Organization", school), "on": str(day)}
    for level, of in (
        ("SCHOOL", ""),
        ("GRADE_LEVEL", "gradeLevel"),
        ("CLASS", "schoolClass { name }"),
        ("TEACHER", "teacher { fullName }"),
    ):
        asked = _ATTAINMENT % (level, of, f"{_COUNTS} {_RATES}")
        name = f"attainment by {level}, of {marks:,} period marks"
        yield _Report(name, _SCHOOL % asked, "head.one", given)
    yield _Report("attendance of the year by reason", _SCHOOL % _ATTENDANCE, "head.one", given)
    yield _Report("journals kept late, of the year", _SCHOOL % _KEEPING, "head.one", given)
    yield _Report("the last 50 late lessons of the year", _SCHOOL % _LATE, "head.one", given)


def _of_region(year: int, cells: int) -> Iterator[_Report]:
    for by in ("ALL", "GRADE_LEVEL_AND_SUBJECT"):
        document = _REGION % (by, f"{_COUNTS} {_RATES}")
        name = f"the region's closed periods by {by}, of {cells:,} cells"
        yield _Report(name, document, "region.one", {"year": year})


def _asked(machine: Machine, server: Server, watching: Relay, report: _Report) -> Line:
    """The times from request to answer, and for how long of them PostgreSQL was waited for.

    Raises RuntimeError where nothing is told.
    """
    token = sign_in(server.url, report.login)
    message = load.request(report.document, dict(report.variables), token)
    answer = load.ask(server.url, message)
    if len(answer) < _LEAST_BYTES or b'"errors"' in answer:
        raise RuntimeError(f"{report.name}: nothing is told.")
    count = _QUICK_ASKED if machine.quick else _ASKED
    waited, spent = watching.waited, process.cpu_seconds(machine.postmaster)
    took = load.send(server.url, iter([message] * count), connections=1, check=answer).latencies
    statement = (watching.waited - waited) / count
    spent = (process.cpu_seconds(machine.postmaster) - spent) / count
    return Line(
        f"{report.name}, {len(answer) / 1000:.0f} kB",
        spread(took),
        times(median(took) / statement),
        f"of its statement, {statement * 1000:.1f} ms in the mean, for {spent * 1000:.1f} of which "
        f"it is worked at: {times(statement / _MOST_SECONDS)} of {_MOST_SECONDS * 1000:g} ms",
    )
