"""Taking in a class: persons, families, papers, consents and accounts, all of them or none."""

import asyncio
from collections.abc import Mapping
from typing import Any

import strawberry

from access import rules, scopes
from errors import UserError
from models import ClassKind
from resolvers import logins, papers
from resolvers.class_import import checking, reading, writing
from resolvers.class_import.taking import Given, Taking
from resolvers.logins import InitialPassword
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work
from schema.class_import import ImportClassAccountsInput, ImportClassAccountsPayload
from schema.context import Context

# How many passwords are hashed at once; each takes 64 MB meanwhile.
_AT_ONCE = 2
_CLASS = Reading(
    scopes.CLASSES,
    "SchoolClass",
    rules.ADMINISTRATOR,
    """
    SELECT {row}.id, {row}.organization_id, {row}.kind FROM {rows}
    WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
)


async def _prepared(context: Context, input: ImportClassAccountsInput) -> Given:  # noqa: A002
    """Read the file, and make a password for everybody in it."""
    del context
    rows = reading.parsed(input.csv)
    numbers = dict.fromkeys(each["snils"] for row in rows for _, each in row.people())
    gate = asyncio.Semaphore(_AT_ONCE)

    async def made() -> InitialPassword:
        async with gate:
            return await logins.initial_password()

    passwords = await asyncio.gather(*(made() for _ in numbers))
    return Given(input.class_id, rows, dict(zip(numbers, passwords, strict=True)))


@mutation(
    ImportClassAccountsPayload, allow=rules.ADMINISTRATOR, prepare=_prepared, once={"accounts"}
)
async def import_class_accounts(work: Work, given: Given) -> Mapping[str, Any]:
    """Take in a class: pupils, guardians, papers, consents and accounts, all of them or nothing.

    Whoever is on file by their SNILS is found and stays as they are; what they lack is added.
    """
    klass = await work.read(_CLASS, given.class_id, "classId")
    if klass["kind"] != ClassKind.HOMEROOM:
        raise UserError("OUT_OF_RANGE", "Pupils are taken into a class, not a group.", "classId")
    await papers.alone_with_numbers(work)
    taking = Taking(work, klass, given)
    await taking.find()
    await checking.check(taking)
    await writing.enrol(taking)
    await writing.put_on_file(taking)
    return {"accounts": await writing.issue(taking)}


@strawberry.type
class ClassImportMutation:
    """Taking in a class."""

    import_class_accounts = import_class_accounts
