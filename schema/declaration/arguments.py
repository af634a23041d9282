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

MOST_NODES = 100
LONGEST_TEXT = 200
"""How much may be looked for; nobody's name is as long."""


class _Given:
    """Stands in a condition for the argument's value."""

    def __repr__(self) -> str:
        return "GIVEN"


GIVEN = _Given()


def is_text(given: str) -> bool:
    """Whether PostgreSQL can hold the text: without NUL, and without halves of characters."""
    return "\0" not in given and not any("\ud800" <= each <= "\udfff" for each in given)


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
        """The value to put into the condition; -1, which no row has, for a foreign type's id.

        Raises BadUserInput for what is no id, and for a text that PostgreSQL cannot hold.
        """
        if self.id_of is None:
            if isinstance(given, str):
                _check_text(given)
            return given
        number = decode(self.id_of, given)
        return -1 if number is None else number


_REQUIRED = object()


@dataclass(frozen=True)
class Plain:
    """An argument of a value that Python makes, which is told it as it is; required unless told."""

    annotation: Any
    description: str
    default: Any = _REQUIRED


def of_value(arguments: Mapping[str, Plain]) -> list[StrawberryArgument]:
    """The arguments of a value that Python makes."""
    return [
        _described(
            name,
            each.annotation,
            each.description,
            **({} if each.default is _REQUIRED else {"default": each.default}),
        )
        for name, each in arguments.items()
    ]


def _check_text(given: str) -> None:
    if len(given) > LONGEST_TEXT:
        raise BadUserInput(f"A text that is looked for has at most {LONGEST_TEXT} characters.")
    if not is_text(given):
        raise BadUserInput("A text has no NUL characters and no halves of characters.")


@dataclass(frozen=True)
class Page:
    """How many rows of a bounded list or of a connection are given at once."""

    default: int
    most: int

    def limit(self, given: int, name: str = "first") -> int:
        """The number of rows asked for; raises BadUserInput outside 0..most."""
        if not 0 <= given <= self.most:
            raise BadUserInput(f"`{name}` must be between 0 and {self.most}.")
        return given

    def window(self, arguments: Mapping[str, Any]) -> "Window":
        """What a connection's arguments ask for; raises BadUserInput where they contradict."""
        first, last = arguments.get("first"), arguments.get("last")
        if first is not None and last is not None:
            raise BadUserInput("Ask for `first` or for `last`, not for both.")
        limit = (
            self.limit(self.default if first is None else first)
            if last is None
            else self.limit(last, "last")
        )
        return Window(last is None, limit, arguments.get("after"), arguments.get("before"))


@dataclass(frozen=True)
class Window:
    """A page as it is asked for: from which end, how many rows at the most, between which rows."""

    is_forward: bool
    limit: int
    after: str | None
    before: str | None


def argument(annotation: Any, description: str, condition: Q) -> Argument:
    """An argument whose value stands as GIVEN in the condition."""
    return Argument(annotation, description, condition)


def id_argument(label: str, description: str, path: str) -> Argument:
    """An argument that is the id of a `label`, compared with the column at `path`."""
    return Argument(strawberry.ID, description, where(path, GIVEN), id_of=label)


def as_strawberry(arguments: Mapping[str, Argument], page: Page | None) -> list[StrawberryArgument]:
    """The same arguments in Strawberry's own form."""
    made = [
        _described(
            name,
            argument.annotation,
            argument.description,
            graphql_name=name.rstrip("_") if name.endswith("_") else None,
        )
        for name, argument in arguments.items()
    ]
    if page is not None:
        most = f"How many at the most; {page.most} is the limit."
        made.append(_described("first", int, most, default=page.default))
    return made


def of_connection(arguments: Mapping[str, Argument], page: Page) -> list[StrawberryArgument]:
    """A connection's arguments: those that narrow its rows, and those that choose the page."""
    most = f"{page.most} is the limit."
    return [
        *as_strawberry(arguments, None),
        _described(
            "first",
            int | None,
            f"How many from the beginning; {most} Without `first` and `last`, {page.default}.",
        ),
        _described("after", str | None, "Only what stands behind this cursor."),
        _described("last", int | None, f"How many from the end, in the list's order; {most}"),
        _described("before", str | None, "Only what stands before this cursor."),
    ]


def of_nodes(*, is_many: bool) -> list[StrawberryArgument]:
    """The ids of rows of whatever type."""
    if is_many:
        return [_described("ids", list[strawberry.ID], f"Which objects; {MOST_NODES} at the most.")]
    return [_described("id", strawberry.ID, "Which object.")]


def _described(
    name: str, annotation: Any, description: str, *, graphql_name: str | None = None, **default: Any
) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=graphql_name,
        type_annotation=StrawberryAnnotation(annotation),
        description=description,
        **default,
    )
