"""Every operation on mail × everybody: the mail of the school's deputy head and of a pupil."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import get_named_type

from access.roles import Role
from models import HeldRole, MessageFolder, MessageReceipt
from subscriptions import topics
from tests.access.cast import EVERYBODY, Cast, Who
from tests.access.outcomes import (
    NOBODY,
    Deed,
    Outcome,
    Table,
    assert_comes_to,
    assert_names_everybody_once,
    cases,
    others_forbidden,
)
from tests.diary import contract
from tests.factories import PersonMade, a_draft, a_folder, a_message, a_report, gid, serial
from tests.rules.declared import GRAPHQL

_COLLEAGUES = {
    Who.TEACHER,
    Who.TEACHER_OF_RUSSIAN,
    Who.TEACHER_OF_SPORTS,
    Who.TEACHER_OF_NEIGHBOURS,
    Who.FORMER_TEACHER,
    Who.COMING_TEACHER,
    Who.SUBSTITUTE,
    Who.FORMER_SUBSTITUTE,
    Who.COMING_SUBSTITUTE,
    Who.HOMEROOM,
    Who.HOMEROOM_OF_NEIGHBOURS,
    Who.HEAD,
    Who.ADMINISTRATOR,
    Who.LIBRARIAN,
    Who.PSYCHOLOGIST,
    Who.TEACHER_AND_GUARDIAN,
    Who.RUSSIAN_AND_HOMEROOM,
    Who.RUSSIAN_AND_DEPUTY,
}
_WRITE_TO_THE_DEPUTY = {
    *_COLLEAGUES,
    Who.PUPIL,
    Who.CLASSMATE,
    Who.NEIGHBOUR,
    Who.GUARDIAN,
    Who.GUARDIAN_OF_CLASSMATE,
    Who.MUNICIPAL,
    Who.REGION,
}


def _others(outcome: Outcome, table: Table) -> Table:
    """The table; whoever is signed in and not named comes to that outcome."""
    named = set().union(*table.values())
    return {**table, outcome: EVERYBODY - named - NOBODY, Outcome.UNAUTHENTICATED: NOBODY}


_OF_THE_PUPIL = _others(Outcome.HIDDEN, {Outcome.DONE: {Who.PUPIL}})
_OF_EVERYBODY = {Outcome.DONE: EVERYBODY - NOBODY, Outcome.UNAUTHENTICATED: NOBODY}

OF_MAIL: Mapping[str, Table] = {
    "SendMessage": _others(Outcome.HIDDEN, {Outcome.DONE: _WRITE_TO_THE_DEPUTY}),
    # Sent to the pupil by the deputy head.
    "MarkMessageRead": _others(
        Outcome.HIDDEN, {Outcome.DONE: {Who.PUPIL}, Outcome.READ_ONLY: {Who.DEPUTY}}
    ),
    "ArchiveMessages": _OF_THE_PUPIL,
    "RestoreMessages": _OF_THE_PUPIL,
    "MoveMessages": _OF_THE_PUPIL,
    "DeleteMessages": _others(Outcome.HIDDEN, {Outcome.DONE: {Who.PUPIL, Who.DEPUTY}}),
    "ReportMessage": _others(
        Outcome.HIDDEN, {Outcome.DONE: {Who.PUPIL}, Outcome.READ_ONLY: {Who.DEPUTY}}
    ),
    "ResolveMessageReport": others_forbidden(
        {
            Outcome.DONE: {Who.HEAD, Who.ADMINISTRATOR},
            Outcome.HIDDEN: {Who.HEAD_ELSEWHERE, Who.ADMINISTRATOR_ELSEWHERE},
        }
    ),
    # The pupil's own.
    "RenameMessageFolder": _OF_THE_PUPIL,
    "RemoveMessageFolder": _OF_THE_PUPIL,
    "DiscardMessageDraft": _OF_THE_PUPIL,
    "SendMessageDraft": _OF_THE_PUPIL,
    # Nobody's yet.
    "CreateMessageFolder": _OF_EVERYBODY,
    "SaveMessageDraft": _OF_EVERYBODY,
    "ChangeMailSettings": _OF_EVERYBODY,
}
_HANDLERS = [Role.HEAD, Role.SCHOOL_ADMINISTRATOR]
_PUT = {"message_receipt": 1, "audit_entry": 1, "change_entry": 1}
_CHANGES = {
    "ArchiveMessages": _PUT,
    "RestoreMessages": _PUT,
    "MoveMessages": _PUT,
    "DeleteMessages": _PUT,
    "CreateMessageFolder": {"audit_entry": 1},
    "RenameMessageFolder": {"audit_entry": 1},
    "RemoveMessageFolder": {"audit_entry": 1},
    "SaveMessageDraft": {"audit_entry": 1},
    "DiscardMessageDraft": {"audit_entry": 1},
    "ChangeMailSettings": {"audit_entry": 1},
    "SendMessageDraft": {"message": 1, "message_receipt": 1, "audit_entry": 1, "change_entry": 1},
    "SendMessage": {"message": 1, "message_receipt": 1, "audit_entry": 1, "change_entry": 1},
    "MarkMessageRead": _PUT,
}


_OF_CONTRACT = {"SendMessage", "MarkMessageRead"}
# What is asked of a payload beside its errors.
_ANSWERED = {
    "DeleteMessages": "messageIds",
    "CreateMessageFolder": "folder { id }",
    "RenameMessageFolder": "folder { id }",
    "RemoveMessageFolder": "folderId",
    "SaveMessageDraft": "draft { id }",
    "DiscardMessageDraft": "draftId",
    "SendMessageDraft": "message { id }",
    "ReportMessage": "report { id }",
    "ResolveMessageReport": "report { id }",
    "ChangeMailSettings": "settings { digest }",
}


@pytest.mark.parametrize(("operation", "who", "outcome"), cases(OF_MAIL))
async def test_a_mutation_of_mail(cast: Cast, operation: str, who: Who, outcome: Outcome) -> None:
    field, given = await _of_mail(cast, operation)
    deed = Deed(_document(operation), given, field)
    await assert_comes_to(cast, who, outcome, deed, await _changes(cast, operation, who))


@pytest.mark.parametrize("table", OF_MAIL.values(), ids=OF_MAIL)
def test_a_table_of_mail_names_everybody_once(table: Table) -> None:
    assert_names_everybody_once(table)


async def _of_mail(cast: Cast, operation: str) -> tuple[str, dict[str, Any]]:
    """What is sent, and which field of it says to whom or of what."""
    deputy = cast.person(Who.DEPUTY)
    if operation == "SendMessage":
        to = gid("Correspondent", deputy.id)
        return "recipientIds.0", {"recipientIds": [to], "subject": "Вопрос", "body": "Когда?"}
    pupil = cast.person(Who.PUPIL)
    if "Folder" in operation:
        return "folderId", await _of_folder(pupil, operation)
    if operation == "SaveMessageDraft":
        return "draftId", {"subject": "Вопрос"}
    if "Draft" in operation:
        draft = await a_draft(pupil, deputy)
        return "draftId", {"draftId": gid("MessageDraft", draft.id), "version": 1}
    if operation == "ChangeMailSettings":
        return "digest", {"digest": "NEVER"}
    message = await a_message(deputy, pupil)
    if operation == "ResolveMessageReport":
        report = await a_report(message, pupil, cast.world.school)
        resolved = {"outcome": "DISMISSED", "note": "Всё в порядке."}
        return "reportId", {"reportId": gid("MessageReport", report.id), **resolved}
    given = gid("Message", message.id)
    if operation == "MarkMessageRead":
        return "messageId", {"messageId": given}
    if operation == "ReportMessage":
        return "messageId", {"messageId": given, "reason": "Грубость"}
    rest = await _put_away(operation, message.receipts[0])
    return "messageIds.0", {"messageIds": [given], **rest}


async def _of_folder(owner: PersonMade, operation: str) -> dict[str, Any]:
    name = {"name": f"{serial()}"}
    if operation == "CreateMessageFolder":
        return name
    if operation == "RenameMessageFolder":
        return {"folderId": gid("MessageFolder", (await _folder(owner.id)).id)} | name
    return {"folderId": gid("MessageFolder", (await a_folder(owner, f"{serial()}")).id)}


async def _folder(owner_id: int) -> MessageFolder:
    """One that they have, or a new one: nobody has many."""
    held = await MessageFolder.filter(owner_id=owner_id).first()
    return held or await MessageFolder.create(owner_id=owner_id, name="Класс")


async def _put_away(operation: str, receipt: MessageReceipt) -> dict[str, Any]:
    """Put the message where the operation takes it from; the rest of its input."""
    if operation == "RestoreMessages":
        await MessageReceipt.filter(id=receipt.id).update(archived_at=datetime.now(UTC))
    if operation != "MoveMessages":
        return {}
    folder = await _folder(receipt.recipient_id)
    await MessageReceipt.filter(id=receipt.id).update(folder_id=folder.id)
    return {"folderId": None}


async def _changes(cast: Cast, operation: str, who: Who) -> dict[str, int]:
    """What is made or changed; a sender deletes the message, and a recipient the receipt.

    Of a report its reporter hears and those who handle it, by the topics of all of them.
    """
    if operation in ("ReportMessage", "ResolveMessageReport"):
        # Others than the cast's may have become heads in other tests.
        held = HeldRole.filter(organization_id=cast.world.school.id, role__in=_HANDLERS)
        hear = {each.person_id for each in await held} | {cast.person(Who.PUPIL).id}
        entries = len({topics.person(person) for person in hear})
        return {"message_report": 1, "audit_entry": 1, "change_entry": entries}
    if operation == "DeleteMessages" and who is Who.DEPUTY:
        return {"message": 1, "audit_entry": 1, "change_entry": 1}
    return _CHANGES[operation]


def _document(operation: str) -> str:
    """The contract's operation, or one of ours that asks for nothing but a field and the errors."""
    if operation in _OF_CONTRACT:
        return contract(operation)
    assert GRAPHQL.mutation_type is not None
    field = operation[0].lower() + operation[1:]
    kind = get_named_type(GRAPHQL.mutation_type.fields[field].args["input"].type)
    answered = _ANSWERED.get(operation, "receipts { id }")
    return (
        f"mutation ($input: {kind}!) {{ {field}(input: $input) {{"
        f" {answered} userErrors {{ code field }} }} }}"
    )
