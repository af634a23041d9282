"""The pupil's diary, exactly as clients ask for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models import AttendanceCode, MarkSign
from tests.diary import Client, Diary
from tests.factories import LessonMade, PupilMade, a_school, gid
from tests.moments import rfc3339
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


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
                                    "recordedAt": rfc3339(mark.row.recorded_at),
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


async def _week(client: Client, pupil: PupilMade, first: date, last: date) -> Any:
    days = {"from": str(first), "to": str(last)}
    return await client.ask("DiaryWeek", studentId=gid("Student", pupil.id), **days)


def _shown(answer: Any) -> list[tuple[str, list[str]]]:
    """Each day with the ids of its lessons."""
    return [
        (day["date"], [lesson["id"] for lesson in day["lessons"]])
        for day in answer.data["student"]["diary"]
    ]


def _expected(*days: list[LessonMade]) -> list[tuple[str, list[str]]]:
    return [
        (str(lessons[0].row.date), [gid("Lesson", lesson.id) for lesson in lessons])
        for lessons in days
    ]


async def test_days_and_lessons_stand_in_order_and_a_day_without_lessons_is_absent(
    diary: Diary,
) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil, today = await klass.pupil(), school.today
    algebra, music = await klass.section("Алгебра"), await klass.section("Музыка")
    tomorrow = await music.lesson(on=today + _DAY)
    third = await algebra.lesson(on=today - _DAY, number=3)
    afternoon = await music.lesson(on=today - _DAY, number=1, shift=2)
    first = await music.lesson(on=today - _DAY, number=1)
    await algebra.lesson(on=today + 2 * _DAY)
    await (await (await school.class_("7Б")).section("Алгебра")).lesson()
    me = await signed_in(diary, pupil)

    answer = await _week(me, pupil, today - _DAY, today + _DAY)
    assert _shown(answer) == _expected([first, third, afternoon], [tomorrow])
    assert _shown(await _week(me, pupil, today, today)) == []


async def test_a_pupil_has_the_lessons_of_the_class_and_of_ones_own_groups(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil, classmate = await klass.pupil(), await klass.pupil()
    whole = await (await klass.section("Алгебра")).lesson(number=1)
    lessons = []
    for place, member in enumerate((pupil, classmate), start=1):
        group = await klass.group(f"7А англ. {place}", member)
        lessons.append(await (await group.section("Английский язык")).lesson(number=2))
    across = await school.group("Хор", grade=7)
    await across.enroll(pupil)
    choir = await (await across.section("Хор")).lesson(number=7)

    for member, own in ((pupil, [whole, lessons[0], choir]), (classmate, [whole, lessons[1]])):
        client = await signed_in(diary, await member.guardian())
        answer = await _week(client, member, school.today, school.today)
        assert _shown(answer) == _expected(own)


async def test_a_pupil_who_moved_has_each_day_in_the_class_of_that_day(diary: Diary) -> None:
    school = await a_school()
    old, new = await school.class_("7А"), await school.class_("7Б")
    pupil, today = await old.pupil(), school.today
    sections = await old.section("Алгебра"), await new.section("Алгебра")
    (before, _), (_, after) = [
        [await section.lesson(on=day) for day in (today - _DAY, today)] for section in sections
    ]
    mark = await before.mark(pupil, 4)
    await before.homework("§ 1")
    await (await old.enrollment(pupil)).end(on=today)
    await new.enroll(pupil, since=today)
    client = await signed_in(diary, await pupil.guardian())

    answer = await _week(client, pupil, today - _DAY, today)
    assert _shown(answer) == _expected([before], [after])
    student = answer.data["student"]
    assert student["schoolClass"] == {"id": gid("SchoolClass", new.id), "name": "7Б"}
    [lesson] = student["diary"][0]["lessons"]
    assert [one["id"] for one in lesson["marks"]] == [gid("Mark", mark.id)]
    assert [one["text"] for one in lesson["homework"]] == ["§ 1"]
    assert lesson["teacher"]["fullName"] == sections[0].teacher.row.full_name


async def test_marks_stand_as_they_were_given_and_homework_by_its_day(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil, today = await klass.pupil(), school.today
    lesson = await (await klass.section("Алгебра")).lesson()
    now = datetime.now(UTC)
    later, sooner = [
        await lesson.mark(pupil, 5, recorded_at=now - timedelta(minutes=minutes))
        for minutes in (1, 2)
    ]
    for text, days in (("потом", 3), ("сначала", 1)):
        await lesson.homework(text, due_on=today + days * _DAY)

    client = await signed_in(diary, pupil)
    [shown] = (await _week(client, pupil, today, today)).data["student"]["diary"][0]["lessons"]
    assert [one["id"] for one in shown["marks"]] == [gid("Mark", one.id) for one in (sooner, later)]
    assert [one["text"] for one in shown["homework"]] == ["сначала", "потом"]
    assert (shown["room"], shown["topic"], shown["attendance"]) == (None, None, None)


@pytest.mark.parametrize(("days", "codes"), [(62, []), (63, ["BAD_USER_INPUT"])])
async def test_the_diary_is_read_for_62_days_at_the_most(
    diary: Diary, days: int, codes: list[str]
) -> None:
    school = await a_school()
    pupil = await (await school.class_("7А")).pupil()
    client = await signed_in(diary, pupil)
    last = school.today + (days - 1) * _DAY
    answer = await _week(client, pupil, school.today, last)
    assert answer.codes == codes
    backwards = await _week(client, pupil, school.today, school.today - _DAY)
    assert (backwards.partial, backwards.refused) == (
        {"student": None},
        [("BAD_USER_INPUT", "student.diary")],
    )


async def test_a_foreign_diary_reads_as_one_that_is_absent(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil, classmate = await klass.pupil(), await klass.pupil()
    client = await signed_in(diary, await pupil.guardian())
    hidden = await _week(client, classmate, school.today, school.today)
    assert hidden.data == {"student": None}
    unknown = await _week(diary.nobody, pupil, school.today, school.today)
    assert (unknown.partial, unknown.refused) == (
        {"student": None},
        [("UNAUTHENTICATED", "student")],
    )
