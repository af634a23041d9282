"""What generated documents once found: each answer of a plan here was not the oracle's."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.diary import Client, Diary
from tests.factories import a_person, a_school, gid
from tests.sessions import signed_in

pytestmark = pytest.mark.usefixtures("database")

_NULL = (
    "Argument 'id' has invalid value: "
    "Expected variable '$id' provided to non-null type 'ID!' not to be None."
)
_PAGE = "classJournal(classId: $id, subjectId: $id, termId: $id) { __typename }"


@dataclass
class Asking:
    """A parent, and the ids of the child and of the child's class."""

    client: Client
    pupil: str
    klass: str

    async def both(self, document: str, **variables: Any) -> tuple[Any, Any]:
        """The whole answers of the planner and of the generic resolvers."""
        return await self._ask(document, variables, {}), await self._ask(
            document, variables, {"planner": False}
        )

    async def _ask(self, document: str, variables: Any, extensions: Any) -> Any:
        request = {"query": document, "variables": variables, "extensions": extensions}
        url = f"{self.client.url}/graphql"
        answer = await self.client.http.post(url, json=request, headers=self.client.headers)
        return answer.json()


@pytest.fixture(scope="module")
async def parent(diary: Diary) -> Asking:
    """Return a parent of one pupil."""
    klass = await (await a_school()).class_("7А")
    pupil, person = await klass.pupil(), await a_person()
    await pupil.guardian(person)
    return Asking(
        await signed_in(diary, person), gid("Student", pupil.id), gid("SchoolClass", klass.id)
    )


@pytest.fixture(scope="module")
async def nobody(diary: Diary) -> Asking:
    """Return somebody who is signed in and has no role."""
    return Asking(await signed_in(diary, await a_person()), "", "")


@pytest.mark.parametrize(
    ("document", "data"),
    [
        ("query ($id: ID!) { student(id: $id) { id @skip(if: true) } }", {"student": {}}),
        ("query ($id: ID!) { node(id: $id) { ... on Mark { id } } }", {"node": {}}),
        ("query ($id: ID!) { nodes(ids: [$id]) { ... on Mark { id } } }", {"nodes": [{}]}),
    ],
)
async def test_an_object_of_which_nothing_is_selected_is_empty(
    parent: Asking, document: str, data: Any
) -> None:
    planned, generic = await parent.both(document, id=parent.pupil)
    assert planned == generic == {"data": data}


async def test_an_answer_of_which_nothing_is_selected_is_empty(parent: Asking) -> None:
    planned, generic = await parent.both("{ viewer @skip(if: true) { id } }")
    assert planned == generic == {"data": {}}


@pytest.mark.parametrize("rest", ["", _PAGE])
async def test_null_for_a_required_argument_names_no_row(parent: Asking, rest: str) -> None:
    document = f'query ($id: ID = "{parent.pupil}") {{ student(id: $id) {{ id }} {rest} }}'
    planned, generic = await parent.both(document, id=None)
    assert planned == generic
    assert planned["data"]["student"] is None
    assert planned["errors"][0]["message"] == _NULL


async def test_null_for_a_required_argument_is_told_before_a_refusal(parent: Asking) -> None:
    planned, generic = await parent.both(f'query ($id: ID = "x") {{ {_PAGE} }}', id=None)
    assert planned == generic
    assert [error["extensions"]["code"] for error in planned["errors"]] == ["BAD_USER_INPUT"]


async def test_a_list_without_any_row_still_looks_at_its_arguments(nobody: Asking) -> None:
    document = "{ viewer { upcomingEvents(first: 51) { id } } }"
    planned, generic = await nobody.both(document)
    assert planned == generic
    assert [error["message"] for error in planned["errors"]] == [
        "`first` must be between 0 and 50."
    ]
