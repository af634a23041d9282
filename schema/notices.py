"""Notices about the service itself, and what those send who publish them."""

from datetime import datetime

import strawberry

from access import scopes
from schema.declaration import Node, column, entity, found, payload
from schema.errors import UserError

_ERRORS = "Why nothing was changed; empty when it was."


@entity(reach=scopes.NOTICES)
class ServiceNotice(Node):
    """What everybody is told of the service (сервисное уведомление), such as planned works."""

    title: str = column(description="What it is about.")
    body: str | None = column(description="The details.")
    starts_at: datetime = column(description="When it begins.")
    ends_at: datetime = column(description="When it is over, and the notice with it.")
    published_at: datetime = column(description="When it was published.")


@strawberry.input(description="What everybody is to be told of the service.")
class PublishServiceNoticeInput:
    """What everybody is to be told of the service."""

    title: str = strawberry.field(description="What it is about, 1–300 characters.")
    body: str | None = strawberry.field(
        default=None, description="The details, up to 5,000 characters."
    )
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(
        description="When it is over: not before it begins, and not past."
    )


@payload
class PublishServiceNoticePayload:
    """The notice that was published, or why it was not."""

    notice: ServiceNotice | None = found(description="The notice.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)


@strawberry.input(description="A notice that is to be shown no longer.")
class EndServiceNoticeInput:
    """A notice that is to be shown no longer."""

    notice_id: strawberry.ID = strawberry.field(description="Which notice.")


@payload
class EndServiceNoticePayload:
    """What was ended, or why it was not."""

    notice_id: strawberry.ID | None = strawberry.field(description="The id that it had.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)
