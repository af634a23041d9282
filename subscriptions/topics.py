"""Names of the log's topics. A topic is what one reader reads as a whole."""

_MAILBOXES = 16
"""Topics that all people's own changes are spread over. A message to a whole school then locks
sixteen rows and not a thousand, and a worker follows sixteen topics, whoever is connected."""

EVENTS = "events"
"""Whatever is announced, anywhere: each once, so that nobody hears of it twice."""


def school(organization_id: int) -> str:
    """Everything that happens in one organization's journals."""
    return f"school:{organization_id}"


def person(person_id: int) -> str:
    """What concerns single people, this one among them: mail, receipts, sessions."""
    return f"people:{person_id % _MAILBOXES}"
