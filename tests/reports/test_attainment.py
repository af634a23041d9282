"""The formulas come out exactly, of exactly those who are counted."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from models import MarkSign, PeriodMarkKind, Position
from tests.diary import Diary
from tests.factories import a_period_mark, a_school, a_year_mark, gid
from tests.reports import story
from tests.reports.story import Value
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_NA, _EXEMPT = MarkSign.NOT_ATTESTED, MarkSign.EXEMPT
_VECTOR = [5] * 5 + [4] * 10 + [3] * 8 + [2, _NA]


@pytest.mark.parametrize(
    ("values", "counts", "rates"),
    [
        (_VECTOR, (25, 5, 10, 8, 1, 0, 1, 0), (92.0, 60.0, 58.04, 3.79)),
        ([5] * 6, (6, 6, 0, 0, 0, 0, 0, 0), (100.0, 100.0, 100.0, 5.0)),
        ([_EXEMPT] * 3, (0, 0, 0, 0, 0, 0, 0, 3), (None, None, None, None)),
        ([_NA] * 3, (3, 0, 0, 0, 0, 0, 3, 0), (0.0, 0.0, 7.0, None)),
        ([2], (1, 0, 0, 0, 1, 0, 0, 0), (0.0, 0.0, 16.0, 2.0)),
        ([5, 4, 2], (3, 1, 1, 0, 1, 0, 0, 0), (66.67, 66.67, 60.0, 3.67)),
        # 29/8 = 3.625 and 707/8 = 88.375: half up.
        ([5, 5, 4, 4, 3, 3, 3, 2], (8, 2, 2, 3, 1, 0, 0, 0), (87.5, 50.0, 56.5, 3.63)),
        ([5] * 7 + [_NA], (8, 7, 0, 0, 0, 0, 1, 0), (87.5, 87.5, 88.38, 5.0)),
        ([5, _EXEMPT, _EXEMPT], (1, 1, 0, 0, 0, 0, 0, 2), (100.0, 100.0, 100.0, 5.0)),
        # 1 is of the level of 2.
        ([5, 1], (2, 1, 0, 0, 1, 1, 0, 0), (50.0, 50.0, 58.0, 3.5)),
        ([5, 1, _NA], (3, 1, 0, 0, 1, 1, 1, 0), (33.33, 33.33, 41.0, 3.5)),
        # Passed and not passed are of no scale.
        (
            [4, MarkSign.PASSED, MarkSign.FAILED],
            (1, 0, 1, 0, 0, 0, 0, 0),
            (100.0, 100.0, 64.0, 4.0),
        ),
    ],
)
async def test_the_formulas(
    diary: Diary,
    values: Sequence[Value],
    counts: tuple[int, ...],
    rates: tuple[float | None, ...],
) -> None:
    klass = await story.a_class(values)
    subject, total = await story.of_class(await story.head_of(diary, klass.school), klass)
    assert (subject["subject"], total["subject"]) == ({"name": "Алгебра"}, None)
    for row in (subject, total):
        assert story.counts(row) == counts
        assert story.rates(row) == rates


@pytest.mark.parametrize(("values", "degree"), [([5, 1], 53.5), ([5, 1, _NA], 35.67), ([2], 16.0)])
async def test_a_school_may_weigh_ones_in_the_place_of_not_attested(
    diary: Diary, values: Sequence[Value], degree: float
) -> None:
    klass = await story.a_class(values)
    await story.weigh_ones(klass.school)
    subject, _ = await story.of_class(await story.head_of(diary, klass.school), klass)
    assert subject["learningDegree"] == degree


async def test_who_is_not_enrolled_on_the_last_day_is_not_counted(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    _, pupils = await story.a_section(klass, [5, 4, 3, 2])
    await klass.pupil()
    last = klass.terms[0].ends_on
    await (await klass.enrollment(pupils[1])).end(last + timedelta(days=1))
    await (await klass.enrollment(pupils[2])).end(last)
    await (await klass.enrollment(pupils[3])).change(valid_from=last + timedelta(days=1))
    subject, _ = await story.of_class(await story.head_of(diary, klass.school), klass)
    assert story.counts(subject) == (2, 1, 1, 0, 0, 0, 0, 0)


async def test_a_mark_counts_in_the_class_that_the_pupil_is_in_at_the_end(diary: Diary) -> None:
    """Whoever moved has a mark in either class."""
    school = await a_school()
    former, now = await school.class_("7А"), await school.class_("7Б")
    _, (pupil, _) = await story.a_section(former, [2, 3])
    new, _ = await story.a_section(now, [4])
    moved = former.terms[0].starts_on + timedelta(days=9)
    await (await former.enrollment(pupil)).end(moved)
    await now.enroll(pupil, moved)
    await a_period_mark(pupil, new, 5, former.terms[0])
    client = await story.head_of(diary, school)
    for klass, counts in ((former, (1, 0, 0, 1)), (now, (2, 1, 1, 0))):
        subject, _ = await story.of_class(client, klass)
        assert story.counts(subject)[:4] == counts
    grade = await story.of_school(client, school, "GRADE_LEVEL")
    assert [story.counts(row)[:4] for row in grade] == [(3, 1, 1, 1)] * 2


async def test_groups_are_counted_in_their_class_and_by_themselves(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupils = [await klass.pupil() for _ in range(4)]
    groups = [
        await klass.group("7А англ 1", *pupils[:2]),
        await klass.group("7А англ 2", *pupils[2:]),
    ]
    sections = [await group.section("Английский") for group in groups]
    await story.give(sections[0], pupils[:2], [5, 4])
    await story.give(sections[1], pupils[2:], [3, 2])
    # Moved to the other group: the mark of the former one does not count.
    await (await groups[0].enrollment(pupils[1])).end(klass.terms[0].starts_on + timedelta(days=5))
    await groups[1].enroll(pupils[1])
    await a_period_mark(pupils[1], sections[1], 3, klass.terms[0])
    client = await story.head_of(diary, school)
    subject, _ = await story.of_class(client, klass)
    assert story.counts(subject)[:5] == (4, 1, 0, 2, 1)
    by_section = await story.of_school(client, school, "SECTION")
    assert sorted(story.counts(row)[:5] for row in by_section) == [(1, 1, 0, 0, 0), (3, 0, 0, 2, 1)]
    # Who has left the school is in no group, whatever its list says.
    await (await klass.enrollment(pupils[0])).end(klass.terms[0].ends_on)
    subject, _ = await story.of_class(client, klass)
    assert story.counts(subject)[:5] == (3, 0, 0, 2, 1)


async def test_groups_across_classes_are_counted_in_each_pupils_class(diary: Diary) -> None:
    school = await a_school()
    first, second = await school.class_("10А"), await school.class_("10Б")
    pupils = [await first.pupil(), await second.pupil()]
    group = await school.group("10 физика", grade=10)
    for pupil in pupils:
        await group.enroll(pupil)
    await story.give(await group.section("Физика"), pupils, [5, 3])
    client = await story.head_of(diary, school)
    for klass, counts in ((first, (1, 1, 0, 0)), (second, (1, 0, 0, 1))):
        subject, _ = await story.of_class(client, klass)
        assert story.counts(subject)[:4] == counts


async def test_the_school_is_the_sum_of_its_classes(diary: Diary) -> None:
    school = await a_school()
    classes: dict[str, list[Value]] = {"7А": [5, 4], "7Б": [3, 2], "8А": [4, _NA]}
    for name, values in classes.items():
        await story.a_section(await school.class_(name), values)
    await story.a_section(await school.class_("9А"), [5], "Химия")
    client = await story.head_of(diary, school)
    found = {
        by: [
            (row["gradeLevel"], (row["subject"] or {}).get("name"), story.counts(row)[0])
            for row in await story.of_school(client, school, by)
        ]
        for by in ("GRADE_LEVEL", "SCHOOL")
    }
    assert found["GRADE_LEVEL"] == [
        (7, "Алгебра", 4),
        (7, None, 4),
        (8, "Алгебра", 2),
        (8, None, 2),
        (9, "Химия", 1),
        (9, None, 1),
    ]
    assert found["SCHOOL"] == [(None, "Алгебра", 6), (None, "Химия", 1), (None, None, 7)]
    total = (await story.of_school(client, school, "SCHOOL"))[-1]
    assert story.rates(total) == (71.43, 57.14, 55.29, 3.83)


async def test_periods_stand_in_their_order(diary: Diary) -> None:
    klass = await (await a_school()).class_("7А")
    section, pupils = await story.a_section(klass, [3, 3])
    await story.give(section, pupils, [4, 5], term=1)
    found = await story.of_class(await story.head_of(diary, klass.school), klass)
    assert [(row["term"]["number"], row["periodNumber"], row["averageMark"]) for row in found] == [
        (1, 1, 3.0),
        (1, 1, 3.0),
        (2, 2, 4.5),
        (2, 2, 4.5),
    ]


async def test_marks_for_the_year_stand_behind_those_of_terms(diary: Diary) -> None:
    """Who left during the last term has marks for earlier ones, and is not counted for the year."""
    klass = await (await a_school()).class_("7А")
    section, pupils = await story.a_section(klass, [3, 3, 3])
    for kind, value in ((PeriodMarkKind.FINAL, 4), (PeriodMarkKind.ANNUAL, 5)):
        for pupil in pupils[:2]:
            await a_year_mark(pupil, section, kind, value)
    await (await klass.enrollment(pupils[0])).end(klass.school.year.ends_on)
    client = await story.head_of(diary, klass.school)
    found = [
        (row["markKind"], row["periodNumber"], row["enrolled"], row["counted"], row["averageMark"])
        for row in await story.of_class(client, klass)
        if row["subject"]
    ]
    assert found == [
        ("TERM", 1, 3, 3, 3.0),
        ("ANNUAL", None, 2, 1, 5.0),
        ("FINAL", None, 2, 1, 4.0),
    ]
    school = await story.of_school(client, klass.school, "SCHOOL")
    assert [(row["markKind"], row["counted"], row["enrolled"]) for row in school] == [
        *[("TERM", 3, None)] * 2,
        *[("ANNUAL", 1, None)] * 2,
        *[("FINAL", 1, None)] * 2,
    ]


async def test_a_year_ends_for_a_class_with_its_last_term(diary: Diary) -> None:
    """Whoever finishes school leaves in June, and the school's year may last until August."""
    klass = await (await a_school()).class_("9А")
    section, (finishes, leaves) = await story.a_section(klass, [3, 3])
    last = klass.terms[-1].ends_on
    await klass.school.year.update_from_dict({"ends_on": last + timedelta(days=95)}).save()
    for pupil, until in ((finishes, last + timedelta(days=25)), (leaves, last)):
        await a_year_mark(pupil, section, PeriodMarkKind.ANNUAL, 5)
        await (await klass.enrollment(pupil)).end(until)
    client = await story.head_of(diary, klass.school)
    rows = [
        *[row for row in await story.of_class(client, klass) if row["subject"]],
        *await story.of_school(client, klass.school, "SECTION"),
    ]
    assert [(row["markKind"], row["enrolled"], row["counted"]) for row in rows] == [
        ("TERM", 2, 2),
        ("ANNUAL", 1, 1),
    ] * 2


async def test_a_teacher_has_the_sections_of_the_last_day(diary: Diary) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    section, _ = await story.a_section(klass, [5, 4])
    last = klass.terms[0].ends_on
    await section.assignment.end(last)
    successor = await school.teacher()
    await section.taught_by(successor, last)
    document = f"""query ($on: Date!) {{ viewer {{ attainment(on: $on) {{
        subject {{ name }} {story.MEASURES} }} }} }}"""
    for teacher, counted in ((section.teacher, []), (successor, [2, 2])):
        client = await signed_in(diary, teacher)
        answer = await client.send(document, on=str(school.today))
        assert [row["counted"] for row in answer.data["viewer"]["attainment"]] == counted
        plan = await client.plan(document, on=str(school.today))
        assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_who_is_told(diary: Diary) -> None:
    """A teacher of what is taught, a homeroom teacher of the class, the management of all."""
    school, other = await a_school(), await a_school()
    klass, neighbours = await school.class_("7А"), await school.class_("7Б")
    section, pupils = await story.a_section(klass, [5, 4])
    await story.a_section(neighbours, [3])
    homeroom = await school.teacher()
    await klass.led_by(homeroom)
    whole = {"SECTION": 2, "CLASS": 4, "GRADE_LEVEL": 2, "TEACHER": 4, "SCHOOL": 2}
    nothing = dict.fromkeys(whole, 0)
    for who, expected in (
        (await school.staff(Position.HEAD), whole),
        (await school.staff(Position.DEPUTY_HEAD), whole),
        (await school.staff(Position.SCHOOL_ADMINISTRATOR), whole),
        (section.teacher, nothing | {"SECTION": 1, "TEACHER": 2}),
        (homeroom, nothing | {"SECTION": 1, "CLASS": 2}),
        (await school.staff(Position.PSYCHOLOGIST), nothing),
        (await school.staff(Position.LIBRARIAN), nothing),
        (await school.staff(Position.MUNICIPAL_AUTHORITY), nothing),
        (await school.staff(Position.REGIONAL_OPERATOR), nothing),
        (await school.staff(Position.SUPPORT), nothing),
        (await other.staff(Position.HEAD), nothing),
        (pupils[0], nothing),
        (await pupils[0].guardian(), nothing),
    ):
        client = await signed_in(diary, who)
        found = {by: len(await story.of_school(client, school, by)) for by in whole}
        assert found == expected


async def test_a_school_is_answered_by_one_statement(diary: Diary) -> None:
    klass = await story.a_class([5])
    client = await story.head_of(diary, klass.school)
    given = {"id": gid("Organization", klass.school.id), "on": str(klass.school.today)}
    plan = await client.plan(story.OF_SCHOOL, level="SCHOOL", **given)
    assert (plan["planned"], plan["statements"]) == (True, 1)
