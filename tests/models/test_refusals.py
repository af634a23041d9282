"""Each constraint refuses what it is there to refuse, under its own name, and nothing is left."""

from datetime import timedelta
from typing import Any

import pytest
from tortoise.connection import get_connection

from tests.factories import a_person, a_school
from tests.models.refusals import REFUSALS
from tests.models.refused import refused
from tests.models.story import Story, a_story

pytestmark = pytest.mark.usefixtures("database")

# They hold a primary key and something more, for paired keys to refer to, or a number that
# PostgreSQL gives out: nothing can break them.
_CANNOT_BE_BROKEN = {
    "audit_entry_number",
    "course_section_class",
    "lesson_date_pair",
    "lesson_section_pair",
    "school_class_identity",
    "school_class_place",
    "school_class_whole",
}


@pytest.fixture(scope="module")
async def story() -> Story:
    """Return a story that no refusal changes, so one does for all of them."""
    return await a_story()


@pytest.mark.parametrize(("constraint", "table", "columns"), REFUSALS)
async def test_refused(
    story: Story, constraint: str, table: str, columns: dict[str, object]
) -> None:
    async with refused(by=constraint):
        await story.copy(table, **columns)


async def test_every_constraint_is_refused_by_once() -> None:
    """Single foreign keys aside: that they are there is compared, what they do is PostgreSQL's."""
    rows = await get_connection("default").execute_query_dict(
        """
        SELECT conname AS name FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'uid_tortoise%'
          AND (contype IN ('c', 'u', 'x') OR contype = 'f' AND cardinality(conkey) > 1)
        UNION
        SELECT indexrelid::regclass::text FROM pg_index
        WHERE indisunique AND indpred IS NOT NULL
        """
    )
    refusing = {row["name"] for row in rows} - _CANNOT_BE_BROKEN
    assert {constraint for constraint, _, _ in REFUSALS} == refusing


async def test_a_row_that_others_refer_to_stays(story: Story) -> None:
    async with refused(by="mark_revision_mark_id_fkey"):
        await get_connection("default").execute_query(
            "DELETE FROM mark WHERE id = $1", [story.rows["mark"]]
        )


async def test_a_pupil_may_change_class_from_one_day_to_the_next() -> None:
    school = await a_school()
    old, new = await school.class_("7А"), await school.class_("7Б")
    pupil = await old.pupil()
    await (await old.enrollment(pupil)).end(on=school.today)

    async with refused(by="enrollment_one_homeroom"):
        await new.enroll(pupil, since=school.today - timedelta(days=1))
    await new.enroll(pupil, since=school.today)


async def test_a_pupil_may_be_in_two_schools_and_in_a_group_of_the_class() -> None:
    school, club = await a_school(), await a_school()
    klass, drawing = await school.class_("7А"), await club.class_("7 рисование")
    pupil = await klass.pupil()
    await drawing.enroll(pupil)
    await klass.group("7А англ. 1", pupil)


async def test_a_guardianship_may_begin_again_on_the_day_on_which_it_ended() -> None:
    school = await a_school()
    pupil = await (await school.class_("7А")).pupil()
    guardian = await pupil.guardian()
    await guardian.guardianship.end(on=school.today)

    async with refused(by="guardianship_once"):
        await pupil.guardian(guardian, since=school.today - timedelta(days=1))
    await pupil.guardian(guardian, since=school.today)


async def test_two_classes_may_have_lessons_at_once_where_no_room_is_named() -> None:
    school = await a_school()
    first = await (await school.class_("7А")).section("Алгебра")
    second = await (await school.class_("7Б")).section("Алгебра")
    lessons = [await section.lesson(number=1) for section in (first, second)]
    assert [lesson.row.room_id for lesson in lessons] == [None, None]


async def test_the_full_name_is_made_of_the_three_names() -> None:
    names: dict[str, Any] = {"last_name": "Ивова", "first_name": "Вера"}
    with_middle = await a_person(**names, middle_name="Павловна")
    without = await a_person(**names, middle_name="")
    assert [who.row.full_name for who in (with_middle, without)] == [
        "Ивова Вера Павловна",
        "Ивова Вера",
    ]
