"""Groups: who may write to which, who is in them, and one statement for a thousand people."""

from typing import Any

import pytest

from models import MessageGroupKind as Kind
from models import MessageReceipt, Position, SchoolPolicy
from tests.diary import Client, Diary
from tests.factories import PersonMade, PupilMade, gid
from tests.messages.story import Story, a_letter, a_story, heard, person_id, traces
from tests.traces import number, reasons

pytestmark = pytest.mark.usefixtures("database")

_GROUPS = """query ($search: String) { viewer { messageGroups(search: $search, first: 100) {
    totalCount nodes { id kind name recipientCount schoolClass { name } subject { name } } } } }"""


@pytest.fixture
async def fresh(diary: Diary) -> Story:
    """A school of its own, so that its people can be counted."""
    return await a_story(diary)


async def _groups(
    client: Client, search: str | None = None
) -> dict[tuple[Kind, str], tuple[str, int]]:
    """Id and size of each group of such a name, by its kind and name."""
    found = (await client.send(_GROUPS, search=search)).data["viewer"]["messageGroups"]
    assert found["totalCount"] == len(found["nodes"])
    return {
        (Kind(each["kind"]), each["name"]): (each["id"], each["recipientCount"])
        for each in found["nodes"]
    }


async def _sent_to(client: Client, *groups: str) -> set[int]:
    payload = await client.do("SendMessage", **a_letter(groupIds=list(groups)))
    assert payload["userErrors"] == []
    receipts = await MessageReceipt.filter(message_id=number(payload["message"]["id"]))
    return {receipt.recipient_id for receipt in receipts}


def _ids(*people: PersonMade | PupilMade) -> set[int]:
    return {person_id(each) for each in people}


async def test_the_groups_are_one_statement(story: Story) -> None:
    plan = await (await story.client(story.head)).plan(_GROUPS)
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_the_management_writes_to_everybody_of_the_school(fresh: Story) -> None:
    client = await fresh.client(fresh.head)
    groups = await _groups(client)
    await fresh.school.row.refresh_from_db()
    school = fresh.school.row.name
    families = _ids(fresh.pupil), _ids(fresh.mother)
    colleagues = _ids(fresh.teacher, fresh.homeroom)
    expected = {
        (Kind.CLASS_STUDENTS, "7А"): families[0],
        (Kind.CLASS_GUARDIANS, "7А"): families[1],
        (Kind.CLASS_TEACHERS, "7А"): colleagues,
        (Kind.SUBJECT_TEACHERS, "Алгебра"): _ids(fresh.teacher),
        (Kind.STAFF, school): colleagues,
        (Kind.SCHOOL_STUDENTS, school): families[0],
        (Kind.SCHOOL_GUARDIANS, school): families[1],
        (Kind.SCHOOL, school): colleagues | families[0] | families[1],
    }
    assert {key: size for key, (_, size) in groups.items()} == {
        key: len(people) for key, people in expected.items()
    }
    for key, people in expected.items():
        assert await _sent_to(client, groups[key][0]) == people


async def test_a_homeroom_teacher_writes_to_the_class_and_a_teacher_to_its_pupils(
    fresh: Story,
) -> None:
    assert set(await _groups(await fresh.client(fresh.homeroom))) == {
        (kind, "7А") for kind in (Kind.CLASS_STUDENTS, Kind.CLASS_GUARDIANS, Kind.CLASS_TEACHERS)
    }
    taught = await _groups(await fresh.client(fresh.teacher))
    assert set(taught) == {(Kind.CLASS_STUDENTS, "7А"), (Kind.SUBJECT_TEACHERS, "Алгебра")}
    assert taught[Kind.SUBJECT_TEACHERS, "Алгебра"][1] == 0


async def test_a_teacher_writes_to_guardians_where_the_school_lets_them(fresh: Story) -> None:
    await SchoolPolicy.create(organization_id=fresh.school.id, teachers_write_to_guardians=True)
    client = await fresh.client(fresh.teacher)
    group, size = (await _groups(client))[Kind.CLASS_GUARDIANS, "7А"]
    assert size == 1
    assert await _sent_to(client, group) == _ids(fresh.mother)


async def test_families_and_others_write_to_no_groups(fresh: Story) -> None:
    librarian = await fresh.school.staff(Position.LIBRARIAN)
    for who in (fresh.pupil, fresh.mother, librarian):
        assert await _groups(await fresh.client(who)) == {}


async def test_an_authority_writes_to_the_management_of_a_municipality(fresh: Story) -> None:
    municipal = await fresh.school.staff(Position.MUNICIPAL_AUTHORITY)
    [(key, (group, size))] = (await _groups(await fresh.client(municipal))).items()
    assert (key[0], size) == (Kind.MANAGEMENT, 1)
    assert await _sent_to(await fresh.client(municipal), group) == _ids(fresh.head)
    regional = await fresh.school.staff(Position.REGIONAL_OPERATOR)
    # A region has as many as it has municipalities.
    assert key in await _groups(await fresh.client(regional), search=key[1])


async def test_people_in_several_groups_get_it_once(fresh: Story) -> None:
    client = await fresh.client(fresh.head)
    ids = [group for group, _ in (await _groups(client)).values()]
    both = a_letter(fresh.mother, groupIds=ids)
    payload = await client.do("SendMessage", **both)
    receipts = await MessageReceipt.filter(message_id=number(payload["message"]["id"]))
    everybody = _ids(fresh.pupil, fresh.mother, fresh.teacher, fresh.homeroom)
    assert sorted(receipt.recipient_id for receipt in receipts) == sorted(everybody)


async def test_who_came_today_is_in_and_who_left_is_not(fresh: Story) -> None:
    client = await fresh.client(fresh.homeroom)
    group, _ = (await _groups(client))[Kind.CLASS_STUDENTS, "7А"]
    newcomer = await fresh.klass.pupil()
    await (await fresh.klass.enrollment(fresh.pupil)).end(fresh.school.today)
    assert await _sent_to(client, group) == _ids(newcomer)


async def _refused(client: Client, **given: Any) -> list[tuple[str, str | None]]:
    before = await traces()
    payload = await client.do("SendMessage", **a_letter(**given))
    assert await traces() == before
    return reasons(payload)


async def test_a_group_of_others_reads_as_none(fresh: Story) -> None:
    groups = await _groups(await fresh.client(fresh.head))
    school = next(group for (kind, _), (group, _) in groups.items() if kind is Kind.SCHOOL)
    for client in (await fresh.client(fresh.mother), await fresh.client(fresh.teacher)):
        for given in (school, gid("MessageGroup", 2**62), gid("Mark", 1)):
            assert await _refused(client, groupIds=[given]) == [("NOT_FOUND", "groupIds.0")]


async def test_an_empty_group_and_too_many_are_refused(fresh: Story) -> None:
    client = await fresh.client(fresh.teacher)
    group, _ = (await _groups(client))[Kind.SUBJECT_TEACHERS, "Алгебра"]
    assert await _refused(client, groupIds=[group]) == [("REQUIRED", "groupIds")]
    assert await _refused(client, groupIds=[group] * 21) == [("TOO_LONG", "groupIds")]


async def test_a_hundred_people_are_a_hundred_receipts_and_an_entry_a_topic(fresh: Story) -> None:
    pupils = [await fresh.klass.pupil() for _ in range(99)]
    client = await fresh.client(fresh.head)
    group, size = (await _groups(client))[Kind.CLASS_STUDENTS, "7А"]
    assert size == 100
    payload = await client.do("SendMessage", **a_letter(groupIds=[group]))
    message = number(payload["message"]["id"])
    found = await heard("MESSAGES", message)
    assert len({topic for topic, _, _ in found}) == len(found) == 16
    people = [person for *_, each in found for person in each]
    assert sorted(people) == sorted(_ids(fresh.pupil, *pupils))
    assert await MessageReceipt.filter(message_id=message).count() == 100


async def test_whoever_stands_in_writes_to_the_class_and_is_among_its_teachers(
    fresh: Story,
) -> None:
    substitute = await fresh.school.teacher()
    client, head = await fresh.client(substitute), await fresh.client(fresh.head)
    section = await fresh.klass.section("Физика")
    assert (Kind.CLASS_STUDENTS, "7А") not in await _groups(client)
    standing = await section.substituted_by(substitute)
    group, size = (await _groups(client))[Kind.CLASS_STUDENTS, "7А"]
    assert size == 1
    assert await _sent_to(client, group) == _ids(fresh.pupil)
    teachers, _ = (await _groups(head))[Kind.CLASS_TEACHERS, "7А"]
    assert substitute.id in await _sent_to(head, teachers)

    await standing.end(fresh.school.today)
    before = await traces()
    payload = await client.do("SendMessage", **a_letter(groupIds=[group]))
    assert reasons(payload) == [("NOT_FOUND", "groupIds.0")]
    assert await traces() == before
    assert substitute.id not in await _sent_to(head, teachers)
