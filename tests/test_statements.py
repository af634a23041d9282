"""How many statements the generic resolvers send for a query, however much it answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import DocumentNode, OperationDefinitionNode, OperationType, parse, validate
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from access.throttle import Throttle
from access.tokens import TokenSigner
from api.schema import make_schema
from schema.context import Context, Services
from tests.diary import Client, Diary, contract
from tests.factories import (
    ClassMade,
    PersonMade,
    PupilMade,
    SectionMade,
    a_message,
    a_period_mark,
    a_person,
    a_school,
    an_event,
    gid,
)
from tests.sessions import SECRET_KEY, signed_in

pytestmark = pytest.mark.usefixtures("database")

# The first statement of each learns who asks.
_STATEMENTS = {
    "ClassJournal": 13,
    "ClassTerms": 4,
    "DiaryWeek": 13,
    "Inbox": 5,
    "MyLessons": 5,
    "ParentDashboard": 13,
    "Recipients": 3,
    "SignInDirectory": 4,
    "StudentCard": 4,
    "Viewer": 9,
}
_BY_TEACHERS = {"ClassJournal", "ClassTerms", "MyLessons", "Recipients"}
# However large a school is, these answer the same.
_OF_ONE_SIZE = {"ClassTerms", "SignInDirectory"}
_SCHEMA = make_schema(introspection=False)
_CONTRACT = Path(__file__).parent / "contract"


@dataclass
class Story:
    """The clients of a parent and a teacher, and every variable that a query of theirs takes."""

    parent: Client
    teacher: Client
    variables: dict[str, Any]


async def _a_story(diary: Diary, size: int) -> Story:
    """A parent of so many pupils of one class, who had so many lessons today."""
    school = await a_school()
    klass, teacher = await school.class_("7А"), await school.teacher()
    section = await klass.section("Алгебра", teacher)
    parent = await a_person()
    pupils = [await _a_pupil(klass, section, parent) for _ in range(size)]
    for place in range(size):
        lesson = await section.lesson(number=place % 10 + 1, shift=place // 10 + 1)
        for pupil in (pupils[0], pupils[place]):
            await lesson.mark(pupil, 4)
        await lesson.attendance(pupils[0])
        await lesson.homework("§ 1")
        await lesson.assignment(due_on=school.year.starts_on)
        await an_event(teacher, klass)
        await a_message(teacher, parent)
        await pupils[0].guardian()
    return Story(
        await signed_in(diary, parent),
        await signed_in(diary, teacher),
        {
            "studentId": gid("Student", pupils[0].id),
            "classId": gid("SchoolClass", klass.id),
            "subjectId": gid("Subject", section.subject.id),
            "termId": gid("Term", klass.term.id),
            **dict.fromkeys(("from", "to", "on"), str(school.today)),
            "first": 20,
            "search": "а",
        },
    )


async def _a_pupil(klass: ClassMade, section: SectionMade, parent: PersonMade) -> PupilMade:
    pupil = await klass.pupil()
    await pupil.guardian(parent)
    await a_period_mark(pupil, section, 4)
    return pupil


@pytest.fixture(scope="module")
async def small(diary: Diary) -> Story:
    return await _a_story(diary, 2)


@pytest.fixture(scope="module")
async def large(diary: Diary) -> Story:
    return await _a_story(diary, 20)


@contextmanager
def _counted() -> Iterator[list[str]]:
    """Every statement that Tortoise sends in the meantime."""
    statements: list[str] = []

    def telling(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        async def told(self: Any, query: str, *values: Any) -> Any:
            statements.append(query)
            return await method(self, query, *values)

        return told

    with pytest.MonkeyPatch.context() as patch:
        for name in ("execute_query", "execute_query_dict", "execute_insert", "execute_many"):
            patch.setattr(AsyncpgDBClient, name, telling(getattr(AsyncpgDBClient, name)))
        yield statements


async def _asked(operation: str, story: Story) -> tuple[int, str]:
    """How many statements it took, and the answer."""
    client = story.teacher if operation in _BY_TEACHERS else story.parent
    nobody_is_told = cast("Any", None)
    services = Services(TokenSigner(SECRET_KEY), Throttle("s"), nobody_is_told, nobody_is_told)
    context = Context(services, "request-0001", "", "", client.headers["Authorization"])
    context.planner = False
    with _counted() as statements:
        result = await _SCHEMA.execute(contract(operation), story.variables, context)
    assert result.errors is None
    return len(statements), json.dumps(result.data, default=str)


@pytest.mark.parametrize("operation", _STATEMENTS)
async def test_twenty_cost_no_more_statements_than_two(
    small: Story, large: Story, operation: str
) -> None:
    (few, short), (many, long) = await _asked(operation, small), await _asked(operation, large)
    assert (few, many) == (_STATEMENTS[operation], _STATEMENTS[operation])
    assert operation in _OF_ONE_SIZE or len(long) > 3 * len(short)


def test_every_query_of_the_contract_is_counted() -> None:
    documents = [parse(path.read_text()) for path in _CONTRACT.glob("*.graphql")]
    queries = {
        node.name.value
        for document in documents
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.name and _is_answered(node)
    }
    assert set(_STATEMENTS) == queries


def _is_answered(node: OperationDefinitionNode) -> bool:
    """Whether it is a query that the schema knows."""
    schema = _SCHEMA._schema  # noqa: SLF001  # Strawberry has no public name for it
    alone = DocumentNode(definitions=(node,))
    return node.operation is OperationType.QUERY and not validate(schema, alone)
