"""School events: announcing, changing and calling off."""

import strawberry

from resolvers.events.changing import cancel_event, change_event
from resolvers.events.publishing import draft_event, publish_event, publish_event_draft


@strawberry.type
class EventsMutation:
    """Announcing events."""

    publish_event = publish_event
    draft_event = draft_event
    publish_event_draft = publish_event_draft
    change_event = change_event
    cancel_event = cancel_event
