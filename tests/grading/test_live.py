"""Marks for terms and years as families, staff and phones hear of them."""

from typing import Any

import pytest

from tests.diary import Diary
from tests.factories import gid
from tests.grading.story import give, give_year
from tests.hearing import hearing, now
from tests.journal.story import Story
from tests.sessions import signed_in
from tests.traces import number

pytestmark = pytest.mark.usefixtures("database")

_FINAL = """
subscription ($after: String) {
  finalMarkChanges(after: $after) { kind periodMarkId periodMark { kind text } }
}
"""
_EVERYTHING = """
subscription ($after: String) {
  dashboardChanges(after: $after) { area kind nodeId periodMark { text } }
}
"""
_CHANGES = """
query ($after: String!) { changes(after: $after) { changes { area kind periodMark { text } } } }
"""


async def test_a_family_hears_of_its_own_child_alone(diary: Diary, story: Story) -> None:
    classmate = await story.klass.pupil()
    family = await signed_in(diary, await story.pupil.guardian())
    before = await now(story.school)
    async with (
        hearing(family, _FINAL, after=before) as one,
        hearing(family, _EVERYTHING, after=before) as all_,
    ):
        given: dict[str, Any] = {"reason": "Устно"}
        await give(story, **given, studentId=gid("Student", classmate.id))
        first = (await give(story, **given))["periodMark"]["id"]
        await give(story, **given, value=3, version=1)
        await give_year(story, "ANNUAL", value=3)
        heard = [(await one.socket.next(10))["finalMarkChanges"] for _ in range(3)]
        # What was said of each mark is as it is when it is told.
        assert [(each["kind"], each["periodMark"]["kind"]) for each in heard] == [
            ("RECORDED", "TERM"),
            ("CORRECTED", "TERM"),
            ("RECORDED", "ANNUAL"),
        ]
        assert [number(each["periodMarkId"]) for each in heard[:2]] == [number(first)] * 2
        told = (await all_.socket.next(10))["dashboardChanges"]
        assert (told["area"], told["kind"], told["nodeId"]) == (
            "FINAL_MARKS",
            "RECORDED",
            first,
        )
    page = (await family.send(_CHANGES, after=before)).data["changes"]["changes"]
    assert page == [
        {"area": "FINAL_MARKS", "kind": kind, "periodMark": {"text": "3"}}
        for kind in ("RECORDED", "CORRECTED", "RECORDED")
    ]


async def test_staff_hear_of_their_sections(diary: Diary, story: Story) -> None:
    other = await story.school.teacher()
    await story.klass.section("Физика", other)
    colleague = await signed_in(diary, other)
    before = await now(story.school)
    async with hearing(story.client, _FINAL, after=before) as stream:
        await give(story, reason="Устно")
        told = (await stream.socket.next(10))["finalMarkChanges"]
        assert told["periodMark"] == {"kind": "TERM", "text": "4"}
    page = (await colleague.send(_CHANGES, after=before)).data["changes"]
    assert page == {"changes": []}
