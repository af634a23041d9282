"""Reporting a message: to whom it goes, who reads it then, and what comes of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models import MessageReport, Position
from tests.diary import Client
from tests.factories import PersonMade, a_message, a_report, a_school, gid
from tests.messages.story import Story, traces
from tests.traces import Deed, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_FIELDS = """id reason outcome note resolvedAt reporterName organization { id }
    message { id subject sender { id } }"""
_OPEN = f"{{ viewer {{ openMessageReports {{ nodes {{ {_FIELDS} }} }} }} }}"
_ALL = f"{{ viewer {{ messageReports {{ nodes {{ {_FIELDS} }} }} }} }}"
_FOUND = "query ($id: ID!) { node(id: $id) { id } }"


async def _report(client: Client, message: str, reason: str = "Грубость") -> Any:
    document = f"""mutation ($input: ReportMessageInput!) {{ reportMessage(input: $input) {{
        report {{ {_FIELDS} }} userErrors {{ code message field }} }} }}"""
    given = {"messageId": message, "reason": reason}
    return (await client.send(document, input=given)).data["reportMessage"]


async def _resolve(client: Client, report: str, note: str = "Побеседовали.") -> Any:
    document = f"""mutation ($input: ResolveMessageReportInput!) {{
        resolveMessageReport(input: $input) {{
            report {{ {_FIELDS} }} userErrors {{ code message field }} }} }}"""
    given = {"reportId": report, "outcome": "UPHELD", "note": note}
    return (await client.send(document, input=given)).data["resolveMessageReport"]


async def _reports(client: Client, document: str = _OPEN) -> list[Any]:
    (found,) = (await client.send(document)).data["viewer"].values()
    nodes: list[Any] = found["nodes"]
    return nodes


async def _an_administrator(story: Story) -> tuple[PersonMade, Client]:
    administrator = await story.school.staff(Position.SCHOOL_ADMINISTRATOR)
    return administrator, await story.client(administrator)


async def test_the_school_reads_what_is_reported_and_nothing_else(story: Story) -> None:
    _, office = await _an_administrator(story)
    reader = await story.pupil.guardian()
    reported, other = [
        await a_message(story.teacher, reader, subject=f"Письмо {each}") for each in (1, 2)
    ]
    ids = [gid("Message", each.id) for each in (reported, other)]
    client = await story.client(reader)
    payload = await _report(client, ids[0], " Грубость ")

    report = payload["report"]
    assert payload["userErrors"] == []
    assert (report["reason"], report["outcome"]) == ("Грубость", None)
    assert report["organization"] == {"id": gid("Organization", story.school.id)}
    assert report["message"]["subject"] == "Письмо 1"
    deed = Deed("message.reported", reader.id, ["GUARDIAN"], None, {"message_id": reported.id})
    assert await deeds("MessageReport", number(report["id"])) == [deed]
    for who in (office, await story.client(story.head)):
        assert report in await _reports(who)
        assert (await who.send(_FOUND, id=ids[0])).data == {"node": {"id": ids[0]}}
        assert (await who.send(_FOUND, id=ids[1])).data == {"node": None}
        boxes = await who.send("{ viewer { messages { totalCount } inbox { totalCount } } }")
        assert boxes.data["viewer"]["messages"] == boxes.data["viewer"]["inbox"]
    plan = await office.plan(_OPEN)
    assert (plan["planned"], plan["statements"]) == (True, 1)


async def test_the_sender_and_others_do_not_learn_of_it(story: Story) -> None:
    reader = await story.pupil.guardian()
    message = await a_message(story.head, reader, story.mother)
    payload = await _report(await story.client(reader), gid("Message", message.id))
    report = payload["report"]["id"]
    deputy = await story.school.staff(Position.DEPUTY_HEAD)
    elsewhere = await (await a_school()).staff(Position.SCHOOL_ADMINISTRATOR)
    for who in (story.head, story.mother, story.homeroom, deputy, elsewhere):
        client = await story.client(who)
        assert report not in [each["id"] for each in await _reports(client, _ALL)]
        assert (await client.send(_FOUND, id=report)).data == {"node": None}
    _, office = await _an_administrator(story)
    assert report in [each["id"] for each in await _reports(office)]


async def test_what_came_of_it_is_told_and_the_message_is_read_no_more(story: Story) -> None:
    administrator, office = await _an_administrator(story)
    reader = await story.pupil.guardian()
    message = gid("Message", (await a_message(story.teacher, reader)).id)
    client = await story.client(reader)
    report = (await _report(client, message))["report"]["id"]
    payload = await _resolve(office, report)

    assert payload["userErrors"] == []
    told = {"outcome": "UPHELD", "note": "Побеседовали."}
    assert payload["report"].items() >= {**told, "message": None}.items()
    assert (await office.send(_FOUND, id=message)).data == {"node": None}
    assert report not in [each["id"] for each in await _reports(office)]
    [own] = await _reports(client, _ALL)
    assert own.items() >= told.items()
    assert own["message"]["id"] == message
    last = (await deeds("MessageReport", number(report)))[-1]
    assert (last.action, last.person_id) == ("message.report_resolved", administrator.id)
    assert last.after == {"outcome": "UPHELD"}


async def test_it_goes_to_the_school_that_both_belong_to(story: Story) -> None:
    elsewhere = await a_school()
    pupil = await (await elsewhere.class_("1А")).pupil()
    reader = await pupil.guardian()
    await story.pupil.guardian(reader)
    for sender in (await elsewhere.staff(Position.HEAD), story.head):
        message = await a_message(sender, reader)
        await _report(await story.client(reader), gid("Message", message.id))
    schools = await MessageReport.filter(reporter_id=reader.id).order_by("id")
    assert [each.organization_id for each in schools] == [elsewhere.id, story.school.id]


async def _refused(made: Any, before: Any) -> list[tuple[str, str | None]]:
    assert await traces() == before
    assert made["report"] is None
    return reasons(made)


@pytest.mark.parametrize(
    ("reason", "error"), [(" ", "REQUIRED"), ("ё" * 1001, "TOO_LONG"), ("а\0", "OUT_OF_RANGE")]
)
async def test_a_report_says_why(story: Story, reason: str, error: str) -> None:
    message = gid("Message", (await a_message(story.head, story.mother)).id)
    client, before = await story.client(story.mother), await traces()
    made = await _report(client, message, reason)
    assert await _refused(made, before) == [(error, "reason")]


async def test_a_message_is_reported_once_and_by_a_recipient(story: Story) -> None:
    message = gid("Message", (await a_message(story.head, story.mother)).id)
    mother = await story.client(story.mother)
    assert (await _report(mother, message))["userErrors"] == []
    for who, given, error in (
        (story.mother, message, "DUPLICATE"),
        (story.head, message, "FORBIDDEN"),
        (story.teacher, message, "NOT_FOUND"),
        (story.mother, gid("Message", 2**62), "NOT_FOUND"),
    ):
        client, before = await story.client(who), await traces()
        assert await _refused(await _report(client, given), before) == [(error, "messageId")]


async def test_who_belongs_to_no_school_has_nobody_to_report_to(story: Story) -> None:
    former = await story.pupil.guardian()
    message = gid("Message", (await a_message(story.head, former)).id)
    client = await story.client(former)
    await former.guardianship.end(story.school.today)
    before = await traces()
    assert await _refused(await _report(client, message), before) == [("FORBIDDEN", "messageId")]


async def test_a_report_is_resolved_once_and_with_a_word(story: Story) -> None:
    _, office = await _an_administrator(story)
    message = await a_message(story.teacher, story.mother)
    report = gid("MessageReport", (await a_report(message, story.mother, story.school)).id)
    before = await traces()
    assert await _refused(await _resolve(office, report, " "), before) == [("REQUIRED", "note")]
    assert await _refused(await _resolve(office, report, "ё" * 1001), before) == [
        ("TOO_LONG", "note")
    ]
    assert (await _resolve(office, report))["userErrors"] == []
    before = await traces()
    assert await _refused(await _resolve(office, report), before) == [("CONFLICT", "reportId")]


async def test_nobody_resolves_a_report_of_their_own_message(story: Story) -> None:
    administrator, office = await _an_administrator(story)
    message = await a_message(administrator, story.mother)
    report = gid(
        "MessageReport",
        (await a_report(message, story.mother, story.school, reported_at=datetime.now(UTC))).id,
    )
    before = await traces()
    assert await _refused(await _resolve(office, report), before) == [("NOT_FOUND", "reportId")]
    assert (await _resolve(await story.client(story.head), report))["userErrors"] == []
