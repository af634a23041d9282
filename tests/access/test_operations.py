"""Every operation × everybody: who does it, who is told what instead, and that nothing happened."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from models import Substitution
from subscriptions import cursor
from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.outcomes import (
    NOBODY,
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    state_around,
)
from tests.access.test_attendance_operations import (
    ATTENDANCE_QUERIES,
    OF_ATTENDANCE,
    attendance_documents,
)
from tests.access.test_event_operations import OF_EVENTS
from tests.access.test_grading_operations import OF_GRADING
from tests.access.test_homework_operations import OF_HOMEWORK, OTHER_TEACHERS, TEACH_THE_CLASS
from tests.access.test_journal_operations import OF_JOURNAL
from tests.access.test_mail_operations import OF_MAIL
from tests.access.test_people import OF_PEOPLE
from tests.access.test_planning_operations import OF_PLANNING
from tests.diary import contract
from tests.factories import LessonMade, gid, serial
from tests.rules.declared import GRAPHQL

_STAFF_HERE = {Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR, Who.LIBRARIAN, Who.PSYCHOLOGIST}
_OTHER_WRITERS = {*OTHER_TEACHERS, Who.DEPUTY_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE}
_MAY_SUBSTITUTE_ELSEWHERE = {
    Who.DEPUTY_ELSEWHERE,
    Who.ADMINISTRATOR_ELSEWHERE,
    Who.RUSSIAN_AND_DEPUTY,
}
# Who is not named is refused by their roles, or, where roles refuse nobody, finds nothing.
_WRITING: Table = {
    Outcome.DONE: {Who.TEACHER, Who.SUBSTITUTE, Who.DEPUTY, Who.ADMINISTRATOR},
    Outcome.READ_ONLY: {Who.HOMEROOM, Who.TEACHER_AND_GUARDIAN},
    Outcome.HIDDEN: _OTHER_WRITERS,
    Outcome.UNAUTHENTICATED: NOBODY,
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
_SUBSTITUTING: Table = {
    Outcome.DONE: {Who.DEPUTY, Who.ADMINISTRATOR},
    Outcome.HIDDEN: _MAY_SUBSTITUTE_ELSEWHERE,
    Outcome.UNAUTHENTICATED: NOBODY,
    Outcome.FORBIDDEN: EVERYBODY
    - {Who.DEPUTY, Who.ADMINISTRATOR}
    - _MAY_SUBSTITUTE_ELSEWHERE
    - NOBODY,
}
# The section and its lessons are known to whoever teaches it.
_PLANNING: Table = {
    **_SUBSTITUTING,
    Outcome.READ_ONLY: {Who.RUSSIAN_AND_DEPUTY},
    Outcome.HIDDEN: _MAY_SUBSTITUTE_ELSEWHERE - {Who.RUSSIAN_AND_DEPUTY},
}
MUTATIONS: Mapping[str, Table] = {
    "RecordMark": _WRITING,
    "RecordLesson": _WRITING,
    "CorrectMark": _WRITING,
    "RemoveMark": _WRITING,
    "AssignSubstitute": _PLANNING,
    "EndSubstitution": _SUBSTITUTING,
    # A topic; rooms are given by those who plan lessons.
    "ChangeLesson": _WRITING,
    "RecordAttendance": {
        **_WRITING,
        Outcome.DONE: {*_WRITING[Outcome.DONE], Who.HOMEROOM},
        Outcome.READ_ONLY: {Who.TEACHER_AND_GUARDIAN},
    },
}

_READ_THE_PUPIL = {
    *_STAFF_HERE,
    *TEACH_THE_CLASS,
    Who.PUPIL,
    Who.GUARDIAN,
    Who.TEACHER,
    Who.SUBSTITUTE,
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
_READ_THE_JOURNAL = {
    Who.TEACHER,
    Who.SUBSTITUTE,
    Who.HOMEROOM,
    Who.DEPUTY,
    Who.HEAD,
    Who.ADMINISTRATOR,
}
_READ_THE_SHEET = {Who.HOMEROOM, Who.DEPUTY, Who.HEAD, Who.ADMINISTRATOR}
_FIND_NO_SHEET = {
    Who.DEPUTY_ELSEWHERE,
    Who.HEAD_ELSEWHERE,
    Who.ADMINISTRATOR_ELSEWHERE,
    Who.RUSSIAN_AND_DEPUTY,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HOMEROOM_OF_STRANGERS,
}
_FIND_NO_JOURNAL = {*_OTHER_WRITERS, Who.HEAD_ELSEWHERE, Who.TEACHER_AND_GUARDIAN}
QUERIES: Mapping[str, Table] = {
    "student": {
        Outcome.DONE: _READ_THE_PUPIL,
        Outcome.HIDDEN: EVERYBODY - _READ_THE_PUPIL - NOBODY,
        Outcome.UNAUTHENTICATED: NOBODY,
    },
    "schoolClass": {
        Outcome.DONE: _READ_THE_CLASS,
        Outcome.HIDDEN: EVERYBODY - _READ_THE_CLASS - NOBODY,
        Outcome.UNAUTHENTICATED: NOBODY,
    },
    "classJournal": {
        Outcome.DONE: _READ_THE_JOURNAL,
        Outcome.HIDDEN: _FIND_NO_JOURNAL,
        Outcome.FORBIDDEN: EVERYBODY - _READ_THE_JOURNAL - _FIND_NO_JOURNAL - NOBODY,
        Outcome.UNAUTHENTICATED: NOBODY,
    },
    "classSummarySheet": {
        Outcome.DONE: _READ_THE_SHEET,
        Outcome.HIDDEN: _FIND_NO_SHEET,
        Outcome.FORBIDDEN: EVERYBODY - _READ_THE_SHEET - _FIND_NO_SHEET - NOBODY,
        Outcome.UNAUTHENTICATED: NOBODY,
    },
    **ATTENDANCE_QUERIES,
    "viewer": {Outcome.DONE: EVERYBODY - NOBODY, Outcome.UNAUTHENTICATED: NOBODY},
    "municipalities": {Outcome.DONE: EVERYBODY},
    "region": {Outcome.DONE: EVERYBODY},
    "identityProviders": {Outcome.DONE: EVERYBODY},
    "serviceNotices": {Outcome.DONE: EVERYBODY},
    "node": {Outcome.DONE: _READ_THE_PUPIL, Outcome.HIDDEN: EVERYBODY - _READ_THE_PUPIL},
    "nodes": {Outcome.DONE: EVERYBODY},
    "changesCursor": {Outcome.DONE: EVERYBODY - NOBODY, Outcome.UNAUTHENTICATED: NOBODY},
    "changes": {Outcome.DONE: EVERYBODY - NOBODY, Outcome.UNAUTHENTICATED: NOBODY},
}
# Nothing is there unless an installation says so.
_MAY_BE_EMPTY = {"identityProviders", "serviceNotices"}
# These make and end sessions, and are what leads to them, or are about one's own calendar; who may
# is everybody, and tests of their own say what comes of it.
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
    "recoverPassword",
    "changeContacts",
    "beginExternalSignIn",
    "completeExternalSignIn",
    "chooseExternalAccount",
    "linkExternalIdentity",
    "unlinkExternalIdentity",
    "issueCalendarFeed",
    "revokeCalendarFeed",
}

# Those of issuing accounts stand in a table of their own, `test_issuing_operations.py`.
OF_OFFICES = {
    "recordDocument",
    "recordSnils",
    "recordConsent",
    "withdrawConsent",
    "issueAccount",
    "blockAccount",
    "unblockAccount",
    "resetPassword",
    "endAccountSessions",
    "importClassAccounts",
    "changeSchoolPolicy",
    "changeGradingPolicy",
    "appointStaff",
    "endPost",
}

# How many rows an operation that is done makes or changes, by their table.
_CHANGES = {
    "RecordMark": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "RecordLesson": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "CorrectMark": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "RemoveMark": {"mark": 1, "mark_revision": 1, "audit_entry": 1, "change_entry": 1},
    "RecordAttendance": {"attendance": 1, "audit_entry": 1, "change_entry": 1},
    "AssignSubstitute": {"substitution": 1, "audit_entry": 1},
    "EndSubstitution": {"substitution": 1, "audit_entry": 1},
    "ChangeLesson": {"lesson": 1, "audit_entry": 1, "change_entry": 1},
}


@pytest.fixture(scope="module")
async def lesson(cast: Cast) -> LessonMade:
    """Return a lesson of the algebra of 7А that nothing was written to."""
    return await cast.world.algebra.lesson()


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(MUTATIONS))
async def test_a_mutation(
    cast: Cast, lesson: LessonMade, operation: str, who: Who, outcome: Outcome
) -> None:
    given = await _input(cast, lesson, operation)
    deed = Deed(_document(operation), given, next(iter(given)))
    await assert_comes_to(cast, who, outcome, deed, _CHANGES[operation])


@pytest.mark.parametrize(("root", "who", "outcome"), cases(QUERIES))
async def test_a_query(cast: Cast, root: str, who: Who, outcome: Outcome) -> None:
    client = await cast.client(who)
    before = await state_around(cast)
    answer = await client.send(_documents(cast)[root])
    assert await state_around(cast) == before
    if outcome is Outcome.DONE:
        assert answer.data[root] or root in _MAY_BE_EMPTY
    elif outcome is Outcome.HIDDEN:
        assert answer.body == {"data": {root: None}}
    else:
        assert answer.refused == [(outcome.name, root)]
        assert answer.partial == {root: None}


@pytest.mark.parametrize("table", [*MUTATIONS.values(), *OF_PEOPLE.values(), *QUERIES.values()])
def test_a_table_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


def test_the_tables_have_every_operation() -> None:
    assert GRAPHQL.query_type is not None
    assert GRAPHQL.mutation_type is not None
    assert set(QUERIES) == set(GRAPHQL.query_type.fields)
    of_journals = (*OF_PLANNING, *OF_HOMEWORK, *OF_JOURNAL, *OF_ATTENDANCE, *OF_GRADING)
    operations = (*MUTATIONS, *of_journals, *OF_PEOPLE, *OF_MAIL, *OF_EVENTS)
    named = {operation[0].lower() + operation[1:] for operation in operations}
    # tests/personal/test_exports.py, tests/diary_pages/test_news.py
    of_oneself = {"exportPersonalData", "markDiarySeen"}
    assert named | _OF_SESSIONS | OF_OFFICES | of_oneself == set(GRAPHQL.mutation_type.fields)


async def _input(cast: Cast, lesson: LessonMade, operation: str) -> dict[str, Any]:
    """What is sent; a mark that may be changed is a new one each time."""
    lesson_id, student_id = gid("Lesson", lesson.id), gid("Student", cast.world.pupil.id)
    if operation == "RecordMark":
        return {"lessonId": lesson_id, "studentId": student_id, "value": 5}
    if operation == "RecordAttendance":
        entry = {"studentId": student_id, "code": "LATE", "note": f"{serial()}"}
        return {"lessonId": lesson_id, "entries": [entry]}
    if operation == "RecordLesson":
        return {
            "lessonId": lesson_id,
            "entries": [{"studentId": student_id, "marks": [{"value": 5}]}],
        }
    if operation in ("AssignSubstitute", "EndSubstitution"):
        return await _substitution(cast, operation)
    if operation == "ChangeLesson":
        return {"lessonId": lesson_id, "topic": f"Тема {serial()}"}
    mark = await lesson.mark(cast.world.pupil, 3)
    given = {"markId": gid("Mark", mark.id), "version": 1, "reason": "Описка"}
    return {**given, "value": 4} if operation == "CorrectMark" else given


async def _substitution(cast: Cast, operation: str) -> dict[str, Any]:
    """A day of Russian that nobody has yet; nobody of the cast stands in."""
    section, teacher = cast.world.russian, await cast.world.school.teacher()
    taken = await Substitution.filter(section_id=section.id).count()
    first = cast.world.school.today + timedelta(days=2 + taken)
    if operation == "EndSubstitution":
        made = await section.substituted_by(teacher, first)
        return {"substitutionId": gid("Substitution", made.id)}
    return {
        "sectionId": gid("CourseSection", section.id),
        "teacherId": gid("StaffMember", teacher.id),
        "validFrom": str(first),
        "validUntil": str(first + timedelta(days=1)),
    }


def _document(operation: str) -> str:
    """The contract's operation, or one of ours that asks for nothing but the errors."""
    field = operation[0].lower() + operation[1:]
    asked = {
        "AssignSubstitute": "substitution { id }",
        "EndSubstitution": "substitution { id }",
        "ChangeLesson": "lesson { id }",
        "RecordLesson": "lesson { id }",
    }
    if operation not in asked:
        return contract(operation)
    return (
        f"mutation ($input: {operation}Input!) {{ {field}(input: $input) {{ "
        f"{asked[operation]} userErrors {{ code message field }} }} }}"
    )


def _documents(cast: Cast) -> dict[str, str]:
    world = cast.world
    student, klass = gid("Student", world.pupil.id), gid("SchoolClass", world.klass.id)
    subject, term = gid("Subject", world.algebra.subject.id), gid("Term", world.klass.term.id)
    return {
        "student": f'{{ student(id: "{student}") {{ id fullName }} }}',
        "schoolClass": f'{{ schoolClass(id: "{klass}") {{ id name terms {{ name }} }} }}',
        "classJournal": f'{{ classJournal(classId: "{klass}", subjectId: "{subject}", '
        f'termId: "{term}") {{ term {{ id }} rows {{ average }} }} }}',
        "classSummarySheet": f'{{ classSummarySheet(classId: "{klass}") {{ rows {{ name }} }} }}',
        **attendance_documents(world),
        "viewer": "{ viewer { id login } }",
        "municipalities": "{ municipalities { name } }",
        "region": "{ region { name } }",
        "identityProviders": "{ identityProviders { name } }",
        "serviceNotices": "{ serviceNotices { title } }",
        "node": f'{{ node(id: "{student}") {{ id }} }}',
        "nodes": f'{{ nodes(ids: ["{student}"]) {{ id }} }}',
        "changesCursor": "{ changesCursor }",
        "changes": f'{{ changes(after: "{cursor.encode({})}") {{ cursor }} }}',
    }
