"""OneRoster bundles of our own: a small school in both versions, and a region's worth of pupils."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Self

Row = tuple[str, ...]

_FILES = (
    *("academicSessions", "categories", "classes", "classResources", "courses"),
    *("courseResources", "demographics", "enrollments", "lineItems", "orgs", "resources"),
    *("results", "roles", "users"),
)


@dataclass
class Bundle:
    """The files of one bundle; a row is a tuple of cells, the first of a file its header."""

    version: str
    files: dict[str, list[Row]] = field(default_factory=dict)
    delta: bool = False

    def table(self, name: str, header: str, *rows: str) -> Self:
        """Set a file from comma-separated lines in which `;` stands for a comma in a cell."""
        lines = (header, *rows)
        self.files[name] = [
            tuple(cell.strip().replace(";", ",") for cell in line.split(",")) for line in lines
        ]
        return self

    def cell(self, name: str, line: int, column: str, value: str) -> Self:
        """Set one cell; the header is line 1."""
        rows = self.files[name]
        place = rows[0].index(column)
        row = list(rows[line - 1])
        row[place] = value
        rows[line - 1] = tuple(row)
        return self

    def drop(self, name: str, *lines: int) -> Self:
        """Take out rows by their lines."""
        kept = [row for line, row in enumerate(self.files[name], 1) if line not in lines]
        self.files[name] = kept
        return self

    def only(self, **rows: tuple[int, ...]) -> Self:
        """Keep nothing but these lines of these files, as a delta would."""
        self.delta = True
        self.files = {
            name: [self.files[name][0], *(self.files[name][line - 1] for line in lines)]
            for name, lines in rows.items()
        }
        return self

    def manifest(self) -> list[Row]:
        """Return the manifest that fits the files."""
        mode = "delta" if self.delta else "bulk"
        named = [(f"file.{name}", mode if name in self.files else "absent") for name in _FILES]
        return [
            ("propertyName", "value"),
            ("manifest.version", "1.0"),
            ("oneroster.version", self.version),
            *named,
            ("source.systemCode", "small-sis"),
        ]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's name and bytes."""
        for name, rows in {"manifest": self.manifest(), **self.files}.items():
            text = io.StringIO(newline="")
            csv.writer(text).writerows(rows)
            yield f"{name}.csv", text.getvalue().encode()

    def folder(self, path: Path) -> Path:
        """Write a folder and return it."""
        path.mkdir(parents=True, exist_ok=True)
        for name, content in self.contents():
            (path / name).write_bytes(content)
        return path

    def zip(self, path: Path, inside: str = "") -> Path:
        """Write a zip, its files in the folder `inside`, and return it."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.contents():
                archive.writestr(f"{inside}{name}", content)
        return path


def small_11() -> Bundle:
    """Return two classes of one school in OneRoster 1.1, with a journal page of one of them."""
    bundle = _small("1.1")
    bundle.table(
        "users",
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
        "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
        "t1,,,true,s1,teacher,t1,,Анна,Учителева,Петровна,,t1@school.test,,+7900,,,secret-word",
        "t2,,,true,s1;s2,administrator,t2,,Олег,Главный,,,,,,,,",
        "p1,,,true,s1,student,p1,,Иван,Первый,,,,,,g1,07,",
        "p2,,,true,s1,student,p2,,Мария,Вторая,,,,,,,07,",
        "g1,,,true,s1,parent,g1,,Вера,Первая,,,,,,p1,,",
        "g2,,,true,s1,relative,g2,,Пётр,Второй,,,,+7901,,p2,,",
    )
    return bundle


def small_12() -> Bundle:
    """Return the same school in OneRoster 1.2: roles.csv, weights, marks in words."""
    bundle = _small("1.2")
    bundle.table(
        "users",
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
        "userMasterIdentifier,primaryOrgSourcedId",
        "t1,,,true,t1,,Анна,Учителева,Петровна,,t1@school.test,,+7900,,,secret-word,,s1",
        "t2,,,true,t2,,Олег,Главный,,,,,,,,,,s1",
        "p1,,,true,p1,,Иван,Первый,,,,,,g1,07,,,s1",
        "p2,,,true,p2,,Мария,Вторая,,,,,,,07,,,s1",
        "g1,,,true,g1,,Вера,Первая,,,,,,p1,,,,",
        "g2,,,true,g2,,Пётр,Второй,,,,+7901,,p2,,,,",
    )
    bundle.table(
        "roles",
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
        "orgSourcedId,userProfileSourcedId",
        "r1,,,t1,primary,teacher,2026-08-25,,s1,",
        "r2,,,t2,primary,principal,2026-01-01,2027-01-01,s1,",
        "r3,,,p1,primary,student,,,s1,",
        "r4,,,p2,primary,student,,,s1,",
        "r5,,,g1,primary,parent,,,s1,",
        "r6,,,g2,primary,relative,,,s1,",
        "r7,,,t1,secondary,counselor,2026-09-01,,s1,",
    )
    bundle.table(
        "categories",
        "sourcedId,status,dateLastModified,title,weight",
        "c1,,,Контрольная работа,30",
    )
    bundle.table(
        "results",
        "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,"
        "textScore,scoreDate,comment",
        "m1,,,l1,p1,fully graded,5,,2026-10-06,хорошо",
        "m2,,,l1,p2,fully graded,,зач,2026-10-06,",
    )
    return bundle


def _small(version: str) -> Bundle:
    return (
        Bundle(version)
        .table(
            "orgs",
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
            "d1,,,Управление образования,district,,",
            "s1,,,Школа № 1,school,,d1",
            "s2,,,Кафедра,department,,s1",
        )
        .table(
            "academicSessions",
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,"
            "schoolYear",
            "y1,,,2026/27,schoolYear,2026-09-01,2027-06-01,,2027",
            "q1,,,1 четверть,gradingPeriod,2026-09-01,2026-10-26,y1,2027",
            "q2,,,2 четверть,gradingPeriod,2026-11-05,2026-12-29,y1,2027",
        )
        .table(
            "courses",
            "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
            "orgSourcedId,subjects,subjectCodes",
            "alg,,,y1,Алгебра,,07,s1,Математика,",
        )
        .table(
            "classes",
            "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
            "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
            "k1,,,7А,07,,,homeroom,,s1,y1,,,",
            "k2,,,Алгебра 7А,07,alg,,scheduled,,s2,q1;q2,,,",
        )
        .table(
            "enrollments",
            "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,"
            "primary,beginDate,endDate",
            "e1,,,k1,s1,p1,student,,2026-09-01,2027-06-01",
            "e2,,,k1,s1,p2,student,,,",
            "e3,,,k2,s1,p1,student,,,",
            "e4,,,k2,s1,p2,student,,,",
            "e5,,,k1,s1,t1,teacher,TRUE,,",
            "e6,,,k2,s1,t1,teacher,true,2026-09-01,",
        )
        .table(
            "demographics",
            "sourcedId,status,dateLastModified,birthDate,sex",
            "p1,,,2013-05-06,male",
            "g1,,,1985-01-02,female",
        )
        .table("categories", "sourcedId,status,dateLastModified,title", "c1,,,Контрольная работа")
        .table(
            "lineItems",
            "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,"
            "classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax",
            "l1,,,Дроби,,2026-10-01,2026-10-05,k2,c1,q1,1,5",
        )
        .table(
            "results",
            "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,"
            "score,scoreDate,comment",
            "m1,,,l1,p1,fully graded,5,2026-10-06,хорошо",
            "m2,,,l1,p2,exempt,,2026-10-06,",
        )
    )


def large(pupils: int = 10_000, *, with_results: bool = True) -> Bundle:
    """Return a region's bundle: 20 pupils a class, 10 subjects a class, two guardians for each."""
    return _Region(pupils, with_results).bundle()


class _Region:
    """Makes a large bundle; every row is a function of its number."""

    _SCHOOL_OF_CLASSES = 25
    _SUBJECTS = 10
    _CLASS_SIZE = 20

    def __init__(self, pupils: int, with_results: bool) -> None:
        self.pupils = pupils
        self.with_results = with_results
        self.homerooms = -(-pupils // self._CLASS_SIZE)
        self.schools = -(-self.homerooms // self._SCHOOL_OF_CLASSES)

    def bundle(self) -> Bundle:
        bundle = _small("1.1")
        empty = {name: rows[:1] for name, rows in small_11().files.items()}
        bundle.files = empty
        empty["academicSessions"] += _small("1.1").files["academicSessions"][1:]
        empty["categories"] += _small("1.1").files["categories"][1:]
        for number in range(self._SUBJECTS):
            empty["courses"].append(
                (f"c{number}", "", "", "y1", f"Предмет {number}", "", "", "o0", "", "")
            )
        for number in range(self.schools):
            empty["orgs"].append((f"o{number}", "", "", f"Школа № {number}", "school", "", ""))
        for number in range(self.homerooms):
            self._add_class(empty, number)
        for number in range(self.pupils):
            self._add_pupil(empty, number)
        if not self.with_results:
            del empty["lineItems"], empty["results"]
        return bundle

    def _add_class(self, files: dict[str, list[Row]], number: int) -> None:
        # From grade 2 on: the first is taught without marks.
        org, grade = f"o{number // self._SCHOOL_OF_CLASSES}", str(2 + number % 10)
        title = f"{grade}-{number}"
        head = (f"h{number}", "", "", title, grade, "", "", "homeroom", "", org, "y1", "", "", "")
        files["classes"].append(head)
        teacher = f"t{number}"
        files["users"].append(_user(teacher, org, "teacher", f"Учитель{number}"))
        files["enrollments"].append(_enrolled(f"et{number}", head[0], org, teacher, "teacher"))
        for subject in range(self._SUBJECTS):
            name = f"k{number}-{subject}"
            files["classes"].append(
                (
                    name,
                    "",
                    "",
                    f"{title} {subject}",
                    grade,
                    f"c{subject}",
                    "",
                    "scheduled",
                    "",
                    org,
                    "q1,q2",
                    "",
                    "",
                    "",
                )
            )
            files["enrollments"].append(_enrolled(f"e{name}", name, org, teacher, "teacher"))
        if self.with_results:
            day = date(2026, 9, 1) + timedelta(number % 50)
            files["lineItems"].append(
                (
                    f"l{number}",
                    "",
                    "",
                    "Работа",
                    "",
                    "",
                    str(day),
                    f"k{number}-0",
                    "c1",
                    "q1",
                    "1",
                    "5",
                )
            )

    def _add_pupil(self, files: dict[str, list[Row]], number: int) -> None:
        home = number // self._CLASS_SIZE
        org, pupil = f"o{home // self._SCHOOL_OF_CLASSES}", f"p{number}"
        guardians = (f"{pupil}m", f"{pupil}f")
        agents = ",".join(guardians)
        files["users"].append(_user(pupil, org, "student", f"Ученик{number}", agents))
        files["users"] += [_user(name, org, "parent", f"Родитель{number}") for name in guardians]
        files["demographics"].append(
            (pupil, "", "", f"201{number % 10}-03-04", ("male", "female")[number % 2])
        )
        places = [f"h{home}", *(f"k{home}-{subject}" for subject in range(self._SUBJECTS))]
        files["enrollments"] += [
            _enrolled(f"e{pupil}-{place}", place, org, pupil, "student") for place in places
        ]
        if self.with_results:
            files["results"].append(
                (
                    f"m{number}",
                    "",
                    "",
                    f"l{home}",
                    pupil,
                    "fully graded",
                    str(2 + number % 4),
                    "2026-10-01",
                    "",
                )
            )


def _user(name: str, org: str, role: str, family: str, agents: str = "") -> Row:
    head = (name, "", "", "true", org, role, name, "", "Имя", family, "", "", "")
    return (*head, "", "", agents, "", "")


def _enrolled(name: str, place: str, org: str, user: str, role: str) -> Row:
    return (name, "", "", place, org, user, role, "true", "2026-09-01", "2027-06-01")
