"""Notices about the service itself: read by everybody, published by those who run it."""

from collections.abc import Iterator, Mapping
from typing import Any

import strawberry

from access import announcing, rules, scopes
from errors import UserError
from models import ChangeArea, ChangeKind, ServiceNotice
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.reading import Reading
from resolvers.work import Work, all_of
from schema import notices
from schema.declaration import root_many
from schema.declaration.ids import encode
from schema.notices import (
    EndServiceNoticeInput,
    EndServiceNoticePayload,
    PublishServiceNoticeInput,
    PublishServiceNoticePayload,
)
from subscriptions import topics
from subscriptions.log import Change

_LONGEST_TITLE = 300
_LONGEST_BODY = 5_000
_NOTICE = Reading(
    announcing.RUN_NOTICES,
    "ServiceNotice",
    frozenset(announcing.RUN_NOTICES.by),
    "SELECT {row}.id, {row}.title FROM {rows} WHERE {reached} FOR NO KEY UPDATE OF {row}",
    seen=scopes.NOTICES,
)


@mutation(PublishServiceNoticePayload, allow=_NOTICE.via, locks=False)
async def publish_service_notice(
    work: Work,
    input: PublishServiceNoticeInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Tell everybody of the service, signed in or not, such as of planned works."""
    all_of(_problems(work, input))
    told = {
        "title": input.title.strip(),
        "body": (input.body or "").strip() or None,
        "starts_at": input.starts_at,
        "ends_at": input.ends_at,
    }
    notice = await work.next_id(ServiceNotice)
    by = {"published_by_id": work.viewer.person_id, "published_at": work.viewer.now}
    work.writes.make(ServiceNotice, id=notice, **told, **by)
    work.audit("notice.published", ServiceNotice, notice, after=told)
    work.announce(Change(topics.EVENTS, ChangeArea.NOTICES, ChangeKind.PUBLISHED, notice))
    return {"notice": notice}


@mutation(EndServiceNoticePayload, allow=_NOTICE.via)
async def end_service_notice(work: Work, input: EndServiceNoticeInput) -> Mapping[str, Any]:  # noqa: A002
    """Show a notice no longer."""
    notice = await work.read(_NOTICE, input.notice_id, "noticeId")
    work.writes.change(ServiceNotice, notice["id"], ended_at=work.viewer.now)
    work.audit("notice.ended", ServiceNotice, notice["id"], before={"title": notice["title"]})
    work.announce(Change(topics.EVENTS, ChangeArea.NOTICES, ChangeKind.ENDED, notice["id"]))
    return {"notice_id": encode("ServiceNotice", notice["id"])}


def _problems(work: Work, given: PublishServiceNoticeInput) -> Iterator[UserError | None]:
    yield limits.required_text(given.title, _LONGEST_TITLE, "title")
    yield limits.text(given.body, _LONGEST_BODY, "body")
    zones = limits.moment(given.starts_at, "startsAt"), limits.moment(given.ends_at, "endsAt")
    yield from zones
    if any(zones):
        return
    if given.ends_at < given.starts_at:
        yield UserError("OUT_OF_RANGE", "It ends before it begins.", "endsAt")
    elif given.ends_at < work.viewer.now:
        yield UserError("IN_PAST", "It is over already.", "endsAt")


@strawberry.type
class NoticesQuery:
    """Reading notices."""

    service_notices: list[notices.ServiceNotice] = root_many(
        description="Notices about the service that are not over, the next one first; for whoever "
        "is not signed in too.",
        order_by=("starts_at", "id"),
        allow=rules.ANYONE,
        expected=3,
    )


@strawberry.type
class NoticesMutation:
    """Publishing notices."""

    publish_service_notice = publish_service_notice
    end_service_notice = end_service_notice
