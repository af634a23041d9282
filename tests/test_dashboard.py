"""A parent's first screen: children, averages, marks, overdue works, messages and events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import GuardianRelation, HealthGroup, MarkSign, Position
from tests.diary import Diary
from tests.factories import (
    AssignmentMade,
    ClassMade,
    EventMade,
    MarkMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    a_message,
    a_person,
    a_school,
    an_event,
    gid,
    serial,
)
from tests.moments import rfc3339
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


@pytest.fixture
async def school() -> SchoolMade:
    return await a_school()


def _subject(section: SectionMade) -> dict[str, str]:
    return {"id": gid("Subject", section.subject.id), "name": section.subject.name}


def _child(pupil: PupilMade, klass: ClassMade, **told: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"subjectAverages": [], "recentMarks": [], "overdueAssignments": []}
    head = {
        "id": gid("Student", pupil.id),
        "fullName": pupil.person.row.full_name,
        "schoolClass": {"id": gid("SchoolClass", klass.id), "name": klass.row.name},
    }
    return head | nothing | told


def _mark(section: SectionMade, mark: MarkMade, text: str) -> dict[str, Any]:
    return {
        "id": gid("Mark", mark.id),
        "value": mark.row.value,
        "text": text,
        "weight": mark.row.weight,
        "recordedAt": rfc3339(mark.row.recorded_at),
        "subject": _subject(section),
    }


def _work(work: AssignmentMade) -> dict[str, Any]:
    return {
        "id": gid("Assignment", work.id),
        "title": work.row.title,
        "dueOn": str(work.row.due_on),
        "subject": _subject(work.lesson.section),
    }


def _event(event: EventMade) -> dict[str, Any]:
    row = event.row
    return {
        "id": gid("SchoolEvent", row.id),
        "title": row.title,
        "startsAt": rfc3339(row.starts_at),
        "endsAt": rfc3339(row.ends_at) if row.ends_at else None,
        "place": row.place,
    }


async def test_the_dashboard_of_a_parent_of_two_exactly(diary: Diary, school: SchoolMade) -> None:
    seventh, third = await school.class_("7А"), await school.class_("3Б")
    elder = await seventh.pupil(birth_date=school.today - 4800 * _DAY)
    younger = await third.pupil(birth_date=school.today - 3300 * _DAY)
    parent = await elder.guardian(await younger.guardian())
    algebra, music = await seventh.section("Алгебра"), await seventh.section("Музыка")
    reading = await third.section("Чтение")
    lesson, before = await algebra.lesson(), await algebra.lesson(on=seventh.terms[0].ends_on)
    old = await before.mark(elder, 2)
    fives = [await lesson.mark(elder, value, weight=w) for value, w in ((5, 3), (5, 1), (4, 5))]
    word = await (await music.lesson()).mark(elder, MarkSign.PASSED)
    theirs = await (await reading.lesson()).mark(younger, 5)
    late = await lesson.assignment("Контрольная", due_on=school.today - _DAY)
    event = await an_event(parent, school, place="Актовый зал")
    await a_message(algebra.teacher, parent)
    account = await parent.account()

    viewer = (await (await diary.sign_in(account)).ask("ParentDashboard")).data["viewer"]

    marks = [_mark(music, word, "зач"), *(_mark(algebra, one, "") for one in reversed(fives))]
    marks += [_mark(algebra, old, "")]
    for mark in marks[1:]:
        mark["text"] = str(mark["value"])
    assert viewer == {
        "id": gid("Viewer", account.id),
        "unreadMessageCount": 1,
        "upcomingEvents": [_event(event)],
        "children": [
            _child(
                elder,
                seventh,
                subjectAverages=[
                    {
                        "subject": _subject(algebra),
                        "average": 4.67,
                        "weightedAverage": 4.44,
                        "markCount": 3,
                    }
                ],
                recentMarks=marks,
                overdueAssignments=[_work(late)],
            ),
            _child(
                younger,
                third,
                subjectAverages=[
                    {
                        "subject": _subject(reading),
                        "average": 5.0,
                        "weightedAverage": 5.0,
                        "markCount": 1,
                    }
                ],
                recentMarks=[_mark(reading, theirs, "5")],
            ),
        ],
    }


async def _dashboard(diary: Diary, who: Any) -> Any:
    return (await (await signed_in(diary, who)).ask("ParentDashboard")).data["viewer"]


async def test_only_what_is_mandatory_past_and_unmarked_is_overdue(
    diary: Diary, school: SchoolMade
) -> None:
    klass = await school.class_("7А")
    pupil, yesterday = await klass.pupil(), school.today - _DAY
    lesson = await (await klass.section("Алгебра")).lesson()
    works = [
        await lesson.assignment(title, due_on=yesterday - place * _DAY)
        for place, title in enumerate(("Вторая", "Первая", "Сданная", "Стёртая"))
    ]
    await lesson.assignment("На сегодня", due_on=school.today)
    await lesson.assignment("По желанию", due_on=yesterday, is_mandatory=False)
    await works[2].mark(pupil, 3)
    await (await works[3].mark(pupil, 3)).remove()

    [child] = (await _dashboard(diary, await pupil.guardian()))["children"]
    assert child["overdueAssignments"] == [_work(works[place]) for place in (3, 1, 0)]


async def test_only_the_ten_latest_marks_are_shown(diary: Diary, school: SchoolMade) -> None:
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    lesson = await (await klass.section("Алгебра")).lesson()
    now = datetime.now(UTC)
    marks = [await lesson.mark(pupil, 5, recorded_at=now - place * _DAY) for place in range(12)]
    twin = await lesson.mark(pupil, 4, recorded_at=now)

    [child] = (await _dashboard(diary, await pupil.guardian()))["children"]
    shown = [twin, *marks[:9]]
    assert [mark["id"] for mark in child["recentMarks"]] == [gid("Mark", one.id) for one in shown]


async def test_averages_stand_by_subject(diary: Diary, school: SchoolMade) -> None:
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    for name in ("Физика", "Алгебра", "Музыка"):
        await (await (await klass.section(name)).lesson()).mark(pupil, 4)
    [child] = (await _dashboard(diary, await pupil.guardian()))["children"]
    names = [average["subject"]["name"] for average in child["subjectAverages"]]
    assert names == ["Алгебра", "Музыка", "Физика"]


async def test_events_are_those_for_ones_own_that_are_not_over(
    diary: Diary, school: SchoolMade
) -> None:
    klass, other_class = await school.class_("7А"), await school.class_("7Б")
    parent = await (await klass.pupil()).guardian()
    author, now = await school.teacher(), datetime.now(UTC)

    async def event(audience: Any, begins: timedelta, **columns: Any) -> EventMade:
        return await an_event(author, audience, starts_at=now + begins, **columns)

    for_school = await event(school, 3 * _DAY)
    for_class = await event(klass, _DAY, ends_at=now + 2 * _DAY)
    going_on = await event(klass, -_DAY, ends_at=now + _DAY)
    await event(other_class, _DAY)
    await event(await a_school(near=school), _DAY)
    await event(school, -_DAY)
    await event(school, -2 * _DAY, ends_at=now - _DAY)
    await (await event(school, _DAY)).cancel()
    expected = [going_on, for_class, for_school]
    client = await signed_in(diary, parent)

    shown = (await client.ask("ParentDashboard")).data["viewer"]["upcomingEvents"]
    assert shown == [_event(each) for each in expected]
    later = [await event(school, (4 + place) * _DAY) for place in range(3)]
    shown = (await client.ask("ParentDashboard")).data["viewer"]["upcomingEvents"]
    assert shown == [_event(each) for each in [*expected, *later[:2]]]


async def test_an_event_for_school_and_class_is_shown_once(
    diary: Diary, school: SchoolMade
) -> None:
    klass = await school.class_("7А")
    parent = await (await klass.pupil()).guardian()
    event = await an_event(await school.teacher(), school, klass)
    assert (await _dashboard(diary, parent))["upcomingEvents"] == [_event(event)]


async def test_only_ones_own_unread_messages_are_counted(diary: Diary, school: SchoolMade) -> None:
    sender, other = await school.teacher(), await a_person()
    parent = await (await (await school.class_("7А")).pupil()).guardian()
    messages = [await a_message(sender, parent, other) for _ in range(3)]
    await a_message(sender, other)
    await a_message(parent, sender)
    await messages[1].receipts[0].update_from_dict({"read_at": datetime.now(UTC)}).save()
    assert (await _dashboard(diary, parent))["unreadMessageCount"] == 2


async def test_a_guardianship_that_has_ended_shows_no_child(
    diary: Diary, school: SchoolMade
) -> None:
    klass = await school.class_("7А")
    parent = await (await klass.pupil()).guardian()
    client = await signed_in(diary, parent)
    await an_event(await school.teacher(), klass)
    viewer = (await client.ask("ParentDashboard")).data["viewer"]
    assert (len(viewer["children"]), len(viewer["upcomingEvents"])) == (1, 1)
    await parent.guardianship.end()
    viewer = (await client.ask("ParentDashboard")).data["viewer"]
    assert (viewer["children"], viewer["upcomingEvents"]) == ([], [])


@pytest.mark.parametrize("first", [-1, 51])
@pytest.mark.parametrize("field", ["upcomingEvents", "children { recentMarks"])
async def test_a_list_is_asked_for_up_to_fifty(
    diary: Diary, school: SchoolMade, field: str, first: int
) -> None:
    parent = await (await (await school.class_("7А")).pupil()).guardian()
    closing = "}" * field.count("{")
    document = f"query ($n: Int!) {{ viewer {{ {field}(first: $n) {{ id }} {closing} }} }}"
    client = await signed_in(diary, parent)
    assert (await client.send(document, n=first)).codes == ["BAD_USER_INPUT"]
    assert "errors" not in (await client.send(document, n=50)).body
    assert "errors" not in (await client.send(document, n=0)).body


# The card.


async def test_a_guardian_reads_the_card_but_not_the_other_guardians_phone(
    diary: Diary, school: SchoolMade
) -> None:
    snils = f"{serial():011}"
    pupil = await (await school.class_("7А")).pupil(
        last_name="Ивова",
        first_name="Анна",
        middle_name="Павловна",
        birth_date=school.today - 4800 * _DAY,
        snils=snils,
        phone="+7 900 000-00-01",
        email="anna@school.example",
    )
    await pupil.change(health_group=HealthGroup.II)
    mother = await pupil.guardian(
        last_name="Ивова", first_name="Вера", middle_name="", phone="+7 900 000-00-02"
    )
    father = await pupil.guardian(
        relation=GuardianRelation.FATHER,
        last_name="Азов",
        first_name="Олег",
        middle_name="",
        phone="+7 900 000-00-03",
    )
    former = await pupil.guardian(relation=GuardianRelation.OTHER)
    await former.guardianship.end()

    async def card(who: Any) -> Any:
        client = await signed_in(diary, who)
        return await client.ask("StudentCard", studentId=gid("Student", pupil.id))

    def expected(fathers_phone: str | None, mothers_phone: str | None) -> dict[str, Any]:
        return {
            "id": gid("Student", pupil.id),
            "fullName": "Ивова Анна Павловна",
            "birthDate": str(school.today - 4800 * _DAY),
            "snils": snils,
            "phone": "+7 900 000-00-01",
            "email": "anna@school.example",
            "healthGroup": "II",
            "guardians": [
                {"fullName": "Азов Олег", "relation": "FATHER", "phone": fathers_phone},
                {"fullName": "Ивова Вера", "relation": "MOTHER", "phone": mothers_phone},
            ],
        }

    assert (await card(mother)).data["student"] == expected(None, "+7 900 000-00-02")
    assert (await card(father)).data["student"] == expected("+7 900 000-00-03", None)
    assert (await card(former)).partial == {"student": None}
    head = await card(await school.staff(Position.HEAD))
    both = expected("+7 900 000-00-03", "+7 900 000-00-02") | {"snils": None}
    assert (head.partial["student"], head.refused) == (both, [("FORBIDDEN", "student.snils")])


async def test_a_card_that_is_hidden_reads_as_one_that_is_absent(
    diary: Diary, school: SchoolMade
) -> None:
    klass = await school.class_("7А")
    pupil, classmate = await klass.pupil(), await klass.pupil()
    parent = await signed_in(diary, await pupil.guardian())
    hidden = await parent.ask("StudentCard", studentId=gid("Student", classmate.id))
    absent = await parent.ask("StudentCard", studentId=gid("Student", 2**62))
    assert hidden == absent
    assert hidden.data == {"student": None}
