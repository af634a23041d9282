"""OneRoster's CSV tables, declared once: columns, types, vocabularies, references, versions.

Only what the diary has a place for is named here. Every other column of a file is ignored, the
passwords of `users.csv` among them: they are never taken out of the row.
"""

from dataclasses import dataclass

from exchange.oneroster import cells, limits
from exchange.oneroster.manifest import VERSIONS


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `required`: neither the column nor a cell in it may be missing, in the versions of `since`.
    `refers`: the table whose sourcedIds stand in it; where `loose`, an unknown one is left out
    with a note, otherwise it refuses the row. `firm_when_sent`: loose only in a bundle that does
    not have the other file at all.
    """

    name: str
    parse: cells.Parser
    required: bool = False
    refers: str = ""
    loose: bool = False
    firm_when_sent: bool = False
    since: tuple[str, ...] = VERSIONS


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file; every one of them also has sourcedId, status and dateLastModified."""

    name: str
    columns: tuple[Column, ...]
    versions: tuple[str, ...] = VERSIONS

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"


_ID = cells.identifier(limits.MAX_ID_CHARS)


def _reference(name: str, to: str) -> Column:
    return Column(name, _ID, required=True, refers=to)


def _hint(name: str, to: str) -> Column:
    return Column(name, _ID, refers=to, loose=True)


def _text(name: str, limit: int, *, required: bool = False) -> Column:
    return Column(name, cells.text(limit), required)


def _day(name: str, *, required: bool = False) -> Column:
    return Column(name, cells.day, required)


_USER_ROLE = cells.one_of(
    *("administrator", "aide", "counselor", "districtAdministrator", "guardian", "parent"),
    *("principal", "proctor", "relative", "siteAdministrator", "student", "systemAdministrator"),
    "teacher",
)
_ENROLLMENT_ROLE = cells.one_of(
    "administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"
)

ORGS = Table(
    "orgs",
    (
        _text("name", 300, required=True),
        Column(
            "type",
            cells.one_of("department", "school", "district", "local", "state", "national"),
            required=True,
        ),
        _hint("parentSourcedId", "orgs"),
    ),
)
SESSIONS = Table(
    "academicSessions",
    (
        _text("title", 100, required=True),
        Column(
            "type",
            cells.one_of("gradingPeriod", "semester", "schoolYear", "term"),
            required=True,
        ),
        _day("startDate", required=True),
        _day("endDate", required=True),
        _hint("parentSourcedId", "academicSessions"),
        Column("schoolYear", cells.year),
    ),
)
COURSES = Table(
    "courses",
    (
        _text("title", 200, required=True),
        Column("grades", cells.listed),
        Column("subjects", cells.listed),
    ),
)
USERS = Table(
    "users",
    (
        Column("orgSourcedIds", cells.listed, refers="orgs", loose=True),
        Column("role", _USER_ROLE, required=True, since=("1.1",)),
        _text("givenName", 100, required=True),
        _text("familyName", 100, required=True),
        _text("middleName", 100),
        _text("email", 254),
        _text("sms", 32),
        _text("phone", 32),
        Column("agentSourcedIds", cells.listed, refers="users", loose=True),
    ),
)
ROLES = Table(
    "roles",
    (
        _reference("userSourcedId", "users"),
        Column("role", _USER_ROLE, required=True),
        _day("beginDate"),
        _day("endDate"),
        _reference("orgSourcedId", "orgs"),
    ),
    versions=("1.2",),
)
# Its sourcedId is the user's own.
DEMOGRAPHICS = Table(
    "demographics",
    (
        _day("birthDate"),
        Column("sex", cells.one_of("male", "female", "unspecified", "other")),
    ),
)
CLASSES = Table(
    "classes",
    (
        _text("title", 200, required=True),
        Column("grades", cells.listed),
        Column("courseSourcedId", _ID, refers="courses", loose=True, firm_when_sent=True),
        _text("classCode", 100),
        Column("classType", cells.one_of("homeroom", "scheduled"), required=True),
        _reference("schoolSourcedId", "orgs"),
        Column("termSourcedIds", cells.listed, required=True, refers="academicSessions"),
        Column("subjects", cells.listed),
    ),
)
ENROLLMENTS = Table(
    "enrollments",
    (
        _reference("classSourcedId", "classes"),
        _reference("userSourcedId", "users"),
        Column("role", _ENROLLMENT_ROLE, required=True),
        Column("primary", cells.truth),
        _day("beginDate"),
        _day("endDate"),
    ),
)
CATEGORIES = Table(
    "categories", (_text("title", 200, required=True), Column("weight", cells.number))
)
LINE_ITEMS = Table(
    "lineItems",
    (
        _text("title", 300, required=True),
        _day("dueDate", required=True),
        _reference("classSourcedId", "classes"),
        _reference("categorySourcedId", "categories"),
        Column("resultValueMin", cells.number),
        Column("resultValueMax", cells.number),
    ),
)
RESULTS = Table(
    "results",
    (
        _reference("lineItemSourcedId", "lineItems"),
        _reference("studentSourcedId", "users"),
        _text("scoreStatus", 50, required=True),
        _text("score", 50),
        _text("textScore", 50),
        _day("scoreDate"),
        _text("comment", 1000),
    ),
)

TABLES = (
    *(ORGS, SESSIONS, COURSES, USERS, ROLES, DEMOGRAPHICS),
    *(CLASSES, ENROLLMENTS, CATEGORIES, LINE_ITEMS, RESULTS),
)
"""In the order in which they are taken in: what is referred to comes before what refers."""

NAMES = tuple(table.name for table in TABLES)
