"""What concerns one person alone: their mail, its receipts, their sessions."""

from access.viewer import Viewer
from subscriptions import topics
from subscriptions.entry import Entry
from subscriptions.hearing import Audience


def audience_of(viewer: Viewer) -> Audience:
    """Whoever listens to what concerns themselves; nobody where nobody is signed in."""
    person_id = viewer.person_id
    if person_id is None:
        return Audience(frozenset(), lambda _: False)

    def wants(entry: Entry) -> bool:
        return entry.people is not None and person_id in entry.people

    return Audience(frozenset({topics.person(person_id)}), wants)
