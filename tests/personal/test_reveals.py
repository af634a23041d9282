"""Masked values are shown to who says why; each look stays in the audit trail, no value does."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from tortoise.connection import get_connection

from access import throttle
from access.reveals import REVEALED, RevealableField
from models import AuditEntry, IdempotentAnswer, Position
from tests.diary import Client, Diary
from tests.factories import GuardianMade, PupilMade, SchoolMade, a_document, a_school, gid, serial
from tests.personal.asking import done, tell
from tests.sessions import signed_in
from tests.traces import Deed, deeds, number, reasons

pytestmark = pytest.mark.usefixtures("database")

_WHY = "Сверка с личным делом"


@dataclass
class Story:
    """A pupil whose every masked value is known, and the head of the school."""

    school: SchoolMade
    pupil: PupilMade
    guardian: GuardianMade
    values: dict[str, str]
    ids: dict[str, str]
    head: Client
    head_id: int


@pytest.fixture(scope="module")
async def story(diary: Diary) -> Story:
    school = await a_school()
    klass = await school.class_("7А")
    values = {
        "SNILS": f"9{serial():010d}",
        "SPECIAL_NEEDS": "АООП, вариант 7.1",
        "SOCIAL_RISK": "Внутришкольный учёт",
        "DOCUMENT_NUMBER": f"II-ЕА {serial():06d}",
        "WORKPLACE": "Больница № 2",
    }
    pupil = await klass.pupil(snils=values["SNILS"])
    await pupil.change(special_needs=values["SPECIAL_NEEDS"], social_risk=values["SOCIAL_RISK"])
    document = await a_document(pupil.person, values["DOCUMENT_NUMBER"])
    guardian = await pupil.guardian(workplace=values["WORKPLACE"])
    student = gid("Student", pupil.id)
    ids = dict.fromkeys(("SNILS", "SPECIAL_NEEDS", "SOCIAL_RISK"), student) | {
        "DOCUMENT_NUMBER": gid("IdentityDocument", document.id),
        "WORKPLACE": gid("Guardian", guardian.guardianship.id),
    }
    head = await school.staff(Position.HEAD)
    return Story(school, pupil, guardian, values, ids, await signed_in(diary, head), head.id)


def test_every_value_is_tried(story: Story) -> None:
    assert set(story.values) == set(story.ids) == set(REVEALED)


@pytest.mark.parametrize("field", list(REVEALED))
async def test_a_value_is_shown_and_the_look_is_written_down(
    story: Story, field: RevealableField
) -> None:
    payload = await done(
        story.head, "reveal", id=story.ids[field], field=field, reason=f"  {_WHY} "
    )
    assert payload == {"value": story.values[field], "userErrors": []}
    entity = REVEALED[field].scope.model.__name__
    looked = Deed("reveal.shown", story.head_id, ["HEAD"], None, {"field": field, "reason": _WHY})
    assert looked in await deeds(entity, number(story.ids[field]))


async def test_no_value_is_kept_anywhere(story: Story) -> None:
    """Not in the trail, and not under an `Idempotency-Key` either."""
    given = {"id": story.ids["SPECIAL_NEEDS"], "field": "SPECIAL_NEEDS", "reason": _WHY}
    document = "mutation ($input: RevealInput!) { reveal(input: $input) { value } }"
    for _ in range(2):
        answer = await story.head.http.post(
            f"{story.head.url}/graphql",
            json={"query": document, "variables": {"input": given}},
            headers=story.head.headers | {"Idempotency-Key": "look-twice"},
        )
        assert answer.json() == {"data": {"reveal": {"value": story.values["SPECIAL_NEEDS"]}}}
    assert not await IdempotentAnswer.filter(key="look-twice").exists()
    rows = await get_connection("default").execute_query_dict(
        "SELECT audit_entry::text AS row FROM audit_entry"
        " UNION ALL SELECT idempotent_answer::text FROM idempotent_answer"
    )
    kept = "".join(each["row"] for each in rows)
    assert [value for value in story.values.values() if value in kept] == []


async def test_where_nothing_is_on_file_null_is_shown_and_written_down(
    diary: Diary, story: Story
) -> None:
    klass = await story.school.class_("7Б")
    pupil = await klass.pupil()
    client = await signed_in(diary, await story.school.staff(Position.PSYCHOLOGIST))
    payload = await done(
        client, "reveal", id=gid("Student", pupil.id), field="SOCIAL_RISK", reason=_WHY
    )
    assert payload == {"value": None, "userErrors": []}
    [deed] = await deeds("Student", pupil.id)
    assert deed.after == {"field": "SOCIAL_RISK", "reason": _WHY}


async def test_a_pupil_looks_at_their_own_number_alone(diary: Diary, story: Story) -> None:
    client = await signed_in(diary, story.pupil)
    student = gid("Student", story.pupil.id)
    masked = await client.send(f'{{ student(id: "{student}") {{ snils snilsMasked }} }}')
    shown = story.values["SNILS"][6:9]
    assert masked.partial == {"student": {"snils": None, "snilsMasked": f"***-***-{shown} **"}}
    payload = await done(client, "reveal", id=student, field="SNILS", reason=_WHY)
    assert payload["value"] == story.values["SNILS"]
    for field in ("SPECIAL_NEEDS", "SOCIAL_RISK"):
        payload = await done(client, "reveal", id=student, field=field, reason=_WHY)
        assert (payload["value"], reasons(payload)) == (None, [("FORBIDDEN", "id")])


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"reason": ""}, [("REQUIRED", "reason")]),
        ({"reason": " " * 20}, [("REQUIRED", "reason")]),
        ({"reason": "надо знать"[:-1]}, [("TOO_SHORT", "reason")]),
        ({"reason": "ё" * 501}, [("TOO_LONG", "reason")]),
        ({"reason": "надо знать\x00"}, [("OUT_OF_RANGE", "reason")]),
        ({"id": gid("Student", 2**50)}, [("NOT_FOUND", "id")]),
        ({"field": "WORKPLACE"}, [("NOT_FOUND", "id")]),
    ],
)
async def test_nothing_is_shown(story: Story, given: Any, errors: Any) -> None:
    usual = {"id": story.ids["SNILS"], "field": "SNILS", "reason": _WHY}
    before = await AuditEntry.all().count()
    payload = await done(story.head, "reveal", **usual | given)
    assert (payload["value"], reasons(payload)) == (None, errors)
    assert await AuditEntry.all().count() == before


@pytest.mark.parametrize("reason", ["надо знать", "ё" * 500])
async def test_the_shortest_and_the_longest_reason_are_taken(story: Story, reason: str) -> None:
    given = {"id": story.ids["SNILS"], "field": "SNILS", "reason": reason}
    assert (await done(story.head, "reveal", **given))["userErrors"] == []


async def test_a_guardian_and_a_teacher_have_nothing_to_reveal(diary: Diary, story: Story) -> None:
    given = {"id": story.ids["SNILS"], "field": "SNILS", "reason": _WHY}
    for who in (story.guardian, await story.school.teacher()):
        answer = await tell(await signed_in(diary, who), "reveal", **given)
        assert (answer.partial, answer.refused) == (None, [("FORBIDDEN", "reveal")])


async def test_a_homeroom_teacher_sees_that_a_document_was_shown_and_not_its_number(
    diary: Diary, story: Story
) -> None:
    klass = await story.school.class_("7В")
    pupil = await klass.pupil()
    document = await a_document(pupil.person, issued_by="ЗАГС")
    leader = await story.school.teacher()
    await klass.led_by(leader)
    client = await signed_in(diary, leader)
    student = gid("Student", pupil.id)
    selected = "kind number numberMasked issuedBy"
    answer = await client.send(f'{{ student(id: "{student}") {{ documents {{ {selected} }} }} }}')
    [seen] = answer.partial["student"]["documents"]
    assert seen.pop("kind") == "BIRTH_CERTIFICATE"
    assert set(seen.values()) == {None}
    payload = await done(
        client,
        "reveal",
        id=gid("IdentityDocument", document.id),
        field="DOCUMENT_NUMBER",
        reason=_WHY,
    )
    assert (payload["value"], reasons(payload)) == (None, [("FORBIDDEN", "id")])


async def test_who_looks_at_too_much_is_stopped(diary: Diary, story: Story) -> None:
    client = await signed_in(diary, await story.school.staff(Position.DEPUTY_HEAD))
    given = {"id": story.ids["SNILS"], "field": "SNILS", "reason": _WHY}
    look = "reveal(input: $input) { value userErrors { code field } }"
    aliases = " ".join(f"a{place}: {look}" for place in range(50))
    document = f"mutation ($input: RevealInput!) {{ {aliases} }}"
    for _ in range(throttle.REVEALS.amount // 50):
        answer = await client.send(document, input=given)
        assert {each["value"] for each in answer.data.values()} == {story.values["SNILS"]}
    # Looks in one document count each.
    payload = await done(client, "reveal", **given)
    assert (payload["value"], reasons(payload)) == (None, [("TOO_MANY_ATTEMPTS", None)])
    [error] = payload["userErrors"]
    assert re.fullmatch(r"Too many attempts: try again in \d+ seconds\.", error["message"])
