"""Correcting and removing marks; their history stays."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import Mark, MarkRevision, MarkSign, Position
from tests.diary import Diary
from tests.factories import gid
from tests.journal.story import Story, correct, history, page_of, remove, untouched
from tests.locks import waiting
from tests.moments import rfc3339
from tests.sessions import signed_in
from tests.traces import Deed, announced, deeds, reasons

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"value": 4}, {"value": 4}),
        ({"sign": "PASSED"}, {"value": None, "sign": "PASSED"}),
        ({"value": None, "sign": "EXEMPT"}, {"value": None, "sign": "EXEMPT"}),
        ({"weight": 100}, {"weight": 100}),
        ({"comment": "Пересдача"}, {"comment": "Пересдача"}),
        ({"comment": None}, {"comment": None}),
        ({"value": 3, "weight": 1, "comment": None}, {"value": 3, "weight": 1, "comment": None}),
    ],
)
async def test_what_is_given_is_corrected_and_nothing_else(
    story: Story, given: Any, changed: Any
) -> None:
    mark = await story.lesson.mark(story.pupil, 5, weight=20, comment="Молодец")
    before = {"value": 5, "sign": None, "weight": 20, "comment": "Молодец"}

    payload = await correct(story, mark, **given, reason="  Пересдал  ")

    assert payload["userErrors"] == []
    after = before | changed
    row = await Mark.get(id=mark.id)
    assert {name: getattr(row, name) for name in before} == after
    assert (row.version, row.recorded_at) == (2, mark.row.recorded_at)
    assert (payload["mark"]["value"], payload["mark"]["version"]) == (after["value"], 2)
    _, revision = await MarkRevision.filter(mark_id=mark.id).order_by("version")
    assert {name: getattr(revision, name) for name in before} == after
    assert (revision.reason, revision.by_id) == ("Пересдал", story.teacher.id)
    told = Deed("mark.corrected", story.teacher.id, ["TEACHER"], before, after)
    assert await deeds("Mark", mark.id) == [told]
    assert await announced(story.school) == [(1, "MARKS", "CORRECTED", mark.id, story.pupil.id)]


async def test_a_word_becomes_a_number_again(story: Story) -> None:
    mark = await story.lesson.mark(story.pupil, MarkSign.NOT_ATTESTED)
    assert reasons(await correct(story, mark, value=3)) == []
    row = await Mark.get(id=mark.id)
    assert (row.value, row.sign) == (3, None)


async def test_the_history_tells_all_that_was_done_in_order(diary: Diary, story: Story) -> None:
    mark = await story.lesson.mark(story.pupil, 5)
    deputy = await story.school.staff(Position.DEPUTY_HEAD)
    other = replace(story, client=await signed_in(diary, deputy))
    await correct(story, mark, value=4, reason="Описка")
    payload = await correct(other, mark, version=2, sign="PASSED", reason="Зачётная система")

    revisions = await MarkRevision.filter(mark_id=mark.id).order_by("version")
    names = [story.teacher.row.full_name, story.teacher.row.full_name, deputy.row.full_name]
    told = [(5, None), (4, "Описка"), (None, "Зачётная система")]
    assert payload["mark"] == {
        "id": gid("Mark", mark.id),
        "value": None,
        "version": 3,
        "history": [
            {
                "value": value,
                "at": rfc3339(revision.at),
                "reason": reason,
                "by": {"fullName": name},
            }
            for (value, reason), revision, name in zip(told, revisions, names, strict=True)
        ],
    }
    assert [one.at for one in revisions] == sorted({one.at for one in revisions})


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"value": 0}, [("OUT_OF_RANGE", "value")]),
        ({"value": 6}, [("OUT_OF_RANGE", "value")]),
        ({"value": None}, [("REQUIRED", "value")]),
        ({"value": 4, "sign": "PASSED"}, [("REQUIRED", "value")]),
        ({"weight": 0}, [("OUT_OF_RANGE", "weight")]),
        ({"weight": 101}, [("OUT_OF_RANGE", "weight")]),
        ({"weight": None}, [("REQUIRED", "weight")]),
        ({"comment": "ё" * 1001}, [("TOO_LONG", "comment")]),
        ({"comment": "\x00"}, [("OUT_OF_RANGE", "comment")]),
        ({}, [("REQUIRED", "value")]),
        ({"value": 4, "reason": ""}, [("REQUIRED", "reason")]),
        ({"value": 4, "reason": " \n"}, [("REQUIRED", "reason")]),
        ({"value": 4, "reason": "ё" * 1001}, [("TOO_LONG", "reason")]),
        ({"value": 4, "reason": "\x00"}, [("OUT_OF_RANGE", "reason")]),
        ({"value": 4, "version": 2}, [("CONFLICT", "version")]),
        ({"value": 4, "version": 0}, [("CONFLICT", "version")]),
        ({"value": 4, "markId": gid("Mark", 2**62)}, [("NOT_FOUND", "markId")]),
    ],
)
async def test_a_correction_is_refused(unmarked: Story, given: Any, errors: Any) -> None:
    mark = await unmarked.lesson.mark(unmarked.pupil, 5, weight=20, comment="Молодец")
    log = await announced(unmarked.school)

    payload = await correct(unmarked, mark, **given)

    assert (payload["mark"], reasons(payload)) == (None, errors)
    await untouched(mark)
    assert await announced(unmarked.school) == log


async def test_of_two_corrections_at_once_one_wins(story: Story) -> None:
    mark = await story.lesson.mark(story.pupil, 5)
    async with in_transaction() as holding:
        # Both have begun, and neither can have finished, when the row is let go.
        await Mark.filter(id=mark.id).using_db(holding).select_for_update().get()
        both = [asyncio.create_task(correct(story, mark, value=value)) for value in (3, 4)]
        await waiting(holding, len(both))
    payloads = await asyncio.gather(*both)

    assert sorted(map(reasons, payloads)) == [[], [("CONFLICT", "version")]]
    [won] = [payload["mark"] for payload in payloads if payload["mark"]]
    row = await Mark.get(id=mark.id)
    assert (row.value, row.version) == (won["value"], 2)
    assert [(kind, value) for kind, _, value, *_ in await history(row)] == [
        ("RECORDED", 5),
        ("CORRECTED", won["value"]),
    ]
    assert len(await deeds("Mark", mark.id)) == len(await announced(story.school)) == 1


async def test_a_conflict_tells_the_mark_and_the_version_that_are_there(story: Story) -> None:
    mark = await story.lesson.mark(story.pupil, 5)
    for value, text in ((4, "4"), (MarkSign.FAILED, "незач")):
        await mark.correct(value)
        version = mark.row.version
        for mutation, given in (("correctMark", {"value": 3}), ("removeMark", {})):
            stale = {"markId": gid("Mark", mark.id), "version": 1, "reason": "Описка", **given}
            kind = f"{mutation[0].upper()}{mutation[1:]}Input!"
            document = f"""mutation ($input: {kind}) {{ {mutation}(input: $input) {{
                userErrors {{ code message field current {{ text version }} }} }} }}"""
            answer = await story.client.send(document, input=stale)
            assert answer.data[mutation]["userErrors"] == [
                {
                    "code": "CONFLICT",
                    "message": f"The mark was changed meanwhile: it is {text}, "
                    f"and its version is {version}.",
                    "field": "version",
                    "current": {"text": text, "version": version},
                }
            ]


async def test_a_mark_of_a_colleague_is_hidden_or_only_to_be_read(story: Story) -> None:
    lesson = await (await story.klass.section("Физика")).lesson()
    mark = await lesson.mark(story.pupil, 5)
    assert reasons(await correct(story, mark, value=4)) == [("NOT_FOUND", "markId")]
    await story.klass.led_by(story.teacher)
    assert reasons(await correct(story, mark, value=4)) == [("FORBIDDEN", "markId")]
    await untouched(mark)


async def test_a_removed_mark_is_gone_everywhere_but_in_its_history(
    diary: Diary, story: Story
) -> None:
    mark = await story.lesson.mark(story.pupil, 2, comment="Молчал")
    kept = await story.lesson.mark(story.pupil, 5)
    family = await signed_in(diary, await story.pupil.guardian())

    payload = await remove(story, mark)

    assert payload == {"markId": gid("Mark", mark.id), "userErrors": []}
    [row] = (await page_of(story))["rows"]
    assert [one["id"] for one in row["entries"][0]["marks"]] == [gid("Mark", kept.id)]
    assert row["weightedAverage"] == 5.0
    today = str(story.school.today)
    student = gid("Student", story.pupil.id)
    week = await family.ask("DiaryWeek", studentId=student, **{"from": today, "to": today})
    [lesson] = week.data["student"]["diary"][0]["lessons"]
    assert [one["id"] for one in lesson["marks"]] == [gid("Mark", kept.id)]
    [child] = (await family.ask("ParentDashboard")).data["viewer"]["children"]
    assert [one["id"] for one in child["recentMarks"]] == [gid("Mark", kept.id)]
    assert [(one["average"], one["markCount"]) for one in child["subjectAverages"]] == [(5.0, 1)]

    removed = await Mark.get(id=mark.id)
    assert (removed.value, removed.version) == (2, 2)
    assert removed.removed_at is not None
    assert await history(removed) == [
        ("RECORDED", 1, 2, None, 10, None, story.teacher.id),
        ("REMOVED", 2, 2, None, 10, "Не тому", story.teacher.id),
    ]
    same = {"value": 2, "sign": None, "weight": 10, "comment": "Молчал"}
    told = Deed("mark.removed", story.teacher.id, ["TEACHER"], same, same)
    assert await deeds("Mark", mark.id) == [told]
    assert await announced(story.school) == [(1, "MARKS", "REMOVED", mark.id, story.pupil.id)]


async def test_a_removed_mark_is_there_no_more(story: Story) -> None:
    mark = await story.lesson.mark(story.pupil, 2)
    assert reasons(await remove(story, mark)) == []
    for version in (1, 2):
        again = await remove(story, mark, version=version)
        assert (again["markId"], reasons(again)) == (None, [("NOT_FOUND", "markId")])
        assert reasons(await correct(story, mark, value=3, version=version)) == [
            ("NOT_FOUND", "markId")
        ]
    assert len(await announced(story.school)) == 1


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"version": 2}, [("CONFLICT", "version")]),
        ({"reason": ""}, [("REQUIRED", "reason")]),
        ({"reason": "ё" * 1001}, [("TOO_LONG", "reason")]),
        ({"markId": gid("Lesson", 1)}, [("NOT_FOUND", "markId")]),
    ],
)
async def test_a_removal_is_refused(unmarked: Story, given: Any, errors: Any) -> None:
    mark = await unmarked.lesson.mark(unmarked.pupil, 5)
    log = await announced(unmarked.school)
    payload = await remove(unmarked, mark, **given)
    assert (payload["markId"], reasons(payload)) == (None, errors)
    await untouched(mark)
    assert await announced(unmarked.school) == log
