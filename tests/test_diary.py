"""The family's side: the diary, the dashboard and a pupil's card, exactly as clients ask for them."""

from datetime import timedelta

import pytest

from models import AttendanceCode, MarkSign
from tests.diary import Diary
from tests.factories import a_school, gid

pytestmark = pytest.mark.usefixtures("database")


async def test_a_guardian_reads_the_childs_week(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil(last_name="Иванова", first_name="Анна", middle_name="")
    other = await klass.pupil()
    teacher = await school.teacher()
    section = await klass.section("Алгебра", teacher)
    room = await school.room("12")
    lesson = await section.lesson(number=2, room=room, topic="Дроби")
    mark = await lesson.mark(pupil, 5, weight=20, comment="Молодец")
    await lesson.mark(other, 2)
    await lesson.attendance(pupil, AttendanceCode.LATE, note="на 5 минут")
    homework = await lesson.homework("№ 12", due_on=school.today + timedelta(days=2))
    parent = await diary.as_(await pupil.guardian())

    answer = await parent.ask(
        "DiaryWeek",
        studentId=gid("Student", pupil.id),
        **{"from": str(school.today - timedelta(days=3)), "to": str(school.today)},
    )

    work_type = mark.row.work_type
    assert answer.data == {
        "student": {
            "id": gid("Student", pupil.id),
            "fullName": "Иванова Анна",
            "schoolClass": {"id": gid("SchoolClass", klass.id), "name": "7А"},
            "diary": [
                {
                    "date": str(school.today),
                    "lessons": [
                        {
                            "id": gid("Lesson", lesson.id),
                            "number": 2,
                            "startsAt": "09:25:00",
                            "endsAt": "10:10:00",
                            "room": "12",
                            "topic": "Дроби",
                            "subject": {
                                "id": gid("Subject", section.subject.id),
                                "name": "Алгебра",
                            },
                            "teacher": {
                                "id": gid("StaffMember", teacher.id),
                                "fullName": teacher.row.full_name,
                            },
                            "homework": [
                                {
                                    "id": gid("Homework", homework.id),
                                    "text": "№ 12",
                                    "dueOn": str(school.today + timedelta(days=2)),
                                }
                            ],
                            "attendance": {"code": "LATE", "note": "на 5 минут"},
                            "marks": [
                                {
                                    "id": gid("Mark", mark.id),
                                    "value": 5,
                                    "text": "5",
                                    "weight": 20,
                                    "workType": {"code": work_type.code, "name": work_type.name},
                                    "comment": "Молодец",
                                    "recordedAt": mark.row.recorded_at.isoformat(),
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    }


async def test_words_are_marks_too(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    lesson = await (await klass.section("Физкультура")).lesson()
    for sign in MarkSign:
        await lesson.mark(pupil, sign)
    me = await diary.as_(pupil)
    answer = await me.send(
        "query ($id: ID!) { student(id: $id) { recentMarks { value text } subjectAverages "
        "{ markCount } } }",
        id=gid("Student", pupil.id),
    )
    texts = ["н/а", "осв", "незач", "зач"]
    assert answer.data["student"] == {
        "recentMarks": [{"value": None, "text": text} for text in texts],
        "subjectAverages": [],
    }
