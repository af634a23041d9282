"""Objects of any type by their ids: `node` and `nodes`."""

from base64 import b64encode

import pytest

from schema.declaration.arguments import MOST_NODES
from tests.diary import Client, Diary
from tests.factories import a_person, a_school, gid

pytestmark = pytest.mark.usefixtures("database")

_NODE = """query ($id: ID!) { node(id: $id) {
    __typename id ... on Organization { name } ... on Student { fullName }
} }"""
_NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


@pytest.fixture
async def client(diary: Diary) -> Client:
    return await diary.as_(await a_person())


async def test_an_id_leads_to_its_object(diary: Diary) -> None:
    school = await a_school()
    pupil = await (await school.class_("7А")).pupil()
    await pupil.person.row.refresh_from_db()
    organization, student = gid("Organization", school.id), gid("Student", pupil.id)
    client = await diary.as_(pupil)
    assert (await client.send(_NODE, id=organization)).data["node"] == {
        "__typename": "Organization",
        "id": organization,
        "name": school.row.name,
    }
    assert (await client.send(_NODE, id=student)).data["node"] == {
        "__typename": "Student",
        "id": student,
        "fullName": pupil.person.row.full_name,
    }


async def test_ids_keep_their_places(diary: Diary) -> None:
    school = await a_school()
    hidden = await (await school.class_("7А")).pupil()
    here, there = gid("Organization", school.id), gid("Settlement", school.settlement.id)
    ids = [here, gid("Student", hidden.id), there, gid("Organization", 2**50), here]
    nodes = (await diary.nobody.send(_NODES, ids=ids)).data["nodes"]
    assert nodes == [
        {"__typename": "Organization", "id": here},
        None,
        {"__typename": "Settlement", "id": there},
        None,
        {"__typename": "Organization", "id": here},
    ]


@pytest.mark.parametrize("label", ["Person", "Assignment", "DiaryLesson", "Sender", "Node", ""])
async def test_a_label_that_no_type_is_known_by_leads_nowhere(client: Client, label: str) -> None:
    assert (await client.send(_NODE, id=gid(label, 1))).data == {"node": None}


async def test_a_lesson_s_id_is_no_diary_lesson_s_object(diary: Diary) -> None:
    section = await (await (await a_school()).class_("7А")).section("Алгебра")
    lesson = gid("Lesson", (await section.lesson()).id)
    answer = await (await diary.as_(section.teacher)).send(_NODE, id=lesson)
    assert answer.data["node"] == {"__typename": "Lesson", "id": lesson}


@pytest.mark.parametrize(
    "given", ["", "7", "Student:7", b64encode(b"Student").decode(), gid("Student", 0), "\0", "Ж"]
)
async def test_what_is_no_id_is_refused(client: Client, given: str) -> None:
    one, many = await client.send(_NODE, id=given), await client.send(_NODES, ids=[given])
    assert (one.refused, one.partial) == ([("BAD_USER_INPUT", "node")], {"node": None})
    assert (many.refused, many.partial) == ([("BAD_USER_INPUT", "nodes")], None)


async def test_so_many_ids_and_no_more(client: Client) -> None:
    ids = [gid("Student", 2**50 + each) for each in range(MOST_NODES)]
    assert (await client.send(_NODES, ids=ids)).data == {"nodes": [None] * MOST_NODES}
    answer = await client.send(_NODES, ids=[*ids, ids[0]])
    assert answer.refused == [("BAD_USER_INPUT", "nodes")]
