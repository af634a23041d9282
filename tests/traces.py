"""What a deed leaves behind beside its row: audit entries and the log of changes."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import AuditEntry, ChangeEntry
from subscriptions import topics
from tests.diary import Answer
from tests.factories import SchoolMade


def number(given: str) -> int:
    """The row's number behind an id that a client was given."""
    return int(b64decode(given).decode().rpartition(":")[2])


def moment(given: str) -> datetime:
    """An instant as the contract spells it, and it is spelt in UTC."""
    assert given.endswith("+00:00"), given
    return datetime.fromisoformat(given)


def reasons(payload: Any) -> list[tuple[str, str | None]]:
    """Code and field of each of a payload's errors; every one says something to a person."""
    assert all(error["message"] for error in payload["userErrors"])
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def refusals(answer: Answer) -> list[tuple[str, str | None]]:
    """The same of an answer that holds one payload."""
    (payload,) = answer.data.values()
    return reasons(payload)


@dataclass(frozen=True)
class Deed:
    """An audit entry without what differs from run to run."""

    action: str
    person_id: int | None
    roles: list[str]
    before: Any
    after: Any


async def deeds(entity: str, row_id: int) -> list[Deed]:
    """What the audit says of a row, in order."""
    entries = await AuditEntry.filter(entity=entity, row_id=row_id).order_by("id")
    return [Deed(one.action, one.person_id, one.roles, one.before, one.after) for one in entries]


async def deeds_of(person_id: int) -> int:
    """How many deeds of this person the audit knows."""
    return await AuditEntry.filter(person_id=person_id).count()


async def told_people(person_id: int) -> list[tuple[str, str, int]]:
    """Area, kind and row of every change that concerns this person alone, in order."""
    entries = await ChangeEntry.filter(topic=topics.person(person_id)).order_by("seq")
    return [(one.area.value, one.kind, one.row_id) for one in entries if one.people == [person_id]]


async def announced(school: SchoolMade) -> list[tuple[int, str, str, int, int | None]]:
    """Number, area, kind, row and pupil of every change in the school's topic, in order."""
    entries = await ChangeEntry.filter(topic=f"school:{school.id}").order_by("seq")
    return [(one.seq, one.area.value, one.kind, one.row_id, one.student_id) for one in entries]


async def told_students(school: SchoolMade) -> list[list[int] | None]:
    """Which pupils alone each change in the school's topic concerns, in order."""
    entries = await ChangeEntry.filter(topic=topics.school(school.id)).order_by("seq")
    return [one.students for one in entries]
