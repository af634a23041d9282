"""Works and debts as families hear of them: once each, in order, whoever comes in between."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from deadlines.debts import Debts
from models import Assignment, ChangeEntry, DebtMark, Mark
from tests.diary import Client, Diary
from tests.factories import AssignmentMade, a_grading_policy, gid
from tests.hearing import hearing, now
from tests.journal.sheets import Page, of_mark
from tests.journal.story import Story
from tests.journal.works import DAY, do, new, set_debt
from tests.locks import waiting
from tests.sessions import signed_in
from tests.traces import announced, deeds, number, reasons, told_students

pytestmark = pytest.mark.usefixtures("database")

_WORKS = """subscription ($after: String) { assignmentChanges(after: $after) {
    kind assignmentId assignment { title dueOn } cursor } }"""
_DEBTS = """subscription ($after: String, $students: [ID!]) {
    debtChanges(after: $after, studentIds: $students) {
    kind debtId debt { deadline assignment { title } } cursor } }"""
_ALL = """subscription ($after: String) { dashboardChanges(after: $after) {
    area kind nodeId mark { text } assignment { title } debt { deadline } } }"""
_CHANGES = """query ($after: String!) { changes(after: $after) { changes {
    area kind nodeId assignment { title } debt { deadline } } } }"""
_DIARY = """query ($id: ID!, $on: Date!) { student(id: $id) { diaryDay(on: $on) {
    debts { deadline } assignmentsDue { title workType { code } } } } }"""


@pytest.fixture
async def family(diary: Diary, story: Story) -> Client:
    return await signed_in(diary, await story.pupil.guardian())


async def _told(story: Story) -> list[tuple[str, str, int]]:
    return [(area, kind, row) for _, area, kind, row, _ in await announced(story.school)]


async def _debt(story: Story, days: int = 5) -> tuple[AssignmentMade, DebtMark]:
    """A work that the pupil owes, of which nobody was told."""
    work = await story.lesson.assignment("Эссе")
    debt = await DebtMark.create(
        assignment_id=work.id,
        lesson_id=story.lesson.id,
        student_id=story.pupil.id,
        deadline=story.school.today + days * DAY,
        set_by_id=story.teacher.id,
        set_at=datetime.now(UTC),
    )
    return work, debt


async def test_a_family_hears_of_works_for_a_day_until_they_are_taken_back(
    diary: Diary, story: Story, family: Client
) -> None:
    later = await story.klass.pupil()
    stranger = await (await story.school.class_("7Б")).pupil()
    elsewhere = await signed_in(diary, await stranger.guardian())
    before = await now(story.school)
    due = [str(story.school.today + each * DAY) for each in (3, 4)]
    async with (
        hearing(family, _WORKS, after=before) as stream,
        hearing(elsewhere, _WORKS, after=before) as silent,
    ):
        made = await do(story.client, "createAssignment", **new(story, dueOn=due[0]))
        work = {"assignmentId": made["assignment"]["id"]}
        told = [(await stream.socket.next(10))["assignmentChanges"]]
        changes: list[dict[str, Any]] = [
            {"title": "Сочинение"},
            {"dueOn": due[1]},
            {"dueOn": due[1], "weight": 9},
        ]
        for version, given in enumerate(changes, start=1):
            await do(story.client, "changeAssignment", **work, version=version, **given)
            told.append((await stream.socket.next(10))["assignmentChanges"])
        await do(story.client, "removeAssignment", **work, version=4)
        told.append((await stream.socket.next(10))["assignmentChanges"])
        await silent.socket.nothing()
    assert [(each["kind"], each["assignment"]) for each in told] == [
        ("ASSIGNED", {"title": "Эссе", "dueOn": due[0]}),
        ("CHANGED", {"title": "Сочинение", "dueOn": due[0]}),
        ("MOVED", {"title": "Сочинение", "dueOn": due[1]}),
        ("CHANGED", {"title": "Сочинение", "dueOn": due[1]}),
        ("REMOVED", None),
    ]
    assert {each["assignmentId"] for each in told} == set(work.values())
    pupils = [sorted(each or ()) for each in await told_students(story.school)]
    assert pupils == [sorted([story.pupil.id, later.id])] * 5
    # Whoever lost the line after the second goes on from there, and phones ask.
    async with hearing(family, _WORKS, after=told[1]["cursor"]) as again:
        kinds = [(await again.socket.next(10))["assignmentChanges"]["kind"] for _ in range(3)]
        assert kinds == ["MOVED", "CHANGED", "REMOVED"]
        await again.socket.nothing()
    page = (await family.send(_CHANGES, after=told[3]["cursor"])).data["changes"]["changes"]
    gone = {"assignment": None, "debt": None, "nodeId": work["assignmentId"]}
    assert page == [{**gone, "area": "WORKS", "kind": "REMOVED"}]


async def test_a_family_hears_of_its_childs_debts_alone(
    diary: Diary, story: Story, family: Client
) -> None:
    classmate = await story.klass.pupil()
    other = await signed_in(diary, await classmate.guardian())
    work = await story.lesson.assignment("Эссе")
    before = await now(story.school)
    async with (
        hearing(family, _DEBTS, after=before) as stream,
        hearing(other, _DEBTS, after=before) as silent,
        hearing(
            story.client, _DEBTS, after=before, students=[gid("Student", story.pupil.id)]
        ) as staff,
    ):
        debt = {"debtId": (await set_debt(story, work.id))["debt"]["id"]}
        told = [(await stream.socket.next(10))["debtChanges"]]
        until = str(story.school.today + 9 * DAY)
        changed = await do(story.client, "changeDebt", **debt, deadline=until)
        assert (changed["debt"]["deadline"], changed["userErrors"]) == (until, [])
        told.append((await stream.socket.next(10))["debtChanges"])
        # The same once more is no news.
        assert reasons(await do(story.client, "changeDebt", **debt, deadline=until)) == []
        await do(story.client, "clearDebt", **debt)
        told.append((await stream.socket.next(10))["debtChanges"])
        heard = [(await staff.socket.next(10))["debtChanges"]["kind"] for _ in range(3)]
        await silent.socket.nothing()
    assert heard == ["RECORDED", "CHANGED", "REMOVED"]
    assert [(each["kind"], each["debt"]) for each in told] == [
        ("RECORDED", told[0]["debt"]),
        ("CHANGED", {"deadline": until, "assignment": {"title": "Эссе"}}),
        ("REMOVED", None),
    ]
    row = number(debt["debtId"])
    assert [each.action for each in await deeds("DebtMark", row)] == [
        "journal.debt_set",
        "journal.debt_changed",
        "journal.debt_cleared",
    ]
    assert not (await DebtMark.get(id=row)).is_settled


@pytest.fixture(params=["recordMark", "correctMark", "recordLesson", "deadline"])
async def number_given(request: pytest.FixtureRequest, story: Story) -> Any:
    """Each way by which a number is given for a work that is owed."""
    work, debt = await _debt(story, -1 if request.param == "deadline" else 5)
    given = {"assignmentId": gid("Assignment", work.id)}
    page = Page(story, [story.pupil])
    word = None
    if request.param == "correctMark":
        word = (await story.record(value=None, sign="NOT_ATTESTED", **given))["mark"]["id"]
    if request.param == "deadline":
        await a_grading_policy(story.school, debts_become_two=True)

    async def give() -> None:
        if request.param == "recordMark":
            await story.record(**given)
        elif request.param == "recordLesson":
            await page.send(page.entry(0, {"value": 3, **given}, {"value": 4}))
        elif word is not None:
            await page.send(page.entry(0, of_mark(number(word), value=3)))
        else:

            async def wake(_topic: str, _seq: int) -> None:
                pass

            await Debts(wake).settle()

    return give, debt


async def test_a_number_settles_the_debt_and_that_is_heard_once(
    story: Story, family: Client, number_given: Any
) -> None:
    give, debt = number_given
    before, former = await now(story.school), len(await _told(story))
    async with hearing(family, _ALL, after=before) as stream:
        await give()
        told = (await _told(story))[former:]
        assert [each for each in told if each[0] == "DEBTS"] == [("DEBTS", "SETTLED", debt.id)]
        assert {area for area, _, _ in told} == {"MARKS", "DEBTS"}
        heard = [(await stream.socket.next(10))["dashboardChanges"] for _ in told]
        await stream.socket.nothing()
    last = {"mark": None, "assignment": None, "debt": None, "nodeId": gid("Debt", debt.id)}
    assert heard[-1] == {**last, "area": "DEBTS", "kind": "SETTLED"}
    entries = await ChangeEntry.filter(topic=f"school:{story.school.id}").order_by("seq")
    assert [each.seq for each in entries] == [*range(1, len(entries) + 1)]
    row = await DebtMark.get(id=debt.id)
    assert (row.is_settled, row.cleared_at is not None) == (True, True)


async def test_a_debt_for_a_better_mark_stays_until_that_is_given(story: Story) -> None:
    work = await story.lesson.assignment("Эссе")
    mark = await work.mark(story.pupil, 2)
    debt = number((await set_debt(story, work.id))["debt"]["id"])
    page = Page(story, [story.pupil])
    await page.send(page.entry(0, of_mark(mark.id, comment="До пятницы")))
    assert (await DebtMark.get(id=debt)).cleared_at is None
    better = {**of_mark(mark.id, value=4), "version": 2}
    assert (await page.send(page.entry(0, better)))["userErrors"] == []
    assert (await DebtMark.get(id=debt)).is_settled


async def test_a_number_and_a_debt_at_once_leave_what_one_after_the_other_would(
    story: Story,
) -> None:
    """Neither waits for the other's place in the log; a mark that came second settles it."""
    work = await story.lesson.assignment("Эссе")
    given = {"assignmentId": gid("Assignment", work.id)}
    async with in_transaction() as connection:
        await Assignment.filter(id=work.id).using_db(connection).select_for_update().get()
        debt = asyncio.create_task(set_debt(story, work.id))
        await waiting(connection, 1)
        mark = asyncio.create_task(story.record(**given))
        await waiting(connection, 2)
    assert reasons(await debt) == reasons(await mark) == []
    kinds = [(area, kind) for area, kind, _ in await _told(story)]
    row = await DebtMark.get(assignment_id=work.id)
    assert kinds in (
        [("DEBTS", "RECORDED"), ("MARKS", "RECORDED"), ("DEBTS", "SETTLED")],
        [("MARKS", "RECORDED"), ("DEBTS", "RECORDED")],
    )
    assert row.is_settled is (kinds[-1] == ("DEBTS", "SETTLED"))


async def test_clearing_a_debt_and_a_number_for_it_do_not_wait_for_each_other(
    story: Story,
) -> None:
    work, debt = await _debt(story)
    given = {"assignmentId": gid("Assignment", work.id)}
    async with in_transaction() as connection:
        await DebtMark.filter(id=debt.id).using_db(connection).select_for_update().get()
        cleared = asyncio.create_task(do(story.client, "clearDebt", debtId=gid("Debt", debt.id)))
        await waiting(connection, 1)
        mark = asyncio.create_task(story.record(**given))
        await waiting(connection, 2)
    assert reasons(await mark) == []
    ends = [(kind, row) for area, kind, row in await _told(story) if area == "DEBTS"]
    assert ends == [("REMOVED" if reasons(await cleared) == [] else "SETTLED", debt.id)]


async def test_no_mark_is_given_for_a_work_that_is_taken_back_meanwhile(story: Story) -> None:
    work = await story.lesson.assignment("Эссе")
    given = {"assignmentId": gid("Assignment", work.id)}
    page = Page(story, [story.pupil])
    async with in_transaction() as connection:
        held = Assignment.filter(id=work.id).using_db(connection)
        await held.select_for_update().get()
        await held.update(removed_at=datetime.now(UTC))
        asked = [
            asyncio.create_task(story.record(**given)),
            asyncio.create_task(page.send(page.entry(0, {"value": 5, **given}))),
        ]
        await waiting(connection, 2)
    assert [reasons(await each) for each in asked] == [
        [("NOT_FOUND", "assignmentId")],
        [("NOT_FOUND", "entries")],
    ]
    assert (await Mark.filter(assignment_id=work.id).count(), await _told(story)) == (0, [])


async def test_a_work_stays_for_which_a_mark_is_given_meanwhile(story: Story) -> None:
    work = await story.lesson.assignment("Эссе")
    given = {"assignmentId": gid("Assignment", work.id)}
    async with in_transaction() as connection:
        kind = story.school.work_types["CONTROL"].id
        whole: dict[str, Any] = {"value": 5, "weight": 10, "recorded_at": datetime.now(UTC)}
        await Mark.create(
            lesson_id=story.lesson.id,
            date=story.lesson.row.date,
            student_id=story.pupil.id,
            work_type_id=kind,
            assignment_id=work.id,
            using_db=connection,
            **whole,
        )
        removed = asyncio.create_task(do(story.client, "removeAssignment", **given, version=1))
        await waiting(connection, 1)
    assert reasons(await removed) == [("CONFLICT", "assignmentId")]
    assert (await Assignment.get(id=work.id)).removed_at is None


async def test_another_deadline_is_refused(story: Story) -> None:
    _, debt = await _debt(story)
    named = {"debtId": gid("Debt", debt.id), "deadline": str(story.school.today)}
    for given, error in (
        ({"deadline": str(story.school.today - DAY)}, ("IN_PAST", "deadline")),
        ({"debtId": gid("Debt", 2**62)}, ("NOT_FOUND", "debtId")),
        ({"reason": " "}, ("REQUIRED", "reason")),
    ):
        assert reasons(await do(story.client, "changeDebt", **named | given)) == [error]
    assert (await DebtMark.get(id=debt.id)).deadline == debt.deadline
    assert await _told(story) == []


async def test_the_diary_shows_what_is_owed_at_a_lesson_and_written_on_a_day(
    story: Story, family: Client
) -> None:
    _, debt = await _debt(story)
    later = await story.section.lesson(on=story.school.today + 2 * DAY)
    await story.lesson.assignment("Контрольная", due_on=later.row.date)
    student = {"id": gid("Student", story.pupil.id)}
    work = {"workType": {"code": "CONTROL"}}
    for lesson, debts, works in (
        (story.lesson, [{"deadline": str(debt.deadline)}], [{**work, "title": "Эссе"}]),
        (later, [], [{**work, "title": "Контрольная"}]),
    ):
        given = {**student, "on": str(lesson.row.date)}
        told = (await family.send(_DIARY, **given)).data
        assert told["student"]["diaryDay"] == [{"debts": debts, "assignmentsDue": works}]
        assert (await family.send_unplanned(_DIARY, **given)).data == told
        plan = await family.plan(_DIARY, **given)
        assert (plan["planned"], plan["statements"]) == (True, 1)
