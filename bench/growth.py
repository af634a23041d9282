"""How a diary week's time grows with the data: the same week among ten times the marks."""

import asyncio
from collections.abc import Iterator

import asyncpg

from bench import load
from bench.contest import Side, contest
from bench.figures import Line
from bench.machine import Machine
from bench.reading import Query, message, queries
from bench.sides import Server, service
from schema.declaration.ids import decode

_TIMES = 10
_PATIENCE_SECONDS = 600.0
# Other pupils' marks only, so that the week's answer stays what it is. Keys are not looked up again
# for copies of rows that have been checked.
_MORE = """
INSERT INTO mark (lesson_id, date, student_id, work_type_id, assignment_id, value, sign, weight,
                  comment, version, recorded_at, removed_at)
SELECT lesson_id, date, student_id, work_type_id, assignment_id, value, sign, weight,
       comment, version, recorded_at, removed_at
FROM mark, generate_series(2, $1)
WHERE student_id <> $2
"""


def measure(machine: Machine) -> Iterator[Line]:
    """The same week in the grown data and in the data as it was, in turns."""
    with machine.small() as database, machine.small() as grown:
        week = next(queries(database))
        asyncio.run(_grow(grown, decode("Student", week.variables["studentId"])))
        with service(grown) as ours, service(database) as before:
            sides = [_side("ten times", week, ours), _side("the marks as they are", week, before)]
            if sides[0].check != sides[1].check:
                raise RuntimeError("The week is another one in the grown data.")
            yield from contest(machine, f"{week.name}, {_TIMES} times the marks", 1, sides)


def _side(name: str, week: Query, server: Server) -> Side:
    asked = message(week, server)
    return Side(name, server, [asked], load.ask(server.url, asked))


async def _grow(database: str, student: int | None) -> None:
    unchecked = {"session_replication_role": "replica"}
    connection = await asyncpg.connect(database, server_settings=unchecked)
    try:
        await connection.execute(_MORE, _TIMES, student, timeout=_PATIENCE_SECONDS)
        await connection.execute("VACUUM ANALYZE mark", timeout=_PATIENCE_SECONDS)
    finally:
        await connection.close()
