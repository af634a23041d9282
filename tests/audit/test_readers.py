"""Who could see a record in a period: by dated facts, and what was shown to whom."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

from models import AuditEntry, Position
from tests.commands import told
from tests.factories import PupilMade, SchoolMade, a_school


async def test_facts_of_the_period_and_no_others_are_told(database: str) -> None:
    school = await a_school()
    pupil, people = await _story(school)
    found = await _readers(database, pupil, school.today, school.today)
    assert found == {
        (pupil.person.id, "STUDENT"),
        (people["guardian"], "GUARDIAN"),
        (people["teacher"], "TEACHES"),
        (people["homeroom"], "HOMEROOM"),
        (people["head"], "HEAD"),
    }
    yesterday = school.today - timedelta(days=1)
    before = await _readers(database, pupil, yesterday, yesterday)
    assert (people["former"], "GUARDIAN") in before


async def test_what_was_shown_is_told_with_its_reason(database: str) -> None:
    school = await a_school()
    pupil, people = await _story(school)
    await AuditEntry.create(
        at=datetime.now(UTC),
        person_id=people["head"],
        organization_id=school.id,
        roles=["HEAD"],
        action="reveal.shown",
        entity="Student",
        row_id=pupil.id,
        after={"field": "STUDENT_SNILS", "reason": "A request of the court."},
        request_id="",
        address="",
        strand=0,
        number=0,
        hash=b"",
    )
    answer = await _told(database, pupil, school.today, school.today, "json")
    (shown,) = [row for row in json.loads(answer) if row["relation"] == "REVEAL"]
    assert shown["person_id"] == people["head"]
    assert shown["reason"] == "STUDENT_SNILS: A request of the court."


async def _story(school: SchoolMade) -> tuple[PupilMade, dict[str, int]]:
    klass, other = await school.class_("7А"), await school.class_("7Б")
    pupil = await klass.pupil()
    teacher, homeroom = await school.teacher(), await school.teacher()
    await klass.section("Алгебра", teacher)
    await other.section("Алгебра", await school.teacher())
    await klass.led_by(homeroom)
    former = await pupil.guardian()
    await former.guardianship.end(school.today)
    people = {
        "teacher": teacher.id,
        "homeroom": homeroom.id,
        "guardian": (await pupil.guardian()).id,
        "former": former.id,
        "head": (await school.staff(Position.HEAD)).id,
    }
    return pupil, people


async def _readers(
    database: str, pupil: PupilMade, since: date, until: date
) -> set[tuple[int, str]]:
    rows = csv.DictReader(io.StringIO(await _told(database, pupil, since, until, "csv")))
    return {(int(row["person_id"]), row["relation"]) for row in rows}


async def _told(database: str, pupil: PupilMade, since: date, until: date, form: str) -> str:
    days = ("--from", str(since), "--until", str(until), "--format", form)
    answer = await told("audit", "readers", "--student", str(pupil.id), *days, database=database)
    assert answer.code == 0, answer.errors
    return answer.output
