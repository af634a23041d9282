"""What the planner makes of a query, for people who want to read it."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError
from tortoise import Tortoise

from access.roles import OF_ANYONE, Role, relations_of
from api.schema import make_schema
from errors import DiaryError
from models.database import DECLARED
from planner.planner import Planner

_UNLIMITED = 10**9
_MARKS = re.compile("[\x01-\x08]")


def told(text: str, roles: frozenset[Role] | None, variables: Mapping[str, Any]) -> str:
    """The statement, its cost and its refusals, as a comment with SQL; None is nobody signed in.

    Raises ValueError with a sentence where the document has no plan.
    """
    asyncio.run(Tortoise.init(config=DECLARED))
    schema = make_schema(introspection=True)
    prepared = schema.documents.prepared(text)
    if prepared.document is None:
        raise ValueError(prepared.errors[0].message)
    relations = OF_ANYONE if roles is None else relations_of(roles)
    planner = Planner(schema._schema, most_objects=_UNLIMITED)  # noqa: SLF001 — it has no public name
    try:
        operation = prepared.operation(None)
        request = planner.query(prepared.document, operation).request(variables, relations)
    except (DiaryError, GraphQLError) as error:
        raise ValueError(str(error)) from error
    refused = (
        f"-- refused: {'.'.join(map(str, each.path or ()))}" for each in request.plan.refusals
    )
    # Marks that no text of an answer holds are told as PostgreSQL would write them.
    sql = _MARKS.sub(lambda each: f"\\x{ord(each[0]):02x}", request.plan.sql)
    objects, values = request.cost
    cost = f"-- at the most: {objects} objects, {values} values"
    return "\n".join((cost, *refused, sql))
