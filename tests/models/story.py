"""One school with a row in every table that refuses something."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tortoise import Tortoise
from tortoise.connection import get_connection

from access import vault
from models import (
    AbsenceAlert,
    BellDay,
    BellPeriod,
    CalendarDay,
    CalendarDayKind,
    CalendarFeed,
    ChangeArea,
    ChangeEntry,
    ChangeEpoch,
    ChangeTopic,
    ConsentPurpose,
    DataConsent,
    DebtExtension,
    DebtMark,
    DiaryMarker,
    DigestFrequency,
    DocumentKind,
    ExternalIdentity,
    ExternalRecord,
    ExternalSignIn,
    HomeworkAnswerRevision,
    HomeworkRecipient,
    IdempotentAnswer,
    IdentityDocument,
    JournalLock,
    MailSettings,
    MarkRevision,
    MessageDraftRecipient,
    MunicipalityCode,
    PasswordRecovery,
    PeriodMarkKind,
    Record,
    RecoveryChannel,
    RecoveryCode,
    RefreshToken,
    Retake,
    SchoolPolicy,
    SecondFactor,
    ServiceNotice,
    Session,
    SignInStep,
    StepKind,
    Substitution,
    TimetableEntry,
    Vacation,
    WeekParity,
)
from models.audit import AuditEntry, AuditStrand
from tests.factories import (
    AccountMade,
    ClassMade,
    LessonMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    a_draft,
    a_folder,
    a_grading_policy,
    a_message,
    a_period_mark,
    a_period_revision,
    a_person,
    a_report,
    a_school,
    a_year_mark,
    an_absence_note,
    an_attachment,
    an_event,
    serial,
)
from tests.factories.homework import an_answer, an_answers_file
from tests.models import twin
from tests.models.counted import counted

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
        fields = model._meta.fields_map  # noqa: SLF001 — its description
        made = {name for name, field in fields.items() if field.generated}
        wanted = {name: f'"{name}"' for name in twin.columns(model) - made}
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
        *await _mailed(teacher, pupil.person, school),
        *await _logged(),
        *await _papers(pupil, teacher, school),
        *(
            room,
            teacher.post.row,
            klass.row,
            section.row,
            section.subject,
            section.assignment.row,
            klass.term,
            await Substitution.create(
                section=section.row,
                teacher=teacher.row,
                valid_from=school.today,
                valid_until=school.today + timedelta(days=3),
            ),
            await SchoolPolicy.create(organization=school.row),
            await a_grading_policy(school),
            *await counted(school, section.subject),
            *await _days(school),
            await TimetableEntry.create(
                section=section.row,
                school_class=klass.row,
                whole_class_id=klass.id,
                teacher=teacher.row,
                room=room,
                weekday=1,
                number=1,
                parity=WeekParity.EVERY,
                valid_from=school.today,
                valid_until=school.year.ends_on,
            ),
        ),
        (await klass.enrollment(pupil)).row,
    ]
    other_section = await other_class.section("Алгебра")
    others = {
        "other_class": other_class.id,
        "other_section": other_section.id,
        "other_lesson": (await other_section.lesson(number=8)).id,
        "other_school": (await a_school(near=school)).id,
        "stranger": (await a_person()).id,
    }
    return Story({twin.table(type(row)): row.id for row in rows}, others)


async def _days(school: SchoolMade) -> list[Record]:
    """A vacation, a day off of the region and the school, and a day of other bells."""
    # Long ago: a day off of the region is one of every school that other tests make.
    day = school.today - timedelta(days=4_000 + serial())
    off: dict[str, Any] = {"date": day, "kind": CalendarDayKind.DAY_OFF, "name": "Праздник"}
    return [
        await Vacation.create(school_year=school.year, name="Каникулы", starts_on=day, ends_on=day),
        await CalendarDay.create(**off),
        await CalendarDay.create(organization=school.row, **off),
        await BellDay.create(organization=school.row, date=day, bell_schedule=school.bells),
    ]


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
    seen: dict[str, Any] = {"topic": "school:0", "seq": 1}
    return [
        await DiaryMarker.create(account=account.row, student=pupil.row, **seen),
        pupil.person.row,
        pupil.row,
        guardian.guardianship.row,
        account.row,
        *await _signed_in(account),
        *await _proofs(account),
    ]


async def _proofs(account: AccountMade) -> list[Record]:
    """What else gets one into the account."""
    number = f"{serial():064}"
    by: dict[str, Any] = {"account": account.row}
    moments: dict[str, Any] = {"created_at": _NOW, "expires_at": _NOW}
    sealed = vault.held().seal(number, vault.SECOND_FACTOR)
    return [
        await SignInStep.create(**by, kind=StepKind.NEW_PASSWORD, digest=number, expires_at=_NOW),
        await SecondFactor.create(**by, secret_sealed=sealed, created_at=_NOW, confirmed_at=_NOW),
        await RecoveryCode.create(**by, digest=number),
        await CalendarFeed.create(**by, digest=number, includes_lessons=True, issued_at=_NOW),
        await PasswordRecovery.create(
            **by, **moments, channel=RecoveryChannel.EMAIL, ticket_digest=number, code_digest=number
        ),
        await ExternalIdentity.create(**by, provider="esia", subject_digest=number, linked_at=_NOW),
        await ExternalSignIn.create(
            **moments,
            provider="esia",
            ticket_digest=number,
            state_digest=number,
            nonce="n",
            verifier_sealed=sealed,
            redirect_uri="https://diary.example.org/signed-in",
        ),
    ]


async def _papers(pupil: PupilMade, teacher: PersonMade, school: SchoolMade) -> list[Record]:
    held, number = vault.held(), f"I-ЕА {serial():06}"
    return [
        await IdentityDocument.create(
            person=pupil.person.row,
            kind=DocumentKind.BIRTH_CERTIFICATE,
            number_sealed=held.seal(number, vault.DOCUMENT),
            number_digest=held.digest(number, vault.DOCUMENT),
            checked_at=_NOW,
            checked_by=teacher.row,
        ),
        await DataConsent.create(
            subject=pupil.person.row,
            given_by=pupil.person.row,
            organization=school.row,
            purpose=ConsentPurpose.DATA_PROCESSING,
            categories="Имя, дата рождения",
            document=number,
            given_on=school.today,
            valid_until=school.today + timedelta(days=1),
            recorded_at=_NOW,
            recorded_by=teacher.row,
        ),
    ]


async def _signed_in(account: AccountMade) -> list[Record]:
    session = await Session.create(account=account.row, expires_at=_NOW + timedelta(days=1))
    done: dict[str, Any] = {"key": "k", "place": "recordMark", "digest": "", "values": {}}
    return [
        session,
        await RefreshToken.create(session=session, digest=f"{serial():064}"),
        await IdempotentAnswer.create(account=account.row, at=_NOW, **done),
    ]


async def _debt(lesson: LessonMade, pupil: PupilMade) -> list[Record]:
    mark = await a_year_mark(pupil, lesson.section, PeriodMarkKind.ANNUAL, 2)
    done: dict[str, Any] = {
        "period_mark": mark,
        "by": lesson.section.teacher.row,
        "at": datetime.now(UTC),
    }
    return [
        await Retake.create(
            number=1, held_on=lesson.row.date, is_by_commission=False, value=2, **done
        ),
        await DebtExtension.create(days=14, reason="Справка", **done),
    ]


async def _journal(lesson: LessonMade, pupil: PupilMade) -> list[Record]:
    assignment = await lesson.assignment()
    mark = await assignment.mark(pupil, 5)
    homework = await lesson.homework("Параграф 5")
    answer = await an_answer(homework, pupil)
    period_mark = await a_period_mark(pupil, lesson.section, 5)
    await a_year_mark(pupil, lesson.section, PeriodMarkKind.FINAL, 5)
    return [
        lesson.row,
        assignment.row,
        mark.row,
        await MarkRevision.get(mark_id=mark.id),
        await lesson.attendance(pupil),
        homework,
        answer,
        await HomeworkAnswerRevision.get(answer=answer),
        await an_answers_file(answer, "Решение.jpg"),
        await HomeworkRecipient.create(homework=homework, student=pupil.row),
        await AbsenceAlert.create(
            student=pupil.row,
            term=lesson.section.klass.term,
            school_class=lesson.section.klass.row,
            organization=lesson.section.klass.school.row,
            missed_lessons=4,
            held_lessons=10,
            limit_percent=30,
            at=_NOW,
        ),
        await an_absence_note(lesson.section.klass, pupil, lesson.section.teacher),
        period_mark,
        await a_period_revision(period_mark, lesson.section.teacher),
        *await _debt(lesson, pupil),
        await DebtMark.create(
            assignment=assignment.row,
            lesson=lesson.row,
            student=pupil.row,
            deadline=lesson.row.date,
            set_by=lesson.section.teacher.row,
            set_at=_NOW,
        ),
        await JournalLock.create(
            school_class=lesson.section.klass.row,
            subject=lesson.section.subject,
            term=lesson.section.klass.term,
            reason="Закрыта",
            locked_by=lesson.section.teacher.row,
            locked_at=_NOW,
        ),
    ]


async def _announced(
    author: PersonMade, reader: PersonMade, school: SchoolMade, klass: ClassMade
) -> list[Record]:
    event = await an_event(author, school, klass)
    answers: list[Record] = [await event.registers(reader), await event.acknowledged_by(reader)]
    notice = await ServiceNotice.create(
        published_by_id=author.id,
        title="Работы",
        starts_at=_NOW,
        ends_at=_NOW,
        published_at=_NOW,
        ended_at=_NOW,
    )
    answers.append(notice)
    return [event.row, event.audiences[1], *answers]


async def _mailed(author: PersonMade, reader: PersonMade, school: SchoolMade) -> list[Record]:
    message = await a_message(author, reader)
    draft = await a_draft(author, reader)
    return [
        message.row,
        message.receipts[0],
        await an_attachment(message, "Справка.pdf"),
        draft,
        await MessageDraftRecipient.get(draft=draft),
        await a_folder(reader, "Разное"),
        await a_report(message, reader, school),
        await MailSettings.create(
            person=reader.row, frequency=DigestFrequency.DAILY, digest_at=time(18), digested_at=_NOW
        ),
    ]


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
        # PostgreSQL does not believe these.
        "strand": 0,
        "number": 0,
        "hash": b"",
    }
    return [
        await ChangeEpoch.get(id=1),
        await ChangeTopic.create(topic=topic, last_seq=1),
        await ChangeEntry.create(**change, row_id=1, at=_NOW),
        await AuditEntry.create(**deed, at=_NOW, roles=["TEACHER"]),
        await AuditStrand.get(id=0),
        await ExternalRecord.create(
            source=topic, kind="student", sourced_id="1", row_id=1, digest=""
        ),
    ]
