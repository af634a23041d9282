"""Works set at lessons, marks for them on other days, and what pupils owe."""

from dataclasses import replace
from typing import Any

import pytest

from models import Assignment, DebtMark, Mark, Position, WorkType
from tests.diary import Diary
from tests.factories import gid
from tests.journal.sheets import Page, of_mark
from tests.journal.story import Story, remove
from tests.journal.works import DAY, do, new, set_debt
from tests.sessions import signed_in
from tests.traces import announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_CELLS = """query ($klass: ID!, $subject: ID!, $term: ID!) {
    classJournal(classId: $klass, subjectId: $subject, termId: $term) {
        lessons { id assignments { title } }
        rows { weightedAverage entries { lessonId debts { deadline }
            marks { text assignment { title } } marksElsewhere { text lesson { id } } } } } }"""
_FAMILY = """query ($id: ID!) { student(id: $id) {
    debts { deadline subject { name } assignment { title } } overdueAssignments { title } } }"""


async def _cells(story: Story) -> Any:
    answer = await story.client.send(
        _CELLS,
        klass=gid("SchoolClass", story.klass.id),
        subject=gid("Subject", story.section.subject.id),
        term=gid("Term", story.klass.term.id),
    )
    return answer.data["classJournal"]


async def _family(diary: Diary, story: Story) -> Any:
    client = await signed_in(diary, await story.pupil.guardian())
    return (await client.send(_FAMILY, id=gid("Student", story.pupil.id))).data["student"]


async def test_a_work_is_set_changed_and_taken_back(story: Story) -> None:
    due = str(story.school.today + 3 * DAY)
    payload = await do(story.client, "createAssignment", **new(story, dueOn=due, weight=25))
    row = await Assignment.get(id=number(payload["assignment"]["id"]))
    assert payload == {
        "assignment": {
            "id": gid("Assignment", row.id),
            "title": "Эссе",
            "dueOn": due,
            "weight": 25,
            "isMandatory": True,
            "workType": {"code": "CONTROL"},
            "lesson": {"id": gid("Lesson", story.lesson.id)},
        },
        "userErrors": [],
    }
    work = {"assignmentId": gid("Assignment", row.id)}
    change = {**work, "version": 1, "title": " Сочинение ", "weight": None}
    told = await do(story.client, "changeAssignment", **change)
    assert (told["assignment"]["title"], told["assignment"]["weight"]) == ("Сочинение", None)
    assert (await _cells(story))["lessons"][0]["assignments"] == [{"title": "Сочинение"}]
    told = await do(story.client, "removeAssignment", **work, version=2)
    assert told == {"assignment": None, "userErrors": []}
    assert (await _cells(story))["lessons"][0]["assignments"] == []
    assert [each.action for each in await deeds("Assignment", row.id)] == [
        "journal.work_set",
        "journal.work_changed",
        "journal.work_removed",
    ]
    again = await do(story.client, "changeAssignment", **work, version=3, title="Эссе")
    assert reasons(again) == [("NOT_FOUND", "assignmentId")]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"title": " "}, ("REQUIRED", "title")),
        ({"title": "ё" * 301}, ("TOO_LONG", "title")),
        ({"weight": 0}, ("OUT_OF_RANGE", "weight")),
        ({"workType": "ESSAY"}, ("NOT_FOUND", "workType")),
        ({"workType": "\x00"}, ("NOT_FOUND", "workType")),
        ({"dueOn": "2020-01-01"}, ("IN_PAST", "dueOn")),
        ({"lessonId": gid("Lesson", 2**62)}, ("NOT_FOUND", "lessonId")),
    ],
)
async def test_a_work_is_refused(unmarked: Story, given: Any, error: Any) -> None:
    payload = await do(unmarked.client, "createAssignment", **new(unmarked, **given))
    assert (payload["assignment"], reasons(payload)) == (None, [error])
    assert await Assignment.filter(section_id=unmarked.section.id).count() == 0


async def test_a_mark_for_a_work_stands_in_both_places(story: Story) -> None:
    work = await story.lesson.assignment("Эссе", weight=30)
    later = await story.section.lesson(on=story.school.today, number=7)
    at = {"lessonId": gid("Lesson", later.id), "assignmentId": gid("Assignment", work.id)}
    mark = (await story.record(**at))["mark"]
    row = await Mark.get(id=number(mark["id"])).select_related("work_type")
    assert (row.assignment_id, row.work_type.code, row.weight) == (work.id, "CONTROL", 30)
    page = Page(replace(story, lesson=later), [story.pupil])
    given = {"assignmentId": gid("Assignment", work.id)}
    sent = await page.send(page.entry(0, {"value": 4, **given}, {"value": 3, "weight": 1, **given}))
    assert [each["weight"] for each in sent["marks"]] == [30, 1]
    [first, second] = (await _cells(story))["rows"][0]["entries"]
    assert [each["text"] for each in first["marksElsewhere"]] == ["5", "4", "3"]
    assert {each["lesson"]["id"] for each in first["marksElsewhere"]} == {gid("Lesson", later.id)}
    assert first["marks"] == second["marksElsewhere"] == []
    assert second["marks"] == [
        {"text": text, "assignment": {"title": "Эссе"}} for text in ("5", "4", "3")
    ]


async def test_a_mark_is_for_a_work_of_its_own_section(story: Story) -> None:
    other = await (await story.klass.section("Физика", story.teacher)).lesson()
    elsewhere = gid("Assignment", (await other.assignment()).id)
    own = gid("Assignment", (await story.lesson.assignment()).id)
    page = Page(story, [story.pupil])
    for given, code, at in (
        ({"assignmentId": elsewhere}, "NOT_FOUND", "assignmentId"),
        ({"assignmentId": gid("Mark", 1)}, "NOT_FOUND", "assignmentId"),
        ({"assignmentId": own, "workType": "К"}, "OUT_OF_RANGE", "workType"),
    ):
        assert reasons(await story.record(**given)) == [(code, at)]
        told = reasons(await page.send(page.entry(0, {"value": 5, **given})))
        assert told == [(code, f"entries.0.marks.0.{at}")]
    assert await story.marks() == 0


async def test_marks_for_a_work_may_be_given_until_its_days_are_over(story: Story) -> None:
    """An essay is marked when it has been handed in, however old its lesson is."""
    old = await story.section.lesson(on=story.school.today - 12 * DAY)
    essay = await old.assignment("Эссе", due_on=story.school.today - 5 * DAY)
    at = {"lessonId": gid("Lesson", old.id)}
    assert reasons(await story.record(**at)) == [("LOCKED", "lessonId")]
    work = {"assignmentId": gid("Assignment", essay.id)}
    assert reasons(await story.record(**at, **work)) == []
    page = Page(replace(story, lesson=old), [story.pupil])
    assert reasons(await page.send(page.entry(0, {"value": 5, **work}))) == []


async def test_a_number_for_a_work_of_another_day_stands_beside_an_absence(story: Story) -> None:
    page = Page(story, [story.pupil])
    for due, codes in ((DAY, []), (0 * DAY, ["MARK_WITH_ABSENCE"])):
        work = await story.lesson.assignment(due_on=story.school.today + due)
        mark = {"value": 5, "assignmentId": gid("Assignment", work.id)}
        payload = await page.send(page.entry(0, mark, attendance="ABSENT_SICK"))
        assert [each["code"] for each in payload["warnings"]] == codes


async def test_a_work_that_has_marks_or_is_owed_stays(story: Story) -> None:
    marked, owed = [await story.lesson.assignment() for _ in range(2)]
    mark = await marked.mark(story.pupil, 5)
    debt = await set_debt(story, owed.id)
    for work in (marked, owed):
        given = {"assignmentId": gid("Assignment", work.id), "version": 1}
        told = await do(story.client, "removeAssignment", **given)
        assert reasons(told) == [("CONFLICT", "assignmentId")]
    await remove(story, mark)
    await do(story.client, "clearDebt", debtId=debt["debt"]["id"])
    for work in (marked, owed):
        given = {"assignmentId": gid("Assignment", work.id), "version": 1}
        assert reasons(await do(story.client, "removeAssignment", **given)) == []


async def test_a_debt_is_seen_in_its_cell_and_by_the_family_and_a_number_clears_it(
    diary: Diary, story: Story
) -> None:
    await story.lesson.mark(story.pupil, 4)
    work = await story.lesson.assignment("Эссе")
    payload = await set_debt(story, work.id)
    deadline = str(story.school.today + 5 * DAY)
    assert payload["debt"] == {
        "id": payload["debt"]["id"],
        "deadline": deadline,
        "assignment": {"title": "Эссе"},
        "student": {"id": gid("Student", story.pupil.id)},
        "subject": {"name": "Алгебра"},
    }
    [row] = (await _cells(story))["rows"]
    assert row["entries"][0]["debts"] == [{"deadline": deadline}]
    assert row["weightedAverage"] == 4.0
    assert (await _family(diary, story))["debts"] == [
        {"deadline": deadline, "subject": {"name": "Алгебра"}, "assignment": {"title": "Эссе"}}
    ]
    assert reasons(await set_debt(story, work.id)) == [("DUPLICATE", "assignmentId")]

    given = {"assignmentId": gid("Assignment", work.id)}
    word = await story.record(value=None, sign="NOT_ATTESTED", **given)
    assert await DebtMark.filter(student_id=story.pupil.id, cleared_at__isnull=True).count() == 1
    page = Page(story, [story.pupil])
    sent = await page.send(page.entry(0, of_mark(number(word["mark"]["id"]), value=3)))
    assert sent["userErrors"] == []
    assert (await _family(diary, story))["debts"] == []
    assert (await _cells(story))["rows"][0]["entries"][0]["debts"] == []
    debt = await DebtMark.get(student_id=story.pupil.id)
    assert debt.cleared_at is not None
    assert [each.action for each in await deeds("DebtMark", debt.id)] == ["journal.debt_set"]


async def test_a_debt_is_refused(story: Story) -> None:
    work = (await story.lesson.assignment()).id
    stranger = await (await story.school.class_("7Б")).pupil()
    for given, error in (
        ({"days": -1}, ("IN_PAST", "deadline")),
        ({"studentId": gid("Student", stranger.id)}, ("NOT_FOUND", "studentId")),
        ({"assignmentId": gid("Assignment", 2**62)}, ("NOT_FOUND", "assignmentId")),
    ):
        payload = await set_debt(story, work, **given)
        assert (payload["debt"], reasons(payload)) == (None, [error])
    assert await DebtMark.filter(assignment_id=work).count() == 0
    assert await announced(story.school) == []


async def test_families_set_neither_works_nor_debts(diary: Diary, story: Story) -> None:
    client = await signed_in(diary, await story.pupil.guardian())
    document = """mutation ($input: CreateAssignmentInput!) {
        createAssignment(input: $input) { userErrors { code } } }"""
    answer = await client.send(document, input=new(story))
    assert answer.codes == ["FORBIDDEN"]
    assert await Assignment.filter(section_id=story.section.id).count() == 0


async def test_the_deputy_says_which_works_are_marked_and_what_they_weigh(
    diary: Diary, story: Story
) -> None:
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    school = gid("Organization", story.school.id)
    kind = {"code": "ESSAY", "abbreviation": "Э", "name": " Сочинение ", "weight": 20}
    made = (await do(deputy, "createWorkType", organizationId=school, **kind))["workType"]
    assert made == {**kind, "id": made["id"], "name": "Сочинение"}
    changed = await do(deputy, "changeWorkType", workTypeId=made["id"], weight=35)
    assert changed["workType"] == {**made, "weight": 35}
    assert (await story.record(workType="Э"))["mark"]["weight"] == 35
    row = await WorkType.get(id=number(made["id"]))
    assert [each.action for each in await deeds("WorkType", row.id)] == [
        "policy.work_type_created",
        "policy.work_type_changed",
    ]
    for mutation, given, error in (
        ("createWorkType", {"organizationId": school, **kind}, ("DUPLICATE", "code")),
        (
            "createWorkType",
            {"organizationId": school, **kind, "abbreviation": "СОЧИНЕНИЕ"},
            ("TOO_LONG", "abbreviation"),
        ),
        ("changeWorkType", {"workTypeId": made["id"], "weight": 101}, ("OUT_OF_RANGE", "weight")),
        ("changeWorkType", {"workTypeId": made["id"]}, ("REQUIRED", "name")),
    ):
        assert reasons(await do(deputy, mutation, **given)) == [error]
    assert (await WorkType.get(id=row.id)).weight == 35


async def test_whoever_writes_the_journal_reads_which_works_are_marked(story: Story) -> None:
    asked = (
        "query ($id: ID!) { node(id: $id) { ... on Organization { workTypes { code weight } } } }"
    )
    school = gid("Organization", story.school.id)
    told = await story.client.send(asked, id=school)
    assert (await story.client.plan(asked, id=school))["planned"]
    types = await WorkType.filter(organization_id=story.school.id).order_by("name", "id")
    expected = [{"code": each.code, "weight": each.weight} for each in types]
    assert told.data["node"]["workTypes"] == expected != []
    assert (await story.client.send_unplanned(asked, id=school)).data == told.data
