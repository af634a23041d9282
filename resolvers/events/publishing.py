"""Announcing an event, at once or by way of a draft."""

from collections.abc import Mapping
from typing import Any

from access import rules
from errors import UserError
from models import EventAudience, EventChangeKind, SchoolEvent
from resolvers.events import audience, checks, terms
from resolvers.events.held import held, next_version
from resolvers.events.telling import rows_of, tell
from resolvers.mutation import mutation
from resolvers.work import Work, all_of
from schema.announcing import (
    DiscardEventDraftInput,
    DiscardEventDraftPayload,
    DraftEventInput,
    DraftEventPayload,
    PublishEventDraftInput,
    PublishEventDraftPayload,
    PublishEventInput,
    PublishEventPayload,
)

_GIVEN = (*checks.WORDS, "starts_at", "ends_at")


@mutation(PublishEventPayload, allow=rules.ANNOUNCERS, locks=False)
async def publish_event(work: Work, input: PublishEventInput) -> Mapping[str, Any]:  # noqa: A002
    """Announce an event to a school, classes, a municipality or the region, as one's post allows.

    Teachers write for the classes and groups that they teach, homeroom teachers for their class,
    the management and librarians for their school, authorities for theirs.
    """
    event, rows = await _written(work, input, is_published=True)
    _write_down(work, "event.published", event, after=_told(event))
    await tell(work, EventChangeKind.PUBLISHED, event["id"], rows)
    return {"event": event["id"]}


@mutation(DraftEventPayload, allow=rules.ANNOUNCERS, locks=False)
async def draft_event(work: Work, input: DraftEventInput) -> Mapping[str, Any]:  # noqa: A002
    """Keep an event that nobody but its author sees until it is announced."""
    event, _ = await _written(work, input, is_published=False)
    _write_down(work, "event.drafted", event, after=_told(event))
    return {"event": event["id"]}


@mutation(PublishEventDraftPayload, allow=rules.ANNOUNCERS)
async def publish_event_draft(
    work: Work,
    input: PublishEventDraftInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Announce a draft of one's own."""
    event = await held(work, input.event_id, input.version)
    if event["published_at"] is not None:
        raise UserError("CONFLICT", "It was announced already.", "eventId")
    all_of(checks.problems(event, work.viewer.now))
    rows = await rows_of(work, event["id"])
    if not await audience.may_still(work, rows):
        raise UserError("FORBIDDEN", "You may no longer announce anything there.", "eventId")
    next_version(work, event, "event.published", published_at=work.viewer.now)
    await tell(work, EventChangeKind.PUBLISHED, event["id"], rows)
    return {"event": event["id"]}


@mutation(DiscardEventDraftPayload, allow=rules.ANNOUNCERS)
async def discard_event_draft(
    work: Work,
    input: DiscardEventDraftInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Throw away a draft of one's own."""
    event = await held(work, input.event_id, input.version)
    if event["published_at"] is not None:
        raise UserError("CONFLICT", "It was announced: call it off.", "eventId")
    for model, key in ((EventAudience, "event_id"), (SchoolEvent, "id")):
        await model.filter(**{key: event["id"]}).using_db(work.connection).delete()
    _write_down(work, "event.draft_discarded", event, before=_told(event))
    return {"event_id": input.event_id}


async def _written(
    work: Work, given: PublishEventInput, *, is_published: bool
) -> tuple[dict[str, Any], Any]:
    """Write the event and its audience; raises UserError for what is wrong with them."""
    told = {**checks.spelled(given, _GIVEN), **terms.columns(given.registration)}
    all_of(checks.problems(told, work.viewer.now))
    rows = await audience.rows_of(work, given.audience)
    all_of((terms.acknowledgement(given.asks_acknowledgement, rows),))
    event = {
        **told,
        "id": await work.next_id(SchoolEvent),
        "author_id": work.viewer.person_id,
        "organization_id": await audience.office_of(work, rows),
        "asks_acknowledgement": given.asks_acknowledgement,
        "published_at": work.viewer.now if is_published else None,
    }
    work.writes.make(SchoolEvent, **event, version=1)
    for row in rows:
        work.writes.make(EventAudience, event_id=event["id"], **row)
    return event, rows


def _told(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event[name] for name in (*_GIVEN, *terms.COLUMNS)}


def _write_down(work: Work, action: str, event: Mapping[str, Any], **values: Any) -> None:
    organization = event["organization_id"]
    work.audit(action, SchoolEvent, event["id"], organization_id=organization, **values)
