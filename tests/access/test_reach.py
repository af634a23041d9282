"""Hidden reads as absent: everybody asks for everything, and sees exactly what is theirs.

Every text of the three classes is a secret that can be recognized; whatever an answer holds of them
in any place is found, whichever path led there.
"""

import json
from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.access.cast import EVERYBODY, Cast, Who, a_cast
from tests.access.crawl import in_parts
from tests.access.world import World, a_world
from tests.diary import Diary
from tests.factories import gid


@pytest.fixture(scope="module")
async def cast(database: str, diary: Diary) -> Cast:  # noqa: ARG001 — connects Tortoise
    """People of their own: what other tests send and report would push theirs off the pages."""
    return await a_cast(await a_world(), diary)


_HERE = ("pupil", "classmate", "neighbour")
_SUBJECT = {"neighbour": "neighbours' algebra", "stranger": "strangers' algebra"}
_CLASS_OF = {"neighbour": "neighbours", "stranger": "strangers"}


def _named(*who: str) -> set[str]:
    """Whose names are seen."""
    return {f"{each}.{name}" for each in who for name in ("name", "first name", "middle name")}


def _card(who: str) -> set[str]:
    """What stands in a pupil's card, but for what guardians alone see."""
    guardians = {"pupil": ("guardian", "co-guardian"), "neighbour": ()}
    names = {f"{who}.{each}" for each in guardians.get(who, ("guardian",))}
    own = ("birth", "phone", "email", "address", "absence", "absence's decision")
    return {f"{who}.{what}" for what in own} | names | _named(who)


def _contacts(who: str) -> set[str]:
    """Phones and e-mail addresses of a pupil's guardians."""
    guardians = [each for each in _card(who) if each.endswith("guardian")]
    return {f"{each}'s {what}" for each in guardians for what in ("phone", "email")}


def _offices(*pupils: str) -> set[str]:
    """Who issued pupils' documents: of these the management sees all but the number."""
    return {f"{each}.document's office" for each in pupils}


def _books(*pupils: str) -> set[str]:
    """The same, and what was agreed to."""
    return _offices(*pupils) | {f"{each}.consent" for each in pupils}


def _lessons(*subjects: str) -> set[str]:
    """What is told at lessons to all who are in them."""
    told = ("topic", "room", "homework", "cancellation")
    return {f"{each}.{what}" for each in subjects for what in told}


def _locks(*subjects: str) -> set[str]:
    """Why pages were locked and opened, which all know who teach the class."""
    return {f"{each}.{what}" for each in subjects for what in ("lock", "lock's end")}


def _events(*names: str) -> set[str]:
    """What was announced."""
    told = ("event", "event's text", "event's place", "event's end")
    return {f"{each}.{what}" for each in names for what in told}


def _marks(who: str, *subjects: str) -> set[str]:
    """What a pupil got at lessons; what is overdue of them too."""
    told = ("comment", "note", "origin", "answer", "answer's comment", "answer's file")
    got = {f"{who} at {each}.{what}" for each in subjects for what in told}
    return got | {f"{each}.work" for each in subjects}


_OF_DECISIONS = ("decision", "former origin")


def _reasons(who: str, *subjects: str) -> set[str]:
    """Why marks were changed, and those for terms given; what attendance was, and why."""
    told = ("reason", "former note", "attendance's reason", *_OF_DECISIONS)
    return {f"{who} at {each}.{what}" for each in subjects for what in told}


def _subjects(who: str) -> tuple[str, ...]:
    return (_SUBJECT[who],) if who in _SUBJECT else ("algebra", "russian")


def _own(who: str) -> set[str]:
    """What a pupil sees."""
    school = "elsewhere" if who == "stranger" else "school"
    events = _events(_CLASS_OF.get(who, "klass"), school)
    mine = _lessons(*_subjects(who)) | _marks(who, *_subjects(who))
    return _card(who) | _contacts(who) | mine | events | {f"{who}.consent"}


def _letters(who: str) -> set[str]:
    """What was written to a pupil and what they keep of mail, which nobody else reads."""
    told = ("letter", "letter's text", "file", "folder", "draft", "idea")
    own = {f"{who}.{what}" for what in told}
    return own | _reports(who)


def _reports(*pupils: str) -> set[str]:
    """What pupils reported, which the heads and administrators of their school read too."""
    told = ("reported letter", "report", "report's note")
    return {f"{each}.{what}" for each in pupils for what in told}


def _family(who: str, guardian: str = "guardian") -> set[str]:
    """What a pupil's guardian sees: of guardians' papers and contacts their own alone."""
    child = ("snils", "needs", "risk", "document", "document's office")
    adult = ("phone", "email", "workplace", "document")
    alone = {f"{who}.{what}" for what in child} | {f"{who}.{guardian}'s {what}" for what in adult}
    return _own(who) - _contacts(who) | alone


def _taught(subject: str, *pupils: str) -> set[str]:
    """What the teacher of one subject sees."""
    births = {f"{each}.birth" for each in pupils}
    marks = (_marks(each, subject) | _reasons(each, subject) for each in pupils)
    locks = _locks(*(each for pupil in pupils for each in _subjects(pupil)))
    return _named(*pupils) | births | _lessons(subject) | locks | set().union(*marks)


def _led(*pupils: str) -> set[str]:
    """What a homeroom teacher sees of the class."""
    seen: set[str] = set()
    for each in pupils:
        subjects = _subjects(each)
        seen |= _card(each) | _contacts(each) | _lessons(*subjects) | _locks(*subjects)
        seen |= _marks(each, *subjects) | _reasons(each, *subjects)
    return seen


_IN_CLASS = ("pupil", "classmate")
# One of the pupil's guardians teaches the neighbours: colleagues and pupils know the name.
_TEACHER_S_NAME = {"pupil.co-guardian"}
_AT_WORK = _events("klass", "neighbours", "school") | _TEACHER_S_NAME
_AT_WORK_ELSEWHERE = _events("strangers", "elsewhere")
_RUSSIAN = _taught("russian", "pupil", "classmate") | _AT_WORK
_BIRTHS = {f"{each}.birth" for each in _HERE}
_ADDRESSES = {f"{each}.address" for each in _HERE}
_MANAGING_ELSEWHERE = (Who.DEPUTY_ELSEWHERE, Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE)
_LOGINS_HERE, _LOGINS_ELSEWHERE = {"school.login"}, {"elsewhere.login"}
_LOGINS = _LOGINS_HERE | _LOGINS_ELSEWHERE
_MANAGED = _led(*_HERE) | _AT_WORK
_MANAGED_ELSEWHERE = _led("stranger") | _AT_WORK_ELSEWHERE

SEEN: dict[Who, set[str]] = {
    Who.PUPIL: _own("pupil") | _letters("pupil"),
    Who.CLASSMATE: _own("classmate") | _letters("classmate"),
    Who.NEIGHBOUR: _own("neighbour") | _letters("neighbour") | _TEACHER_S_NAME,
    Who.STRANGER: _own("stranger") | _letters("stranger"),
    Who.GUARDIAN: _family("pupil"),
    Who.GUARDIAN_OF_CLASSMATE: _family("classmate"),
    Who.GUARDIAN_OF_STRANGER: _family("stranger"),
    Who.TEACHER: _taught("algebra", "pupil", "classmate") | _AT_WORK,
    Who.TEACHER_OF_RUSSIAN: _RUSSIAN,
    Who.TEACHER_OF_SPORTS: _named("pupil", "classmate")
    | {"pupil.birth", "classmate.birth"}
    | _locks("algebra", "russian")
    | _AT_WORK,
    Who.TEACHER_OF_NEIGHBOURS: _taught("neighbours' algebra", "neighbour") | _AT_WORK,
    Who.TEACHER_OF_STRANGERS: _taught("strangers' algebra", "stranger") | _AT_WORK_ELSEWHERE,
    Who.FORMER_TEACHER: _AT_WORK,
    Who.COMING_TEACHER: _AT_WORK,
    # A substitute knows lessons of the journal and not what a term's marks rest on.
    Who.SUBSTITUTE: _taught("algebra", "pupil", "classmate")
    - {f"{each} at algebra.{what}" for each in _IN_CLASS for what in (*_OF_DECISIONS, "origin")}
    - {"algebra.cancellation"}
    | _AT_WORK,
    Who.FORMER_SUBSTITUTE: _AT_WORK,
    Who.COMING_SUBSTITUTE: _AT_WORK,
    Who.HOMEROOM: _led("pupil", "classmate") | _AT_WORK,
    Who.HOMEROOM_OF_NEIGHBOURS: _led("neighbour") | _AT_WORK,
    Who.HOMEROOM_OF_STRANGERS: _led("stranger") | _AT_WORK_ELSEWHERE,
    Who.DEPUTY: _MANAGED | _offices(*_HERE),
    **dict.fromkeys((Who.HEAD, Who.ADMINISTRATOR), _MANAGED | _books(*_HERE) | _reports(*_HERE)),
    Who.DEPUTY_ELSEWHERE: _MANAGED_ELSEWHERE | _offices("stranger"),
    **dict.fromkeys(
        (Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE),
        _MANAGED_ELSEWHERE | _books("stranger") | _reports("stranger"),
    ),
    Who.LIBRARIAN: _named(*_HERE) | _BIRTHS | _AT_WORK,
    Who.PSYCHOLOGIST: _named(*_HERE) | _BIRTHS | _ADDRESSES | _AT_WORK,
    Who.LIBRARIAN_ELSEWHERE: _named("stranger") | {"stranger.birth"} | _AT_WORK_ELSEWHERE,
    Who.PSYCHOLOGIST_ELSEWHERE: _named("stranger")
    | {"stranger.birth", "stranger.address"}
    | _AT_WORK_ELSEWHERE,
    Who.TEACHER_AND_GUARDIAN: _family("pupil", "co-guardian")
    | _taught("neighbours' algebra", "neighbour")
    | _AT_WORK,
    Who.RUSSIAN_AND_HOMEROOM: _RUSSIAN,
    Who.RUSSIAN_AND_DEPUTY: _RUSSIAN | _MANAGED_ELSEWHERE | _offices("stranger"),
}
"""By their names what everybody sees; who is not named sees nothing of anybody."""
# Whoever runs the system reads who of the staff did something lately, and so perhaps this name; and
# of the accounts that somebody looks after, the first ones stand on the page that is asked for.
MAY_SEE = {
    Who.SYSTEM_ADMINISTRATOR: _TEACHER_S_NAME | _LOGINS,
    Who.SUPPORT: _LOGINS,
    **dict.fromkeys((Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR), _LOGINS_HERE),
    **dict.fromkeys(_MANAGING_ELSEWHERE, _LOGINS_ELSEWHERE),
    Who.RUSSIAN_AND_DEPUTY: _LOGINS_ELSEWHERE,
}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
async def test_everybody_sees_exactly_what_is_theirs(cast: Cast, who: Who) -> None:
    client = await cast.client(who)
    # Whoever is not signed in may not ask for much.
    deepest = 1 if who is Who.NOBODY else 4
    documents = _documents(cast.world, deepest)
    answers = [await client.send(document) for document in documents]
    text = json.dumps([answer.body for answer in answers], ensure_ascii=False)
    assert {code for answer in answers for code in answer.codes} <= {"FORBIDDEN", "UNAUTHENTICATED"}
    seen = {name for name, secret in cast.world.secrets.items() if secret in text}
    assert seen - MAY_SEE.get(who, set()) == SEEN.get(who, set())


async def test_a_hidden_row_and_an_absent_one_read_the_same(cast: Cast) -> None:
    """Everybody asks for a pupil, a class and a page that are not theirs, and for none at all."""
    world, none = cast.world, 2**50
    page = {
        "subject": gid("Subject", world.strangers_algebra.subject.id),
        "term": gid("Term", world.strangers.term.id),
    }
    for root, hidden, given in (
        ("student", gid("Student", world.stranger.id), {}),
        ("schoolClass", gid("SchoolClass", world.strangers.id), {}),
        ("classJournal", gid("SchoolClass", world.strangers.id), page),
    ):
        absent = gid("Student" if root == "student" else "SchoolClass", none)
        for who in EVERYBODY:
            client = await cast.client(who)
            answers = [
                await client.send(_ROOTS[root], id=each, **given) for each in (hidden, absent)
            ]
            is_same = answers[0].body == answers[1].body
            assert is_same is (who not in _READ_STRANGERS[root])


async def test_a_hidden_row_and_an_absent_one_are_refused_alike(cast: Cast) -> None:
    """Everybody tries to write to a lesson and to change a mark that are not theirs."""
    world, none = cast.world, 2**50
    mark = world.marks["stranger", "strangers' algebra"]
    lesson_id = world.lessons["strangers' algebra"].id
    pupil = gid("Student", world.stranger.id)
    reason = {"version": 99, "reason": "Описка"}
    for who in EVERYBODY - _WRITE_FOR_STRANGERS:
        client = await cast.client(who)
        for operation, label, number, rest in (
            ("RecordMark", "lessonId", lesson_id, {"studentId": pupil, "value": 5}),
            ("AssignHomework", "lessonId", lesson_id, {"text": "№ 1", "dueOn": "2000-01-01"}),
            ("CorrectMark", "markId", mark.id, {**reason, "value": 5}),
            ("RemoveMark", "markId", mark.id, reason),
        ):
            kind = label.removesuffix("Id").capitalize()
            answers = [
                (await client.ask(operation, input={label: gid(kind, each), **rest})).body
                for each in (number, none)
            ]
            assert answers[0] == answers[1]


async def test_of_a_foreign_pupil_it_is_not_told_whether_they_are_there(cast: Cast) -> None:
    """A teacher marks a stranger, a pupil of nobody's, at their own lesson."""
    teacher = await cast.client(Who.TEACHER)
    lesson = gid("Lesson", cast.world.lessons["algebra"].id)
    told = []
    for number in (cast.world.stranger.id, cast.world.neighbour.id, 2**50):
        student = gid("Student", number)
        entry = {"studentId": student, "code": "LATE"}
        told.append(
            (
                await teacher.do("RecordMark", lessonId=lesson, studentId=student, value=5),
                await teacher.do("RecordAttendance", lessonId=lesson, entries=[entry]),
            )
        )
    assert told[0] == told[1] == told[2]
    assert [payload["userErrors"][0]["code"] for payload in told[0]] == ["NOT_FOUND", "NOT_FOUND"]


async def test_who_asks_first_decides_nothing_for_who_asks_next(cast: Cast) -> None:
    """Somebody without a role asks first what roles show; another document, so that it is new."""
    document = "query First($id: ID!) { student(id: $id) { fullName } }"
    student = gid("Student", cast.world.pupil.id)
    for who, is_found in (
        (Who.FORMER_GUARDIAN, False),
        (Who.GUARDIAN, True),
        (Who.GUARDIAN_OF_CLASSMATE, False),
        (Who.DEPUTY, True),
        (Who.COMING_DEPUTY, False),
    ):
        data = (await (await cast.client(who)).send(document, id=student)).data
        assert (data["student"] is not None) is is_found


_WRITE_FOR_STRANGERS = {
    Who.TEACHER_OF_STRANGERS,
    Who.HOMEROOM_OF_STRANGERS,
    Who.DEPUTY_ELSEWHERE,
    Who.HEAD_ELSEWHERE,
    Who.ADMINISTRATOR_ELSEWHERE,
    Who.RUSSIAN_AND_DEPUTY,
    # They read the lessons, and are told so.
    Who.STRANGER,
    Who.GUARDIAN_OF_STRANGER,
    Who.LIBRARIAN_ELSEWHERE,
    Who.PSYCHOLOGIST_ELSEWHERE,
}
_READ_STRANGERS = {
    "student": _WRITE_FOR_STRANGERS,
    "schoolClass": {*_WRITE_FOR_STRANGERS, Who.MUNICIPAL_ELSEWHERE, Who.REGION},
    "classJournal": {
        Who.TEACHER_OF_STRANGERS,
        Who.HOMEROOM_OF_STRANGERS,
        Who.DEPUTY_ELSEWHERE,
        Who.HEAD_ELSEWHERE,
        Who.ADMINISTRATOR_ELSEWHERE,
        Who.RUSSIAN_AND_DEPUTY,
    },
}


_ROOTS = {
    "student": "query ($id: ID!) { student(id: $id) { fullName snils } }",
    "schoolClass": "query ($id: ID!) { schoolClass(id: $id) { name } }",
    "classJournal": "query ($id: ID!, $subject: ID!, $term: ID!) "
    "{ classJournal(classId: $id, subjectId: $subject, termId: $term) { term { name } } }",
}


def _documents(world: World, deepest: int) -> Iterable[str]:
    """Everything of every pupil, every class, every page of a journal, and of oneself."""
    today = world.school.today
    days = {"from": today - timedelta(days=30), "to": today, "on": today}
    given = {"first": "24", "search": '""', "value": "4"} | {
        name: f'"{day}"' for name, day in days.items()
    }
    given |= {"level": "CLASS", "by": "ALL", "schoolYear": f"{today.year}", "days": "3"}
    given["kind: PeriodMarkKind"] = "ANNUAL"
    given["by: Int"] = "5"
    given["termId"] = f'"{gid("Term", world.klass.terms[0].id)}"'
    for pupil in _pupils(world):
        for part in in_parts("student", given, deepest=deepest, count=9):
            yield f"{{ {pupil} {part} }}"
    for each in (world.klass, world.neighbours, world.strangers):
        root = f'schoolClass(id: "{gid("SchoolClass", each.id)}")'
        for part in in_parts("schoolClass", given, deepest=deepest, count=12):
            yield f"{{ {root} {part} }}"
    for page in _pages(world):
        # A page has many cells: what is deeper stands below a pupil, too.
        for part in in_parts("classJournal", given, deepest=min(deepest, 3), count=2):
            yield f"{{ {page} {part} }}"
    for part in in_parts("viewer", given, deepest=deepest, count=32):
        yield f"{{ viewer {part} }}"
    if deepest > 1:
        yield from _deeper_documents(world, f"from: {given['from']}, to: {given['to']}")


_DONE = "text comment attachments { name } revisions { text }"
_ANSWERS = f"homework {{ students {{ answer {{ {_DONE} }} }} }}"
_FILES = "nodes { message { attachments { name } } }"


def _deeper_documents(world: World, days: str) -> Iterable[str]:
    """What lies deeper than the rest; not by `recentMarks`: other tests give this cast more."""
    for pupil in _pupils(world):
        for deep in ("marks { history { reason } }", _ANSWERS):
            yield f"{{ {pupil} {{ diary({days}) {{ lessons {{ {deep} }} }} }} }}"
    for page in _pages(world):
        yield f"{{ {page} {{ lessons {{ {_ANSWERS} }} }} }}"
    yield f"{{ viewer {{ inbox(first: 40) {{ {_FILES} }} }} }}"


def _pupils(world: World) -> Iterable[str]:
    for pupil in world.pupils.values():
        yield f'student(id: "{gid("Student", pupil.id)}")'


def _pages(world: World) -> Iterable[str]:
    for section in (
        world.algebra,
        world.russian,
        world.neighbours_algebra,
        world.strangers_algebra,
    ):
        klass, subject = gid("SchoolClass", section.klass.id), gid("Subject", section.subject.id)
        term = gid("Term", section.klass.term.id)
        yield f'classJournal(classId: "{klass}", subjectId: "{subject}", termId: "{term}")'
