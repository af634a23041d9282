"""What a scope is: for one kind of row, the condition for each relation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tortoise.expressions import Q

import models
from access.roles import Relation

Reach = Mapping[Relation, Q]
EVERY = Q()


@dataclass(frozen=True)
class Scope:
    """The rows of `model` that each relation reaches, among those for which `only` holds.

    Relations in `narrower` reach some of the rows that those in `by` reach already: they matter to
    the rules of fields alone.
    """

    model: type[models.Record]
    by: Reach
    only: Q = field(default_factory=Q)
    narrower: Reach = field(default_factory=dict)

    def ways(self, via: frozenset[Relation] | None = None) -> Reach:
        """Where to look for a row; with `via`, only by those of its relations."""
        if via is None:
            return self.by
        every = {**self.by, **self.narrower}
        return {relation: every[relation] for relation in every if relation in via}
