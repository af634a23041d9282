"""What an average would become, and what it takes, against tables counted by hand."""

from typing import Any

import pytest

from models import GradingPolicy, Position
from schema import averages
from tests.diary import Diary
from tests.factories import a_school, gid
from tests.grading.story import marked
from tests.journal.story import Story
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("counted", "mean"),
    [
        ((5 * 3 + 5 * 1 + 4 * 5, 9), 444),  # 40/9 = 4.4444
        ((9, 2), 450),
        ((3595, 800), 449),  # 4.49375
        ((899, 200), 450),  # 4.495 is half, and so up
        ((8989, 2000), 449),  # 4.4945
        ((7, 3), 233),
        ((8, 3), 267),
        ((5, 1), 500),
    ],
)
def test_the_mean_is_rounded_half_up(counted: averages.Counted, mean: int) -> None:
    assert averages.mean(counted) == mean


@pytest.mark.parametrize(
    ("counted", "threshold", "value", "weight", "count"),
    [
        ((40, 9), 450, 5, 1, 1),  # 45/10 = 4.50
        ((40, 9), 444, 5, 1, 0),
        ((7, 2), 450, 5, 1, 4),  # 22/5 = 4.40, 27/6 = 4.50
        ((6, 2), 350, 4, 1, 2),  # 10/3 = 3.33, 14/4 = 3.50
        ((6, 2), 450, 4, 1, None),  # fours never come to 4.50
        ((4, 2), 350, 5, 2, 1),  # 14/4 = 3.50
        ((200, 100), 450, 5, 1, None),  # it would take 500
    ],
)
def test_what_is_needed_is_counted(
    counted: averages.Counted, threshold: int, value: int, weight: int, count: int | None
) -> None:
    assert averages.needed(counted, threshold, value, weight) == count


_ASKED = """
query ($id: ID!, $value: Int!) {
  student(id: $id) {
    subjectAverages {
      average weightedAverage markCount
      one: whatIf(value: $value)
      heavy: whatIf(value: 2, weight: 3, count: 2)
      forFive: neededFor(value: 5)
      forFour: neededFor(value: 4, by: 4, weight: 1)
      byFours: neededFor(value: 5, by: 4)
    }
  }
}
"""


async def averages_of(story: Story, diary: Diary, **asked: Any) -> Any:
    family = await signed_in(diary, await story.pupil.guardian())
    given = {"id": gid("Student", story.pupil.id), "value": 5, **asked}
    planned = await family.send(_ASKED, **given)
    assert (await family.send_unplanned(_ASKED, **given)).data == planned.data
    assert (await family.plan(_ASKED, **given))["planned"] is True
    (found,) = planned.data["student"]["subjectAverages"]
    return found


async def test_a_family_asks_what_if_and_what_for(diary: Diary, story: Story) -> None:
    await marked(story.section, story.pupil, (5, 3), (5, 1), (4, 5))
    assert await averages_of(story, diary) == {
        "average": 4.67,  # 14/3
        "weightedAverage": 4.44,  # 40/9
        "markCount": 3,
        "one": 4.74,  # (40 + 50)/19, for an answer weighs ten here
        "heavy": 3.47,  # (40 + 12)/15 = 3.4667
        "forFive": 1,
        "forFour": 0,
        "byFours": None,
    }


async def test_the_school_s_own_thresholds_count(diary: Diary, story: Story) -> None:
    await GradingPolicy.create(
        organization=story.school.row,
        correction_days=7,
        five_from="4.75",
        four_from="3.65",
        three_from="2.65",
        fewest_marks=3,
        fewest_marks_of_half_year=5,
        absence_limit_percent=30,
        debts_become_two=False,
        learning_degree_weighs_ones=False,
        pupils_answer_homework=True,
    )
    await marked(story.section, story.pupil, (5, 3), (5, 1), (4, 5))
    found = await averages_of(story, diary)
    # 90/19 = 4.74, 140/29 = 4.83
    assert (found["forFive"], found["forFour"]) == (2, 0)


async def test_a_proposal_is_the_staff_s_to_know(diary: Diary, story: Story) -> None:
    await marked(story.section, story.pupil, *[(5, 1)] * 3)
    deputy = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    family = await signed_in(diary, await story.pupil.guardian())
    document = """query ($id: ID!) { student(id: $id) {
        subjectAverages { proposedValue proposedSign } } }"""
    asked = {"id": gid("Student", story.pupil.id)}
    seen = (await deputy.send(document, **asked)).data["student"]["subjectAverages"]
    assert seen == [{"proposedValue": 5, "proposedSign": None}]
    hidden = await family.send(document, **asked)
    assert hidden.codes == ["FORBIDDEN", "FORBIDDEN"]
    assert hidden.partial["student"]["subjectAverages"] == [
        {"proposedValue": None, "proposedSign": None}
    ]


async def test_a_term_is_chosen(diary: Diary, story: Story) -> None:
    """What a pupil had in another term, by the same formulas, for those who read the averages."""
    await marked(story.section, story.pupil, (2, 10))
    first = await story.section.lesson(story.klass.terms[0].starts_on)
    for value, weight in ((5, 10), (4, 10), (4, 40)):
        await first.mark(story.pupil, value, weight=weight)
    document = """query ($id: ID!, $term: ID!) { student(id: $id) { termAverages(termId: $term) {
        subject { name } term { number } average weightedAverage neededFor(value: 5) } } }"""
    family = await signed_in(diary, await story.pupil.guardian())
    for place, expected in (
        # 13/3 and 250/60; 300/70 = 4.29, 350/80 = 4.38, 400/90 = 4.44, 450/100.
        (0, [(1, 4.33, 4.17, 4)]),
        (1, [(2, 2.0, 2.0, 5)]),  # 52/6 tens: 27/6 = 4.50
        (2, []),
    ):
        given = {
            "id": gid("Student", story.pupil.id),
            "term": gid("Term", story.klass.terms[place].id),
        }
        answer = await family.send(document, **given)
        assert (await family.send_unplanned(document, **given)).data == answer.data
        plan = await family.plan(document, **given)
        assert (plan["planned"], plan["statements"]) == (True, 1)
        assert [
            (row["term"]["number"], row["average"], row["weightedAverage"], row["neededFor"])
            for row in answer.data["student"]["termAverages"]
        ] == expected
    teacher = await story.client.send(document, **given)
    assert teacher.data["student"]["termAverages"] == []


async def test_a_classmate_of_two_groups_is_one_classmate(diary: Diary) -> None:
    """Four pupils are too few to be told of, however many pages they stand on."""
    school = await a_school()
    klass = await school.class_("7А")
    pupils = [await klass.pupil() for _ in range(4)]
    groups = [await klass.group(f"7А англ {each}") for each in (1, 2)]
    sections = [await group.section("Английский") for group in groups]
    lessons = [await section.lesson() for section in sections]
    for pupil in pupils:
        for group, lesson, value in zip(groups, lessons, (5, 2), strict=True):
            await group.enroll(pupil)
            await lesson.mark(pupil, value)
    document = "query ($id: ID!) { student(id: $id) { subjectAverages { classAverage } } }"
    family = await signed_in(diary, await pupils[0].guardian())

    async def told() -> Any:
        answer = await family.send(document, id=gid("Student", pupils[0].id))
        (found,) = answer.data["student"]["subjectAverages"]
        return found["classAverage"]

    assert await told() is None
    fifth = await klass.pupil()
    await groups[0].enroll(fifth)
    for value in (5, 5, 4):
        await lessons[0].mark(fifth, value)
    assert await told() == 3.7  # four of 3.50 and one of 4.67: 18.67/5


@pytest.mark.parametrize(
    "field",
    [
        "whatIf(value: 0)",
        "whatIf(value: 6)",
        "whatIf(value: 5, weight: 0)",
        "whatIf(value: 5, weight: 101)",
        "whatIf(value: 5, count: 0)",
        "whatIf(value: 5, count: 101)",
        "neededFor(value: 2)",
        "neededFor(value: 6)",
        "neededFor(value: 4, by: 0)",
        "neededFor(value: 4, weight: -1)",
    ],
)
async def test_what_nobody_can_get_is_refused(diary: Diary, story: Story, field: str) -> None:
    await marked(story.section, story.pupil, (5, 3))
    family = await signed_in(diary, await story.pupil.guardian())
    document = f"query ($id: ID!) {{ student(id: $id) {{ subjectAverages {{ {field} }} }} }}"
    for send in (family.send, family.send_unplanned):
        answer = await send(document, id=gid("Student", story.pupil.id))
        assert answer.codes == ["BAD_USER_INPUT"]
