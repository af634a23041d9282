"""A school's year: terms, vacations, days off and moved working days."""

from typing import Any

import pytest

from models import (
    BellDay,
    BellSchedule,
    CalendarDay,
    CalendarDayKind,
    Position,
    Term,
    Vacation,
)
from tests.diary import Client, Diary
from tests.factories import SchoolMade, a_school, gid
from tests.sessions import signed_in
from tests.timetable.story import DAY, Story, document
from tests.traces import deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_YEAR = """query ($id: ID!) { schoolClass(id: $id) {
    vacations { name } schoolYear { name startsOn endsOn terms { name }
    vacations { name gradeLevel schoolClass { name } startsOn endsOn }
    calendarDays { date kind followsWeekday name } } } }"""
_DAYS = """query ($id: ID!, $from: Date!, $to: Date!) { schoolClass(id: $id) {
    schoolYear { bellDays { date bellSchedule { name } } calendarDays { date } }
    days(from: $from, to: $to) { date followsWeekday parity bellSchedule { name }
    calendarDay { kind name } vacation { name } term { name } } } }"""


async def _do(client: Client, operation: str, shown: str, **given: Any) -> Any:
    answer = await client.send(document(operation, shown), input=given)
    (payload,) = answer.data.values()
    return payload


def _of_year(school: SchoolMade) -> dict[str, Any]:
    return {"schoolYearId": gid("SchoolYear", school.year.id)}


def _term(story: Story, first: int, last: int, **given: Any) -> dict[str, Any]:
    """The input of a fifth term of the seventh grade, so many days from today."""
    return {
        **_of_year(story.school),
        "gradeLevel": 7,
        "kind": "QUARTER",
        "number": 5,
        "name": "Практика",
        "startsOn": str(story.school.today + first * DAY),
        "endsOn": str(story.school.today + last * DAY),
    } | given


async def test_a_term_is_made_between_others(story: Story) -> None:
    payload = await _do(story.client, "CreateTerm", "term { id name }", **_term(story, 31, 37))
    row = await Term.get(id=number(payload["term"]["id"]))
    assert (row.school_year_id, row.grade_level, row.number) == (story.school.year.id, 7, 5)
    assert (row.starts_on, row.ends_on) == (
        story.school.today + 31 * DAY,
        story.school.today + 37 * DAY,
    )
    (deed,) = await deeds("Term", row.id)
    assert (deed.action, deed.after["name"]) == ("calendar.term_set", "Практика")


@pytest.mark.parametrize(
    ("first", "last", "given", "told"),
    [
        pytest.param(30, 37, {}, [("OVERLAPS", "startsOn")], id="over one"),
        pytest.param(-38, 38, {}, [("OVERLAPS", "startsOn")] * 3, id="over three"),
        pytest.param(37, 31, {}, [("OUT_OF_RANGE", "endsOn")], id="backwards"),
        pytest.param(-101, 400, {}, [("OUT_OF_RANGE", "startsOn"), ("OUT_OF_RANGE", "endsOn")]),
        pytest.param(31, 37, {"number": 4}, [("DUPLICATE", "number")], id="a number that is there"),
        pytest.param(31, 37, {"number": 0}, [("OUT_OF_RANGE", "number")], id="no number"),
        pytest.param(31, 37, {"gradeLevel": 13}, [("OUT_OF_RANGE", "gradeLevel")], id="no grade"),
        pytest.param(31, 37, {"name": " "}, [("REQUIRED", "name")], id="no name"),
    ],
)
async def test_a_term_that_cannot_be(
    story: Story, first: int, last: int, given: dict[str, Any], told: list[Any]
) -> None:
    payload = await _do(
        story.client, "CreateTerm", "term { id }", **_term(story, first, last, **given)
    )
    assert (payload["term"], reasons(payload)) == (None, told)
    assert await Term.filter(school_year_id=story.school.year.id).count() == 4


async def test_terms_of_other_grades_may_lie_over_it(story: Story) -> None:
    given = _term(story, -10, 10, gradeLevel=8, number=1)
    assert reasons(await _do(story.client, "CreateTerm", "term { id }", **given)) == []


async def test_a_term_is_changed(story: Story) -> None:
    term = {"termId": gid("Term", story.klass.term.id)}
    last = str(story.school.today + 37 * DAY)
    payload = await _do(story.client, "ChangeTerm", "term { endsOn }", **term, endsOn=last)
    assert payload == {"term": {"endsOn": last}, "userErrors": []}
    over = await _do(
        story.client,
        "ChangeTerm",
        "term { endsOn }",
        **term,
        endsOn=str(story.school.today + 38 * DAY),
    )
    assert reasons(over) == [("OVERLAPS", "startsOn")]
    nothing = await _do(story.client, "ChangeTerm", "term { endsOn }", **term)
    assert reasons(nothing) == [("REQUIRED", None)]
    assert str((await Term.get(id=story.klass.term.id)).ends_on) == last


async def test_vacations_are_a_schools_a_grades_or_a_classes(diary: Diary, story: Story) -> None:
    school, shown = story.school, "vacation { id name }"
    days = {"startsOn": str(school.today + 31 * DAY), "endsOn": str(school.today + 37 * DAY)}
    await school.class_("7Б")
    for name, of in (
        ("Осенние", {}),
        ("Седьмых", {"gradeLevel": 7}),
        ("Восьмых", {"gradeLevel": 8}),
        ("Карантин", {"classId": gid("SchoolClass", story.klass.id)}),
    ):
        given = {**_of_year(school), **days, **of, "name": name}
        assert reasons(await _do(story.client, "CreateVacation", shown, **given)) == []
        again = await _do(story.client, "CreateVacation", shown, **given)
        assert reasons(again) == [("OVERLAPS", "startsOn")]
    family = await signed_in(diary, await story.pupil.guardian())
    klass = (await family.send(_YEAR, id=gid("SchoolClass", story.klass.id))).data["schoolClass"]
    assert [each["name"] for each in klass["vacations"]] == ["Осенние", "Седьмых", "Карантин"]
    assert len(klass["schoolYear"]["vacations"]) == 4
    plan = await family.plan(_YEAR, id=gid("SchoolClass", story.klass.id))
    assert plan["planned"] is True

    (fall,) = await Vacation.filter(school_year_id=school.year.id, name="Осенние")
    removed = await _do(
        story.client,
        "RemoveVacation",
        "vacationId",
        vacationId=gid("Vacation", fall.id),
    )
    assert removed == {"vacationId": gid("Vacation", fall.id), "userErrors": []}
    assert await Vacation.filter(school_year_id=school.year.id).count() == 3
    assert [deed.action for deed in await deeds("Vacation", fall.id)] == [
        "calendar.vacation_created",
        "calendar.vacation_removed",
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"gradeLevel": 7, "classId": gid("SchoolClass", 1)}, ("MALFORMED", "classId")),
        ({"classId": gid("SchoolClass", 2**40)}, ("NOT_FOUND", "classId")),
        ({"name": ""}, ("REQUIRED", "name")),
        ({"schoolYearId": gid("SchoolYear", 2**40)}, ("NOT_FOUND", "schoolYearId")),
        ({"endsOn": "2000-01-01"}, ("OUT_OF_RANGE", "endsOn")),
    ],
)
async def test_a_vacation_that_cannot_be(
    story: Story, given: dict[str, Any], told: tuple[str, str]
) -> None:
    day = str(story.tomorrow)
    whole = {**_of_year(story.school), "name": "Каникулы", "startsOn": day, "endsOn": day} | given
    payload = await _do(story.client, "CreateVacation", "vacation { id }", **whole)
    assert reasons(payload) == [told]
    assert await Vacation.filter(school_year_id=story.school.year.id).count() == 0


async def test_a_schools_day_goes_before_the_regions(diary: Diary, story: Story) -> None:
    school = story.school
    operator = await signed_in(diary, await school.staff(Position.REGIONAL_OPERATOR))
    day, shown = school.today + 40 * DAY, "calendarDay { id }"
    off = {"date": str(day), "kind": "DAY_OFF", "name": "Праздник"}
    made = await _do(operator, "SetCalendarDay", shown, **off)
    assert reasons(made) == []
    working = {**_of_year(school), "date": str(day), "kind": "WORKING", "name": "Перенос"}
    own = await _do(story.client, "SetCalendarDay", shown, **working, followsWeekday=1)
    assert reasons(own) == []
    changed = await _do(story.client, "SetCalendarDay", shown, **working, followsWeekday=5)
    assert changed == own
    klass = {"id": gid("SchoolClass", story.klass.id)}
    days = (await story.client.send(_YEAR, **klass)).data["schoolClass"]["schoolYear"]
    assert days["calendarDays"] == [
        {"date": str(day), "kind": "WORKING", "followsWeekday": 5, "name": "Перенос"}
    ]
    elsewhere = await a_school()
    other = await signed_in(diary, await elsewhere.staff(Position.DEPUTY_HEAD))
    klass = {"id": gid("SchoolClass", (await elsewhere.class_("5А")).id)}
    days = (await other.send(_YEAR, **klass)).data["schoolClass"]["schoolYear"]
    assert [each["name"] for each in days["calendarDays"]] == ["Праздник"]

    removing = {"calendarDayId": made["calendarDay"]["id"]}
    refused = await _do(other, "RemoveCalendarDay", "calendarDayId", **removing)
    assert reasons(refused) == [("FORBIDDEN", "calendarDayId")]
    for client, removed in ((operator, made), (story.client, own)):
        given = {"calendarDayId": removed["calendarDay"]["id"]}
        payload = await _do(client, "RemoveCalendarDay", "calendarDayId", **given)
        assert payload == {**given, "userErrors": []}
    numbers = [number(each["calendarDay"]["id"]) for each in (made, own)]
    assert not await CalendarDay.filter(id__in=numbers).exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kind": "WORKING"}, ("REQUIRED", "followsWeekday")),
        ({"kind": "WORKING", "followsWeekday": 8}, ("OUT_OF_RANGE", "followsWeekday")),
        ({"followsWeekday": 1}, ("MALFORMED", "followsWeekday")),
        ({"name": ""}, ("REQUIRED", "name")),
        ({"date": "2000-01-01"}, ("OUT_OF_RANGE", "date")),
        ({"schoolYearId": None}, ("FORBIDDEN", "schoolYearId")),
    ],
)
async def test_a_day_that_cannot_be(
    story: Story, given: dict[str, Any], told: tuple[str, str]
) -> None:
    usual = {**_of_year(story.school), "date": str(story.tomorrow), "kind": "DAY_OFF"}
    payload = await _do(
        story.client, "SetCalendarDay", "calendarDay { id }", **usual | {"name": "День"} | given
    )
    assert reasons(payload) == [told]
    assert await CalendarDay.filter(organization_id=story.school.id).count() == 0


async def test_another_schools_year_is_not_planned(diary: Diary, story: Story) -> None:
    other = await signed_in(diary, await (await a_school()).staff(Position.DEPUTY_HEAD))
    term = await _do(other, "CreateTerm", "term { id }", **_term(story, 31, 37))
    assert reasons(term) == [("FORBIDDEN", "schoolYearId")]
    head = await signed_in(diary, await story.school.staff(Position.HEAD))
    answer = await head.send(document("CreateTerm", "term { id }"), input=_term(story, 31, 37))
    assert answer.codes == ["FORBIDDEN"]
    assert await Term.filter(school_year_id=story.school.year.id).count() == 4


async def test_each_day_of_a_class_says_what_it_is(diary: Diary, story: Story) -> None:
    school, today = story.school, story.school.today
    (term,) = [each for each in story.klass.terms if each.id == story.klass.term.id]
    for day, name in ((today + DAY, "Праздник"), (today + 3 * DAY, "Перенос")):
        kind = CalendarDayKind.DAY_OFF if name == "Праздник" else CalendarDayKind.WORKING
        follows = None if kind is CalendarDayKind.DAY_OFF else (day.isoweekday() % 7) + 1
        of: dict[str, Any] = {"organization": school.row, "name": name, "follows_weekday": follows}
        await CalendarDay.create(date=day, kind=kind, **of)
    for day in (today + 2 * DAY, term.ends_on):
        given: dict[str, Any] = {"starts_on": day, "ends_on": day, "name": "Каникулы"}
        is_grades = day == term.ends_on
        given |= {"grade_level": 7} if is_grades else {"school_class": story.klass.row}
        await Vacation.create(school_year=school.year, **given)
    short = await BellSchedule.create(organization=school.row, name="Короткий")
    await BellDay.create(organization=school.row, date=today, bell_schedule=short)
    family = await signed_in(diary, await story.pupil.guardian())
    given = {"id": gid("SchoolClass", story.klass.id), "from": str(today)}
    sent = {**given, "to": str(today + 3 * DAY)}
    answer = (await family.send(_DAYS, **sent)).data["schoolClass"]
    assert answer["schoolYear"]["bellDays"] == [
        {"date": str(today), "bellSchedule": {"name": "Короткий"}}
    ]
    monday = school.year.starts_on - school.year.starts_on.weekday() * DAY
    expected = [
        {
            "date": str(today + n * DAY),
            "followsWeekday": follows,
            "parity": ("ODD", "EVEN")[(today + n * DAY - monday).days // 7 % 2],
            "bellSchedule": {"name": "Обычный день" if n else "Короткий"},
            "calendarDay": special and {"kind": special[0], "name": special[1]},
            "vacation": vacation and {"name": vacation},
            "term": {"name": term.name},
        }
        for n, follows, special, vacation in (
            (0, today.isoweekday(), None, None),
            (1, None, ("DAY_OFF", "Праздник"), None),
            (2, None, None, "Каникулы"),
            (3, (today + 3 * DAY).isoweekday() % 7 + 1, ("WORKING", "Перенос"), None),
        )
    ]
    assert answer["days"] == expected
    late = {**given, "from": str(term.ends_on), "to": str(term.ends_on + DAY)}
    last, beyond = (await family.send(_DAYS, **late)).data["schoolClass"]["days"]
    assert (last["followsWeekday"], last["vacation"], last["term"]) == (
        None,
        {"name": "Каникулы"},
        {"name": term.name},
    )
    assert (beyond["followsWeekday"], beyond["vacation"], beyond["term"]) == (None, None, None)
    assert (await family.plan(_DAYS, **sent))["planned"] is True


async def test_a_grade_without_terms_has_lessons_on_every_day(story: Story) -> None:
    klass = await story.school.class_("5А")
    await Term.filter(school_year_id=story.school.year.id, grade_level=5).delete()
    day = str(story.klass.term.ends_on + DAY)
    sent = {"id": gid("SchoolClass", klass.id), "from": day, "to": day}
    answer = await story.client.send(_DAYS, **sent)
    (shown,) = answer.data["schoolClass"]["days"]
    weekday = (story.klass.term.ends_on + DAY).isoweekday()
    assert (shown["followsWeekday"], shown["term"]) == (weekday, None)
