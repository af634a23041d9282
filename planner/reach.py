"""What the viewer's relations reach, as conditions of a statement; rules decided ahead of a run."""

from collections.abc import Iterator, Mapping

from tortoise.expressions import Q

from access.roles import OF_SIGNED_IN, Relations
from access.rows import is_empty
from access.scope import Scope
from planner.conditions import Conditions, is_known
from planner.implied import is_implied
from planner.source import Source

NOWHERE = "FALSE"


class Reach:
    """Reach and rules for everybody who has these relations.

    `depends_on_roles` says whether anything was decided by what roles give beyond being signed in:
    otherwise the same plan serves everybody who is signed in.
    """

    def __init__(self, relations: Relations, conditions: Conditions) -> None:
        self._relations = relations
        self._conditions = conditions
        self.depends_on_roles = False

    def over(self, scope: Scope, source: Source, via: Relations | None = None) -> list[str]:
        """The conditions that together say whether the source's row is reached."""
        if self._held(scope, via) is None:
            return [NOWHERE]
        return [*self.ways(scope, source, via), *self.only(scope, source)]

    def ways(self, scope: Scope, source: Source, via: Relations | None = None) -> list[str]:
        """The same without the scope's `only`."""
        held = self._held(scope, via)
        if held is None:
            return [NOWHERE]
        return [self._conditions.any_of(held, source)] if held else []

    def only(self, scope: Scope, source: Source) -> list[str]:
        """What the scope demands of every row, whoever looks."""
        return [] if is_empty(scope.only) else [self._conditions.sql(scope.only, source)]

    def beyond(
        self, scope: Scope, source: Source, parent: Scope, on: Mapping[str, str]
    ) -> list[str]:
        """The same for a row that a row of the parent's scope leads to, whose columns it equals."""
        if self.is_implied(scope, parent, on):
            return self.only(scope, source)
        return self.over(scope, source)

    def is_implied(self, scope: Scope, parent: Scope, on: Mapping[str, str]) -> bool:
        """Whether whoever reaches the parent's row reaches the related one, but for `only`."""
        if scope is parent and on == {"id": "id"}:
            return True
        held, by = self._held(scope, None), self._held(parent, None)
        if not held or not by:
            return held == []
        return is_implied(held, by, on, parent.model)

    def is_known(self, scope: Scope) -> bool:
        """Whether the viewer's own facts, few as they are, say which rows are reached."""
        return all(map(is_known, self._held(scope, None) or ()))

    def conditions(self, scope: Scope) -> Iterator[Q]:
        """The conditions that hold for every reached row, where there is but one way to it."""
        held = self._held(scope, None)
        if held is not None and len(held) == 1:
            yield held[0]

    def is_nowhere(self, scope: Scope) -> bool:
        """Whether no row can be reached."""
        return self._held(scope, None) is None

    def refuses(self, allow: Relations | None) -> bool:
        """Whether the rule can never hold."""
        return allow is not None and not self._known(allow)

    def guard_of(self, scope: Scope, allow: Relations | None) -> Relations | None:
        """The rule, where it depends on the row whether it holds."""
        if allow is None or self._known(frozenset(scope.by)) <= allow:
            return None
        return allow

    def _held(self, scope: Scope, via: Relations | None) -> list[Q] | None:
        """The conditions of which one must hold; none of them for every row, None for no row."""
        ways = scope.ways(via)
        held = self._known(frozenset(ways))
        found = [condition for relation, condition in ways.items() if relation in held]
        if not found:
            return None
        return [] if any(map(is_empty, found)) else found

    def _known(self, asked: Relations) -> Relations:
        """Those of the relations that the viewer has."""
        if not asked <= OF_SIGNED_IN:
            self.depends_on_roles = True
        return asked & self._relations
