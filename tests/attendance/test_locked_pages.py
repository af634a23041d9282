"""On a locked page a day is written with a reason, and notes change nothing."""

from datetime import UTC, datetime
from typing import Any

from models import Attendance, AttendanceCode, JournalLock
from tests.attendance.story import Story
from tests.factories import LessonMade, gid

_WRITTEN = "attendance { code }"


async def _locked(story: Story) -> tuple[LessonMade, LessonMade]:
    """A lesson of algebra, whose page is locked, and one of Russian today."""
    other = await story.klass.section("Русский язык")
    await JournalLock.create(
        school_class=story.klass.row,
        subject=story.section.subject,
        term=story.klass.term,
        reason="Четверть сдана",
        locked_by=story.deputy.row,
        locked_at=datetime.now(UTC),
    )
    return await story.lesson(), await other.lesson()


def _day(story: Story, *lessons: LessonMade) -> dict[str, Any]:
    pupil = gid("Student", story.pupil.id)
    return {
        "classId": gid("SchoolClass", story.klass.id),
        "date": str(story.school.today),
        "entries": [
            {"lessonId": gid("Lesson", lesson.id), "studentId": pupil, "code": "ABSENT"}
            for lesson in lessons
        ],
    }


async def test_a_day_with_a_locked_lesson_is_written_by_who_says_why(story: Story) -> None:
    locked, free = await _locked(story)
    day = _day(story, free, locked)
    told = await story.refused(story.homeroom, "RecordDayAttendance", _WRITTEN, **day)
    assert told == [("LOCKED", "entries.1.lessonId")]
    silent = await story.refused(story.deputy, "RecordDayAttendance", _WRITTEN, **day)
    assert silent == [("REQUIRED", "reason")]
    empty = await story.refused(story.deputy, "RecordDayAttendance", _WRITTEN, **day, reason=" ")
    assert empty == [("REQUIRED", "reason")]
    await story.do(story.homeroom, "RecordDayAttendance", _WRITTEN, **_day(story, free))
    payload = await story.do(
        story.deputy, "RecordDayAttendance", _WRITTEN, **_day(story, locked), reason="Забыли"
    )
    assert payload["attendance"] == [{"code": "ABSENT"}]
    assert await Attendance.filter(student_id=story.pupil.id).count() == 2


async def test_a_note_leaves_a_locked_page_as_it_is_and_tells_of_it(story: Story) -> None:
    lessons = await _locked(story)
    kept, excused = [await lesson.attendance(story.pupil) for lesson in lessons]
    note_id = await story.submitted()
    fields = "attendance { id } conflicts { id }"
    payload = await story.do(story.homeroom, "ApproveAbsenceNote", fields, noteId=note_id)
    assert payload["attendance"] == [{"id": gid("Attendance", excused.id)}]
    assert payload["conflicts"] == [{"id": gid("Attendance", kept.id)}]
    codes = [(await Attendance.get(id=row.id)).code for row in (kept, excused)]
    assert codes == [AttendanceCode.ABSENT, AttendanceCode.ABSENT_SICK]
