"""Bell schedules, and days that follow other bells than usual."""

from datetime import time
from typing import Any

import pytest

from models import BellDay, BellPeriod, BellSchedule, Lesson
from tests.diary import Diary
from tests.factories import gid
from tests.factories.timetable import bell
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story, document
from tests.traces import announced, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")

_BELLS = """query ($id: ID!) { node(id: $id) { ... on Organization { bellSchedules {
    name isUsual periods { shift number startsAt endsAt } } } } }"""
_SHORT = [
    {"number": number, "startsAt": f"{8 + number}:00:00".zfill(8), "endsAt": f"{8 + number}:30:00"}
    for number in (1, 2, 3)
]
for _each in _SHORT:
    _each["endsAt"] = str(_each["endsAt"]).zfill(8)


async def _set(story: Story, **given: Any) -> Any:
    usual = {"organizationId": gid("Organization", story.school.id), "name": "Сокращённый день"}
    shown = "bellSchedule { id isUsual periods { number startsAt } }"
    answer = await story.client.send(
        document("SetBellSchedule", shown), input=usual | {"periods": _SHORT} | given
    )
    return answer.data["setBellSchedule"]


async def _on(story: Story, schedule: str | None, day: Any) -> Any:
    given = {"organizationId": gid("Organization", story.school.id), "date": str(day)}
    answer = await story.client.send(
        document("SetDayBells", "lessonCount bellSchedule { name }"),
        input={**given, "bellScheduleId": schedule},
    )
    return answer.data["setDayBells"]


async def test_bells_are_set_and_set_again(diary: Diary, story: Story) -> None:
    payload = await _set(story)
    assert payload["userErrors"] == []
    assert payload["bellSchedule"]["isUsual"] is False
    again = await _set(story, periods=_SHORT[:2], isUsual=True)
    assert again["bellSchedule"]["id"] == payload["bellSchedule"]["id"]
    family = await signed_in(diary, await story.pupil.guardian())
    asked = {"id": gid("Organization", story.school.id)}
    shown = (await family.send(_BELLS, **asked)).data["node"]["bellSchedules"]
    assert [(each["name"], each["isUsual"], len(each["periods"])) for each in shown] == [
        ("Обычный день", False, 8),
        ("Сокращённый день", True, 2),
    ]
    assert shown[1]["periods"][0] == {
        "shift": 1,
        "number": 1,
        "startsAt": "09:00:00",
        "endsAt": "09:30:00",
    }
    assert await BellSchedule.filter(organization_id=story.school.id, is_usual=True).count() == 1


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        ([], ("OUT_OF_RANGE", "periods")),
        ([{**_SHORT[0], "shift": 4}], ("OUT_OF_RANGE", "periods.0.number")),
        ([{**_SHORT[0], "number": 21}], ("OUT_OF_RANGE", "periods.0.number")),
        ([{**_SHORT[0], "endsAt": "09:00:00"}], ("OUT_OF_RANGE", "periods.0.endsAt")),
        ([_SHORT[0], {**_SHORT[1], "number": 1}], ("OVERLAPS", "periods.1.startsAt")),
        ([_SHORT[0], {**_SHORT[1], "startsAt": "09:29:00"}], ("OVERLAPS", "periods.1.startsAt")),
    ],
)
async def test_bells_that_cannot_be(
    story: Story, periods: list[Any], told: tuple[str, str]
) -> None:
    assert reasons(await _set(story, periods=periods)) == [told]
    assert await BellSchedule.filter(organization_id=story.school.id).count() == 1
    assert await BellPeriod.filter(bell_schedule_id=story.school.bells.id).count() == 8


async def test_a_shortened_day_gives_its_lessons_other_times(diary: Diary, story: Story) -> None:
    schedule = (await _set(story))["bellSchedule"]["id"]
    other = await story.section.lesson(story.tomorrow + DAY, 1)
    family = await signed_in(diary, await story.pupil.guardian())
    begun = (await family.send("{ changesCursor }")).data["changesCursor"]
    async with family.socket() as socket:
        await socket.subscribe(
            """subscription ($after: String) { lessonChanges(after: $after) {
                kind lesson { startsAt } } }""",
            after=begun,
        )
        payload = await _on(story, schedule, story.tomorrow)
        assert payload == {
            "lessonCount": 1,
            "bellSchedule": {"name": "Сокращённый день"},
            "userErrors": [],
        }
        assert await socket.next() == {
            "lessonChanges": {"kind": "CHANGED", "lesson": {"startsAt": "10:00:00"}}
        }
    row = await story.row()
    assert (row.starts_at, row.ends_at) == (time(10), time(10, 30))
    assert (await Lesson.get(id=other.id)).starts_at == bell(1)[0]
    assert await announced(story.school) == [(1, "LESSONS", "CHANGED", story.lesson.id, None)]
    assert await told_students(story.school) == [[story.pupil.id]]

    extra = await story.do(
        "ScheduleLesson",
        sectionId=gid("CourseSection", story.section.id),
        date=str(story.tomorrow),
        number=3,
    )
    assert extra["lesson"]["startsAt"] == "11:00:00"
    assert (await _on(story, None, story.tomorrow))["lessonCount"] == 2
    assert (await Lesson.get(id=number(extra["lesson"]["id"]))).starts_at == bell(3)[0]
    assert await BellDay.filter(organization_id=story.school.id).count() == 0


async def test_a_day_with_more_lessons_than_bells_is_refused(story: Story) -> None:
    schedule = (await _set(story, periods=_SHORT[:1]))["bellSchedule"]["id"]
    payload = await _on(story, schedule, story.tomorrow)
    assert reasons(payload) == [("OUT_OF_RANGE", "bellScheduleId")]
    assert reasons(await _on(story, schedule, story.school.today - DAY)) == [("IN_PAST", "date")]
    stranger = gid("BellSchedule", 2**40)
    unknown = await _on(story, stranger, story.tomorrow)
    assert reasons(unknown) == [("NOT_FOUND", "bellScheduleId")]
    assert await story.is_untouched()
    assert await BellDay.filter(organization_id=story.school.id).count() == 0
