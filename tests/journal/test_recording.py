"""Giving marks: what is written, and everything that is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import AuditEntry, Mark, MarkRevision, Position
from tests.diary import Diary
from tests.factories import (
    LessonMade,
    PupilMade,
    gid,
)
from tests.journal.story import Story, a_story, history
from tests.moments import rfc3339
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, deeds_of, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def _at_one_moment(mark: Mark) -> None:
    """The mark, its history and the audit say the same time."""
    [revision] = await MarkRevision.filter(mark_id=mark.id)
    [entry] = await AuditEntry.filter(entity="Mark", row_id=mark.id)
    assert {revision.at, entry.at} == {mark.recorded_at}
    assert abs(mark.recorded_at - datetime.now(UTC)) < timedelta(seconds=30)


async def test_a_mark_is_given(story: Story) -> None:
    payload = await story.record(value=4, workType="CONTROL", weight=15, comment="Без ошибок")

    assert payload["userErrors"] == []
    mark = await Mark.get(id=number(payload["mark"]["id"])).select_related("work_type")
    assert payload["mark"] == {
        "id": gid("Mark", mark.id),
        "value": 4,
        "text": "4",
        "weight": 15,
        "version": 1,
        "recordedAt": rfc3339(mark.recorded_at),
        "student": {"id": gid("Student", story.pupil.id)},
        "lesson": {"id": gid("Lesson", story.lesson.id), "date": str(story.school.today)},
    }
    assert (mark.value, mark.sign, mark.weight, mark.comment) == (4, None, 15, "Без ошибок")
    assert (mark.work_type.code, mark.version, mark.removed_at) == ("CONTROL", 1, None)
    assert await history(mark) == [("RECORDED", 1, 4, None, 15, None, story.teacher.id)]
    after = {"value": 4, "sign": None, "weight": 15, "comment": "Без ошибок"}
    told = Deed("mark.recorded", story.teacher.id, ["TEACHER"], None, after)
    assert await deeds("Mark", mark.id) == [told]
    assert await announced(story.school) == [(1, "MARKS", "RECORDED", mark.id, story.pupil.id)]
    await _at_one_moment(mark)


@pytest.mark.parametrize(
    ("given", "code", "weight"),
    [
        ({}, "LESSON_ANSWER", 10),
        ({"workType": None, "weight": None, "comment": None}, "LESSON_ANSWER", 10),
        ({"workType": "TEST"}, "TEST", 20),
        ({"workType": "К"}, "CONTROL", 40),
        ({"workType": "К", "weight": 1}, "CONTROL", 1),
        ({"weight": 100}, "LESSON_ANSWER", 100),
    ],
)
async def test_a_mark_has_its_work_types_weight_unless_told(
    story: Story, given: Any, code: str, weight: int
) -> None:
    payload = await story.record(**given)
    mark = await Mark.get(id=number(payload["mark"]["id"])).select_related("work_type")
    assert (mark.work_type.code, mark.weight, mark.comment) == (code, weight, None)
    assert mark.work_type.organization_id == story.school.id


@pytest.mark.parametrize("value", range(1, 6))
async def test_the_scale_has_five_values(unmarked: Story, value: int) -> None:
    payload = await unmarked.record(value=value)
    assert (payload["mark"]["value"], payload["mark"]["text"]) == (value, str(value))


@pytest.mark.parametrize(
    ("sign", "text"),
    [("PASSED", "зач"), ("FAILED", "незач"), ("EXEMPT", "осв"), ("NOT_ATTESTED", "н/а")],
)
async def test_a_mark_may_be_a_word(unmarked: Story, sign: str, text: str) -> None:
    payload = await unmarked.record(value=None, sign=sign)
    assert (payload["mark"]["value"], payload["mark"]["text"]) == (None, text)
    mark = await Mark.get(id=number(payload["mark"]["id"]))
    assert (mark.value, mark.sign) == (None, sign)


async def test_the_longest_comment_is_kept_whole(unmarked: Story) -> None:
    payload = await unmarked.record(comment="ё" * 1000)
    assert (await Mark.get(id=number(payload["mark"]["id"]))).comment == "ё" * 1000


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"value": 0}, [("OUT_OF_RANGE", "value")]),
        ({"value": 6}, [("OUT_OF_RANGE", "value")]),
        ({"value": -1}, [("OUT_OF_RANGE", "value")]),
        ({"value": 2**31 - 1}, [("OUT_OF_RANGE", "value")]),
        ({"value": None}, [("REQUIRED", "value")]),
        ({"sign": "PASSED"}, [("REQUIRED", "value")]),
        ({"weight": 0}, [("OUT_OF_RANGE", "weight")]),
        ({"weight": 101}, [("OUT_OF_RANGE", "weight")]),
        ({"comment": "ё" * 1001}, [("TOO_LONG", "comment")]),
        ({"comment": "а\x00б"}, [("OUT_OF_RANGE", "comment")]),
        ({"workType": "ESSAY"}, [("NOT_FOUND", "workType")]),
        ({"workType": "control"}, [("NOT_FOUND", "workType")]),
        ({"workType": "\x00"}, [("NOT_FOUND", "workType")]),
        ({"value": 6, "weight": 0}, [("OUT_OF_RANGE", "value"), ("OUT_OF_RANGE", "weight")]),
    ],
)
async def test_a_mark_is_refused(unmarked: Story, given: Any, errors: Any) -> None:
    await _refused(unmarked, given, errors)


async def _refused(story: Story, given: Any, errors: list[tuple[str, str | None]]) -> None:
    before = await story.marks(), await announced(story.school), await deeds_of(story.teacher.id)
    payload = await story.record(**given)
    assert (payload["mark"], reasons(payload)) == (None, errors)
    after = await story.marks(), await announced(story.school), await deeds_of(story.teacher.id)
    assert after == before


async def test_a_lesson_to_come_is_not_marked(story: Story) -> None:
    lesson = await story.section.lesson(on=story.school.today + _DAY)
    await _refused(story, {"lessonId": gid("Lesson", lesson.id)}, [("IN_FUTURE", "lessonId")])


async def test_the_first_grade_is_taught_without_marks_but_not_without_words(diary: Diary) -> None:
    story = await a_story(diary, "1А")
    await _refused(story, {}, [("MARKS_NOT_USED", "value")])
    assert reasons(await story.record(value=None, sign="PASSED")) == []


async def test_only_who_was_in_the_class_on_that_day_is_marked(story: Story) -> None:
    today = story.school.today
    yesterday = await story.section.lesson(on=today - _DAY)
    came, comes = [await story.klass.pupil(since=day) for day in (today, today + _DAY)]
    left = await story.klass.pupil()
    await (await story.klass.enrollment(left)).end(on=today)

    async def outcome(pupil: PupilMade, lesson: LessonMade) -> list[tuple[str, str | None]]:
        given = {"lessonId": gid("Lesson", lesson.id), "studentId": gid("Student", pupil.id)}
        return reasons(await story.record(**given))

    assert await outcome(came, yesterday) == [("NOT_ENROLLED", "studentId")]
    # Whom a teacher does not teach today is hidden.
    assert await outcome(comes, story.lesson) == [("NOT_FOUND", "studentId")]
    assert await outcome(left, story.lesson) == [("NOT_FOUND", "studentId")]
    assert (await story.marks(), await announced(story.school)) == (0, [])
    assert await outcome(came, story.lesson) == await outcome(left, yesterday) == []
    assert await story.marks() == 2


async def test_a_pupil_of_another_class_is_told_apart_only_from_ones_own(story: Story) -> None:
    other_class = await story.school.class_("7Б")
    taught = await other_class.pupil()
    await other_class.section("Алгебра", story.teacher)
    stranger = await (await story.school.class_("7В")).pupil()
    for student, code in (
        (gid("Student", taught.id), "NOT_ENROLLED"),
        (gid("Student", stranger.id), "NOT_FOUND"),
        (gid("Student", 2**62), "NOT_FOUND"),
        (gid("Lesson", story.pupil.id), "NOT_FOUND"),
    ):
        await _refused(story, {"studentId": student}, [(code, "studentId")])


async def test_a_groups_lesson_is_marked_for_its_members(story: Story) -> None:
    classmate = await story.klass.pupil()
    group = await story.klass.group("7А англ. 1", story.pupil)
    lesson = await (await group.section("Английский язык", story.teacher)).lesson()
    at_lesson = {"lessonId": gid("Lesson", lesson.id)}
    assert reasons(await story.record(**at_lesson)) == []
    given = at_lesson | {"studentId": gid("Student", classmate.id)}
    await _refused(story, given, [("NOT_ENROLLED", "studentId")])


async def test_a_lesson_that_is_hidden_reads_as_one_that_is_absent(story: Story) -> None:
    of_a_colleague = await (await story.klass.section("Физика")).lesson()
    for lesson in (
        gid("Lesson", of_a_colleague.id),
        gid("Lesson", 2**62),
        gid("Student", story.lesson.id),
    ):
        await _refused(story, {"lessonId": lesson}, [("NOT_FOUND", "lessonId")])


async def test_a_lesson_that_may_only_be_read_is_not_marked(story: Story) -> None:
    await story.klass.led_by(story.teacher)
    lesson = await (await story.klass.section("Физика")).lesson()
    await _refused(story, {"lessonId": gid("Lesson", lesson.id)}, [("FORBIDDEN", "lessonId")])


@pytest.mark.parametrize("field", ["lessonId", "studentId"])
@pytest.mark.parametrize("given", ["7", "", "TGVzc29uOjA=", gid("Lesson", 2**63), "TGVzc29uOsKy"])
async def test_an_id_that_is_none_is_malformed(unmarked: Story, field: str, given: str) -> None:
    before = await unmarked.marks()
    usual = {
        "lessonId": gid("Lesson", unmarked.lesson.id),
        "studentId": gid("Student", unmarked.pupil.id),
    }
    answer = await unmarked.client.ask("RecordMark", input={**usual, "value": 5, field: given})
    assert (answer.partial, answer.refused) == (None, [("BAD_USER_INPUT", "recordMark")])
    assert await unmarked.marks() == before


@pytest.mark.parametrize("position", [Position.DEPUTY_HEAD, Position.SCHOOL_ADMINISTRATOR])
async def test_the_schools_management_may_mark(
    diary: Diary, story: Story, position: Position
) -> None:
    manager = await story.school.staff(position)
    story = replace(story, client=await signed_in(diary, manager))
    mark = await Mark.get(id=number((await story.record())["mark"]["id"]))
    assert await history(mark) == [("RECORDED", 1, 5, None, 10, None, manager.id)]
