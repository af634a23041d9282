"""A substitute has the section's lessons of the substitution's days, today, and nothing else."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from models import Attendance, Homework, Mark, Substitution
from tests.diary import Client, Diary
from tests.factories import Fact, LessonMade, StaffMade, a_period_mark, a_school, gid
from tests.journal.story import Story, a_story, page_of, untouched
from tests.sessions import signed_in
from tests.traces import announced, deeds_of, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)
_CARD = """query ($id: ID!) { student(id: $id) {
    fullName birthDate phone email snils healthGroup guardians { fullName }
    subjectAverages { average } overdueAssignments { title } recentMarks { text }
} }"""
_PAGE = """query ($klass: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $klass, subjectId: $subject, termId: $term) {
        lessons { id }
        rows { student { id } average weightedAverage periodMark { text }
               entries { lessonId marks { text } attendance { code } } }
    } }"""


@dataclass
class Standing:
    """A substitute of today, and the section's lesson of yesterday."""

    story: Story
    substitute: StaffMade
    client: Client
    fact: Fact[Substitution]
    before: LessonMade

    @property
    def today(self) -> LessonMade:
        return self.story.lesson


@pytest.fixture
async def standing(diary: Diary) -> Standing:
    return await _standing(diary)


async def _standing(diary: Diary, since: int = 0, until: int = 1) -> Standing:
    """A substitution from and until so many days from today."""
    story = await a_story(diary)
    substitute = await story.school.teacher()
    today = story.school.today
    fact = await story.section.substituted_by(
        substitute, today + since * _DAY, today + until * _DAY
    )
    before = await story.section.lesson(today - _DAY)
    return Standing(story, substitute, await signed_in(diary, substitute), fact, before)


@pytest.mark.parametrize("planned", [True, False])
async def test_the_page_has_the_lessons_of_these_days(standing: Standing, planned: bool) -> None:
    story, pupil = standing.story, standing.story.pupil
    await standing.before.mark(pupil, 2)
    await standing.before.attendance(pupil)
    await standing.today.mark(pupil, 5)
    await a_period_mark(pupil, story.section, 4)
    send = standing.client.send if planned else standing.client.send_unplanned
    answer = await send(
        _PAGE,
        klass=gid("SchoolClass", story.klass.id),
        subject=gid("Subject", story.section.subject.id),
        term=gid("Term", story.klass.term.id),
    )
    lesson = gid("Lesson", standing.today.id)
    assert answer.data["classJournal"] == {
        "lessons": [{"id": lesson}],
        "rows": [
            {
                "student": {"id": gid("Student", pupil.id)},
                "average": None,
                "weightedAverage": None,
                "periodMark": None,
                "entries": [{"lessonId": lesson, "marks": [{"text": "5"}], "attendance": None}],
            }
        ],
    }


async def test_who_has_left_is_on_the_teachers_page_alone(standing: Standing) -> None:
    story = standing.story
    await (await story.klass.enrollment(await story.klass.pupil())).end()
    assert len((await page_of(story))["rows"]) == 2
    assert len((await page_of(story, client=standing.client))["rows"]) == 1


async def test_of_the_pupil_there_are_name_and_birth_date(standing: Standing) -> None:
    pupil = standing.story.pupil
    await pupil.guardian()
    await pupil.person.change(birth_date=date(2013, 5, 9))
    await standing.before.mark(pupil, 2)
    await standing.before.assignment(due_on=standing.before.row.date)
    await standing.today.mark(pupil, 5)
    answer = await standing.client.send(_CARD, id=gid("Student", pupil.id))
    assert answer.partial["student"] == {
        "fullName": pupil.person.row.full_name,
        "birthDate": "2013-05-09",
        **dict.fromkeys(("phone", "email", "snils", "healthGroup", "guardians")),
        "subjectAverages": [],
        "overdueAssignments": [],
        "recentMarks": [{"text": "5"}],
    }


async def test_a_substitute_writes_at_their_lessons(standing: Standing) -> None:
    lesson, client = standing.today, standing.client
    given = {"lessonId": gid("Lesson", lesson.id)}
    pupil = gid("Student", standing.story.pupil.id)
    payload = await client.do("RecordMark", **given, studentId=pupil, value=4)
    mark = {"markId": payload["mark"]["id"], "reason": "Описка"}
    done = [
        payload,
        await client.do("CorrectMark", **mark, version=1, value=5),
        await client.do("RemoveMark", **mark, version=2),
        await client.do(
            "RecordAttendance", **given, entries=[{"studentId": pupil, "code": "LATE"}]
        ),
        await client.do("AssignHomework", **given, text="№ 1", dueOn=str(lesson.row.date)),
    ]
    assert [each["userErrors"] for each in done] == [[]] * 5
    row = await Mark.get(id=number(payload["mark"]["id"]))
    assert (row.value, row.version, row.removed_at is None) == (5, 3, False)
    assert await Attendance.filter(lesson_id=lesson.id).count() == 1
    assert await Homework.filter(lesson_id=lesson.id).count() == 1
    assert await deeds_of(standing.substitute.id) == 5


@pytest.mark.parametrize(
    ("since", "until", "lesson"),
    [
        pytest.param(0, 1, "before", id="a lesson before the substitution"),
        pytest.param(-1, 0, "before", id="a lesson of a substitution that is over"),
        pytest.param(1, 2, "today", id="a lesson before a substitution that has not begun"),
    ],
)
async def test_nothing_is_written_elsewhere(
    diary: Diary, since: int, until: int, lesson: str
) -> None:
    standing = await _standing(diary, since, until)
    at: LessonMade = getattr(standing, lesson)
    mark = await at.mark(standing.story.pupil, 3)
    told = await _writing(standing.client, at, standing.story, gid("Mark", mark.id))
    assert set(told.values()) <= {"NOT_FOUND", "refused"}
    await untouched(mark)
    assert await Mark.filter(lesson_id=at.id).count() == 1
    assert await Attendance.filter(lesson_id=at.id).count() == 0
    assert await Homework.filter(lesson_id=at.id).count() == 0
    assert await announced(standing.story.school) == []
    assert await deeds_of(standing.substitute.id) == 0


async def test_another_section_of_the_class_is_not_theirs(standing: Standing) -> None:
    other = await (await standing.story.klass.section("Геометрия")).lesson()
    mark = await other.mark(standing.story.pupil, 3)
    told = await _writing(standing.client, other, standing.story, gid("Mark", mark.id))
    assert set(told.values()) == {"NOT_FOUND"}
    await untouched(mark)


async def test_the_right_is_gone_with_the_substitution_and_with_the_post(
    diary: Diary, standing: Standing
) -> None:
    mark = await standing.today.mark(standing.story.pupil, 3)
    assert (await _sees(standing.client, mark.id)) is True
    await standing.fact.end(standing.story.school.today)
    assert (await _sees(standing.client, mark.id)) is False
    told = await _writing(standing.client, standing.today, standing.story, gid("Mark", mark.id))
    assert set(told.values()) == {"NOT_FOUND"}

    other = await _standing(diary)
    elsewhere = await a_school()
    await elsewhere.staff(other.substitute.post.row.position, other.substitute)
    mark = await other.today.mark(other.story.pupil, 3)
    assert (await _sees(other.client, mark.id)) is True
    await other.substitute.post.end()
    assert (await _sees(other.client, mark.id)) is False


async def test_a_new_teacher_takes_the_journal_over(diary: Diary, standing: Standing) -> None:
    """Unlike a substitute: what was before is theirs to go on with."""
    teacher = await standing.story.school.teacher()
    await standing.story.section.taught_by(teacher, standing.story.school.today)
    client = await signed_in(diary, teacher)
    mark = await standing.before.mark(standing.story.pupil, 3)
    told = await _writing(client, standing.before, standing.story, gid("Mark", mark.id))
    assert set(told.values()) == {"done"}


async def test_who_works_at_the_school_no_more_teaches_there_no_more(diary: Diary) -> None:
    """A post elsewhere keeps the role of a teacher, and the assignment was left standing."""
    story = await a_story(diary)
    mark = await story.lesson.mark(story.pupil, 3)
    await (await a_school()).staff(story.teacher.post.row.position, story.teacher)
    assert (await _sees(story.client, mark.id)) is True
    await story.teacher.post.end()
    assert (await _sees(story.client, mark.id)) is False
    told = await _writing(story.client, story.lesson, story, gid("Mark", mark.id))
    assert set(told.values()) == {"NOT_FOUND"}


async def _sees(client: Client, mark_id: int) -> bool:
    document = "query ($id: ID!) { node(id: $id) { id } }"
    answer = await client.send(document, id=gid("Mark", mark_id))
    return answer.data["node"] is not None


async def _writing(client: Client, lesson: LessonMade, story: Story, mark: str) -> dict[str, str]:
    """Every way to write at the lesson, and what came of it."""
    at, pupil = {"lessonId": gid("Lesson", lesson.id)}, gid("Student", story.pupil.id)
    changed = {"markId": mark, "reason": "Описка"}
    entries = [{"studentId": pupil, "code": "LATE"}]
    inputs: dict[str, dict[str, Any]] = {
        "RecordMark": {**at, "studentId": pupil, "value": 5},
        "CorrectMark": {**changed, "version": 1, "value": 5},
        "RemoveMark": {**changed, "version": 2},
        "RecordAttendance": {**at, "entries": entries},
        "AssignHomework": {**at, "text": "№ 1", "dueOn": str(lesson.row.date + _DAY)},
    }
    told = {}
    for operation, given in inputs.items():
        payload = await client.do(operation, **given)
        told[operation] = "done"
        if payload["userErrors"]:
            ((told[operation], _),) = reasons(payload)
    return told
