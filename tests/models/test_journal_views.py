"""The views of the journal: subject_average, journal_page, journal_column, journal_row, _cell."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import (
    CurrentTerm,
    JournalCell,
    JournalColumn,
    JournalPage,
    JournalRow,
    MarkSign,
    SubjectAverage,
)
from tests.factories import ClassMade, PupilMade, SectionMade, a_school

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)
# Values with their weights; the mean and the weighted mean, two decimals, half up.
_MEANS: list[tuple[list[tuple[int, int]], str, str]] = [
    ([(5, 1)], "5.00", "5.00"),
    ([(5, 3), (5, 1), (4, 5)], "4.67", "4.44"),
    ([(5, 1), (4, 7)], "4.50", "4.13"),
    ([(5, 1), *[(4, 1)] * 7], "4.13", "4.13"),
    ([(5, 10), (2, 40)], "3.50", "2.60"),
    ([(1, 20), (2, 10), (2, 10)], "1.67", "1.50"),
]


@pytest.fixture
async def klass() -> ClassMade:
    return await (await a_school()).class_("7А")


async def _averages(pupil: PupilMade) -> list[tuple[int, str, str, int]]:
    """Term, mean, weighted mean and count, for the pupil's only subject."""
    found = await SubjectAverage.filter(student_id=pupil.id).order_by("term_id")
    assert all(row.id == row.subject_id for row in found)
    return [
        (row.term_id, str(row.average), str(row.weighted_average), row.mark_count) for row in found
    ]


@pytest.mark.parametrize(("marks", "average", "weighted"), _MEANS)
async def test_means_have_two_decimals_half_up(
    klass: ClassMade, marks: list[tuple[int, int]], average: str, weighted: str
) -> None:
    pupil = await klass.pupil()
    section = await klass.section("Алгебра")
    lesson = await section.lesson()
    for value, weight in marks:
        await lesson.mark(pupil, value, weight=weight)

    assert await _averages(pupil) == [(klass.term.id, average, weighted, len(marks))]
    row = await JournalRow.get(student_id=pupil.id, section_id=section.id, term_id=klass.term.id)
    assert (row.average, row.weighted_average) == (Decimal(average), Decimal(weighted))


async def test_words_and_removed_marks_are_not_counted(klass: ClassMade) -> None:
    pupil = await klass.pupil()
    lesson = await (await klass.section("Алгебра")).lesson()
    await lesson.mark(pupil, MarkSign.NOT_ATTESTED)
    removed = await lesson.mark(pupil, 2)
    await removed.remove()
    assert await _averages(pupil) == []

    corrected = await lesson.mark(pupil, 3, weight=10)
    await corrected.correct(5)
    assert await _averages(pupil) == [(klass.term.id, "5.00", "5.00", 1)]


async def test_each_term_and_each_pupil_is_counted_apart(klass: ClassMade) -> None:
    pupil, other = await klass.pupil(), await klass.pupil()
    section = await klass.section("Алгебра")
    first, second = klass.terms[:2]
    in_vacation = first.ends_on + _DAY
    for day, value in ((first.ends_on, 3), (in_vacation, 1), (second.starts_on, 4)):
        await (await section.lesson(on=day)).mark(pupil, value)
    await (await section.lesson()).mark(other, 2)

    assert await _averages(pupil) == [
        (first.id, "3.00", "3.00", 1),
        (second.id, "4.00", "4.00", 1),
    ]
    assert await _averages(other) == [(second.id, "2.00", "2.00", 1)]


async def test_an_average_is_current_while_its_term_is(klass: ClassMade) -> None:
    pupil = await klass.pupil()
    section = await klass.section("Алгебра")
    for term in klass.terms:
        await (await section.lesson(on=term.starts_on)).mark(pupil, 5)

    found = await SubjectAverage.filter(student_id=pupil.id).order_by("term_id")
    assert [(row.term_id, row.is_current) for row in found] == [
        (term.id, await CurrentTerm.exists(id=term.id)) for term in klass.terms
    ]
    assert [row.term_id for row in found if row.is_current] == [klass.term.id]


async def test_marks_of_another_school_are_not_counted_in_a_term_of_the_same_days(
    klass: ClassMade,
) -> None:
    pupil = await klass.pupil()
    club = await (await a_school()).class_("8 шахматы")
    await club.enroll(pupil)
    for school_class, value in ((klass, 3), (club, 5)):
        await (await (await school_class.section("Алгебра")).lesson()).mark(pupil, value)

    assert await _averages(pupil) == [
        (klass.term.id, "3.00", "3.00", 1),
        (club.term.id, "5.00", "5.00", 1),
    ]


async def test_a_subject_is_one_whether_taught_to_the_class_or_to_a_group(
    klass: ClassMade,
) -> None:
    pupil = await klass.pupil()
    group = await klass.group("7А англ. 1", pupil)
    for section, value in (
        (await klass.section("Английский язык"), 5),
        (await group.section("Английский язык"), 2),
    ):
        await (await section.lesson()).mark(pupil, value)
    assert await _averages(pupil) == [(klass.term.id, "3.50", "3.50", 2)]


async def _pages(section: SectionMade) -> set[tuple[int, int]]:
    pages = await JournalPage.filter(section_id=section.id)
    assert {(page.id, page.subject_id) for page in pages} == {(section.id, section.subject.id)}
    return {(page.school_class_id, page.term_id) for page in pages}


async def test_a_section_has_a_page_for_each_term_of_its_class(klass: ClassMade) -> None:
    section = await klass.section("Алгебра")
    assert await _pages(section) == {(klass.id, term.id) for term in klass.terms}


async def test_a_groups_section_stands_in_the_journals_of_the_group_and_of_its_class(
    klass: ClassMade,
) -> None:
    group = await klass.group("7А англ. 1")
    section = await group.section("Английский язык")
    whose = (klass.id, group.id)
    assert await _pages(section) == {(one, term.id) for one in whose for term in klass.terms}


async def test_a_page_has_the_lessons_of_its_term_as_columns(klass: ClassMade) -> None:
    group = await klass.group("7А англ. 1")
    section = await group.section("Английский язык")
    first, second = klass.terms[:2]
    days = (first.ends_on, first.ends_on + _DAY, second.starts_on, second.ends_on)
    lessons = [await section.lesson(on=day) for day in days]

    for whose in (klass, group):
        columns = await JournalColumn.filter(school_class_id=whose.id).order_by("lesson_id")
        assert [(column.term_id, column.lesson_id) for column in columns] == [
            (first.id, lessons[0].id),
            (second.id, lessons[2].id),
            (second.id, lessons[3].id),
        ]


async def test_a_page_has_those_who_were_there_in_its_term_as_rows(klass: ClassMade) -> None:
    term = klass.term
    stays = await klass.pupil()
    came_on_the_last_day = await klass.pupil(since=term.ends_on)
    came_later = await klass.pupil(since=term.ends_on + _DAY)
    left_before, left_on_the_second_day = await klass.pupil(), await klass.pupil()
    await (await klass.enrollment(left_before)).end(on=term.starts_on)
    await (await klass.enrollment(left_on_the_second_day)).end(on=term.starts_on + _DAY)
    came_back = await klass.pupil()
    await (await klass.enrollment(came_back)).end(on=term.starts_on + _DAY)
    await klass.enroll(came_back, since=term.starts_on + 3 * _DAY)
    section = await klass.section("Алгебра")

    rows = await JournalRow.filter(section_id=section.id, term_id=term.id)
    there = [stays, came_on_the_last_day, left_on_the_second_day, came_back]
    assert sorted(row.student_id for row in rows) == sorted(pupil.id for pupil in there)
    assert {(row.average, row.weighted_average) for row in rows} == {(None, None)}
    assert came_later.id in [
        row.student_id
        for row in await JournalRow.filter(section_id=section.id, term_id=klass.terms[2].id)
    ]


async def test_a_groups_page_has_its_members_and_their_marks_of_this_section_alone(
    klass: ClassMade,
) -> None:
    member, other = await klass.pupil(), await klass.pupil()
    group = await klass.group("7А англ. 1", member)
    english = await group.section("Английский язык")
    algebra = await klass.section("Алгебра")
    await (await english.lesson()).mark(member, 4)
    await (await algebra.lesson()).mark(member, 2)
    await (await algebra.lesson()).mark(other, 3)

    for whose in (klass, group):
        rows = await JournalRow.filter(
            school_class_id=whose.id, subject_id=english.subject.id, term_id=klass.term.id
        )
        assert [(row.student_id, row.average) for row in rows] == [(member.id, Decimal("4.00"))]
    of_algebra = await JournalRow.filter(section_id=algebra.id, term_id=klass.term.id)
    assert {(row.student_id, row.average) for row in of_algebra} == {
        (member.id, Decimal("2.00")),
        (other.id, Decimal("3.00")),
    }


async def test_a_cell_is_a_pupil_at_a_lesson_at_which_they_were_enrolled(klass: ClassMade) -> None:
    today = klass.school.today
    section = await klass.section("Алгебра")
    before, now = await section.lesson(on=today - _DAY), await section.lesson(on=today)
    await section.lesson(on=klass.terms[0].ends_on + _DAY)
    stays, came_today = await klass.pupil(), await klass.pupil(since=today)

    cells = await JournalCell.filter(section_id=section.id)
    assert {(cell.student_id, cell.lesson_id, cell.term_id) for cell in cells} == {
        (stays.id, before.id, klass.term.id),
        (stays.id, now.id, klass.term.id),
        (came_today.id, now.id, klass.term.id),
    }
