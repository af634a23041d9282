"""What a document costs that has not been seen before: the time of its plan, and what is kept."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from graphql import OperationDefinitionNode, print_ast
from tortoise import Tortoise

from access.roles import Relations, Role, relations_of
from api.documents import Documents, Prepared
from api.operation import COST_LIMIT
from bench import load, process
from bench.figures import Line, times
from bench.machine import Machine
from bench.sides import service, sign_in
from models.database import DECLARED
from planner.planner import Planner
from schema.declaration.ids import encode
from tests.diary import contract
from tests.rules.declared import GRAPHQL

_QUERIES = (
    *("DiaryWeek", "ParentDashboard", "StudentCard", "ClassJournal", "MyLessons", "ClassTerms"),
    *("Inbox", "Recipients", "Viewer", "SignInDirectory"),
)
# By the name of a variable's type; a plan does not depend on what it is.
_VALUES: Mapping[str, Any] = {
    "ID": encode("Student", 1),
    "Date": "2026-11-16",
    "Int": 20,
    "String": "а",
}
_ROUNDS, _QUICK_ROUNDS = 31, 5
_MOST_SECONDS = 0.01
_DOCUMENTS, _QUICK_DOCUMENTS = 10_000, 200
_MOST_MEGABYTES = 150
_SENDERS = 4


def measure(machine: Machine) -> Iterator[Line]:
    """From the text to the SQL for each query of the contract, and the memory of very many."""
    asyncio.run(Tortoise.init(config=DECLARED))
    for name in _QUERIES:
        yield _planned(name, _QUICK_ROUNDS if machine.quick else _ROUNDS)
    count = _QUICK_DOCUMENTS if machine.quick else _DOCUMENTS
    with machine.small() as database, service(database) as server:
        token = sign_in(server.url, "parent.one")
        before = process.memory(server.pid)
        load.send(server.url, _distinct(token, count), connections=_SENDERS, check=_has_data)
        after = process.memory(server.pid)
    yield Line(
        f"memory of a worker after {count:,} different documents",
        f"{after}; {before.held:,.0f} MB before",
        times(after.held / _MOST_MEGABYTES),
        f"of {_MOST_MEGABYTES} MB",
    )


def _planned(name: str, rounds: int) -> Line:
    text = contract(name)
    relations = relations_of(frozenset(Role))
    prepared, made = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        found = Documents(GRAPHQL, introspection=False).prepared(text)
        prepared.append(time.perf_counter() - began)
        planner = Planner(GRAPHQL, most_objects=COST_LIMIT)
        began = time.perf_counter()
        sql = _sql(planner, found, relations)
        made.append(time.perf_counter() - began)
    whole = median(map(sum, zip(prepared, made, strict=True)))
    parts = (
        f"{median(prepared) * 1000:.1f} to parse and validate, {median(made) * 1000:.1f} to plan"
    )
    return Line(
        f"{name}, from its text to {len(sql) / 1000:.1f} kB of SQL",
        f"{whole * 1000:.1f} ms: {parts}",
        times(whole / _MOST_SECONDS),
        f"of {_MOST_SECONDS * 1000:g} ms",
    )


def _sql(planner: Planner, found: Prepared, relations: Relations) -> str:
    if found.document is None:
        raise RuntimeError("An operation of the contract is not valid.")
    operation = found.operation(None)
    query = planner.query(found.document, operation)
    return query.request(_variables(operation), relations).plan.sql


def _variables(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        each.variable.name.value: _VALUES[print_ast(each.type).rstrip("!")]
        for each in operation.variable_definitions or ()
    }


def _distinct(token: str, count: int) -> Iterator[bytes]:
    """Queries of the contract under ever new names, which nothing can have planned before."""
    documents = Documents(GRAPHQL, introspection=False)
    prepared = [documents.prepared(contract(name)) for name in _QUERIES]
    for number in range(count):
        each = prepared[number % len(prepared)]
        text = each.text.replace("query ", f"query Q{number}", 1)
        yield load.request(text, _variables(each.operation(None)), token)


def _has_data(body: bytes) -> bool:
    return body.startswith(b'{"data":')
