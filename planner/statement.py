"""What all parts of one statement share while it is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import GraphQLObjectType, get_named_type

from planner.conditions import Conditions, Given
from planner.parameters import Parameters, Run
from planner.reach import Reach
from planner.row import Row
from planner.selection import Input, Selected, Selection, Unplannable
from planner.source import Names, Source
from planner.sql import JsonText
from schema.declaration.arguments import Argument
from schema.declaration.entity import Entity, entity_of, grouping_of
from schema.declaration.specs import Relation

MOST_OBJECTS = 500
"""How many sub-selects and joins a statement may have: fragments that spread each other make more
of a short document than PostgreSQL plans in reasonable time. A screen asks for some dozens."""


@dataclass
class Statement:
    """The statement in the making; `write` makes the object of a row, of this type."""

    selection: Selection
    names: Names
    parameters: Parameters
    conditions: Conditions
    reach: Reach
    write: Callable[["Statement", Row, Selected, GraphQLObjectType], JsonText]
    fillings: list[Any] = field(default_factory=list)
    objects: int = 0

    def fill(self, filling: Any) -> int:
        """Have places of this number filled after the statement has run."""
        self.fillings.append(filling)
        return len(self.fillings) - 1

    def rows(self, entity: Entity) -> Row:
        """A row of the entity in a FROM clause of its own."""
        return Row(entity, Source.of(entity.scope.model, self.names), self.reach)

    def object(self, row: Row, selected: Selected) -> JsonText:
        """The row as the object that the field leads to; raises Unplannable for one too many."""
        self.objects += 1
        if self.objects > MOST_OBJECTS:
            raise Unplannable("The document leads to too many objects for one statement.")
        return self.write(self, row, selected, kind_of(selected))

    def members(
        self, json: JsonText, selected: Selected, kind: GraphQLObjectType
    ) -> Iterator[Selected]:
        """Write braces, keys and type names; yields each field whose value comes next."""
        json.constant("{")
        for place, each in enumerate(self.selection.of(selected, kind)):
            json.constant(f'{"," if place else ""}"{each.key}":')
            if each.name == "__typename":
                json.constant(f'"{kind.name}"')
            else:
                yield each
        json.constant("}")

    def check_arguments(self, selected: Selected) -> None:
        """Have graphql-core's own demands met at every run, where no argument is used."""
        for given in self.selection.inputs(selected).values():
            self.parameters.check(partial(_find, given))

    def narrowed(self, selected: Selected, relation: Relation, source: Source) -> list[str]:
        """The conditions of the relation itself and of the field's arguments."""
        inputs = self.selection.inputs(selected)
        if relation.check is not None:
            given_to = (name for name in relation.arguments if name in inputs)
            self._check(relation, {name: inputs[name] for name in given_to})
        conditions = [self.conditions.sql(relation.where, source)]
        for name, argument in relation.arguments.items():
            if (given := inputs.get(name)) is not None and not given.is_null:
                place = self._placing(argument, given)
                conditions.append(self.conditions.sql(argument.where, source, place))
        return [each for each in conditions if each != "TRUE"]

    def limit(self, relation: Relation, given: Input) -> str:
        """The parameter for how many rows are asked for."""
        page = relation.page
        if page is None:
            raise TypeError("The list has no bound.")
        return self.parameters.add(
            ("limit", given.key, page.most),
            "bigint",
            lambda run: page.limit(given.value(run.variables)),
        )

    def _placing(self, argument: Argument, given: Input) -> Given:
        """Puts the argument's value into the statement, as whatever type is asked for."""

        def place(kind: str) -> str:
            return self.parameters.add(
                (given.key, argument.id_of, kind),
                kind,
                lambda run: argument.value(given.value(run.variables)),
            )

        return place

    def _check(self, relation: Relation, inputs: dict[str, Input]) -> None:
        check = relation.check
        if check is None:
            return

        def of_run(run: Run) -> None:
            check({name: each.value(run.variables) for name, each in inputs.items()})

        self.parameters.check(of_run)


def _find(given: Input, run: Run) -> None:
    given.value(run.variables)


def kind_of(selected: Selected) -> GraphQLObjectType:
    """The type of the objects that the field leads to; not for abstract types."""
    kind = get_named_type(selected.definition.type)
    if not isinstance(kind, GraphQLObjectType):
        raise TypeError(f"`{selected.name}` leads to no type of objects.")
    return kind


def entity_at(selected: Selected) -> Entity:
    """The entity whose rows the field leads to, alone or in groups."""
    target = selected.declared.target
    grouping = grouping_of(target)
    return grouping.items if grouping else entity_of(target)
