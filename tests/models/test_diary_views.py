"""The views of a pupil's days: current_term, diary_entry, overdue_work."""

from datetime import date, timedelta

import pytest

from models import CurrentTerm, DiaryEntry, OverdueWork, Term
from tests.factories import ClassMade, PupilMade, SchoolMade, a_school

pytestmark = pytest.mark.usefixtures("database")

_DAY = timedelta(days=1)


async def _current(klass: ClassMade) -> list[int]:
    """The numbers of the class's terms that the view calls current."""
    ids = [term.id for term in await CurrentTerm.filter(id__in=[term.id for term in klass.terms])]
    return [term.number for term in klass.terms if term.id in ids]


async def _move(term: Term, first: date, last: date) -> None:
    term.starts_on, term.ends_on = first, last
    await term.save()


async def test_the_current_term_is_the_one_that_goes_on_today() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    assert await _current(klass) == [2]

    _, second, third, _ = klass.terms
    await _move(second, school.today - 30 * _DAY, school.today)
    await _move(third, school.today + _DAY, school.today + 30 * _DAY)
    assert await _current(klass) == [2], "the last day is a day of the term"

    await _move(second, school.today - 30 * _DAY, school.today - _DAY)
    await _move(third, school.today, school.today + 30 * _DAY)
    assert await _current(klass) == [3], "so is the first"


async def test_in_vacations_it_is_the_term_that_was_begun_last() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    await _move(klass.terms[1], school.today - 30 * _DAY, school.today - 3 * _DAY)
    assert await _current(klass) == [2]


async def test_before_the_first_term_and_after_the_year_there_is_none() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    for number, term in enumerate(klass.terms, start=1):
        await _move(term, school.today + number * _DAY, school.today + number * _DAY)
    assert await _current(klass) == []

    for term in klass.terms:
        await _move(term, school.today - term.number * _DAY, school.today - term.number * _DAY)
    assert await _current(klass) == [1]
    school.year.ends_on = school.today - _DAY
    await school.year.save()
    assert await _current(klass) == []


async def test_each_grade_has_its_own_current_term() -> None:
    school = await a_school()
    seventh, third = await school.class_("7А"), await school.class_("3Б")
    await _move(third.terms[2], school.today - _DAY, school.today + _DAY)
    assert await _current(seventh) == [2]
    assert await _current(third) == [3]


async def _diary(pupil: PupilMade) -> list[tuple[date, int]]:
    entries = await DiaryEntry.filter(student_id=pupil.id).order_by("date", "number")
    assert all(entry.id == entry.lesson_id for entry in entries)
    return [(entry.date, entry.number) for entry in entries]


async def test_a_diary_has_the_lessons_of_the_days_on_which_the_pupil_is_enrolled() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    day = school.today
    section = await klass.section("Алгебра")
    for shift in range(-3, 4):
        await section.lesson(on=day + shift * _DAY)
    pupil = await klass.pupil(since=day - _DAY)
    assert await _diary(pupil) == [(day + shift * _DAY, 1) for shift in range(-1, 4)]

    await (await klass.enrollment(pupil)).end(on=day + 2 * _DAY)
    assert await _diary(pupil) == [(day + shift * _DAY, 1) for shift in range(-1, 2)]

    await klass.enroll(pupil, since=day + 3 * _DAY)
    assert await _diary(pupil) == [(day + shift * _DAY, 1) for shift in (-1, 0, 1, 3)]


async def test_a_diary_has_the_lessons_of_the_pupils_own_group() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    first, second = await klass.pupil(), await klass.pupil()
    algebra = await (await klass.section("Алгебра")).lesson(number=1)
    groups = [await klass.group("7А англ. 1", first), await klass.group("7А англ. 2", second)]
    english = [await (await group.section("Английский язык")).lesson(number=2) for group in groups]

    for pupil, lesson in zip((first, second), english, strict=True):
        entries = await DiaryEntry.filter(student_id=pupil.id).order_by("number")
        assert [entry.lesson_id for entry in entries] == [algebra.id, lesson.id]
        assert [entry.teacher_id for entry in entries] == [
            algebra.row.teacher_id,
            lesson.row.teacher_id,
        ]


async def test_a_diary_entry_tells_of_its_lesson() -> None:
    school = await a_school()
    klass = await school.class_("7А")
    pupil, room = await klass.pupil(), await school.room()
    lesson = await (await klass.section("Алгебра")).lesson(room=room, topic="Дроби")
    entry = await DiaryEntry.get(student_id=pupil.id)
    told = ("section_id", "teacher_id", "room_id", "date", "shift", "number", "topic")
    assert [getattr(entry, name) for name in told] == [getattr(lesson.row, name) for name in told]


async def _overdue(pupil: PupilMade) -> list[str]:
    return [work.title for work in await OverdueWork.filter(student_id=pupil.id).order_by("due_on")]


@pytest.fixture
async def school() -> SchoolMade:
    return await a_school()


async def test_a_mandatory_work_is_overdue_from_the_day_after_it_is_due(school: SchoolMade) -> None:
    klass = await school.class_("7А")
    pupil = await klass.pupil()
    lesson = await (await klass.section("Алгебра")).lesson(on=school.today - 9 * _DAY)
    await lesson.assignment("вчера", due_on=school.today - _DAY)
    await lesson.assignment("сегодня", due_on=school.today)
    await lesson.assignment("по желанию", due_on=school.today - _DAY, is_mandatory=False)
    assert await _overdue(pupil) == ["вчера"]


async def test_a_mark_of_the_pupil_clears_it_and_a_removed_one_does_not(school: SchoolMade) -> None:
    klass = await school.class_("7А")
    pupil, other = await klass.pupil(), await klass.pupil()
    lesson = await (await klass.section("Алгебра")).lesson(on=school.today - _DAY)
    work = await lesson.assignment("контрольная")
    await lesson.mark(pupil, 5)
    assert await _overdue(pupil) == ["контрольная"], "a mark for something else clears nothing"

    mark = await work.mark(pupil, 2)
    assert await _overdue(pupil) == []
    assert await _overdue(other) == ["контрольная"]

    await mark.remove()
    assert await _overdue(pupil) == ["контрольная"]


async def test_nobody_owes_what_was_due_before_they_came_or_after_they_left(
    school: SchoolMade,
) -> None:
    klass = await school.class_("7А")
    lesson = await (await klass.section("Алгебра")).lesson(on=school.today - 9 * _DAY)
    await lesson.assignment("раньше", due_on=school.today - 6 * _DAY)
    await lesson.assignment("в первый день", due_on=school.today - 5 * _DAY)
    pupil = await klass.pupil(since=school.today - 5 * _DAY)
    assert await _overdue(pupil) == ["в первый день"]

    await (await klass.enrollment(pupil)).end()
    assert await _overdue(pupil) == []


async def test_a_groups_work_is_owed_by_the_group_alone(school: SchoolMade) -> None:
    klass = await school.class_("7А")
    member, other = await klass.pupil(), await klass.pupil()
    group = await klass.group("7А англ. 1", member)
    lesson = await (await group.section("Английский язык")).lesson(on=school.today - _DAY)
    await lesson.assignment("диктант")
    assert await _overdue(member) == ["диктант"]
    assert await _overdue(other) == []
