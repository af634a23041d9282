"""Reporting a message to the recipient's school, and saying what came of it."""

from collections.abc import Mapping
from typing import Any

from access import mail, rules
from errors import UserError
from models import ChangeArea, ChangeKind, MessageReport
from resolvers import limits
from resolvers.messages.telling import tell
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema.messages.reports import (
    MessageReportPayload,
    ReportMessageInput,
    ResolveMessageReportInput,
)

_LONGEST = 1000
# Held, so that who reports it on two devices at once does so once. It goes to a school that both
# belong to, if there is one, and else to the recipient's.
_RECEIVED = Reading(
    mail.MESSAGES,
    "Message",
    rules.SELF,
    """
    SELECT {row}.id, former.id AS former_id, (
        SELECT mine.organization_id
        FROM membership mine
        JOIN organization school ON school.id = mine.organization_id AND school.kind NOT IN
            ('MUNICIPAL_AUTHORITY', 'REGIONAL_AUTHORITY', 'OPERATOR')
        WHERE mine.person_id = {me}
        ORDER BY EXISTS (
            SELECT FROM membership theirs
            WHERE theirs.organization_id = mine.organization_id
              AND theirs.person_id = {row}.sender_id
        ) DESC, mine.organization_id LIMIT 1
    ) AS organization_id
    FROM {rows}
    JOIN message_receipt receipt
        ON receipt.message_id = {row}.id AND receipt.recipient_id = {me}
    LEFT JOIN message_report former
        ON former.message_id = {row}.id AND former.reporter_id = {me}
    WHERE {reached} FOR NO KEY UPDATE OF receipt
    """,
    given={"me": "bigint"},
)
# Those who handle a school's reports today, but for whoever wrote the message, and who reported it.
_CONCERNED = """
SELECT role.person_id FROM held_role role
JOIN message ON message.id = $2 AND message.sender_id <> role.person_id
WHERE role.organization_id = $1 AND role.role IN ('HEAD', 'SCHOOL_ADMINISTRATOR')
"""
_REPORTED = Reading(
    mail.REPORTS,
    "MessageReport",
    rules.HEAD | rules.ADMINISTRATOR,
    """
    SELECT {row}.id, {row}.resolved_at, {row}.organization_id, {row}.message_id, {row}.reporter_id
    FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}
    """,
)


@mutation(MessageReportPayload, allow=rules.SELF)
async def report_message(work: Work, input: ReportMessageInput) -> Mapping[str, Any]:  # noqa: A002
    """Report a message that one was sent to the administrators of one's school."""
    all_of((limits.required_text(input.reason, _LONGEST, "reason"),))
    me = work.viewer.person_id
    message = await work.read(_RECEIVED, input.message_id, "messageId", me=me)
    school = message["organization_id"]
    if message["former_id"] is not None:
        raise UserError("DUPLICATE", "You have reported this message already.", "messageId")
    if school is None:
        raise UserError("FORBIDDEN", "You belong to no school to report to.", "messageId")
    report = await work.next_id(MessageReport)
    work.writes.make(
        MessageReport,
        id=report,
        message_id=message["id"],
        reporter_id=me,
        organization_id=school,
        reason=input.reason.strip(),
        reported_at=work.viewer.now,
    )
    after = {"message_id": message["id"]}
    work.audit("message.reported", MessageReport, report, after=after, organization_id=school)
    await _tell(work, ChangeKind.REPORTED, report, (school, message["id"], me))
    return {"report": report}


@mutation(MessageReportPayload, allow=_REPORTED.via)
async def resolve_message_report(
    work: Work,
    input: ResolveMessageReportInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Say what came of a report; the message is then no longer read by the school."""
    all_of((limits.required_text(input.note, _LONGEST, "note"),))
    report = await work.read(_REPORTED, input.report_id, "reportId")
    if report["resolved_at"] is not None:
        raise UserError("CONFLICT", "Something has come of it already.", "reportId")
    work.writes.change(
        MessageReport,
        report["id"],
        outcome=input.outcome,
        note=input.note.strip(),
        resolved_at=work.viewer.now,
        resolved_by_id=work.viewer.person_id,
    )
    work.audit(
        "message.report_resolved",
        MessageReport,
        report["id"],
        after={"outcome": input.outcome},
        organization_id=report["organization_id"],
    )
    about = (report["organization_id"], report["message_id"], report["reporter_id"])
    await _tell(work, ChangeKind.RESOLVED, report["id"], about)
    return {"report": report["id"]}


async def _tell(
    work: Work, kind: ChangeKind, report: int, about: tuple[int, int, int | None]
) -> None:
    """Let those hear of it who handle it; `about` is its school, its message and its reporter."""
    school, message, reporter = about
    rows = await work.connection.execute_query_dict(_CONCERNED, [school, message])
    people = {row["person_id"] for row in rows} | ({reporter} if reporter else set())
    tell(work, ChangeArea.REPORTS, kind, report, people)
