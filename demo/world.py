"""What every part of one data set is made with."""

from dataclasses import dataclass

from demo.cards import Cards
from demo.cast import Cast
from demo.people import People
from demo.plan import Plan
from demo.sink import Sink


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The plan, where its rows go, who makes people, and who has a login."""

    plan: Plan
    sink: Sink
    people: People
    cast: Cast

    @classmethod
    def of(cls, plan: Plan, sink: Sink) -> "World":
        """Return a world in which nobody lives yet."""
        cards = Cards(plan.draws("cards"))
        people = People(sink, plan.draws("people"), cards, began_on=plan.calendar.span.first)
        return cls(plan, sink, people, Cast())
