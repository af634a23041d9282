"""Arguments of declared fields: each narrows the rows by a condition of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from tortoise.expressions import Q

from access.facts import where
from errors import BadUserInput
from schema.declaration.ids import decode


class _Given:
    """Stands in a condition for the argument's value."""

    def __repr__(self) -> str:
        return "GIVEN"


GIVEN = _Given()


@dataclass(frozen=True)
class Argument:
    """An argument of a declared field.

    `where` is a condition on the target's rows with GIVEN for the value; `id_of` says that the
    value is an id of that type.
    """

    annotation: Any
    description: str
    where: Q
    id_of: str | None = None

    def value(self, given: Any) -> Any:
        """The value to put into the condition; -1, which no row has, for a foreign type's id."""
        if self.id_of is None:
            return given
        number = decode(self.id_of, given)
        return -1 if number is None else number


@dataclass(frozen=True)
class Page:
    """The `first` argument of a bounded list."""

    default: int
    most: int

    def limit(self, given: int) -> int:
        """The number of rows asked for; raises BadUserInput outside 0..most."""
        if not 0 <= given <= self.most:
            raise BadUserInput(f"`first` must be between 0 and {self.most}.")
        return given


def argument(annotation: Any, description: str, condition: Q) -> Argument:
    """An argument whose value stands as GIVEN in the condition."""
    return Argument(annotation, description, condition)


def id_argument(label: str, description: str, path: str) -> Argument:
    """An argument that is the id of a `label`, compared with the column at `path`."""
    return Argument(strawberry.ID, description, where(path, GIVEN), id_of=label)


def as_strawberry(arguments: Mapping[str, Argument], page: Page | None) -> list[StrawberryArgument]:
    """The same arguments in Strawberry's own form."""
    made = [
        StrawberryArgument(
            python_name=name,
            graphql_name=name.rstrip("_") if name.endswith("_") else None,
            type_annotation=StrawberryAnnotation(argument.annotation),
            description=argument.description,
        )
        for name, argument in arguments.items()
    ]
    if page is not None:
        made.append(
            StrawberryArgument(
                python_name="first",
                graphql_name=None,
                type_annotation=StrawberryAnnotation(int),
                description=f"How many at the most; {page.most} is the limit.",
                default=page.default,
            )
        )
    return made
