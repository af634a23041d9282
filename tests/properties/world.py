"""What the demo region holds for documents to ask for: people, ids, cursors, days."""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx

from schema.declaration.behind import declared
from schema.declaration.entity import entities
from schema.declaration.ids import encode
from schema.declaration.specs import Relation
from tests.access.crawl import in_parts
from tests.factories import gid
from tests.properties.oddities import add_oddities
from tests.properties.people import Person, everybody
from tests.rules.declared import GRAPHQL

Arguments = Mapping[str, Any]

_SAMPLE = 40
_MOST_SETS = 3000
_IN_A_PAGE = {"edges", "node", "nodes", "pageInfo"}


@dataclass
class World:
    """The running service over the demo region, and what can be asked of it."""

    url: str
    http: httpx.AsyncClient
    today: date
    people: list[Person]
    ids: Mapping[str, list[str]]
    """Ids by type, of rows that exist; hardly anybody reaches all of them."""
    sets: Mapping[str, list[Arguments]]
    """By root field, arguments that together name a row that exists."""
    cursors: dict[str, list[str]] = field(default_factory=dict)
    """Cursors that were given, by the name of their connection's field."""

    @property
    def days(self) -> list[date]:
        """Days about now, today first."""
        return [self.today + timedelta(days=number) for number in (0, -1, 1, -2, -7, 7, -40)]

    async def explore(self) -> None:
        """Learn what everybody reaches, so that documents ask for it."""
        cursors: dict[str, dict[str, None]] = defaultdict(dict)
        for person in self.people:
            reached: dict[str, dict[str, None]] = defaultdict(dict)
            async for answer in self._walks(person):
                for name, key, text in _texts(answer, ""):
                    if key == "id":
                        reached[_label(text)][text] = None
                    elif key.lower().endswith("cursor"):
                        cursors[name][text] = None
            person.reached = {label: list(found) for label, found in reached.items()}
        self.cursors = {name: list(found) for name, found in cursors.items()}

    async def _walks(self, person: Person) -> Any:
        given = {
            "first": "3",
            "search": '""',
            "value": "4",
            "from": f'"{self.today - timedelta(days=7)}"',
            "to": f'"{self.today}"',
            "level": "CLASS",
            "kind: PeriodMarkKind": "ANNUAL",
            "by": "ALL",
            "by: Int": "5",
            "days": "3",
            "schoolYear": f"{self.today.year}",
            "termId": f'"{encode("Term", 1)}"',
            **dict.fromkeys(("after", "last", "before"), "null"),
        }
        for day in self.days[:4]:
            for part in in_parts("viewer", {**given, "on": f'"{day}"'}, count=8):
                yield await self._answer(person, f"{{ viewer {part} }}", {})
        for ids in self.ids.values():
            document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
            yield await self._answer(person, document, {"ids": ids})

    async def _answer(self, person: Person, document: str, variables: Arguments) -> Any:
        request = {"query": document, "variables": variables, "extensions": {"planner": False}}
        answer = await self.http.post(self.url, json=request, headers=person.headers)
        body = answer.json()
        assert body.get("data"), body
        return body["data"]


async def look_around(database_url: str, server_url: str, http: httpx.AsyncClient) -> World:
    """Read from the database what there is to ask for."""
    database = await asyncpg.connect(database_url, server_settings={"timezone": "Europe/Moscow"})
    try:
        await add_oddities(database)
        world = World(
            f"{server_url}/graphql",
            http,
            await database.fetchval("SELECT CURRENT_DATE"),
            await everybody(database),
            {each.name: await _ids(database, each) for each in entities() if each.is_node},
            {name: await _sets(database, name) for name in _with_ids()},
        )
    finally:
        await database.close()
    await world.explore()
    return world


async def _ids(database: Any, entity: Any) -> list[str]:
    table = entity.scope.model._meta.db_table  # noqa: SLF001 — its description
    rows = await database.fetch(
        f'SELECT id FROM "{table}" ORDER BY md5(id::text) LIMIT {_SAMPLE}'  # noqa: S608  # our own name
    )
    return [gid(entity.name, row["id"]) for row in rows]


def _with_ids() -> Iterator[str]:
    """The root fields that find one row by ids."""
    assert GRAPHQL.query_type is not None
    for name, root in GRAPHQL.query_type.fields.items():
        spec = getattr(declared(root), "spec", None)
        if isinstance(spec, Relation) and spec.arguments and not spec.is_many:
            yield name


async def _sets(database: Any, name: str) -> list[Arguments]:
    assert GRAPHQL.query_type is not None
    root = GRAPHQL.query_type.fields[name]
    behind = declared(root)
    paths = {}
    for argument_name, argument in root.args.items():
        of = behind.spec.arguments[declared(argument).python_name]
        ((path, _),) = of.where.filters.items()
        paths[argument_name] = (path, of.id_of)
    model = _model(behind.target)
    columns = ", ".join(f'"{path}"' for path, _ in paths.values())
    rows = await database.fetch(
        f'SELECT DISTINCT {columns} FROM "{model}" ORDER BY 1 LIMIT {_MOST_SETS}'  # noqa: S608  # our own names
    )
    return [
        {
            argument: gid(label, row[path]) if label else row[path]
            for argument, (path, label) in paths.items()
        }
        for row in rows
    ]


def _model(target: Any) -> str:
    found: str = next(
        each.scope.model._meta.db_table  # noqa: SLF001 — its description
        for each in entities()
        if each.name == target.__name__
    )
    return found


def _texts(value: Any, name: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text in an answer: the name of the list that it is in, its own key, the text."""
    if isinstance(value, dict):
        for each, inner in value.items():
            is_named = isinstance(inner, dict | list) and each not in _IN_A_PAGE
            yield from _texts(inner, each if is_named else name, each)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name, key)
    elif isinstance(value, str):
        yield name, key, value


def _label(text: str) -> str:
    return b64decode(text).decode().partition(":")[0]
