"""School events: announcing, changing and calling off; taking part and having read."""

import strawberry

from resolvers.events.acknowledging import acknowledge_event
from resolvers.events.changing import cancel_event, change_event
from resolvers.events.publishing import (
    discard_event_draft,
    draft_event,
    publish_event,
    publish_event_draft,
)
from resolvers.events.registering import register_for_event, withdraw_registration


@strawberry.type
class EventsMutation:
    """Announcing events and answering them."""

    publish_event = publish_event
    draft_event = draft_event
    publish_event_draft = publish_event_draft
    discard_event_draft = discard_event_draft
    change_event = change_event
    cancel_event = cancel_event
    register_for_event = register_for_event
    withdraw_registration = withdraw_registration
    acknowledge_event = acknowledge_event
