"""Whatever is planned in whatever order: accepted is exactly what clashes with nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import BellPeriod, Enrollment, Lesson, Position, Substitution, TimetableEntry
from tests.diary import Client, Diary
from tests.factories import ClassMade, SchoolMade, SectionMade, a_school, gid
from tests.sessions import signed_in
from tests.timetable.oracle import Bell, Held, Plan, Roll, StandIn, Weekly, weekly_clash
from tests.timetable.story import DAY, document
from tests.traces import number, reasons

pytestmark = pytest.mark.usefixtures("database")

_WEEKS = {"EVERY": frozenset({1, 2}), "ODD": frozenset({1}), "EVEN": frozenset({2})}
# The second shift's first lesson is at the time of the first shift's third.
_SLOTS = ((1, 1), (1, 3), (2, 1))
_FAR = date.max
_quickly = settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class World:
    """A school of few people and rooms, so that there is hardly any place for all of them."""

    school: SchoolMade
    client: Client
    sections: list[tuple[SectionMade, Roll]]
    teachers: list[int]
    rooms: list[int | None]
    bells: list[Bell]

    async def do(self, operation: str, shown: str, **given: Any) -> Any:
        """What a mutation of the deputy head's answers."""
        answer = await self.client.send(document(operation, shown), input=given)
        (payload,) = answer.data.values()
        return payload

    async def clear(self) -> None:
        """Take all that was planned away."""
        of_school = {"school_class__organization_id": self.school.id}
        for model in (TimetableEntry, Lesson):
            await model.filter(**of_school).delete()
        sections = [section.id for section, _ in self.sections]
        await Substitution.filter(section_id__in=sections).delete()


@pytest.fixture(scope="module")
async def world(database: str, diary: Diary) -> World:
    del database
    school = await a_school()
    bells = []
    third = await BellPeriod.get(bell_schedule_id=school.bells.id, number=3)
    times: dict[str, Any] = {"starts_at": third.starts_at, "ends_at": third.ends_at}
    await BellPeriod.create(bell_schedule=school.bells, shift=2, number=1, **times)
    for shift, place in _SLOTS:
        row = await BellPeriod.get(bell_schedule_id=school.bells.id, shift=shift, number=place)
        bells.append(Bell(shift, place, row.starts_at, row.ends_at))
    teachers = [await school.teacher() for _ in range(3)]
    sections = [
        await klass.section(f"Предмет {place}", teachers[place % 3])
        for place, klass in enumerate(await _classes(school))
    ]
    rolls = [(each, await _roll(each.klass)) for each in sections]
    rooms = [(await school.room()).id, (await school.room()).id, None]
    client = await signed_in(diary, await school.staff(Position.DEPUTY_HEAD))
    return World(school, client, rolls, [each.id for each in teachers], rooms, bells)


async def _classes(school: SchoolMade) -> list[ClassMade]:
    """Two classes, two groups of the first one, and a group across both."""
    one, other = await school.class_("7А"), await school.class_("9А")
    pupils = [await one.pupil(), await one.pupil(), await other.pupil()]
    first = await one.group("7А англ. 1", pupils[0])
    second = await one.group("7А англ. 2", pupils[1])
    # From the fourth day on one of them is in both groups.
    await second.enroll(pupils[0], school.today + 3 * DAY)
    across = await school.group("Хор", grade=7)
    for pupil in pupils[1:]:
        await across.enroll(pupil)
    await (await across.enrollment(pupils[1])).end(school.today + 2 * DAY)
    return [one, other, first, second, across]


async def _roll(klass: ClassMade) -> Roll:
    rows = await Enrollment.filter(school_class_id=klass.id)
    pupils = tuple((row.student_id, row.valid_from, row.valid_until or _FAR) for row in rows)
    return Roll(klass.id, klass.row.parent_id or klass.id, pupils)


@_quickly
@given(data=st.data())
async def test_entries_are_taken_where_the_oracle_takes_them(world: World, data: Any) -> None:
    await world.clear()
    there: list[Weekly] = []
    for _ in range(8):
        section, roll = data.draw(st.sampled_from(world.sections))
        first = data.draw(st.integers(0, 4))
        parity = data.draw(st.sampled_from(sorted(_WEEKS)))
        wanted = Weekly(
            roll,
            section.teacher.id,
            data.draw(st.sampled_from(world.rooms)),
            data.draw(st.integers(1, 2)),
            data.draw(st.sampled_from(world.bells)),
            _WEEKS[parity],
            world.school.today + first * DAY,
            world.school.today + (first + data.draw(st.integers(1, 4))) * DAY,
        )
        payload = await world.do(
            "CreateTimetableEntry", "entry { id }", **_entry(wanted, section, parity)
        )
        is_free = not any(weekly_clash(wanted, other) for other in there)
        assert {code for code, _ in reasons(payload)} == (set() if is_free else {"CLASH"})
        if is_free:
            there.append(wanted)
    taken = TimetableEntry.filter(school_class__organization_id=world.school.id)
    assert await taken.count() == len(there)


def _entry(wanted: Weekly, section: SectionMade, parity: str) -> dict[str, Any]:
    return {
        "sectionId": gid("CourseSection", section.id),
        "roomId": _room(wanted.room),
        "weekday": wanted.weekday,
        "shift": wanted.bell.shift,
        "number": wanted.bell.number,
        "parity": parity,
        "validFrom": str(wanted.first),
        "validUntil": str(wanted.after),
    }


def _room(room: int | None) -> str | None:
    return None if room is None else gid("Room", room)


class Planning:
    """One run: what is done to the service, and to the oracle's own plan."""

    def __init__(self, world: World, data: Any) -> None:
        self.world = world
        self.data = data
        self.plan = Plan(DAY)
        self.ids: list[str] = []
        self.stand_in_ids: list[str] = []

    def draw(self, values: Any) -> Any:
        return self.data.draw(st.sampled_from(values))

    def day(self) -> date:
        ahead: int = self.data.draw(st.integers(1, 2))
        return self.world.school.today + ahead * DAY

    def place(self) -> int:
        place: int = self.data.draw(st.integers(0, len(self.ids) - 1))
        return place

    async def schedule(self) -> None:
        section, roll = self.draw(self.world.sections)
        bell, room, day = self.draw(self.world.bells), self.draw(self.world.rooms), self.day()
        wanted = Held(section.id, roll, section.teacher.id, room, day, bell)
        payload = await self.world.do(
            "ScheduleLesson",
            "lesson { id }",
            sectionId=gid("CourseSection", section.id),
            date=str(day),
            shift=bell.shift,
            number=bell.number,
            roomId=_room(room),
        )
        if self._agrees(payload, is_free=self.plan.fits(wanted)):
            self.plan.lessons.append(wanted)
            self.ids.append(payload["lesson"]["id"])

    async def move(self) -> None:
        place = self.place()
        old = self.plan.lessons[place]
        bell, room, day = self.draw(self.world.bells), self.draw(self.world.rooms), self.day()
        given = {"date": str(day), "shift": bell.shift, "number": bell.number}
        payload = await self._about(place, "MoveLesson", **given, roomId=_room(room))
        new = {"day": day, "bell": bell, "room": room}
        if old.is_cancelled or (old.day, old.bell, old.room) == (day, bell, room):
            expected = "CANCELLED" if old.is_cancelled else "DUPLICATE"
            assert reasons(payload) == [(expected, "lessonId")]
            return
        wanted = Held(old.section, old.roll, old.teacher, room, day, bell)
        stays = (old.day, old.bell) == (day, bell)
        is_free = self.plan.fits(wanted, place, by_room_alone=stays)
        if self._agrees(payload, is_free=is_free):
            self.plan.change(place, **new)

    async def change(self) -> None:
        place, room = self.place(), self.draw(self.world.rooms)
        old = self.plan.lessons[place]
        payload = await self._about(place, "ChangeLesson", roomId=_room(room))
        if old.is_cancelled:
            assert reasons(payload) == [("CANCELLED", "lessonId")]
            return
        wanted = Held(old.section, old.roll, old.teacher, room, old.day, old.bell)
        is_free = self.plan.fits(wanted, place, by_room_alone=True)
        if self._agrees(payload, is_free=is_free):
            self.plan.change(place, room=room)

    async def cancel_or_restore(self) -> None:
        place = self.place()
        old = self.plan.lessons[place]
        if old.is_cancelled:
            payload = await self._about(place, "RestoreLesson")
            if self._agrees(payload, is_free=self.plan.fits(old, place)):
                self.plan.change(place, is_cancelled=False)
        else:
            payload = await self._about(place, "CancelLesson", reason="Карантин")
            assert self._agrees(payload, is_free=True)
            self.plan.change(place, is_cancelled=True)

    async def stand_in(self) -> None:
        section, _ = self.draw(self.world.sections)
        teacher, first = self.draw(self.world.teachers), self.day()
        after = first + self.data.draw(st.integers(1, 3)) * DAY
        wanted = StandIn(section.id, teacher, first, after, self.draw((False, True)))
        payload = await self.world.do(
            "AssignSubstitute",
            "substitution { id }",
            sectionId=gid("CourseSection", section.id),
            teacherId=gid("StaffMember", teacher),
            validFrom=str(first),
            validUntil=str(after),
            isJoint=wanted.is_joint,
        )
        if self._agrees(payload, is_free=self.plan.takes(wanted)):
            self.plan.stand_ins.append(wanted)
            self.stand_in_ids.append(payload["substitution"]["id"])

    async def end(self) -> None:
        if self.stand_in_ids:
            wanted = {"substitutionId": self.stand_in_ids.pop()}
            payload = await self.world.do("EndSubstitution", "substitution { id }", **wanted)
            assert reasons(payload) == []
            self.plan.stand_ins.pop()

    async def _about(self, place: int, operation: str, **given: Any) -> Any:
        return await self.world.do(operation, "lesson { id }", lessonId=self.ids[place], **given)

    def _agrees(self, payload: Any, *, is_free: bool) -> bool:
        codes = {code for code, _ in reasons(payload)}
        assert codes == set() if is_free else codes and codes <= {"CLASH", "OVERLAPS"}
        return is_free


@_quickly
@given(data=st.data())
async def test_lessons_are_planned_where_the_oracle_plans_them(world: World, data: Any) -> None:
    await world.clear()
    planning = Planning(world, data)
    for _ in range(6):
        await planning.schedule()
    often = [planning.schedule, planning.move, planning.stand_in]
    rarely = [planning.change, planning.cancel_or_restore, planning.end]
    for _ in range(12):
        step = planning.draw([*often, *often, *rarely]) if planning.ids else planning.schedule
        await step()
    numbers = [number(each) for each in planning.ids]
    rows = {row.id: row for row in await Lesson.filter(id__in=numbers)}
    for row_id, expected in zip(numbers, planning.plan.lessons, strict=True):
        row = rows[row_id]
        assert (row.date, row.shift, row.number, row.room_id, row.cancelled_at is not None) == (
            expected.day,
            expected.bell.shift,
            expected.bell.number,
            expected.room,
            expected.is_cancelled,
        )
