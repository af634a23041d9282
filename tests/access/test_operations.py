"""Every operation × everybody: who does it, who is told what instead, and that nothing happened."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest

from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.state import State, changed, state_of
from tests.diary import Answer
from tests.factories import GuardianMade, LessonMade, PupilMade, gid, serial
from tests.rules.declared import GRAPHQL


class Outcome(StrEnum):
    """What comes of an operation."""

    DONE = "done, or read"
    HIDDEN = "the row reads as absent: null, or the user error NOT_FOUND"
    READ_ONLY = "the user error FORBIDDEN: the row may be read and not changed"
    FORBIDDEN = "the GraphQL error FORBIDDEN: the caller's roles may never do this"
    UNAUTHENTICATED = "the GraphQL error UNAUTHENTICATED"


_STAFF_HERE = {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR, Who.LIBRARIAN, Who.PSYCHOLOGIST}
_TEACH_THE_CLASS = {
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
}
_OTHER_TEACHERS = {
    *_TEACH_THE_CLASS,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.TEACHER_OF_STRANGERS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HOMEROOM_OF_STRANGERS,
}
_OTHER_WRITERS = {*_OTHER_TEACHERS, Who.DEPUTY_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE}
_NOBODY = {Who.NOBODY}

Table = Mapping[Outcome, AbstractSet[Who]]

# Who is not named is refused by their roles, or, where roles refuse nobody, finds nothing.
_WRITING: Table = {
    Outcome.DONE: {Who.TEACHER, Who.DEPUTY, Who.ADMINISTRATOR},
    Outcome.READ_ONLY: {Who.HOMEROOM, Who.TEACHER_AND_GUARDIAN},
    Outcome.HIDDEN: _OTHER_WRITERS,
    Outcome.UNAUTHENTICATED: _NOBODY,
    Outcome.FORBIDDEN: {
        Who.PUPIL,
        Who.CLASSMATE,
        Who.NEIGHBOUR,
        Who.STRANGER,
        Who.GUARDIAN,
        Who.GUARDIAN_OF_CLASSMATE,
        Who.GUARDIAN_OF_STRANGER,
        Who.FORMER_GUARDIAN,
        Who.COMING_GUARDIAN,
        Who.DISMISSED_TEACHER,
        Who.FORMER_ADMINISTRATOR,
        Who.COMING_DEPUTY,
        Who.HEAD,
        Who.HEAD_ELSEWHERE,
        Who.LIBRARIAN,
        Who.LIBRARIAN_ELSEWHERE,
        Who.PSYCHOLOGIST,
        Who.PSYCHOLOGIST_ELSEWHERE,
        Who.MUNICIPAL,
        Who.MUNICIPAL_ELSEWHERE,
        Who.REGION,
        Who.SYSTEM_ADMINISTRATOR,
        Who.SUPPORT,
    },
}
MUTATIONS: Mapping[str, Table] = {
    "RecordMark": _WRITING,
    "CorrectMark": _WRITING,
    "RemoveMark": _WRITING,
    "AssignHomework": _WRITING,
    "RecordAttendance": {
        **_WRITING,
        Outcome.DONE: {*_WRITING[Outcome.DONE], Who.HOMEROOM},
        Outcome.READ_ONLY: {Who.TEACHER_AND_GUARDIAN},
    },
}

_REVEAL = {
    Outcome.DONE: {Who.PUPIL, Who.HOMEROOM, Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR},
    Outcome.READ_ONLY: {Who.PSYCHOLOGIST, Who.RUSSIAN_AND_HOMEROOM, Who.RUSSIAN_AND_DEPUTY},
    Outcome.HIDDEN: {
        Who.CLASSMATE,
        Who.NEIGHBOUR,
        Who.STRANGER,
        Who.HOMEROOM_OF_NEIGHBOURS,
        Who.HOMEROOM_OF_STRANGERS,
        Who.DEPUTY_ELSEWHERE,
        Who.HEAD_ELSEWHERE,
        Who.ADMINISTRATOR_ELSEWHERE,
        Who.PSYCHOLOGIST_ELSEWHERE,
    },
}
_CHANGE_PERSONAL_DATA = {
    Outcome.DONE: {Who.ADMINISTRATOR, Who.HOMEROOM},
    Outcome.READ_ONLY: {Who.RUSSIAN_AND_HOMEROOM},
    Outcome.HIDDEN: {
        Who.HOMEROOM_OF_NEIGHBOURS,
        Who.HOMEROOM_OF_STRANGERS,
        Who.ADMINISTRATOR_ELSEWHERE,
    },
}
_CHANGE_CARE = {
    Outcome.DONE: {Who.ADMINISTRATOR, Who.PSYCHOLOGIST},
    Outcome.HIDDEN: {Who.ADMINISTRATOR_ELSEWHERE, Who.PSYCHOLOGIST_ELSEWHERE},
}
_CHANGE_GUARDIAN_DATA = {
    Outcome.DONE: {Who.ADMINISTRATOR},
    Outcome.HIDDEN: {Who.ADMINISTRATOR_ELSEWHERE},
}


def _others_forbidden(table: Table) -> Table:
    """The table; the roles of those who are not named may never do this."""
    named = set().union(*table.values())
    return {
        **table,
        Outcome.FORBIDDEN: EVERYBODY - named - _NOBODY,
        Outcome.UNAUTHENTICATED: _NOBODY,
    }


_OF_PEOPLE: Mapping[str, Table] = {
    "Reveal": _others_forbidden(_REVEAL),
    "ChangePersonalData": _others_forbidden(_CHANGE_PERSONAL_DATA),
    "ChangeCare": _others_forbidden(_CHANGE_CARE),
    "ChangeGuardianData": _others_forbidden(_CHANGE_GUARDIAN_DATA),
}

_READ_THE_PUPIL = {
    *_STAFF_HERE,
    *_TEACH_THE_CLASS,
    Who.PUPIL,
    Who.GUARDIAN,
    Who.TEACHER,
    Who.HOMEROOM,
    Who.TEACHER_AND_GUARDIAN,
}
_READ_THE_CLASS = {
    *_READ_THE_PUPIL,
    Who.CLASSMATE,
    Who.GUARDIAN_OF_CLASSMATE,
    Who.MUNICIPAL,
    Who.REGION,
}
_READ_THE_JOURNAL = {Who.TEACHER, Who.HOMEROOM, Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR}
_FIND_NO_JOURNAL = {*_OTHER_WRITERS, Who.HEAD_ELSEWHERE, Who.TEACHER_AND_GUARDIAN}
QUERIES: Mapping[str, Table] = {
    "student": {
        Outcome.DONE: _READ_THE_PUPIL,
        Outcome.HIDDEN: EVERYBODY - _READ_THE_PUPIL - _NOBODY,
        Outcome.UNAUTHENTICATED: _NOBODY,
    },
    "schoolClass": {
        Outcome.DONE: _READ_THE_CLASS,
        Outcome.HIDDEN: EVERYBODY - _READ_THE_CLASS - _NOBODY,
        Outcome.UNAUTHENTICATED: _NOBODY,
    },
    "classJournal": {
        Outcome.DONE: _READ_THE_JOURNAL,
        Outcome.HIDDEN: _FIND_NO_JOURNAL,
        Outcome.FORBIDDEN: EVERYBODY - _READ_THE_JOURNAL - _FIND_NO_JOURNAL - _NOBODY,
        Outcome.UNAUTHENTICATED: _NOBODY,
    },
    "viewer": {Outcome.DONE: EVERYBODY - _NOBODY, Outcome.UNAUTHENTICATED: _NOBODY},
    "municipalities": {Outcome.DONE: EVERYBODY},
    "identityProviders": {Outcome.DONE: EVERYBODY},
    "node": {Outcome.DONE: _READ_THE_PUPIL, Outcome.HIDDEN: EVERYBODY - _READ_THE_PUPIL},
    "nodes": {Outcome.DONE: EVERYBODY},
}
# Nothing is there unless an installation says so.
_MAY_BE_EMPTY = {"identityProviders"}
# These make and end sessions, and are what leads to them; everybody may, and tests of their own
# say what comes of it.
_OF_SESSIONS = {
    "signIn",
    "refreshSession",
    "signOut",
    "endSession",
    "endOtherSessions",
    "changePassword",
    "chooseFirstPassword",
    "enterSecondFactor",
    "setUpSecondFactor",
    "confirmSecondFactorSetup",
    "beginSecondFactor",
    "confirmSecondFactor",
    "renewRecoveryCodes",
    "removeSecondFactor",
    "requestPasswordRecovery",
}

# How many rows an operation that is done makes or changes, by their table.
_CHANGES = {
    "RecordMark": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "CorrectMark": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "RemoveMark": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "RecordAttendance": {"attendance": 1, "audit_entry": 1, "change_entry": 1},
    "AssignHomework": {"homework": 1, "audit_entry": 1, "change_entry": 1},
    "Reveal": {"audit_entry": 1},
    "ChangePersonalData": {"person": 1, "audit_entry": 1},
    "ChangeCare": {"student": 1, "audit_entry": 1},
    "ChangeGuardianData": {"person": 1, "audit_entry": 1},
}

# What is asked of a payload beside its errors.
_ANSWERED = {
    "Reveal": "value",
    "ChangePersonalData": "student { id }",
    "ChangeCare": "student { id }",
    "ChangeGuardianData": "guardian { id }",
}


@pytest.fixture(scope="module")
async def lesson(cast: Cast) -> LessonMade:
    """Return a lesson of the algebra of 7А that nothing was written to."""
    return await cast.world.algebra.lesson()


@dataclass
class Newcomer:
    """A pupil of 7А whose card may be changed, for nobody else looks at it; and a guardian."""

    pupil: PupilMade
    guardian: GuardianMade


@pytest.fixture(scope="module")
async def newcomer(cast: Cast) -> Newcomer:
    pupil = await cast.world.klass.pupil()
    return Newcomer(pupil, await pupil.guardian())


def _cases(tables: Mapping[str, Table]) -> list[Any]:
    return [
        pytest.param(operation, who, outcome, id=f"{operation}-{who.name}")
        for operation, table in tables.items()
        for outcome, people in table.items()
        for who in sorted(people)
    ]


@pytest.mark.parametrize(("operation", "who", "outcome"), _cases(MUTATIONS))
async def test_a_mutation(
    cast: Cast, lesson: LessonMade, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, lesson, operation)
    client = await cast.client(who)
    before = await _state(cast)
    answer = await client.ask(operation, input=given)
    after = await _state(cast)
    if outcome is Outcome.DONE:
        assert _payload(answer)["userErrors"] == []
        assert changed(before, after) == _CHANGES[operation]
        _assert_audited(cast, who, before, after)
    else:
        _assert_refused(answer, outcome, "markId" if "markId" in given else "lessonId")
        assert after == before


@pytest.mark.parametrize(("operation", "who", "outcome"), _cases(_OF_PEOPLE))
async def test_a_mutation_of_people(
    cast: Cast, newcomer: Newcomer, operation: str, who: Who, outcome: Outcome
) -> None:
    field, given = _of_people(cast, newcomer, operation)
    root = operation[0].lower() + operation[1:]
    selected = f"{_ANSWERED[operation]} userErrors {{ code field }}"
    document = f"mutation ($input: {operation}Input!) {{ {root}(input: $input) {{ {selected} }} }}"
    client = await cast.client(who)
    people = {"pupils": [newcomer.pupil.id], "persons": [newcomer.guardian.id]}
    before = await _state(cast, **people)
    answer = await client.send(document, input=given)
    after = await _state(cast, **people)
    if outcome is Outcome.DONE:
        assert _payload(answer)["userErrors"] == []
        assert changed(before, after) == _CHANGES[operation]
        _assert_audited(cast, who, before, after)
    else:
        _assert_refused(answer, outcome, field)
        assert after == before


@pytest.mark.parametrize(("root", "who", "outcome"), _cases(QUERIES))
async def test_a_query(cast: Cast, root: str, who: Who, outcome: Outcome) -> None:
    client = await cast.client(who)
    before = await _state(cast)
    answer = await client.send(_documents(cast)[root])
    assert await _state(cast) == before
    if outcome is Outcome.DONE:
        assert answer.data[root] or root in _MAY_BE_EMPTY
    elif outcome is Outcome.HIDDEN:
        assert answer.body == {"data": {root: None}}
    else:
        assert answer.refused == [(outcome.name, root)]
        assert answer.partial == {root: None}


@pytest.mark.parametrize("table", [*MUTATIONS.values(), *_OF_PEOPLE.values(), *QUERIES.values()])
def test_a_table_names_everybody_once(table: Table) -> None:
    named = [who for people in table.values() for who in people]
    assert sorted(named) == sorted(EVERYBODY)


def test_the_tables_have_every_operation() -> None:
    assert GRAPHQL.query_type is not None
    assert GRAPHQL.mutation_type is not None
    assert set(QUERIES) == set(GRAPHQL.query_type.fields)
    named = {operation[0].lower() + operation[1:] for operation in (*MUTATIONS, *_OF_PEOPLE)}
    assert named | _OF_SESSIONS == set(GRAPHQL.mutation_type.fields)


async def _input(cast: Cast, lesson: LessonMade, operation: str) -> dict[str, Any]:
    """What is sent; a mark that may be changed is a new one each time."""
    lesson_id, student_id = gid("Lesson", lesson.id), gid("Student", cast.world.pupil.id)
    if operation == "RecordMark":
        return {"lessonId": lesson_id, "studentId": student_id, "value": 5}
    if operation == "RecordAttendance":
        entry = {"studentId": student_id, "code": "LATE", "note": f"{serial()}"}
        return {"lessonId": lesson_id, "entries": [entry]}
    if operation == "AssignHomework":
        return {"lessonId": lesson_id, "text": "№ 1", "dueOn": str(lesson.row.date)}
    mark = await lesson.mark(cast.world.pupil, 3)
    given = {"markId": gid("Mark", mark.id), "version": 1, "reason": "Описка"}
    return {**given, "value": 4} if operation == "CorrectMark" else given


def _of_people(cast: Cast, newcomer: Newcomer, operation: str) -> tuple[str, dict[str, Any]]:
    """What is sent, something new each time; and which field of it says of whom."""
    student_id = gid("Student", newcomer.pupil.id)
    text = f"№ {serial()}"
    match operation:
        case "Reveal":
            pupil = gid("Student", cast.world.pupil.id)
            return "id", {"id": pupil, "field": "SNILS", "reason": "Сверка с документом"}
        case "ChangePersonalData":
            born = date(2010, 1, 1) + timedelta(days=serial())
            return "studentId", {"studentId": student_id, "birthDate": str(born)}
        case "ChangeCare":
            return "studentId", {"studentId": student_id, "specialNeeds": text}
    guardian_id = gid("Guardian", newcomer.guardian.guardianship.id)
    return "guardianId", {"guardianId": guardian_id, "workplace": text}


def _documents(cast: Cast) -> dict[str, str]:
    world = cast.world
    student, klass = gid("Student", world.pupil.id), gid("SchoolClass", world.klass.id)
    subject, term = gid("Subject", world.algebra.subject.id), gid("Term", world.klass.term.id)
    return {
        "student": f'{{ student(id: "{student}") {{ id fullName }} }}',
        "schoolClass": f'{{ schoolClass(id: "{klass}") {{ id name terms {{ name }} }} }}',
        "classJournal": f'{{ classJournal(classId: "{klass}", subjectId: "{subject}", '
        f'termId: "{term}") {{ term {{ id }} rows {{ average }} }} }}',
        "viewer": "{ viewer { id login } }",
        "municipalities": "{ municipalities { name } }",
        "identityProviders": "{ identityProviders { name } }",
        "node": f'{{ node(id: "{student}") {{ id }} }}',
        "nodes": f'{{ nodes(ids: ["{student}"]) {{ id }} }}',
    }


def _payload(answer: Answer) -> Any:
    (payload,) = answer.data.values()
    return payload


def _assert_refused(answer: Answer, outcome: Outcome, field: str) -> None:
    if outcome in (Outcome.FORBIDDEN, Outcome.UNAUTHENTICATED):
        assert answer.codes == [outcome.name]
        assert answer.partial is None
        return
    code = "FORBIDDEN" if outcome is Outcome.READ_ONLY else "NOT_FOUND"
    payload = dict(_payload(answer))
    (error,) = payload.pop("userErrors")
    assert (error["code"], error["field"]) == (code, field)
    assert set(payload.values()) == {None}


async def _state(cast: Cast, pupils: Sequence[int] = (), persons: Sequence[int] = ()) -> State:
    world = cast.world
    return await state_of(
        schools=[world.school.id, world.elsewhere.id],
        students=[*pupils, *(pupil.id for pupil in world.pupils.values())],
        sections=[world.algebra.id, world.russian.id],
        people=[*persons, *(cast.person_id(who) for who in cast.people)],
    )


def _assert_audited(cast: Cast, who: Who, before: State, after: State) -> None:
    """What was added to the audit says who did it."""
    (entry,) = after["audit_entry"] - before["audit_entry"]
    assert json.loads(entry)["person_id"] == cast.person_id(who)
