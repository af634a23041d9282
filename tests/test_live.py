"""Hearing of marks through the door: who hears what, from where on, and who is refused."""

import asyncio
import itertools
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import ChangeArea, MarkChangeKind, Position
from subscriptions import cursor, log, topics
from tests.diary import Diary, contract
from tests.factories import (
    ClassMade,
    LessonMade,
    PersonMade,
    PupilMade,
    StaffMade,
    a_person,
    a_school,
    gid,
)
from tests.hearing import Story, a_story, all_hearing, hearing, now, record, signed_in

pytestmark = pytest.mark.usefixtures("database")

MANAGEMENT = (Position.DEPUTY_HEAD, Position.HEAD, Position.SCHOOL_ADMINISTRATOR)
SCHOOL, ELSEWHERE = slice(0, 3), slice(3, 4)


@pytest.fixture
async def story(diary: Diary) -> Story:
    return await a_story(diary)


async def test_a_parent_hears_of_a_mark_from_its_giving_to_its_removal(story: Story) -> None:
    async with hearing(story.parent, after=await now(story.school)) as parent:
        mark_id = await record(story.teacher, story.lesson, story.pupil, 5)
        recorded = await parent.change()
        change = {"markId": mark_id, "reason": "Описка"}
        corrected_to = {"value": 4, "weight": 30, "comment": "Со второй попытки"}
        await story.teacher.do("CorrectMark", **change, **corrected_to, version=1)
        corrected = await parent.change()
        await story.teacher.do("RemoveMark", **change, version=2)
        removed = await parent.change()

    whole = {
        "id": mark_id,
        "value": 5,
        "text": "5",
        "weight": 10,
        "comment": None,
        "student": {"id": gid("Student", story.pupil.id), "fullName": "Иванова Анна"},
        "lesson": {
            "id": gid("Lesson", story.lesson.id),
            "date": str(story.school.today),
            "subject": {"name": "Алгебра"},
        },
    }
    assert [without_cursor(each) for each in (recorded, corrected, removed)] == [
        {"kind": "RECORDED", "markId": mark_id, "mark": whole},
        {"kind": "CORRECTED", "markId": mark_id, "mark": whole | corrected_to | {"text": "4"}},
        {"kind": "REMOVED", "markId": mark_id, "mark": None},
    ]
    assert len({each["cursor"] for each in (recorded, corrected, removed)}) == 3


def without_cursor(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name != "cursor"}


@dataclass
class Desk:
    """One pupil in a class of their own teacher, and the lesson at which they get marks."""

    klass: ClassMade
    pupil: PupilMade
    teacher: PersonMade
    lesson: LessonMade


async def a_desk(klass: ClassMade, subject: str) -> Desk:
    section = await klass.section(subject)
    return Desk(klass, await klass.pupil(), section.teacher, await section.lesson())


async def test_everybody_hears_exactly_the_marks_they_may_see(diary: Diary) -> None:
    school, elsewhere = await a_school(), await a_school()
    klass, other_class = await school.class_("7А"), await school.class_("8Б")
    anna, boris, vera, galina = desks = [
        await a_desk(klass, "Алгебра"),
        await a_desk(klass, "Русский язык"),
        await a_desk(other_class, "Физика"),
        await a_desk(await elsewhere.class_("7А"), "Алгебра"),
    ]
    # Each with the places of the desks whose marks they may see.
    audience = [
        *[(await desk.pupil.guardian(), {place}) for place, desk in enumerate(desks)],
        *[(desk.pupil, {place}) for place, desk in enumerate(desks)],
        *[(desk.teacher, {place}) for place, desk in enumerate(desks)],
        (await boris.pupil.guardian(await anna.pupil.guardian()), {0, 1}),
        (await galina.pupil.guardian(await vera.pupil.guardian()), {2, 3}),
        (await homeroom_teacher(klass), {0, 1}),
        (await homeroom_teacher(other_class), {2}),
        *[(await school.staff(position), {0, 1, 2}) for position in MANAGEMENT],
        *[(await elsewhere.staff(position), {3}) for position in MANAGEMENT],
    ]
    clients = await asyncio.gather(*(signed_in(diary, who) for who, _ in audience))
    teachers = clients[8:12]

    # Two rounds, so that whatever is not for somebody comes before something that is.
    async with all_hearing(clients, await now(school, elsewhere)) as listeners:
        rounds = [
            [
                await record(teacher, desk.lesson, desk.pupil)
                for teacher, desk in zip(teachers, desks, strict=True)
            ]
            for _ in range(2)
        ]
        heard = await asyncio.gather(
            *(
                listener.marks(2 * len(places))
                for listener, (_, places) in zip(listeners, audience, strict=True)
            )
        )

    assert [set(marks) for marks in heard] == [
        {marks[place] for marks in rounds for place in places} for _, places in audience
    ]
    # Within a school they come in the order in which they were given.
    schools = [[each for marks in rounds for each in marks[part]] for part in (SCHOOL, ELSEWHERE)]
    for marks, given in itertools.product(heard, schools):
        assert [each for each in marks if each in given] == [
            each for each in given if each in marks
        ]


async def homeroom_teacher(klass: ClassMade) -> StaffMade:
    teacher = await klass.school.teacher()
    await klass.led_by(teacher)
    return teacher


async def test_named_pupils_are_heard_alone(diary: Diary, story: Story) -> None:
    brother = await story.klass.pupil()
    lesson = story.lesson
    mother = await story.pupil.guardian(await brother.guardian())
    listeners = [
        await signed_in(diary, mother),
        await signed_in(diary, await story.school.staff(Position.HEAD)),
        story.teacher,
    ]
    named: dict[str, Any] = {
        "studentIds": [gid("Student", brother.id)],
        "after": await now(story.school),
    }
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(hearing(each, **named)) for each in listeners]
        await story.record()
        marks = [await record(story.teacher, lesson, brother, value) for value in (4, 3)]
        heard = await asyncio.gather(*(stream.marks(2) for stream in streams))

    assert heard == [marks] * 3


async def test_a_pupil_named_by_somebody_who_does_not_reach_them_is_not_found(
    diary: Diary, story: Story
) -> None:
    own, foreign = story.pupil, await story.klass.pupil()
    far = await (await (await a_school()).class_("7А")).pupil()
    ids = [gid("Student", pupil.id) for pupil in (own, foreign, far)]
    absent, teacher = gid("Student", 2**62), gid("StaffMember", own.id)
    mother, head = story.parent, await signed_in(diary, await story.school.staff(Position.HEAD))
    asked = [
        (mother, [ids[1]]),
        (mother, [ids[0], ids[1]]),
        (mother, [absent]),
        (mother, [ids[0], absent]),
        (mother, [teacher]),
        (story.teacher, [ids[2]]),
        (head, [ids[0], ids[2]]),
    ]
    # From the log's beginning: there is something to be heard that must not be.
    past = cursor.encode({topics.school(story.school.id): 0})
    await story.record()

    for client, student_ids in asked:
        async with hearing(client, studentIds=student_ids, after=past) as stream:
            assert await stream.end() == ["NOT_FOUND"]


@pytest.mark.parametrize(
    "given",
    [
        {"studentIds": [gid("Student", number + 1) for number in range(101)]},
        {"studentIds": ["Student:1"]},
        {"studentIds": [""]},
        {"after": ""},
        {"after": "x"},
        {"after": "Иванова"},
        {"after": "e30=\0"},
        {"after": "W10="},
        {"after": "bnVsbA=="},
        {"after": cursor.encode({"school:1": -1})},
        {"after": cursor.encode({"school:1": 2**63})},
        {"after": "A" * 10_000},
        {"after": "eyJzY2hvb2w6MSI6MX0="},
        {"after": "WzEse31d"},
        {"after": "WyJ4IixbXV0="},
        {"after": "WyJ4Iix7fSx7fV0="},
    ],
    ids=[
        "101 pupils",
        "no id",
        "empty id",
        "empty cursor",
        "short cursor",
        "cursor in letters",
        "cursor with NUL",
        "cursor of a list",
        "cursor of null",
        "negative cursor",
        "huge cursor",
        "long cursor",
        "cursor without an epoch",
        "numbered epoch",
        "cursor without numbers",
        "cursor with more",
    ],
)
async def test_what_is_neither_id_nor_cursor_is_bad_input(
    diary: Diary, given: dict[str, Any]
) -> None:
    head = await signed_in(diary, await (await a_school()).staff(Position.HEAD))
    async with hearing(head, **given) as stream:
        assert await stream.end() == ["BAD_USER_INPUT"]


async def test_nobody_in_particular_hears_nothing(diary: Diary) -> None:
    async with hearing(diary.nobody) as stream:
        assert await stream.end() == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    "position",
    [
        Position.LIBRARIAN,
        Position.PSYCHOLOGIST,
        Position.MUNICIPAL_AUTHORITY,
        Position.REGIONAL_OPERATOR,
        Position.SYSTEM_ADMINISTRATOR,
        Position.SUPPORT,
    ],
)
async def test_who_may_never_see_marks_may_not_listen(
    diary: Diary, story: Story, position: Position
) -> None:
    client = await signed_in(diary, await story.school.staff(position))
    past = cursor.encode({topics.school(story.school.id): 0})
    await story.record()
    for student_ids in (None, [], [gid("Student", story.pupil.id)]):
        async with hearing(client, after=past, studentIds=student_ids) as stream:
            assert await stream.end() == ["FORBIDDEN"]


async def test_a_person_without_any_role_may_not_listen(diary: Diary) -> None:
    async with hearing(await signed_in(diary, await a_person())) as stream:
        assert await stream.end() == ["FORBIDDEN"]


async def test_what_is_refused_or_rolled_back_is_never_heard(story: Story) -> None:
    async with hearing(story.parent, after=await now(story.school)) as stream:
        refused = await story.teacher.do(
            "RecordMark",
            lessonId=gid("Lesson", story.lesson.id),
            studentId=gid("Student", story.pupil.id),
            value=7,
        )
        async with in_transaction() as transaction:
            mark = await story.lesson.mark(story.pupil, 2)
            await log.append(
                transaction,
                [
                    log.Change(
                        topics.school(story.school.id),
                        ChangeArea.MARKS,
                        MarkChangeKind.RECORDED,
                        mark.id,
                        story.pupil.id,
                    )
                ],
            )
            await transaction.rollback()
        heard = [await story.record(), *await stream.marks(1)]

    assert refused["mark"] is None
    assert heard[0] == heard[1]


async def test_several_streams_share_a_socket_and_end_alone(story: Story) -> None:
    after = await now(story.school)
    async with story.parent.socket() as socket:
        numbers = [
            await socket.subscribe(contract("MarkChanges"), after=after),
            await socket.subscribe("subscription { markChanges { kind } }"),
            await socket.subscribe(contract("MarkChanges"), after="x"),
        ]
        first = [await socket.receive() for _ in range(2)]
        await socket.send({"type": "complete", "id": numbers[1]})
        mark = await story.record()
        heard = await socket.receive()

    assert [each["id"] for each in first] == [numbers[2]] * 2
    assert heard["id"] == numbers[0]
    assert heard["payload"]["data"]["markChanges"]["markId"] == mark
