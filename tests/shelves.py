"""A service that keeps files, started beside the one that keeps none."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from tests.diary import Diary
from tests.programs import serving
from tests.shelf_app import VARIABLE


@asynccontextmanager
async def keeping_files(
    database: str, said: Mapping[str, Mapping[str, str]]
) -> AsyncIterator[Diary]:
    """Serve while inside; it is said whose files there are, by number, and in which state."""
    variables = {"DATABASE_URL": database, VARIABLE: json.dumps(said)}
    with serving("tests.shelf_app", **variables) as program:
        async with httpx.AsyncClient(timeout=20) as http:
            yield Diary(program.url, http)
