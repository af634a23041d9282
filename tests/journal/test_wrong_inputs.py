"""Whatever a mutation of the journal is sent is told with its place, or done; we never fail.

Each place of a right input is given each wrong value by itself, the places found in the schema.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLScalarType,
    get_nullable_type,
)

from models import AuditEntry, DebtMark, JournalLock, MarkSign, PeriodMarkKind
from tests.diary import Answer, Diary
from tests.factories import a_year_mark, gid
from tests.journal.desks import Desk, a_desk
from tests.rules.declared import GRAPHQL
from tests.traces import announced

pytestmark = pytest.mark.usefixtures("database")

_NOBODY = 2**62
# What is wrong wherever it stands, and what may be right or wrong but has to be answered.
_SURELY_WRONG: Mapping[str, list[Any]] = {
    "ID": ["", "?", "U3R1ZGVudDotMQ==", gid("Session", _NOBODY), gid("Lesson", _NOBODY)],
    "String": ["\0", "я" * 20_001],
}
_EXTREME: Mapping[str, list[Any]] = {
    "String": ["", " ", "'; --", "😀"],
    "Int": [-(2**31), -1, 0, 2**31 - 1],
    "Float": [-1e300, 0.0, 1e300],
    "Date": ["0001-01-01", "9999-12-31"],
}
Path = tuple[str | int, ...]


async def _inputs(desk: Desk) -> dict[str, Any]:
    """A right input of each mutation, about rows that are there."""
    story = desk.story
    lesson = {"lessonId": gid("Lesson", story.lesson.id)}
    pupil = {"studentId": gid("Student", story.pupil.id)}
    mark, other = [await story.lesson.mark(story.pupil, 3) for _ in range(2)]
    work = await story.lesson.assignment("Эссе")
    homework = await story.lesson.homework("№ 12")
    section = {"sectionId": gid("CourseSection", story.section.id)}
    other_section = await story.klass.section("Физика")
    failed = await a_year_mark(story.pupil, story.section, PeriodMarkKind.ANNUAL, MarkSign.FAILED)
    failed.recorded_at = datetime.now(UTC) - timedelta(days=1)
    await failed.save()
    exam = await a_year_mark(story.pupil, other_section, PeriodMarkKind.EXAM, 4)
    lock, owed = await _locked(desk), await _owed(desk)
    today, tomorrow = str(story.school.today), str(story.school.today + timedelta(days=1))
    why = {"reason": "Комиссия"}
    school = {"organizationId": gid("Organization", story.school.id)}
    changed = {"markId": gid("Mark", mark.id), "version": 1}
    cell = {**pupil, "code": "LATE", "note": "Да", "version": 0}
    term = {**section, "termId": desk.page["termId"]}
    entry = {**pupil, "value": 5, **why}
    old_work = {"assignmentId": gid("Assignment", work.id), "version": 1, **why}
    old_homework = {"homeworkId": gid("Homework", homework.id), "version": 1, **why}
    kind = {"abbreviation": "Э", "name": "Эссе", "weight": 10}
    sheet = {
        **pupil,
        "version": 2,
        "attendance": "LATE",
        "note": "Да",
        "marks": [
            {"value": 5, "workType": "К", "weight": 10, "comment": "Да"},
            {"markId": gid("Mark", other.id), "version": 1, "value": 4, **why},
            {"value": 4, "assignmentId": gid("Assignment", work.id)},
        ],
    }
    return {
        "recordMark": {
            **lesson,
            **pupil,
            "value": 5,
            "workType": "К",
            "weight": 9,
            "comment": "Да",
        },
        "correctMark": {**changed, "value": 4, "weight": 9, "comment": "Да", **why},
        "removeMark": {**changed, **why},
        "recordAttendance": {**lesson, "entries": [cell], **why},
        "recordDayAttendance": {
            "classId": desk.page["classId"],
            "date": today,
            "entries": [{**lesson, **cell}],
            **why,
        },
        "recordLesson": {**lesson, "topic": "Доли", "entries": [sheet], **why},
        "changeLesson": {**lesson, "topic": "Дроби", **why},
        "createAssignment": {
            **lesson,
            "title": "Эссе",
            "workType": "К",
            "dueOn": tomorrow,
            "weight": 9,
            **why,
        },
        "changeAssignment": {**old_work, "title": "Сочинение", "dueOn": tomorrow, "weight": 9},
        "removeAssignment": old_work,
        "setDebt": {
            "assignmentId": old_work["assignmentId"],
            **pupil,
            "deadline": tomorrow,
            **why,
        },
        "assignHomework": {
            **lesson,
            "text": "№ 1",
            "dueOn": tomorrow,
            "studentIds": [pupil["studentId"]],
            "expectedMinutes": 20,
            **why,
        },
        "changeHomework": {**old_homework, "text": "№ 2", "dueOn": tomorrow, "expectedMinutes": 9},
        "removeHomework": old_homework,
        "recordPeriodMark": {**term, **entry},
        "recordPeriodMarks": {**term, "entries": [entry]},
        "recordYearMark": {**section, "kind": "FINAL", **entry},
        "recordYearMarks": {**section, "kind": "EXAM", "entries": [entry]},
        "recordRetake": {
            "debtId": gid("AcademicDebt", failed.id),
            "heldOn": today,
            "value": 3,
        },
        "extendAcademicDebt": {"debtId": gid("AcademicDebt", failed.id), "days": 3, **why},
        "lockJournal": {**desk.year, "termId": gid("Term", story.klass.terms[0].id), **why},
        "unlockJournal": {"lockId": gid("JournalLock", lock.id), **why},
        "clearDebt": {"debtId": gid("Debt", owed.id), **why},
        "removePeriodMark": {"periodMarkId": gid("PeriodMark", exam.id), "version": 1, **why},
        "createWorkType": {**school, "code": "ESSAY", **kind},
        "changeWorkType": {
            "workTypeId": gid("WorkType", story.school.work_types["TEST"].id),
            **kind,
        },
        "changeGradingPolicy": {**school, "correctionDays": 9, "fiveFrom": 4.6, "fewestMarks": 4},
    }


async def _locked(desk: Desk) -> JournalLock:
    """A lock of a page on which nothing else is written."""
    story = desk.story
    return await JournalLock.create(
        school_class=story.klass.row,
        subject=story.section.subject,
        term=story.klass.terms[-1],
        reason="Закрыта",
        locked_by=story.teacher.row,
        locked_at=datetime.now(UTC),
    )


async def _owed(desk: Desk) -> DebtMark:
    """A debt of a work of its own."""
    work = await desk.story.lesson.assignment("Диктант")
    return await DebtMark.create(
        assignment=work.row,
        lesson=desk.story.lesson.row,
        student=desk.story.pupil.row,
        deadline=desk.story.school.today,
        set_by=desk.story.teacher.row,
        set_at=datetime.now(UTC),
    )


_MUTATIONS = (
    *("recordMark", "correctMark", "removeMark", "recordAttendance", "recordDayAttendance"),
    *("recordLesson", "changeLesson", "createAssignment", "changeAssignment", "removeAssignment"),
    *("setDebt", "assignHomework", "changeHomework", "removeHomework", "recordPeriodMark"),
    *("recordPeriodMarks", "recordYearMark", "recordYearMarks", "recordRetake"),
    *("extendAcademicDebt", "lockJournal", "createWorkType", "changeWorkType"),
    *("changeGradingPolicy", "unlockJournal", "clearDebt", "removePeriodMark"),
)


def _places(kind: Any, given: Any, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each scalar of the input, by its path, and what type it is of."""
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLInputObjectType):
        for name, value in given.items():
            yield from _places(kind.fields[name].type, value, (*at, name))
    elif isinstance(kind, GraphQLList):
        for place, value in enumerate(given):
            yield from _places(kind.of_type, value, (*at, place))
    elif isinstance(kind, GraphQLScalarType):
        yield at, kind.name


def _with(given: Any, at: Path, value: Any) -> Any:
    changed = deepcopy(given)
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return changed


@dataclass
class Attempt:
    """A mutation at a desk where nothing was done by it, and a right input for it."""

    desk: Desk
    mutation: str
    given: Any

    async def send(self, given: Any) -> Answer:
        kind = f"{self.mutation[0].upper()}{self.mutation[1:]}Input"
        document = (
            f"mutation ($input: {kind}!) {{ {self.mutation}(input: $input) "
            "{ userErrors { code message field } } }"
        )
        return await self.desk.deputy.send(document, input=given)

    def errors(self, answer: Answer) -> list[Any]:
        return [] if answer.codes else list(answer.data[self.mutation]["userErrors"])

    async def state(self) -> Any:
        """What every deed leaves behind."""
        school = self.desk.story.school
        deeds = await AuditEntry.filter(organization_id=school.id).count()
        return deeds, await announced(school)


async def _attempt(diary: Diary, mutation: str) -> Attempt:
    desk = await a_desk(diary)
    return Attempt(desk, mutation, (await _inputs(desk))[mutation])


@pytest.mark.parametrize("mutation", _MUTATIONS)
async def test_a_wrong_value_is_told_with_its_place_and_nothing_else_happens(
    diary: Diary, mutation: str
) -> None:
    attempt = await _attempt(diary, mutation)
    kind = GRAPHQL.type_map[f"{mutation[0].upper()}{mutation[1:]}Input"]
    for at, scalar in _places(kind, attempt.given):
        wrong = _SURELY_WRONG.get(scalar, ())
        for value in (*wrong, *_EXTREME.get(scalar, ())):
            before = await attempt.state()
            answer = await attempt.send(_with(attempt.given, at, value))
            errors = attempt.errors(answer)
            case = (at, value, errors)
            assert set(answer.codes) <= {"BAD_USER_INPUT"}, case
            assert value not in wrong or answer.codes or _is_about(errors, at), case
            if answer.codes or errors:
                assert await attempt.state() == before, case
            else:
                attempt = await _attempt(diary, mutation)


def _is_about(errors: list[Any], at: Path) -> bool:
    """Whether some error is of this place, or of that which holds it."""
    place = ".".join(map(str, at))
    return any(each["code"] and place.startswith(each["field"] or "") for each in errors)


@pytest.mark.parametrize("mutation", _MUTATIONS)
async def test_the_input_itself_is_right(diary: Diary, mutation: str) -> None:
    """The control."""
    attempt = await _attempt(diary, mutation)
    before = await attempt.state()
    assert attempt.errors(await attempt.send(attempt.given)) == []
    assert await attempt.state() != before
