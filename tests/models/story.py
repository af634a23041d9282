"""One school with a row in every table that refuses something."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tortoise import Tortoise
from tortoise.connection import get_connection

from models import (
    BellPeriod,
    ChangeArea,
    ChangeEntry,
    ChangeTopic,
    ExternalRecord,
    IdempotentAnswer,
    MarkRevision,
    MunicipalityCode,
    Record,
    RefreshToken,
    Session,
)
from models.audit import AuditEntry
from tests.factories import (
    AccountMade,
    ClassMade,
    LessonMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    a_message,
    a_period_mark,
    a_person,
    a_school,
    an_event,
    serial,
)
from tests.models import twin

_NOW = datetime.now(UTC)


@dataclass
class Story:
    """The row that stands for its table, and by their names the numbers of a few others."""

    rows: dict[str, int]
    others: dict[str, int]

    async def copy(self, table: str, **columns: object) -> None:
        """Insert the table's row once more, with these SQL expressions in place of its columns.

        It goes past the models, which would stop some of it on the way.
        """
        model = next(m for m in Tortoise.apps["diary"].values() if twin.table(m) == table)
        wanted = {name: f'"{name}"' for name in twin.columns(model) - {"id", "full_name"}}
        wanted |= {name: str(value).format(**self.others) for name, value in columns.items()}
        names = ", ".join(f'"{name}"' for name in wanted)
        values = ", ".join(wanted.values())
        statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE id = $1"  # noqa: S608  # every word of it is a test's own
        await get_connection("default").execute_query(statement, [self.rows[table]])


async def a_story() -> Story:
    """Tell it anew, with nothing in it that another story has."""
    school = await a_school()
    klass, other_class = await school.class_("7А"), await school.class_("7Б")
    pupil = await klass.pupil(snils=f"{serial():011}")
    teacher, room = await school.teacher(), await school.room()
    section = await klass.section("Алгебра", teacher)
    lesson = await section.lesson(room=room)
    rows = [
        *await _school(school),
        *await _people(pupil),
        *await _journal(lesson, pupil),
        *await _announced(teacher, pupil.person, school, klass),
        *await _logged(),
        *(
            room,
            teacher.post.row,
            klass.row,
            section.row,
            section.subject,
            section.assignment.row,
            klass.term,
        ),
        (await klass.enrollment(pupil)).row,
    ]
    others = {
        "other_class": other_class.id,
        "other_section": (await other_class.section("Алгебра")).id,
        "other_school": (await a_school(near=school)).id,
        "stranger": (await a_person()).id,
    }
    return Story({twin.table(type(row)): row.id for row in rows}, others)


async def _school(school: SchoolMade) -> list[Record]:
    municipality = await school.settlement.municipality
    code = await MunicipalityCode.create(
        municipality=municipality, oktmo="87700000", valid_from=date(2020, 1, 1)
    )
    period = await BellPeriod.get(bell_schedule=school.bells, number=1)
    whole = [await municipality.region, municipality, code, school.settlement, school.row]
    return [*whole, school.year, school.bells, period, school.work_types["CONTROL"]]


async def _people(pupil: PupilMade) -> list[Record]:
    guardian = await pupil.guardian()
    account = await guardian.account()
    return [
        pupil.person.row,
        pupil.row,
        guardian.guardianship.row,
        account.row,
        *await _signed_in(account),
    ]


async def _signed_in(account: AccountMade) -> list[Record]:
    session = await Session.create(account=account.row, expires_at=_NOW + timedelta(days=1))
    done: dict[str, Any] = {"key": "k", "place": "recordMark", "digest": "", "values": {}}
    return [
        session,
        await RefreshToken.create(session=session, digest=f"{serial():064}"),
        await IdempotentAnswer.create(account=account.row, at=_NOW, **done),
    ]


async def _journal(lesson: LessonMade, pupil: PupilMade) -> list[Record]:
    assignment = await lesson.assignment()
    mark = await assignment.mark(pupil, 5)
    return [
        lesson.row,
        assignment.row,
        mark.row,
        await MarkRevision.get(mark_id=mark.id),
        await lesson.attendance(pupil),
        await lesson.homework("Параграф 5"),
        await a_period_mark(pupil, lesson.section, 5),
    ]


async def _announced(
    author: PersonMade, reader: PersonMade, school: SchoolMade, klass: ClassMade
) -> list[Record]:
    message = await a_message(author, reader)
    event = await an_event(author, school, klass)
    return [message.row, message.receipts[0], event.row, event.audiences[1]]


async def _logged() -> list[Record]:
    topic = f"story.{serial()}"
    change: dict[str, Any] = {
        "topic": topic,
        "seq": 1,
        "area": ChangeArea.MARKS,
        "kind": "RECORDED",
    }
    deed: dict[str, Any] = {
        "action": "mark.record",
        "entity": "mark",
        "request_id": topic,
        "address": "::1",
    }
    return [
        await ChangeTopic.create(topic=topic, last_seq=1),
        await ChangeEntry.create(**change, row_id=1, at=_NOW),
        await AuditEntry.create(**deed, at=_NOW, roles=["TEACHER"]),
        await ExternalRecord.create(
            source=topic, kind="student", sourced_id="1", row_id=1, digest=""
        ),
    ]
