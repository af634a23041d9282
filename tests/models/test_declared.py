"""What the models declare is what the migrations made."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.migration import Migration
from tortoise.migrations.schema_generator.state import State

from models.database import config
from models.migrating import SparingState
from tests import servers
from tests.migrated import run_migrations
from tests.models import twin

pytestmark = pytest.mark.usefixtures("database")

# What Tortoise cannot declare stands in SQL in the migrations; an exclusion is held by an index.
_ONLY_IN_SQL = """
assignment assignment_of_its_lesson
FOREIGN KEY (lesson_id, section_id) REFERENCES lesson(id, section_id)

CREATE UNIQUE INDEX debt_mark_once
ON debt_mark USING btree (assignment_id, student_id) WHERE (cleared_at IS NULL)

enrollment enrollment_of_its_class
FOREIGN KEY (school_class_id, organization_id, kind)
REFERENCES school_class(id, organization_id, kind)

enrollment enrollment_one_homeroom
EXCLUDE USING gist (int8range(student_id, student_id, '[]'::text) WITH &&,
int8range(organization_id, organization_id, '[]'::text) WITH &&,
daterange(valid_from, valid_until) WITH &&) WHERE (((kind)::text = 'HOMEROOM'::text))

CREATE INDEX enrollment_one_homeroom
ON enrollment USING gist (int8range(student_id, student_id, '[]'::text),
int8range(organization_id, organization_id, '[]'::text),
daterange(valid_from, valid_until)) WHERE ((kind)::text = 'HOMEROOM'::text)

event_audience event_audience_of_its_class
FOREIGN KEY (school_class_id, organization_id) REFERENCES school_class(id, organization_id)

guardianship guardianship_once
EXCLUDE USING gist (int8range(student_id, student_id, '[]'::text) WITH &&,
int8range(guardian_id, guardian_id, '[]'::text) WITH &&,
daterange(valid_from, valid_until) WITH &&)

CREATE INDEX guardianship_once
ON guardianship USING gist (int8range(student_id, student_id, '[]'::text),
int8range(guardian_id, guardian_id, '[]'::text),
daterange(valid_from, valid_until))

homework homework_due_at_its_lesson
FOREIGN KEY (due_lesson_id, due_on) REFERENCES lesson(id, date) ON UPDATE CASCADE

homework homework_due_in_its_section
FOREIGN KEY (due_lesson_id, section_id) REFERENCES lesson(id, section_id)

CREATE INDEX homework_mandatory
ON homework USING btree (section_id, due_on) WHERE (is_mandatory AND (removed_at IS NULL))

homework homework_of_its_lesson
FOREIGN KEY (lesson_id, section_id) REFERENCES lesson(id, section_id)

CREATE UNIQUE INDEX journal_lock_once
ON journal_lock USING btree (school_class_id, subject_id, kind, COALESCE(term_id, (0)::bigint))
WHERE (lifted_at IS NULL)

lesson lesson_of_its_section
FOREIGN KEY (section_id, school_class_id) REFERENCES course_section(id, school_class_id)

mark mark_of_its_lesson
FOREIGN KEY (lesson_id, date) REFERENCES lesson(id, date) ON UPDATE CASCADE

CREATE INDEX mark_lesson_student
ON mark USING btree (lesson_id, student_id) INCLUDE (date, recorded_at, removed_at)

CREATE INDEX mark_student_day
ON mark USING btree (student_id, date) INCLUDE (lesson_id, value, weight)
WHERE (removed_at IS NULL)

CREATE INDEX message_age
ON message USING btree (sent_at) WHERE (opening_id IS NULL)

CREATE INDEX message_urgent
ON message USING btree (sent_at) WHERE is_urgent

CREATE INDEX message_words
ON message USING gin (words)

substitution substitution_once
EXCLUDE USING gist (int8range(section_id, section_id, '[]'::text) WITH &&,
daterange(valid_from, valid_until) WITH &&)

CREATE INDEX substitution_once
ON substitution USING gist (int8range(section_id, section_id, '[]'::text),
daterange(valid_from, valid_until))

teaching_assignment teaching_assignment_once
EXCLUDE USING gist (int8range(section_id, section_id, '[]'::text) WITH &&,
int8range(teacher_id, teacher_id, '[]'::text) WITH &&,
daterange(valid_from, valid_until) WITH &&)

CREATE INDEX teaching_assignment_once
ON teaching_assignment USING gist (int8range(section_id, section_id, '[]'::text),
int8range(teacher_id, teacher_id, '[]'::text),
daterange(valid_from, valid_until))

timetable_entry timetable_entry_class_slot EXCLUDE USING gist (int8range(whole_class_id,
whole_class_id, '[]'::text) WITH &&, int8range(NULLIF(school_class_id, whole_class_id),
NULLIF(school_class_id, whole_class_id), '[]'::text) WITH &&, int4range(((((weekday * 4) +
shift) * 21) + number), ((((weekday * 4) + shift) * 21) + number), '[]'::text) WITH &&,
int4range((((parity)::text = 'EVEN'::text))::integer, (((parity)::text <>
'ODD'::text))::integer, '[]'::text) WITH &&, daterange(valid_from, valid_until) WITH &&)

CREATE INDEX timetable_entry_class_slot ON timetable_entry USING gist (int8range(whole_class_id,
whole_class_id, '[]'::text), int8range(NULLIF(school_class_id, whole_class_id),
NULLIF(school_class_id, whole_class_id), '[]'::text), int4range(((((weekday * 4) + shift) * 21)
+ number), ((((weekday * 4) + shift) * 21) + number), '[]'::text), int4range((((parity)::text =
'EVEN'::text))::integer, (((parity)::text <> 'ODD'::text))::integer, '[]'::text),
daterange(valid_from, valid_until))

timetable_entry timetable_entry_of_its_class FOREIGN KEY (school_class_id, whole_class_id)
REFERENCES school_class(id, whole_id) ON UPDATE CASCADE

timetable_entry timetable_entry_of_its_section FOREIGN KEY (section_id, school_class_id)
REFERENCES course_section(id, school_class_id)

timetable_entry timetable_entry_room_slot EXCLUDE USING gist (int8range(room_id, room_id,
'[]'::text) WITH &&, int4range(((((weekday * 4) + shift) * 21) + number), ((((weekday * 4) +
shift) * 21) + number), '[]'::text) WITH &&, int4range((((parity)::text =
'EVEN'::text))::integer, (((parity)::text <> 'ODD'::text))::integer, '[]'::text) WITH &&,
daterange(valid_from, valid_until) WITH &&) WHERE ((room_id IS NOT NULL))

CREATE INDEX timetable_entry_room_slot ON timetable_entry USING gist (int8range(room_id,
room_id, '[]'::text), int4range(((((weekday * 4) + shift) * 21) + number), ((((weekday * 4) +
shift) * 21) + number), '[]'::text), int4range((((parity)::text = 'EVEN'::text))::integer,
(((parity)::text <> 'ODD'::text))::integer, '[]'::text), daterange(valid_from, valid_until))
WHERE (room_id IS NOT NULL)

timetable_entry timetable_entry_teacher_slot EXCLUDE USING gist (int8range(teacher_id,
teacher_id, '[]'::text) WITH &&, int4range(((((weekday * 4) + shift) * 21) + number),
((((weekday * 4) + shift) * 21) + number), '[]'::text) WITH &&, int4range((((parity)::text =
'EVEN'::text))::integer, (((parity)::text <> 'ODD'::text))::integer, '[]'::text) WITH &&,
daterange(valid_from, valid_until) WITH &&)

CREATE INDEX timetable_entry_teacher_slot ON timetable_entry USING gist (int8range(teacher_id,
teacher_id, '[]'::text), int4range(((((weekday * 4) + shift) * 21) + number), ((((weekday * 4) +
shift) * 21) + number), '[]'::text), int4range((((parity)::text = 'EVEN'::text))::integer,
(((parity)::text <> 'ODD'::text))::integer, '[]'::text), daterange(valid_from, valid_until))
"""


@pytest.fixture(scope="module")
def migrated_url(postgres_url: str) -> Iterator[str]:
    """Return the URL of a database that the migrations made: PostgreSQL words a copy otherwise."""
    with servers.database(postgres_url) as url:
        run_migrations(url)
        yield url


@pytest.fixture
async def connection(migrated_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Return a connection whose transaction is never committed."""
    connection = await asyncpg.connect(migrated_url)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def test_every_declared_column_constraint_and_index_is_there(
    connection: asyncpg.Connection,
) -> None:
    there = await twin.found(connection, "public")
    await twin.build(connection, "twin")
    declared = await twin.found(connection, "twin")

    assert declared - there == set()
    only_in_sql = {" ".join(sentence.split()) for sentence in _ONLY_IN_SQL.split("\n\n")}
    assert there - declared == only_in_sql


async def test_tables_and_views_are_those_of_the_models(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch(
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'public'"
    )
    kinds = {"diary": "BASE TABLE", "views": "VIEW"}
    declared = {
        (twin.table(model), kind)
        for app, kind in kinds.items()
        for model in Tortoise.apps[app].values()
    }
    assert {tuple(row) for row in rows} == declared | {("tortoise_migrations", "BASE TABLE")}


async def test_every_view_has_exactly_its_models_columns(connection: asyncpg.Connection) -> None:
    for model in Tortoise.apps["views"].values():
        rows = await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1",
            twin.table(model),
        )
        assert {row["column_name"] for row in rows} == twin.columns(model), model.__name__


class Autodetector(MigrationAutodetector):
    """Tortoise's own, over the state by which migrations are run."""

    async def _project_state(self) -> State:
        state = SparingState.empty({})
        for key in self._full_plan():
            migration = self.loader.graph.nodes[key]
            assert isinstance(migration, Migration)
            await migration.apply(state, dry_run=True)
        return state


async def test_no_migration_is_missing(database_url: str) -> None:
    """The autodetector would write nothing; it only looks, so no file is left either."""
    apps = config(database_url)["apps"]
    missing = await Autodetector(Tortoise.apps, apps).changes()
    assert [operation for writer in missing for operation in writer.operations] == []
