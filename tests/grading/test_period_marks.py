"""Marks for terms: given, changed, refused, and all of a section's at once."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from models import JournalLock, PeriodMark, Position, SchoolPolicy
from tests.diary import Diary
from tests.factories import gid
from tests.grading.story import do, give, marked, row_of, rows
from tests.journal.story import Story
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")


async def test_a_mark_as_proposed_needs_no_reason(story: Story) -> None:
    await marked(story.section, story.pupil, *[(4, 1)] * 3)
    payload = await give(story)
    assert payload["userErrors"] == []
    mark = payload["periodMark"]
    assert {**mark, "id": ""} == {
        "id": "",
        "kind": "TERM",
        "value": 4,
        "text": "4",
        "version": 1,
        "term": {"number": 2},
    }
    mark_id = number(mark["id"])
    assert (await row_of(story))["periodMark"] == {
        "value": 4,
        "version": 1,
        "correctedOn": None,
        "history": [
            {
                "kind": "RECORDED",
                "value": 4,
                "text": "4",
                "formerValue": None,
                "formerSign": None,
                "proposedValue": 4,
                "proposedSign": None,
                "reason": None,
                "by": {"fullName": story.teacher.row.full_name},
            }
        ],
    }
    told = Deed(
        "mark.term_recorded", story.teacher.id, ["TEACHER"], None, {"value": 4, "sign": None}
    )
    assert await deeds("PeriodMark", mark_id) == [told]
    assert await announced(story.school) == [
        (1, "FINAL_MARKS", "RECORDED", mark_id, story.pupil.id)
    ]


async def test_a_mark_is_changed_with_its_version_and_a_reason(story: Story) -> None:
    await marked(story.section, story.pupil, *[(4, 1)] * 3)
    await give(story)
    payload = await give(story, value=5, version=1, reason="  Олимпиада ")
    assert (payload["userErrors"], payload["periodMark"]["version"]) == ([], 2)
    shown = (await row_of(story))["periodMark"]
    assert (shown["value"], shown["correctedOn"]) == (5, str(story.school.today))
    last = shown["history"][-1]
    assert [last[name] for name in ("kind", "value", "formerValue", "proposedValue", "reason")] == [
        "CORRECTED",
        5,
        4,
        4,
        "Олимпиада",
    ]
    await give(story, sign="EXEMPT", version=2, reason="Справка")
    last = (await row_of(story))["periodMark"]["history"][-1]
    assert (last["text"], last["formerValue"], last["formerSign"]) == ("осв", 5, None)


async def test_the_same_again_changes_nothing(story: Story) -> None:
    await give(story, reason="Устно")
    before = await rows()
    assert reasons(await give(story)) == []
    assert await rows() == before
    assert len(await announced(story.school)) == 1


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"value": 0}, [("OUT_OF_RANGE", "value")]),
        ({"value": 6}, [("OUT_OF_RANGE", "value")]),
        ({"value": None}, [("REQUIRED", "value")]),
        ({"value": 4, "sign": "PASSED"}, [("REQUIRED", "value")]),
        ({"value": 5}, [("REQUIRED", "reason")]),
        ({"value": 5, "reason": " "}, [("REQUIRED", "reason")]),
        ({"value": 5, "reason": "ё" * 1001}, [("TOO_LONG", "reason")]),
        ({"value": 5, "reason": "\x00"}, [("OUT_OF_RANGE", "reason")]),
        ({"value": 4, "version": 1}, [("CONFLICT", "version")]),
        ({"studentId": gid("Student", 2**62)}, [("NOT_FOUND", "studentId")]),
        ({"sectionId": gid("CourseSection", 2**62)}, [("NOT_FOUND", "sectionId")]),
        ({"termId": gid("Term", 2**62)}, [("NOT_FOUND", "termId")]),
    ],
)
async def test_a_mark_is_refused(story: Story, given: Any, errors: Any) -> None:
    await marked(story.section, story.pupil, *[(4, 1)] * 3)
    before = await rows()
    usual = {"value": 4, "sign": None}
    payload = await give(story, **usual | given)
    assert (payload["periodMark"], reasons(payload)) == (None, errors)
    assert (await rows(), await announced(story.school)) == (before, [])


async def test_a_term_to_come_has_no_marks(story: Story) -> None:
    given: dict[str, Any] = {
        "termId": gid("Term", story.klass.terms[2].id),
        "reason": "Рано",
    }
    assert reasons(await give(story, **given)) == [("IN_FUTURE", "termId")]


async def test_of_two_at_once_the_second_is_told(story: Story) -> None:
    both = await asyncio.gather(
        give(story, value=4, reason="Да"), give(story, value=5, reason="Нет")
    )
    assert sorted(map(reasons, both)) == [[], [("CONFLICT", "version")]]
    mark = await PeriodMark.get(student_id=story.pupil.id)
    assert mark.version == 1


async def test_a_section_is_marked_at_once_or_not_at_all(story: Story) -> None:
    second, third = await story.klass.pupil(), await story.klass.pupil()
    for pupil in (story.pupil, second, third):
        await marked(story.section, pupil, *[(4, 1)] * 3)
    place = {
        "sectionId": gid("CourseSection", story.section.id),
        "termId": gid("Term", story.klass.term.id),
    }
    stranger = await (await story.school.class_("8А")).pupil()

    def entries(*given: dict[str, Any]) -> list[dict[str, Any]]:
        pupils = (story.pupil, second, third, stranger)
        return [
            {"studentId": gid("Student", pupil.id), **each}
            for pupil, each in zip(pupils, given, strict=False)
        ]

    before = await rows()
    wrong = entries({"value": 4}, {"value": 5}, {"value": 4, "version": 3})
    payload = await do(story.client, "RecordPeriodMarks", **place, entries=wrong)
    assert (payload["periodMarks"], reasons(payload)) == (
        None,
        [("REQUIRED", "entries.1.reason"), ("CONFLICT", "entries.2.version")],
    )
    wrong = entries({"value": 4}, {"value": 4}, {"value": 4}, {"value": 4})
    wrong[2]["studentId"] = wrong[0]["studentId"]
    payload = await do(story.client, "RecordPeriodMarks", **place, entries=wrong)
    assert reasons(payload) == [
        ("DUPLICATE", "entries.2.studentId"),
        ("NOT_FOUND", "entries.3.studentId"),
    ]
    assert (await rows(), await announced(story.school)) == (before, [])

    right = entries({"value": 4}, {"value": 5, "reason": "Олимпиада"}, {"sign": "EXEMPT"})
    right[2]["reason"] = "Справка"
    payload = await do(story.client, "RecordPeriodMarks", **place, entries=right)
    assert payload["userErrors"] == []
    assert [each["text"] for each in payload["periodMarks"]] == ["4", "5", "осв"]
    assert [each[4] for each in await announced(story.school)] == [
        story.pupil.id,
        second.id,
        third.id,
    ]


@pytest.mark.parametrize("count", [0, 101])
async def test_no_more_than_a_hundred_at_once(story: Story, count: int) -> None:
    payload = await do(
        story.client,
        "RecordPeriodMarks",
        sectionId=gid("CourseSection", story.section.id),
        termId=gid("Term", story.klass.term.id),
        entries=[{"studentId": gid("Student", story.pupil.id), "value": 4}] * count,
    )
    assert [field for _, field in reasons(payload)] == ["entries"]


async def test_who_gives_marks_for_terms(diary: Diary, story: Story) -> None:
    for position in (Position.DEPUTY_HEAD, Position.HEAD, Position.SCHOOL_ADMINISTRATOR):
        client = await signed_in(diary, await story.school.staff(position))
        mark = await PeriodMark.get_or_none(student_id=story.pupil.id)
        version = mark.version if mark else None
        value = 3 if mark is None or mark.value == 4 else 4
        given = {"value": value, "version": version, "reason": "Решение педсовета"}
        assert reasons(await give(story, client, **given)) == []
    before = await rows()

    leader = await story.school.teacher()
    await story.klass.led_by(leader)
    leading = await signed_in(diary, leader)
    given = {"value": 5, "version": 3, "reason": "Решение педсовета"}
    assert reasons(await give(story, leading, **given)) == [("FORBIDDEN", "sectionId")]
    other = await story.school.teacher()
    await (await story.school.class_("8А")).section("Алгебра", other)
    client = await signed_in(diary, other)
    assert reasons(await give(story, client, **given)) == [("NOT_FOUND", "sectionId")]
    substitute = await story.school.teacher()
    await story.section.substituted_by(substitute)
    client = await signed_in(diary, substitute)
    assert reasons(await give(story, client, **given)) == [("FORBIDDEN", "sectionId")]
    assert await rows() == before

    await SchoolPolicy.create(organization_id=story.school.id, homeroom_writes_marks=True)
    assert reasons(await give(story, leading, **given)) == []


async def test_a_locked_page_is_the_deputy_s_who_says_why(diary: Diary, story: Story) -> None:
    await marked(story.section, story.pupil, *[(4, 1)] * 3)
    await give(story)
    deputy_head = await story.school.staff(Position.DEPUTY_HEAD)
    await JournalLock.create(
        school_class=story.klass.row,
        subject=story.section.subject,
        term=story.klass.term,
        reason="Четверть закрыта",
        locked_by=deputy_head.row,
        locked_at=datetime.now(UTC),
    )
    deputy = await signed_in(diary, deputy_head)
    change: dict[str, Any] = {"value": 5, "version": 1}
    before = await rows()
    assert reasons(await give(story, **change, reason="Олимпиада")) == [("LOCKED", "termId")]
    assert reasons(await give(story, deputy, **change)) == [("REQUIRED", "reason")]
    assert await rows() == before
    assert reasons(await give(story)) == []
    assert reasons(await give(story, deputy, **change, reason="Олимпиада")) == []


async def test_a_family_reads_the_mark_and_not_its_history(diary: Diary, story: Story) -> None:
    await give(story, reason="Устно")
    family = await signed_in(diary, await story.pupil.guardian())
    document = """query ($id: ID!) { student(id: $id) {
        periodMarks { nodes { kind value subject { name } history { reason } } } } }"""
    answer = await family.send(document, id=gid("Student", story.pupil.id))
    (mark,) = answer.partial["student"]["periodMarks"]["nodes"]
    assert mark == {
        "kind": "TERM",
        "value": 4,
        "subject": {"name": "Алгебра"},
        "history": None,
    }
    assert [code for code, _ in answer.refused] == ["FORBIDDEN"]
