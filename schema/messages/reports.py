"""Messages that a recipient reports to the school, and what comes of it."""

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

from access import mail
from models import ReportOutcome
from schema.declaration import (
    Node,
    Page,
    column,
    connection,
    describe_enum,
    entity,
    found,
    one,
    payload,
)
from schema.directory import Organization
from schema.errors import UserError
from schema.messages.message import Message

_ERRORS = "Why nothing was changed; empty when it was."
_PAGE = Page(default=20, most=100)

describe_enum(
    ReportOutcome,
    "What came of a report.",
    UPHELD="The school agrees, and has done something about it.",
    DISMISSED="The school does not see anything wrong.",
)


@entity(reach=mail.REPORTS)
class MessageReport(Node):
    """A recipient's report of a message (жалоба): for themselves and their school's management."""

    message: Message | None = one(
        description="The message; heads and administrators read it until something came of it."
    )
    organization: Organization = one(description="The school that it was reported to.")
    reporter_name: str = column("reporter__full_name", description="Who reported it.")
    reason: str = column(description="Why.")
    reported_at: datetime = column(description="When.")
    outcome: ReportOutcome | None = column(description="What came of it; null until then.")
    note: str | None = column(description="What the reporter is told.")
    resolved_at: datetime | None = column(description="When something came of it.")


def message_reports() -> Any:
    """Every report that a person reaches."""
    return connection(
        description="What the person reported; to heads and administrators what was reported to "
        "their school too, but for messages of their own. The latest first.",
        order_by=("-id",),
        page=_PAGE,
        looks_through=50,
    )


def open_message_reports() -> Any:
    """Those of them of which nothing has come yet."""
    return connection(
        description="Those of `messageReports` of which nothing has come yet, the latest first.",
        where=Q(resolved_at__isnull=True),
        order_by=("-id",),
        page=_PAGE,
        looks_through=50,
    )


@strawberry.input(description="A message that one was sent and that should not have been written.")
class ReportMessageInput:
    """A message that one was sent and that should not have been written."""

    message_id: strawberry.ID = strawberry.field(description="Which message.")
    reason: str = strawberry.field(description="Why, 1–1000 characters.")


@strawberry.input(description="What came of a report.")
class ResolveMessageReportInput:
    """What came of a report."""

    report_id: strawberry.ID = strawberry.field(description="Which report.")
    outcome: ReportOutcome = strawberry.field(description="What came of it.")
    note: str = strawberry.field(description="What the reporter is told, 1–1000 characters.")


@payload
class MessageReportPayload:
    """The report, or why there is none."""

    report: MessageReport | None = found(description="The report.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
