"""Attendance counted by term: tables that were computed by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from models import AttendanceCode
from tests.attendance.story import DAY, Story
from tests.factories import ClassMade, PupilMade, SectionMade, gid

_COUNTS = """heldLessons missedLessons missedExcused missedSick missedUnexcused missedUnstated
    late exempt missedPercent"""
_PUPIL = f"""query ($pupil: ID!, $term: ID!) {{
    attendanceSummary(studentId: $pupil, termId: $term) {{
        term {{ id }} {_COUNTS} schoolDays missedDays missedDaysPercent
    subjects {{ subject {{ name }} {_COUNTS} }} }} }}"""
_CLASS = f"""query ($class: ID!, $term: ID!) {{
    classAttendance(classId: $class, termId: $term) {{
        term {{ id }} pupils {_COUNTS} schoolDays missedDays missedDaysPercent
        rows {{ name student {{ id }} {_COUNTS} schoolDays missedDays missedDaysPercent }} }} }}"""
_NOTHING = dict.fromkeys(_COUNTS.split(), 0) | {"missedPercent": None}

# Days from today, and what is written at each lesson of the pupil; None where nothing is. The
# codes are those of the journal: Б, УП, НП, ОТ, ОП, ОСВ.
_CODES = {
    "Б": AttendanceCode.ABSENT_SICK,
    "УП": AttendanceCode.ABSENT_EXCUSED,
    "НП": AttendanceCode.ABSENT_UNEXCUSED,
    "ОТ": AttendanceCode.ABSENT,
    "ОП": AttendanceCode.LATE,
    "ОСВ": AttendanceCode.EXEMPT,
    "+": AttendanceCode.PRESENT,
}
_TABLE: Mapping[str, Mapping[int, str | None]] = {
    "Алгебра": {-40: "ОТ", -5: "Б", -4: None, -3: "ОТ", -2: "НП", -1: "+", 0: None, 1: "ОТ"},
    "Русский язык": {-5: "Б", -4: "ОП", -3: "ОСВ", -1: "УП"},
    "Английский язык": {-2: "УП"},
}


def _counted(*numbers: float | None) -> dict[str, Any]:
    return dict(zip(_COUNTS.split(), numbers, strict=True))


@dataclass
class School:
    """8А with its pupil of the table, and one who came yesterday."""

    story: Story
    klass: ClassMade
    pupil: PupilMade
    newcomer: PupilMade

    async def summary(self, who: Any, of: PupilMade, term: int = 1) -> Any:
        client = await self.story.client(who)
        given = {"pupil": gid("Student", of.id), "term": gid("Term", self.klass.terms[term].id)}
        plan = await client.plan(_PUPIL, **given)
        assert (plan["planned"], plan["statements"]) == (True, 1)
        return (await client.send(_PUPIL, **given)).data["attendanceSummary"]


async def _taught(section: SectionMade, pupil: PupilMade, codes: Mapping[int, str | None]) -> None:
    today = section.klass.school.today
    cancelled = await section.lesson(
        today - 3 * DAY, cancelled_at=datetime.now(UTC), cancellation_reason="Карантин"
    )
    assert cancelled.row.cancelled_at
    for days, code in codes.items():
        lesson = await section.lesson(today + days * DAY)
        if code:
            await lesson.attendance(pupil, _CODES[code])


@pytest.fixture(scope="module")
async def school(quiet: Story) -> School:
    klass = await quiet.school.class_("8А")
    pupil = await klass.pupil()
    newcomer = await klass.pupil(since=quiet.school.today - DAY)
    group = await klass.group("8А английский", pupil)
    for subject, codes in _TABLE.items():
        owner = group if subject == "Английский язык" else klass
        section = await owner.section(subject)
        await _taught(section, pupil, codes)
        if subject == "Алгебра":
            today = await section.lesson(quiet.school.today)
            await today.attendance(newcomer)
            await today.attendance(pupil, AttendanceCode.LATE)
    return School(quiet, klass, pupil, newcomer)


async def test_a_pupils_term(school: School) -> None:
    # Held: 2 on each of five days, and 2 today. Missed: 2 + 0 + 1 + 2 + 1 + 0.
    found = await school.summary(school.pupil, school.pupil)
    assert found == {
        "term": {"id": gid("Term", school.klass.term.id)},
        **_counted(12, 6, 2, 2, 1, 1, 2, 1, 50.00),
        # The days of -5 and -2; on that of -3 the pupil was freed from a lesson, not absent.
        "schoolDays": 6,
        "missedDays": 2,
        "missedDaysPercent": 33.33,
        "subjects": [
            {"subject": {"name": "Алгебра"}, **_counted(7, 3, 0, 1, 1, 1, 1, 0, 42.86)},
            {"subject": {"name": "Английский язык"}, **_counted(1, 1, 1, 0, 0, 0, 0, 0, 100.00)},
            {"subject": {"name": "Русский язык"}, **_counted(4, 2, 1, 1, 0, 0, 1, 1, 50.00)},
        ],
    }


async def test_only_days_of_enrolment_count(school: School) -> None:
    # Algebra and Russian yesterday, algebra twice today, of which the second was missed.
    found = await school.summary(school.newcomer, school.newcomer)
    counts = {name: found[name] for name in _COUNTS.split()}
    assert counts == _counted(4, 1, 0, 0, 0, 1, 0, 0, 25.00)
    days = [found[name] for name in ("schoolDays", "missedDays", "missedDaysPercent")]
    assert days == [2, 0, 0.00]


async def test_another_term_counts_by_itself(school: School) -> None:
    found = await school.summary(school.pupil, school.pupil, term=0)
    counts = {name: found[name] for name in _COUNTS.split()}
    assert counts == _counted(1, 1, 0, 0, 0, 1, 0, 0, 100.00)
    assert (found["missedDays"], found["missedDaysPercent"]) == (1, 100.00)
    empty = await school.summary(school.pupil, school.pupil, term=3)
    assert {name: empty[name] for name in _COUNTS.split()} == _NOTHING
    assert (empty["schoolDays"], empty["missedDaysPercent"], empty["subjects"]) == (0, None, [])


async def test_a_classs_term(school: School) -> None:
    homeroom = await school.story.school.teacher()
    await school.klass.led_by(homeroom)
    given = {
        "class": gid("SchoolClass", school.klass.id),
        "term": gid("Term", school.klass.term.id),
    }
    for who in (homeroom, school.story.deputy):
        client = await school.story.client(who)
        plan = await client.plan(_CLASS, **given)
        assert (plan["planned"], plan["statements"]) == (True, 1)
        found = (await client.send(_CLASS, **given)).data["classAttendance"]
        assert (await client.send_unplanned(_CLASS, **given)).data["classAttendance"] == found
        rows = found.pop("rows")
        # 12 + 4 slots, 6 + 1 of them missed; 6 + 2 days, 2 of them missed.
        assert found == {
            "term": {"id": gid("Term", school.klass.term.id)},
            "pupils": 2,
            **_counted(16, 7, 2, 2, 1, 2, 2, 1, 43.75),
            "schoolDays": 8,
            "missedDays": 2,
            "missedDaysPercent": 25.00,
        }
        days = ("schoolDays", "missedDays", "missedDaysPercent")
        assert sorted(rows, key=lambda row: -row["heldLessons"]) == [
            {
                "name": pupil.person.row.full_name,
                "student": {"id": gid("Student", pupil.id)},
                **_counted(*counts),
                **dict(zip(days, of_days, strict=True)),
            }
            for pupil, counts, of_days in (
                (school.pupil, (12, 6, 2, 2, 1, 1, 2, 1, 50.00), (6, 2, 33.33)),
                (school.newcomer, (4, 1, 0, 0, 0, 1, 0, 0, 25.00), (2, 0, 0.00)),
            )
        ]
        assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    teacher = await school.story.client(school.story.homeroom)
    assert (await teacher.send(_CLASS, **given)).data["classAttendance"] is None
    pupil = await school.story.client(school.pupil)
    assert (await pupil.send(_CLASS, **given)).refused == [("FORBIDDEN", "classAttendance")]


async def test_who_left_stays_in_the_list_by_name(quiet: Story) -> None:
    """The homeroom teacher reads no more of the pupil than that."""
    klass = await quiet.school.class_("9Б")
    pupil, homeroom = await klass.pupil(), await quiet.school.teacher()
    await klass.led_by(homeroom)
    lesson = await (await klass.section("Физика")).lesson(quiet.school.today - 2 * DAY)
    await lesson.attendance(pupil, AttendanceCode.ABSENT_SICK)
    await (await klass.enrollment(pupil)).end(quiet.school.today - DAY)
    given = {"class": gid("SchoolClass", klass.id), "term": gid("Term", klass.term.id)}
    answer = await (await quiet.client(homeroom)).send(_CLASS, **given)
    (row,) = answer.data["classAttendance"]["rows"]
    assert (row["name"], row["student"], row["missedSick"], row["missedDaysPercent"]) == (
        pupil.person.row.full_name,
        None,
        1,
        100.0,
    )


async def test_halves_are_rounded_up(quiet: Story) -> None:
    klass = await quiet.school.class_("9А")
    pupil = await klass.pupil()
    section = await klass.section("Физика")
    for days in range(16):
        for number in (1, 2):
            lesson = await section.lesson(quiet.school.today - days * DAY, number)
            if (days, number) == (3, 1):
                await lesson.attendance(pupil)
    document = "{ viewer { student { attendanceSummaries { heldLessons missedPercent } } } }"
    answer = await (await quiet.client(pupil)).send(document)
    # 1 of 32 is 3.125 %.
    summary = {"heldLessons": 32, "missedPercent": 3.13}
    assert answer.data["viewer"]["student"]["attendanceSummaries"] == [summary]


async def test_families_and_staff_of_the_school_read_it(school: School) -> None:
    mother = await school.pupil.guardian()
    for who, is_seen in (
        (mother, True),
        (school.story.deputy, True),
        (school.newcomer, False),
        (school.story.stranger, False),
        (school.story.teacher, False),
    ):
        found = await school.summary(who, school.pupil)
        assert (found is not None) is is_seen
