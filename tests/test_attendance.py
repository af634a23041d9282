"""Attendance of a whole lesson: taken as one, in place of what was there before."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from models import Attendance, AttendanceCode, AuditEntry, Position
from tests.diary import Client, Diary
from tests.factories import LessonMade, PupilMade, StaffMade, a_school, gid
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, reasons, refusals

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


@dataclass
class Story:
    """A lesson of two pupils, and its teacher's client."""

    lesson: LessonMade
    pupils: list[PupilMade]
    teacher: StaffMade
    client: Client

    async def record(self, *entries: dict[str, Any], client: Client | None = None) -> Any:
        return await (client or self.client).do(
            "RecordAttendance", lessonId=gid("Lesson", self.lesson.id), entries=entries
        )

    async def rows(self) -> list[tuple[int, str, str | None]]:
        """Pupil, code and note of every row of the lesson."""
        found = await Attendance.filter(lesson_id=self.lesson.id).order_by("student_id")
        return [(row.student_id, row.code.value, row.note) for row in found]

    async def log(self) -> list[tuple[Any, ...]]:
        return await announced(self.lesson.section.klass.school)


async def a_story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    pupils = [await klass.pupil() for _ in range(2)]
    teacher = await school.teacher()
    lesson = await (await klass.section("Алгебра", teacher)).lesson()
    return Story(lesson, pupils, teacher, await signed_in(diary, teacher))


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


@pytest.fixture(scope="module")
async def quiet(diary: Diary) -> Story:
    """One story for all refusals, with one row in it."""
    made = await a_story(diary)
    await made.lesson.attendance(made.pupils[0], AttendanceCode.LATE, note="10 минут")
    return made


def _entry(pupil: PupilMade, code: str = "ABSENT", **note: Any) -> dict[str, Any]:
    return {"studentId": gid("Student", pupil.id), "code": code, **note}


async def test_attendance_is_written_in_the_order_of_the_entries(story: Story) -> None:
    first, second = story.pupils
    payload = await story.record(
        _entry(second, "ABSENT_SICK", note="Справка"), _entry(first, "LATE", note=None)
    )

    assert payload == {
        "attendance": [
            {"code": "ABSENT_SICK", "student": {"id": gid("Student", second.id)}},
            {"code": "LATE", "student": {"id": gid("Student", first.id)}},
        ],
        "userErrors": [],
    }
    assert await story.rows() == [
        (first.id, "LATE", None),
        (second.id, "ABSENT_SICK", "Справка"),
    ]
    rows = {one.student_id: one for one in await Attendance.filter(lesson_id=story.lesson.id)}
    assert await story.log() == [
        (1, "ATTENDANCE", "RECORDED", rows[second.id].id, second.id),
        (2, "ATTENDANCE", "RECORDED", rows[first.id].id, first.id),
    ]
    after = {"code": "LATE", "note": None}
    told = Deed("attendance.recorded", story.teacher.id, ["TEACHER"], None, after)
    assert await deeds("Attendance", rows[first.id].id) == [told]
    moments = {one.at for one in await AuditEntry.filter(person_id=story.teacher.id)}
    assert len(moments) == 1


@pytest.mark.parametrize("code", AttendanceCode)
async def test_every_code_can_be_written_and_read(quiet: Story, code: AttendanceCode) -> None:
    payload = await quiet.record(_entry(quiet.pupils[1], code.value))
    assert [one["code"] for one in payload["attendance"]] == [code.value]
    await Attendance.filter(lesson_id=quiet.lesson.id, student_id=quiet.pupils[1].id).delete()


async def test_what_is_written_later_takes_the_place_of_what_was_there(
    diary: Diary, story: Story
) -> None:
    first, second = story.pupils
    await story.lesson.attendance(first, AttendanceCode.ABSENT, note="Не позвонили")
    await story.lesson.attendance(second, AttendanceCode.LATE)

    assert reasons(await story.record(_entry(first, "PRESENT"))) == []
    assert await story.rows() == [(first.id, "PRESENT", None), (second.id, "LATE", None)]
    row = await Attendance.get(lesson_id=story.lesson.id, student_id=first.id)
    before = {"code": "ABSENT", "note": "Не позвонили"}
    after = {"code": "PRESENT", "note": None}
    told = Deed("attendance.recorded", story.teacher.id, ["TEACHER"], before, after)
    assert await deeds("Attendance", row.id) == [told]
    assert await story.log() == [(1, "ATTENDANCE", "CORRECTED", row.id, first.id)]

    day = str(story.lesson.row.date)
    family = await signed_in(diary, first)
    week = await family.ask(
        "DiaryWeek", studentId=gid("Student", first.id), **{"from": day, "to": day}
    )
    [lesson] = week.data["student"]["diary"][0]["lessons"]
    assert lesson["attendance"] == {"code": "PRESENT", "note": None}


async def test_those_who_write_at_once_write_one_after_another(story: Story) -> None:
    codes = [code.value for code in AttendanceCode] + ["LATE"]
    payloads = await asyncio.gather(
        *(
            # Each the other way round than the one before.
            story.record(*(_entry(pupil, code) for pupil in story.pupils[:: 1 - 2 * (place % 2)]))
            for place, code in enumerate(codes)
        )
    )
    assert list(map(reasons, payloads)) == [[]] * 8
    rows = await Attendance.filter(lesson_id=story.lesson.id)
    assert [row.code for row in rows] == [rows[0].code] * 2
    for row in rows:
        told = await deeds("Attendance", row.id)
        assert [deed.before for deed in told] == [None, *(deed.after for deed in told[:-1])]
        assert sorted(deed.after["code"] for deed in told) == sorted(codes)
        assert told[-1].after["code"] == row.code
    assert [seq for seq, *_ in await story.log()] == list(range(1, 17))


async def test_one_wrong_entry_takes_all_others_back(story: Story) -> None:
    klass = story.lesson.section.klass
    first, second = story.pupils
    came = await klass.pupil(since=story.lesson.row.date)
    lesson = await story.lesson.section.lesson(on=story.lesson.row.date - _DAY)
    stranger = await (await klass.school.class_("7Б")).pupil()
    payload = await Story(lesson, story.pupils, story.teacher, story.client).record(
        _entry(first), _entry(came), _entry(second), _entry(stranger), _entry(first, "LATE")
    )
    assert (payload["attendance"], reasons(payload)) == (
        None,
        [
            ("NOT_ENROLLED", "entries.1.studentId"),
            ("NOT_FOUND", "entries.3.studentId"),
            ("DUPLICATE", "entries.4.studentId"),
        ],
    )
    assert not await Attendance.filter(lesson_id=lesson.id).exists()
    assert await story.log() == []
    assert not await AuditEntry.filter(person_id=story.teacher.id).exists()


async def _refused(story: Story, entries: list[dict[str, Any]], errors: Any) -> None:
    payload = await story.record(*entries)
    assert (payload["attendance"], reasons(payload)) == (None, errors)
    assert await story.rows() == [(story.pupils[0].id, "LATE", "10 минут")]


async def test_notes_are_checked_each_in_its_place(quiet: Story) -> None:
    first, second = quiet.pupils
    entries = [
        _entry(first, note="ё" * 501),
        _entry(second, note="ё" * 500),
        _entry(second, note="\x00"),
    ]
    too_long, unstorable = ("TOO_LONG", "entries.0.note"), ("OUT_OF_RANGE", "entries.2.note")
    await _refused(quiet, entries, [too_long, unstorable])


async def test_a_lesson_has_one_to_a_hundred_entries(quiet: Story) -> None:
    await _refused(quiet, [], [("REQUIRED", "entries")])
    await _refused(quiet, [_entry(quiet.pupils[0])] * 101, [("TOO_LONG", "entries")])
    twice = [("DUPLICATE", f"entries.{place}.studentId") for place in range(1, 100)]
    await _refused(quiet, [_entry(quiet.pupils[0])] * 100, twice)


async def test_an_unknown_code_is_malformed(quiet: Story) -> None:
    entry = _entry(quiet.pupils[0], "ASLEEP")
    answer = await quiet.client.ask(
        "RecordAttendance", input={"lessonId": gid("Lesson", quiet.lesson.id), "entries": [entry]}
    )
    assert (answer.body.get("data"), answer.codes) == (None, ["BAD_USER_INPUT"])


async def test_a_homeroom_teacher_may_write_attendance_at_any_lesson_of_the_class(
    diary: Diary, story: Story
) -> None:
    klass = story.lesson.section.klass
    homeroom = await klass.school.teacher()
    client = await signed_in(diary, homeroom)
    hidden = await story.record(_entry(story.pupils[0]), client=client)
    assert reasons(hidden) == [("NOT_FOUND", "lessonId")]
    assert await story.rows() == []

    await klass.led_by(homeroom)
    assert reasons(await story.record(_entry(story.pupils[0]), client=client)) == []
    assert await story.rows() == [(story.pupils[0].id, "ABSENT", None)]
    row = await Attendance.get(lesson_id=story.lesson.id)
    [told] = await deeds("Attendance", row.id)
    assert (told.person_id, told.roles) == (homeroom.id, ["HOMEROOM_TEACHER", "TEACHER"])


async def test_who_only_reads_the_journal_may_not_write_into_it(diary: Diary, quiet: Story) -> None:
    school = quiet.lesson.section.klass.school
    head = await school.staff(Position.HEAD)
    both = await school.staff(Position.TEACHER, await school.staff(Position.LIBRARIAN))
    guardian = await quiet.pupils[0].guardian()
    given = {
        "lessonId": gid("Lesson", quiet.lesson.id),
        "entries": [_entry(quiet.pupils[0], "PRESENT")],
    }
    for client, code in (
        (await signed_in(diary, head), "FORBIDDEN"),
        (await signed_in(diary, guardian), "FORBIDDEN"),
        (diary.nobody, "UNAUTHENTICATED"),
    ):
        answer = await client.ask("RecordAttendance", input=given)
        assert (answer.partial, answer.refused) == (None, [(code, "recordAttendance")])
    answer = await (await signed_in(diary, both)).ask("RecordAttendance", input=given)
    assert refusals(answer) == [("FORBIDDEN", "lessonId")]
    assert await quiet.rows() == [(quiet.pupils[0].id, "LATE", "10 минут")]
