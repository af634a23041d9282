"""Three classes in two schools, and in every text of them a secret that can be recognized."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from models import PHYSICAL_EDUCATION, HealthGroup, PeriodMarkKind, PhysicalEducationGroup
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
    an_event,
    serial,
)

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
            valid_until=klass.school.today + timedelta(days=365),
            withdrawn_at=datetime(2026, 9, 2, tzinfo=UTC),
        )
        said = self._secret(name, "absence")
        await an_absence_note(klass, pupil, pupil.person, text=said)
        self.secrets |= {f"{name}.birth": str(born), f"{name}.snils": snils}
        self.pupils[name] = pupil

    async def teach(self, subject: str, section: SectionMade, *names: str) -> None:
        """A lesson today at which these pupils got marks and notes, and a work that is overdue."""
        yesterday = section.klass.school.today - timedelta(days=1)
        room = await section.klass.school.room(self._secret(subject, "room"))
        lesson = await section.lesson(room=room, topic=self._secret(subject, "topic"))
        await lesson.homework(self._secret(subject, "homework"))
        await lesson.assignment(self._secret(subject, "work"), due_on=yesterday)
        self.lessons[subject] = lesson
        for name in names:
            at = f"{name} at {subject}"
            pupil = self.pupils[name]
            mark = await lesson.mark(pupil, 3, comment=self._secret(at, "comment"))
            await mark.correct(4, self._secret(at, "reason"))
            term_mark = await a_period_mark(pupil, section, 4)
            decision = self._secret(at, "decision")
            await a_period_revision(term_mark, section.teacher, decision)
            await lesson.attendance(pupil, note=self._secret(at, "note"))
            self.marks[name, subject] = mark

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
                head, audience, title=self._secret(name, "event"), asks_acknowledgement=True
            )
            if name in ("klass", "neighbours", "school"):
                await event.registers(self.pupil.person)
                await event.acknowledged_by(self.pupil.person)

    async def write(self) -> None:
        """Letters from the school to each pupil, who reports one and keeps folders and drafts."""
        head = await self.school.teacher()
        for name, pupil in self.pupils.items():
            subject, body = self._secret(name, "letter"), self._secret(name, "letter's text")
            await a_message(head, pupil.person, subject=subject, body=body)
            reported = await a_message(
                head, pupil.person, subject=self._secret(name, "reported letter")
            )
            school = self.elsewhere if name == "stranger" else self.school
            await a_report(reported, pupil.person, school, reason=self._secret(name, "report"))
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
    await a_year_mark(world.pupil, world.sports, PeriodMarkKind.ANNUAL, 2)
    await world.announce()
    await world.write()
    return world
