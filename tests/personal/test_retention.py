"""What is kept for how long: what has run out goes, what has not stays, the audit tells of it."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from custody.retention import RULES, YEARS_AFTER_LEAVING, Rule
from models import (
    AuditEntry,
    HealthGroup,
    Mark,
    Person,
    Session,
    SignInStep,
    StepKind,
    Student,
)
from tests.commands import told
from tests.factories import a_person, a_school, serial

_LONG_AGO = timedelta(days=365 * YEARS_AFTER_LEAVING + 5)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
async def test_postgresql_understands_every_rule(database: str, rule: Rule) -> None:
    connection = await asyncpg.connect(database)
    await connection.fetchval(rule.counting)
    await connection.prepare(rule.applying)
    await connection.close()
    assert rule.reason


async def test_what_has_run_out_goes_and_the_rest_stays(database: str) -> None:
    now = datetime.now(UTC)
    account = await (await a_person()).account()
    steps, sessions = [], []
    for age in (timedelta(days=100), timedelta(hours=1)):
        steps.append(await _step(account.id, now - age))
        sessions.append(
            await Session.create(
                account_id=account.id,
                created_at=now - age - timedelta(days=30),
                expires_at=now - age,
            )
        )

    dry = await told("personal-data", "retain", "--dry-run", database=database)
    assert dry.code == 0, dry.errors
    assert await SignInStep.filter(id__in=steps).count() == 2
    done = await told("personal-data", "retain", database=database)
    assert done.code == 0, done.errors
    assert [each.id for each in await SignInStep.filter(id__in=steps)] == [steps[1]]
    kept = await Session.filter(id__in=[each.id for each in sessions])
    assert [each.id for each in kept] == [sessions[1].id]

    entry = await AuditEntry.filter(action="retention.applied").order_by("-id").first()
    assert entry is not None
    assert entry.after["sessions"] >= 1
    assert set(entry.after) == {rule.name for rule in RULES}
    again = await told("personal-data", "retain", database=database)
    assert {line.rpartition(": ")[2] for line in again.output.splitlines()} == {"0"}


async def test_whoever_left_keeps_the_name_and_the_marks(database: str) -> None:
    school = await a_school()
    klass = await school.class_("7А")
    lesson = await (await klass.section("Алгебра", await school.teacher())).lesson()
    left, here = [
        await klass.pupil(phone=f"+7{serial()}", email=f"{serial()}@example.org") for _ in range(2)
    ]
    for pupil in (left, here):
        await pupil.change(health_group=HealthGroup.II, special_needs="<needs>")
        await lesson.mark(pupil, 5)
    enrolled = await klass.enrollment(left)
    await enrolled.change(
        valid_from=school.today - _LONG_AGO - timedelta(days=9),
        valid_until=school.today - _LONG_AGO,
    )

    assert (await told("personal-data", "retain", database=database)).code == 0
    gone, stays = await Person.get(id=left.person.id), await Person.get(id=here.person.id)
    assert (gone.phone, gone.email) == (None, None)
    assert gone.full_name == left.person.row.full_name
    assert None not in (stays.phone, stays.email)
    assert (await Student.get(id=left.id)).special_needs is None
    assert (await Student.get(id=left.id)).health_group is None
    assert (await Student.get(id=here.id)).special_needs == "<needs>"
    assert await Mark.filter(student_id=left.id).count() == 1


async def _step(account: int, expires_at: datetime) -> int:
    row = await SignInStep.create(
        account_id=account,
        kind=StepKind.NEW_PASSWORD,
        digest=f"{serial():064}",
        expires_at=expires_at,
    )
    number: int = row.id
    return number
