"""Three classes in two schools, and in every text of them a secret that can be recognized."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from models import (
    PHYSICAL_EDUCATION,
    AbsenceNoteState,
    Attendance,
    AuditEntry,
    DebtExtension,
    HealthGroup,
    Homework,
    JournalLock,
    PeriodMark,
    PeriodMarkKind,
    PhysicalEducationGroup,
    ReportOutcome,
    Session,
)
from tests.factories import (
    ClassMade,
    GuardianMade,
    LessonMade,
    MarkMade,
    PersonMade,
    PupilMade,
    SchoolMade,
    SectionMade,
    a_consent,
    a_document,
    a_draft,
    a_folder,
    a_message,
    a_period_mark,
    a_period_revision,
    a_report,
    a_school,
    a_year_mark,
    an_absence_note,
    an_attachment,
    an_event,
    serial,
)
from tests.factories.homework import an_answer, an_answers_file

_WORLDS = count(1)


@dataclass
class World:
    """Our class 7А with three subjects, its neighbours of the same school, and strangers."""

    school: SchoolMade
    elsewhere: SchoolMade
    klass: ClassMade
    neighbours: ClassMade
    strangers: ClassMade
    algebra: SectionMade
    russian: SectionMade
    sports: SectionMade
    neighbours_algebra: SectionMade
    strangers_algebra: SectionMade
    pupils: dict[str, PupilMade] = field(default_factory=dict)
    lessons: dict[str, LessonMade] = field(default_factory=dict)
    marks: dict[tuple[str, str], MarkMade] = field(default_factory=dict)
    # What stands in the database under a name such as `pupil.phone` or `algebra.topic`.
    secrets: dict[str, str] = field(default_factory=dict)
    number: int = field(default_factory=lambda: next(_WORLDS))

    @property
    def pupil(self) -> PupilMade:
        return self.pupils["pupil"]

    @property
    def classmate(self) -> PupilMade:
        return self.pupils["classmate"]

    @property
    def neighbour(self) -> PupilMade:
        return self.pupils["neighbour"]

    @property
    def stranger(self) -> PupilMade:
        return self.pupils["stranger"]

    async def guardian(self, of: str, who: PersonMade | None = None) -> GuardianMade:
        """A guardian of that pupil; what is written of each is a secret."""
        guardian = await self.pupils[of].guardian(who)
        what = "co-guardian" if who else "guardian"
        await guardian.change(
            last_name=self._secret(of, what),
            phone=self._secret(of, f"{what}'s phone"),
            email=self._secret(of, f"{what}'s email"),
            workplace=self._secret(of, f"{what}'s workplace"),
        )
        await a_document(guardian, self._secret(of, f"{what}'s document"))
        return guardian

    async def enrol(self, name: str, klass: ClassMade) -> None:
        """A new pupil, whose card is full of secrets."""
        born = date(1950, 1, 1) + timedelta(days=serial())
        snils = f"9{serial():010d}"
        pupil = await klass.pupil(
            last_name=self._secret(name, "name"),
            first_name=self._secret(name, "first name"),
            middle_name=self._secret(name, "middle name"),
            phone=self._secret(name, "phone"),
            email=self._secret(name, "email"),
            address=self._secret(name, "address"),
            birth_date=born,
            snils=snils,
        )
        await pupil.change(
            health_group=HealthGroup.III,
            physical_education_group=PhysicalEducationGroup.SPECIAL,
            special_needs=self._secret(name, "needs"),
            social_risk=self._secret(name, "risk"),
        )
        office = self._secret(name, "document's office")
        number = self._secret(name, "document")
        await a_document(pupil.person, number, issued_on=born, issued_by=office)
        agreed = self._secret(name, "consent")
        await a_consent(
            pupil.person,
            klass.school,
            categories=agreed,
            document=self._secret(name, "consent's paper"),
            valid_until=klass.school.today + timedelta(days=365),
            withdrawn_at=datetime(2026, 9, 2, tzinfo=UTC),
        )
        await self._absences(name, klass, pupil)
        self.secrets |= {f"{name}.birth": str(born), f"{name}.snils": snils}
        self.pupils[name] = pupil

    async def _absences(self, name: str, klass: ClassMade, pupil: PupilMade) -> None:
        """A note that waits, and one of yesterday that was declined."""
        said, why = self._secret(name, "absence"), self._secret(name, "absence's decision")
        yesterday = klass.school.today - timedelta(days=1)
        await an_absence_note(klass, pupil, pupil.person, text=said)
        declined = await an_absence_note(klass, pupil, pupil.person, yesterday)
        declined.state, declined.decision_reason = AbsenceNoteState.DECLINED, why
        declined.decided_by, declined.decided_at = pupil.person.row, datetime.now(UTC)
        await declined.save()

    async def teach(self, subject: str, section: SectionMade, *names: str) -> None:
        """A lesson today at which these pupils got marks and notes, and a work that is overdue."""
        yesterday = section.klass.school.today - timedelta(days=1)
        room = await section.klass.school.room(self._secret(subject, "room"))
        lesson = await section.lesson(room=room, topic=self._secret(subject, "topic"))
        homework = await lesson.homework(self._secret(subject, "homework"))
        await section.lesson(
            yesterday,
            7,
            cancelled_at=datetime.now(UTC),
            cancellation_reason=self._secret(subject, "cancellation"),
        )
        await self._lock(subject, section)
        await lesson.assignment(self._secret(subject, "work"), due_on=yesterday)
        self.lessons[subject] = lesson
        for name in names:
            at = f"{name} at {subject}"
            pupil = self.pupils[name]
            mark = await lesson.mark(pupil, 3, comment=self._secret(at, "comment"))
            await mark.correct(4, self._secret(at, "reason"))
            term_mark = await a_period_mark(pupil, section, 4)
            await term_mark.update_from_dict({"carried_from": self._secret(at, "origin")}).save()
            decision = self._secret(at, "decision")
            await a_period_revision(
                term_mark,
                section.teacher,
                decision,
                former_carried_from=self._secret(at, "former origin"),
            )
            attendance = await lesson.attendance(pupil, note=self._secret(at, "note"))
            await self._deed(at, section, attendance)
            await self._answer(at, section, homework, pupil)
            self.marks[name, subject] = mark

    async def _lock(self, subject: str, section: SectionMade) -> None:
        """A lock of the year's first page that was lifted since."""
        now, teacher = datetime.now(UTC), section.teacher.row
        await JournalLock.create(
            school_class=section.klass.row,
            subject=section.subject,
            term=section.klass.terms[0],
            reason=self._secret(subject, "lock"),
            lift_reason=self._secret(subject, "lock's end"),
            locked_by=teacher,
            locked_at=now,
            lifted_by=teacher,
            lifted_at=now,
        )

    async def _deed(self, at: str, section: SectionMade, attendance: Attendance) -> None:
        """Attendance written with a reason, in place of a note that the audit alone has."""
        await AuditEntry.create(
            at=datetime.now(UTC),
            person_id=section.teacher.id,
            organization_id=section.klass.school.id,
            roles=["TEACHER"],
            action="attendance.recorded",
            entity="Attendance",
            row_id=attendance.id,
            before={"note": self._secret(at, "former note")},
            after={"reason": self._secret(at, "attendance's reason")},
            request_id="a request",
            address="192.0.2.7",
            strand=0,
            number=0,
            hash=b"",
        )

    async def _answer(
        self, at: str, section: SectionMade, homework: Homework, pupil: PupilMade
    ) -> None:
        """What the pupil answered, and what was said of it."""
        answer = await an_answer(homework, pupil, self._secret(at, "answer"))
        answer.comment = self._secret(at, "answer's comment")
        answer.commented_by, answer.commented_at = section.teacher.row, datetime.now(UTC)
        await answer.save()
        await an_answers_file(answer, self._secret(at, "answer's file"))

    async def fail(self, name: str, section: SectionMade) -> PeriodMark:
        """An annual mark that is to be made good, some time later because of an illness."""
        mark = await a_year_mark(self.pupils[name], section, PeriodMarkKind.ANNUAL, 2)
        illness = self._secret(name, "illness")
        await DebtExtension.create(
            period_mark=mark, days=3, reason=illness, by=section.teacher.row, at=datetime.now(UTC)
        )
        return mark

    async def sign_in(self) -> None:
        """An account of each school's, whose login and device are secrets."""
        for name, school in (("school", self.school), ("elsewhere", self.elsewhere)):
            person = await school.teacher()
            account = await person.account(self._secret(name, "login"))
            await Session.create(
                account=account.row,
                user_agent=self._secret(name, "device"),
                created_at=datetime.now(UTC),
                expires_at=datetime.now(UTC) + timedelta(days=1),
            )

    async def announce(self) -> None:
        """An event of every class and of both schools; the pupil answers those of their school."""
        head = await self.school.teacher()
        for name, audience in (
            ("klass", self.klass),
            ("neighbours", self.neighbours),
            ("strangers", self.strangers),
            ("school", self.school),
            ("elsewhere", self.elsewhere),
        ):
            event = await an_event(
                head,
                audience,
                title=self._secret(name, "event"),
                body=self._secret(name, "event's text"),
                place=self._secret(name, "event's place"),
                asks_acknowledgement=True,
            )
            await an_event(
                head,
                audience,
                cancelled_at=datetime.now(UTC),
                cancellation_reason=self._secret(name, "event's end"),
            )
            if name in ("klass", "neighbours", "school"):
                await event.registers(self.pupil.person)
                await event.acknowledged_by(self.pupil.person)

    async def write(self) -> None:
        """Letters from the school to each pupil, who reports one and keeps folders and drafts."""
        head = await self.school.teacher()
        for name, pupil in self.pupils.items():
            subject, body = self._secret(name, "letter"), self._secret(name, "letter's text")
            letter = await a_message(head, pupil.person, subject=subject, body=body)
            await an_attachment(letter, self._secret(name, "file"))
            reported = await a_message(
                head, pupil.person, subject=self._secret(name, "reported letter")
            )
            school = self.elsewhere if name == "stranger" else self.school
            await a_report(reported, pupil.person, school, reason=self._secret(name, "report"))
            await a_report(
                letter,
                pupil.person,
                school,
                note=self._secret(name, "report's note"),
                outcome=ReportOutcome.DISMISSED,
                resolved_at=datetime.now(UTC),
                resolved_by=head.row,
            )
            await a_folder(pupil.person, self._secret(name, "folder"))
            draft = await a_draft(pupil.person)
            draft.subject, draft.body = self._secret(name, "draft"), self._secret(name, "idea")
            await draft.save(update_fields=["subject", "body"])

    def _secret(self, of: str, what: str) -> str:
        """A text that is no part of any other, known as `<of>.<what>` from now on."""
        # There may be more than one world, and a document's number is there once.
        self.secrets[f"{of}.{what}"] = text = f"<{what} {of} {self.number}>"
        return text


async def a_world() -> World:
    """Make it all."""
    school, elsewhere = await a_school(), await a_school()
    klass, neighbours = await school.class_("7А"), await school.class_("7Б")
    strangers = await elsewhere.class_("7А")
    world = World(
        school,
        elsewhere,
        klass,
        neighbours,
        strangers,
        algebra=await klass.section("Алгебра"),
        russian=await klass.section("Русский язык"),
        sports=await klass.section(PHYSICAL_EDUCATION),
        neighbours_algebra=await neighbours.section("Алгебра"),
        strangers_algebra=await strangers.section("Алгебра"),
    )
    for name, at in (
        ("pupil", klass),
        ("classmate", klass),
        ("neighbour", neighbours),
        ("stranger", strangers),
    ):
        await world.enrol(name, at)
    await world.teach("algebra", world.algebra, "pupil", "classmate")
    await world.teach("russian", world.russian, "pupil", "classmate")
    await world.teach("neighbours' algebra", world.neighbours_algebra, "neighbour")
    await world.teach("strangers' algebra", world.strangers_algebra, "stranger")
    await world.fail("pupil", world.sports)
    await world.announce()
    await world.write()
    await world.sign_in()
    return world
