"""The address under which calendar programs read what concerns a person."""

import datetime as dt

import strawberry

from access import scopes
from schema.declaration import column, entity, payload
from schema.errors import UserError


@entity(reach=scopes.CALENDAR_FEEDS)
class CalendarFeed:
    """A secret address of the person's calendar (RFC 5545); it was told when it was issued."""

    issued_at: dt.datetime = column(description="When it was issued.")
    includes_lessons: bool = column(description="Whether lessons are in it beside events.")


@strawberry.input(description="What is to be in a calendar beside events.")
class IssueCalendarFeedInput:
    """What is to be in a calendar beside events."""

    include_lessons: bool = strawberry.field(
        default=False,
        description="Whether the lessons of the coming four weeks are to be in it: one's own as a "
        "pupil, a teacher or a substitute, and those of one's children.",
    )


@payload
class IssueCalendarFeedPayload:
    """The new address, or why there is none."""

    path: str | None = strawberry.field(
        description="Its path, `/calendars/….ics`, at this very service. Shown once; whoever has "
        "it reads the calendar."
    )
    user_errors: list[UserError] = strawberry.field(description="Why there is none.")


@payload
class RevokeCalendarFeedPayload:
    """What came of revoking the address."""

    user_errors: list[UserError] = strawberry.field(description="Why nothing was revoked.")
