"""Letting people's own listeners hear of mail: each topic of people once, with all its people."""

from collections import defaultdict
from collections.abc import Iterable

from models import ChangeArea, ChangeKind
from resolvers.work import Work
from subscriptions import topics
from subscriptions.log import Change


def tell(work: Work, area: ChangeArea, kind: ChangeKind, row: int, people: Iterable[int]) -> None:
    """Announce what was done to a message or a report of one to these people, once to each."""
    by_topic: dict[str, list[int]] = defaultdict(list)
    for person in sorted(set(people)):
        by_topic[topics.person(person)].append(person)
    for topic, concerned in by_topic.items():
        work.announce(Change(topic, area, kind, row, people=concerned))
