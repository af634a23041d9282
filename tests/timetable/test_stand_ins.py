"""Whoever stands in for a teacher: what they have at the time, and what they hear."""

from datetime import date
from typing import Any

import pytest

from models import ChangeEntry, Lesson, Substitution
from tests.diary import Client, Diary, Socket
from tests.factories import SectionMade, StaffMade, a_school, gid
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story, document
from tests.timetable.weekly import create, generate, odd_monday
from tests.traces import deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_HEARD = """subscription ($after: String) { lessonChanges(after: $after) {
    kind lessonId lesson { date } } }"""


async def _assign(
    story: Story, section: SectionMade, who: StaffMade, first: date, after: date, **given: Any
) -> Any:
    usual = {
        "sectionId": gid("CourseSection", section.id),
        "teacherId": gid("StaffMember", who.id),
        "validFrom": str(first),
        "validUntil": str(after),
    }
    sent = document("AssignSubstitute", "substitution { id isJoint }")
    answer = await story.client.send(sent, input=usual | given)
    return answer.data["assignSubstitute"]


def _messages(payload: Any) -> list[str]:
    return [error["message"] for error in payload["userErrors"]]


async def test_whoever_stands_in_has_no_other_lesson_then(story: Story) -> None:
    substitute, day = await story.school.teacher(), story.tomorrow
    geometry = await (await story.school.class_("9А")).section("Геометрия", substitute)
    await geometry.lesson(day, 2)
    other = await (await story.school.class_("8А")).section("Физика")
    await other.lesson(day + DAY, 4)
    await story.section.lesson(day + DAY, 4)
    await other.substituted_by(substitute, day + DAY, day + 2 * DAY)
    refused = await _assign(story, story.section, substitute, day, day + 5 * DAY)
    assert _messages(refused) == [
        f"On {day} they have another lesson then: «Геометрия» of 9А (lesson 2).",
        f"On {day + DAY} they have another lesson then: «Физика» of 8А (lesson 4).",
    ]
    assert reasons(refused) == [("CLASH", "teacherId")] * 2
    assert await Substitution.filter(section_id=story.section.id).count() == 0
    free = await _assign(story, story.section, substitute, day + 2 * DAY, day + 5 * DAY)
    assert reasons(free) == []


async def test_two_lessons_may_be_given_together(story: Story) -> None:
    substitute, day = await story.school.teacher(), story.tomorrow
    geometry = await (await story.school.class_("9А")).section("Геометрия", substitute)
    own = await geometry.lesson(day, 2)
    joint = await _assign(story, story.section, substitute, day, day + DAY, isJoint=True)
    assert joint["substitution"]["isJoint"] is True
    (deed,) = await deeds("Substitution", number(joint["substitution"]["id"]))
    assert deed.after["is_joint"] is True
    for lesson in (own, story.lesson):
        moved = await story.do("MoveLesson", lessonId=gid("Lesson", lesson.id), number=5)
        assert reasons(moved) == []
    assert await Lesson.filter(date=day, number=5, id__in=[own.id, story.lesson.id]).count() == 2


async def test_of_another_school_it_is_told_that_who_stands_in_is_busy(story: Story) -> None:
    substitute, day = await story.school.teacher(), story.tomorrow
    elsewhere = await (await a_school()).class_("5Г")
    await (await elsewhere.section("Музыка", substitute)).lesson(day, 2)
    refused = await _assign(story, story.section, substitute, day, day + DAY)
    assert _messages(refused) == [f"On {day} they have a lesson at another school then."]


async def test_what_is_over_and_what_is_cancelled_stand_in_nobodys_way(story: Story) -> None:
    substitute, day = await story.school.teacher(), story.tomorrow
    geometry = await (await story.school.class_("9А")).section("Геометрия", substitute)
    yesterday = story.school.today - DAY
    await geometry.lesson(yesterday, 4)
    await story.section.lesson(yesterday, 4)
    own = await geometry.lesson(day, 2)
    await story.do("CancelLesson", lessonId=gid("Lesson", own.id), reason="Отмена")
    assert reasons(await _assign(story, story.section, substitute, yesterday, day + DAY)) == []


async def test_lessons_are_not_made_over_those_of_who_stands_in(story: Story) -> None:
    monday = odd_monday(story)
    substitute = await story.school.teacher()
    geometry = await (await story.school.class_("9А")).section("Геометрия", substitute)
    physics = await (await story.school.class_("8А")).section("Физика")
    elsewhere = await (await a_school()).class_("5Г")
    await physics.lesson(monday, 3)
    await physics.substituted_by(substitute, monday, monday + DAY)
    await geometry.lesson(monday + 7 * DAY, 3)
    await story.section.substituted_by(substitute, monday + 7 * DAY, monday + 9 * DAY)
    await (await elsewhere.section("Музыка", substitute)).lesson(monday + 8 * DAY, 3)
    for given in (
        {"sectionId": gid("CourseSection", geometry.id)},
        {"weekday": 1},
        {"weekday": 2, "parity": "EVEN"},
    ):
        assert reasons(await create(story, **given)) == []
    made = await generate(story, monday, monday + 13 * DAY)
    assert made["madeCount"] == 1
    assert [(each["date"], each["schoolClass"], each["reason"]) for each in made["skipped"]] == [
        (str(monday), "9А", "The teacher has «Физика» of 8А then."),
        (str(monday + 7 * DAY), "7А", "Who stands in has «Геометрия» of 9А then."),
        (str(monday + 8 * DAY), "7А", "Who stands in has a lesson at another school then."),
    ]
    assert [each.date for each in await Lesson.filter(section_id=story.section.id, number=3)] == [
        monday
    ]


async def _listening(client: Client, socket: Socket) -> None:
    begun = (await client.send("{ changesCursor }")).data["changesCursor"]
    await socket.subscribe(_HEARD, after=begun)


def _told(kind: str, lesson: Any, day: date | None) -> Any:
    shown = None if day is None else {"date": str(day)}
    change = {"kind": kind, "lessonId": gid("Lesson", lesson.id), "lesson": shown}
    return {"lessonChanges": change}


async def test_a_lesson_that_moves_between_substitutes_is_heard_by_both(
    diary: Diary, story: Story
) -> None:
    today, tomorrow = story.school.today, story.tomorrow
    old, new = await story.school.teacher(), await story.school.teacher()
    for name, who in (("8А", old), ("8Б", new)):
        await (await story.school.class_(name)).section("Физика", who)
    lesson = await story.section.lesson(today, 5)
    await story.section.substituted_by(old, today, tomorrow)
    await story.section.substituted_by(new, tomorrow, tomorrow + DAY)
    given = {"lessonId": gid("Lesson", lesson.id), "number": 5}
    guardian = await story.pupil.guardian()
    client = await signed_in(diary, old)
    before = (await client.send("{ changesCursor }")).data["changesCursor"]
    for listener, away, back in (
        (client, None, today),
        (await signed_in(diary, new), None, None),
        (await signed_in(diary, story.teacher), tomorrow, today),
        (await signed_in(diary, guardian), tomorrow, today),
    ):
        async with listener.socket() as socket:
            await _listening(listener, socket)
            for day, seen in ((tomorrow, away), (today, back)):
                assert reasons(await story.do("MoveLesson", **given, date=str(day))) == []
                assert await socket.next() == _told("MOVED", lesson, seen)
    assert reasons(await story.do("MoveLesson", **given, date=str(tomorrow))) == []
    document = """query ($after: String!) { changes(after: $after) { changes {
        kind nodeId lesson { date } } } }"""
    page = (await client.send(document, after=before)).data["changes"]["changes"]
    gone = {"kind": "MOVED", "nodeId": gid("Lesson", lesson.id), "lesson": None}
    assert page == [gone] * 9


async def test_whoever_stands_in_hears_of_days_to_come_and_of_their_end(
    diary: Diary, story: Story
) -> None:
    substitute, day = await story.school.teacher(), story.tomorrow
    await (await story.school.class_("8А")).section("Физика", substitute)
    stranger = await story.school.teacher()
    await (await story.school.class_("8Б")).section("Физика", stranger)
    client, other = await signed_in(diary, substitute), await signed_in(diary, stranger)
    async with client.socket() as socket, other.socket() as unconcerned:
        await _listening(client, socket)
        await _listening(other, unconcerned)
        made = await _assign(story, story.section, substitute, day, day + DAY)
        assert await socket.next() == _told("SUBSTITUTED", story.lesson, None)
        await story.do("CancelLesson", reason="Карантин")
        assert await socket.next() == _told("CANCELLED", story.lesson, None)
        await story.do("RestoreLesson")
        assert await socket.next() == _told("RESTORED", story.lesson, None)
        ending = {"substitutionId": made["substitution"]["id"]}
        sent = document("EndSubstitution", "substitution { id }")
        answer = await story.client.send(sent, input=ending)
        assert reasons(answer.data["endSubstitution"]) == []
        assert await socket.next() == _told("SUBSTITUTED", story.lesson, None)
        await unconcerned.nothing()
    entries = await ChangeEntry.filter(topic=f"school:{story.school.id}").order_by("seq")
    assert [each.also_told for each in entries] == [[substitute.id]] * 4


async def test_a_shortened_day_and_made_lessons_are_told_to_who_stands_in(story: Story) -> None:
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute, story.tomorrow, story.tomorrow + 9 * DAY)
    period = {"number": 2, "startsAt": "09:00:00", "endsAt": "09:30:00"}
    school = {"organizationId": gid("Organization", story.school.id)}
    bells = await story.client.send(
        document("SetBellSchedule", "bellSchedule { id }"),
        input={**school, "name": "Короткий", "periods": [period]},
    )
    schedule = bells.data["setBellSchedule"]["bellSchedule"]["id"]
    await story.client.send(
        document("SetDayBells", "lessonCount"),
        input={**school, "date": str(story.tomorrow), "bellScheduleId": schedule},
    )
    weekday = (story.tomorrow + DAY).isoweekday()
    assert reasons(await create(story, weekday=weekday)) == []
    made = await generate(story, story.tomorrow, story.tomorrow + DAY)
    assert made["madeCount"] == 1
    entries = await ChangeEntry.filter(topic=f"school:{story.school.id}").order_by("seq")
    assert [(each.kind, each.also_told) for each in entries] == [
        ("CHANGED", [substitute.id]),
        ("SCHEDULED", [substitute.id]),
    ]
