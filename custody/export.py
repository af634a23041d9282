"""Everything that rows hold of one person, as one document: the right to know (152-ФЗ, art. 14).

Of other persons it holds numbers and nothing else. Secrets that only prove something (hashes of
passwords, tokens and codes) are no data about the person, and are left out.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from access import vault as kinds
from access.vault import Vault

Fetch = Callable[[str, list[Any]], Awaitable[Sequence[Mapping[str, Any]]]]
"""Runs a statement and gives its rows."""

_PERSON = "$1::bigint"
_STUDENT = "SELECT id FROM student WHERE person_id = $1"
_MARKS = f"SELECT id FROM mark WHERE student_id IN ({_STUDENT})"  # noqa: S608 — the text above
_ANSWERS = f"SELECT id FROM homework_answer WHERE student_id IN ({_STUDENT})"  # noqa: S608 — the same
_PERIOD_MARKS = f"SELECT id FROM period_mark WHERE student_id IN ({_STUDENT})"  # noqa: S608 — the text above
_RECEIVED = "SELECT message_id FROM message_receipt WHERE recipient_id = $1"
_MESSAGES = f"SELECT id FROM message WHERE sender_id = $1 UNION ALL {_RECEIVED}"  # noqa: S608 — the text above
_ACCOUNT = "SELECT id FROM account WHERE person_id = $1"


@dataclass(frozen=True)
class Part:
    """A table's rows of the person: `by` says which of its columns holds one of which numbers.

    `hidden` columns are left out; `sealed` ones are opened as that kind, under the name without
    the ending.
    """

    table: str
    by: Mapping[str, str]
    hidden: frozenset[str] = frozenset()
    sealed: Mapping[str, str] = field(default_factory=dict)

    @property
    def statement(self) -> str:
        """The rows as JSON, in their order; `$1` is the person's number."""
        ways = " OR ".join(f'"{column}" IN ({numbers})' for column, numbers in self.by.items())
        return f'SELECT row_to_json(held)::text AS row FROM "{self.table}" held WHERE {ways} ORDER BY id'  # noqa: E501, S608 — names of this module


def _hidden(*columns: str) -> frozenset[str]:
    return frozenset(columns)


PARTS: tuple[Part, ...] = (
    Part("person", {"id": _PERSON}, _hidden("snils_digest"), {"snils_sealed": kinds.SNILS}),
    Part(
        "identity_document",
        {"person_id": _PERSON},
        _hidden("number_digest"),
        {"number_sealed": kinds.DOCUMENT},
    ),
    Part("data_consent", {"subject_id": _PERSON, "given_by_id": _PERSON}),
    Part("student", {"person_id": _PERSON}),
    Part("guardianship", {"guardian_id": _PERSON, "student_id": _STUDENT}),
    Part("enrollment", {"student_id": _STUDENT}),
    Part("mark", {"student_id": _STUDENT}),
    # Why and by whom a mark was changed is the staff's matter; that it was is the pupil's.
    Part(
        "mark_revision",
        {"mark_id": _MARKS},
        _hidden("reason", "by_id"),
    ),
    Part("period_mark", {"student_id": _STUDENT}),
    Part("retake", {"period_mark_id": _PERIOD_MARKS}, _hidden("by_id")),
    Part("debt_extension", {"period_mark_id": _PERIOD_MARKS}, _hidden("by_id")),
    Part(
        "period_mark_revision",
        {"period_mark_id": _PERIOD_MARKS},
        _hidden("reason", "by_id"),
    ),
    Part("attendance", {"student_id": _STUDENT}),
    Part("homework_recipient", {"student_id": _STUDENT}),
    Part("debt_mark", {"student_id": _STUDENT}, _hidden("set_by_id")),
    Part("absence_alert", {"student_id": _STUDENT}),
    Part("absence_note", {"student_id": _STUDENT, "submitted_by_id": _PERSON}),
    Part("homework_answer", {"student_id": _STUDENT}, _hidden("commented_by_id")),
    Part("homework_answer_revision", {"answer_id": _ANSWERS}),
    Part("homework_answer_attachment", {"answer_id": _ANSWERS}),
    Part("staff_post", {"person_id": _PERSON}),
    Part("teaching_assignment", {"teacher_id": _PERSON}),
    Part("substitution", {"teacher_id": _PERSON}),
    Part("school_class", {"homeroom_teacher_id": _PERSON}),
    Part("lesson", {"teacher_id": _PERSON}),
    Part("timetable_entry", {"teacher_id": _PERSON}),
    Part("journal_lock", {"locked_by_id": _PERSON, "lifted_by_id": _PERSON}),
    Part("school_event", {"author_id": _PERSON}),
    Part("service_notice", {"published_by_id": _PERSON}),
    Part("event_registration", {"person_id": _PERSON, "registered_by_id": _PERSON}),
    Part("event_acknowledgement", {"person_id": _PERSON}),
    Part(
        "message",
        {"sender_id": _PERSON, "id": _RECEIVED},
        _hidden("words"),
    ),
    Part("message_attachment", {"message_id": _MESSAGES}),
    Part("message_receipt", {"recipient_id": _PERSON}),
    Part("message_folder", {"owner_id": _PERSON}),
    Part("message_draft", {"owner_id": _PERSON}),
    Part("message_report", {"reporter_id": _PERSON}, _hidden("note", "resolved_by_id")),
    Part("mail_settings", {"person_id": _PERSON}),
    Part("account", {"person_id": _PERSON}, _hidden("password_hash")),
    Part("session", {"account_id": _ACCOUNT}),
    Part("diary_marker", {"account_id": _ACCOUNT}),
    Part("calendar_feed", {"account_id": _ACCOUNT}, _hidden("digest")),
    Part("second_factor", {"account_id": _ACCOUNT}, _hidden("secret_sealed", "pending_sealed")),
    Part("recovery_code", {"account_id": _ACCOUNT}, _hidden("digest")),
    Part("sign_in_step", {"account_id": _ACCOUNT}, _hidden("digest")),
    Part("password_recovery", {"account_id": _ACCOUNT}, _hidden("ticket_digest", "code_digest")),
    Part("external_identity", {"account_id": _ACCOUNT}, _hidden("subject_digest")),
    # What the person did; the values were about others.
    Part("audit_entry", {"person_id": _PERSON}, _hidden("before", "after", "hash")),
)

LEFT_OUT: Mapping[tuple[str, str], str] = {
    (
        "mark_revision",
        "by_id",
    ): "whose marks a teacher changed is about the pupils",
    ("period_mark_revision", "by_id"): "whose marks a teacher changed is about the pupils",
    ("debt_mark", "set_by_id"): "what somebody owes is about the pupil",
    ("retake", "by_id"): "what somebody retook is about the pupil",
    ("debt_extension", "by_id"): "how long somebody was ill is about the pupil",
    ("absence_note", "decided_by_id"): "the note is about a pupil",
    ("diary_marker", "student_id"): "how far somebody else has looked is theirs",
    ("homework_answer", "commented_by_id"): "what a teacher says is about the pupil's answer",
    ("identity_document", "checked_by_id"): "the document is about somebody else",
    ("data_consent", "recorded_by_id"): "the consent is about somebody else",
    ("message_draft_recipient", "person_id"): "what somebody else has not sent is theirs",
    ("message_report", "resolved_by_id"): "the report is about somebody else",
    ("idempotent_answer", "account_id"): "an answer that was given already, kept for a day",
}
"""Keys to a person, pupil or account that lead into no part, and why."""


async def document(fetch: Fetch, person_id: int, vault: Vault) -> dict[str, Any]:
    """The person's rows by their tables, tables without any left out; raises CannotUnseal."""
    tables = {}
    for part in PARTS:
        rows = await fetch(part.statement, [person_id])
        if rows:
            tables[part.table] = [_told(part, orjson.loads(row["row"]), vault) for row in rows]
    return {"person": person_id, "tables": tables}


def _told(part: Part, row: dict[str, Any], vault: Vault) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name not in part.hidden}
    for name, kind in part.sealed.items():
        sealed = told.pop(name)
        told[name.removesuffix("_sealed")] = sealed and vault.open(sealed, kind)
    return told
