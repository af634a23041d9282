"""Values for arguments: mostly ones that lead somewhere, now and then ones that must be refused."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    get_nullable_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

from schema.declaration.behind import declared
from tests.properties.people import Person
from tests.properties.world import World

OMITTED = object()
# Making the strategy takes longer than drawing from it.
_integers = cache(st.integers)
_BAD_IDS = ("", "7", "?", "U3R1ZGVudDo=", "U3R1ZGVudDotMQ==", "U3R1ZGVudDo5OTk5OTk5", "Tm9uZTox")
_BAD_CURSORS = ("", "?", "W10=", "WzFd", "WyJhIiwxXQ==")
_TEXTS = ("", "а", "ОВ", "ова ", "%", "_", "\\", "'; --", "\u0000", '«ё»\n\t"')
_NUMBERS = (1, 2, 3, 5, 0, 10, 20, 50, 51, 100, 101, -1)
_SPANS = (0, 1, 2, 4, 6, 13, 61, 62, -1)


@dataclass
class Choices:
    """Hypothesis's choices for one document, and whose document it is."""

    draw: Any
    world: World
    person: Person

    def one_of(self, among: Sequence[Any]) -> Any:
        return among[self.number(0, len(among) - 1)]

    def number(self, least: int, most: int) -> int:
        found: int = self.draw(_integers(least, most))
        return found

    def happens(self, percent: int) -> bool:
        """Whether something happens that so many of a hundred documents have; the simplest not."""
        return self.number(0, 99) >= 100 - percent


class Values:
    """Values of every input type of the schema."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices

    def of_field(self, name: str, field: GraphQLField) -> Mapping[str, Any]:
        """A value, or OMITTED, for each argument of a field."""
        together = self._together(name, field)
        return {
            each: together[each] if each in together else self._of(each, argument, field)
            for each, argument in field.args.items()
        }

    def of_type(self, kind: Any, name: str = "", label: str | None = None) -> Any:
        """A value of this type; ids are of that type of objects."""
        if not is_non_null_type(kind) and self._choices.happens(15):
            return None
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            if self._choices.happens(15):
                return self.of_type(kind.of_type, name, label)
            many = range(self._choices.number(0, 4))
            return [self.of_type(kind.of_type, name, label) for _ in many]
        if isinstance(kind, GraphQLEnumType):
            return self._choices.one_of(sorted(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._of_input(kind)
        return self._of_scalar(kind.name, name, label)

    def of_id(self, label: str | None) -> str:
        """An id: of the person's own reach, of somebody else's, of nothing, or none at all."""
        chance = self._choices.number(0, 99)
        reached, existing = self._choices.person.reached, self._choices.world.ids
        if chance >= 97:
            return str(self._choices.one_of(_BAD_IDS))
        if label is None or chance >= 94:
            label = self._choices.one_of(sorted(reached or existing))
        known = reached.get(label, []) if chance < 75 else []
        return str(self._choices.one_of(known or existing.get(label) or _BAD_IDS))

    def _of(self, name: str, argument: GraphQLArgument, field: GraphQLField) -> Any:
        if not is_required_argument(argument) and self._choices.happens(45):
            return OMITTED
        spec = getattr(declared(field), "spec", None)
        behind = getattr(spec, "arguments", {}).get(declared(argument).python_name)
        return self.of_type(argument.type, name, getattr(behind, "id_of", None))

    def _together(self, name: str, field: GraphQLField) -> Mapping[str, Any]:
        """Arguments that mean something only together."""
        if {"from", "to"} <= set(field.args):
            first = self._choices.one_of(self._choices.world.days)
            span = self._choices.one_of(_SPANS)
            return {"from": str(first), "to": str(first + timedelta(days=span))}
        if {"after", "before"} <= set(field.args):
            return self._window(name)
        sets = self._choices.world.sets.get(name, ())
        if sets and len(field.args) > 1 and self._choices.happens(85):
            ids = {each for known in self._choices.person.reached.values() for each in known}
            likely = [each for each in sets if ids.issuperset(_ids(each))]
            found: Mapping[str, Any] = self._choices.one_of(likely or sets)
            return {argument: str(value) for argument, value in found.items()}
        return {}

    def _window(self, name: str) -> Mapping[str, Any]:
        """The page of a connection: from either end, behind and before cursors that were given."""
        size, other = ("first", "last") if self._choices.happens(60) else ("last", "first")
        window = dict.fromkeys(("first", "last", "after", "before"), OMITTED)
        if size == "last" or self._choices.happens(70):
            window[size] = self._choices.one_of(_NUMBERS)
        if self._choices.happens(4):
            window[other] = 2
        for bound in ("after", "before"):
            if self._choices.happens(40):
                window[bound] = self._cursor(name)
        return window

    def _cursor(self, name: str) -> str | None:
        cursors = self._choices.world.cursors
        if self._choices.happens(6):
            name = self._choices.one_of(sorted(cursors))
        elif self._choices.happens(6):
            strange: str | None = self._choices.one_of((None, *_BAD_CURSORS))
            return strange
        given: str | None = self._choices.one_of(cursors.get(name) or [None])
        return given

    def _of_input(self, kind: GraphQLInputObjectType) -> Mapping[str, Any]:
        return {
            name: self.of_type(field.type, name)
            for name, field in kind.fields.items()
            if is_required_input_field(field) or self._choices.happens(60)
        }

    def _of_scalar(self, kind: str, name: str, label: str | None) -> Any:
        match kind:
            case "ID":
                return self.of_id(label)
            case "Int":
                return self._choices.one_of(_NUMBERS)
            case "Boolean":
                return self._choices.one_of((False, True))
            case "Date":
                return str(self._choices.one_of((*self._choices.world.days, date(1, 1, 1))))
            case "DateTime":
                return f"{self._choices.one_of(self._choices.world.days)}T10:00:00+03:00"
            case "String":
                return self._choices.one_of(_TEXTS)
        raise TypeError(f"`{name}`: no value of {kind} is known here.")


def _ids(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Those of the arguments that are ids; a day is none."""
    return (value for value in arguments.values() if isinstance(value, str))


def literal(value: Any, kind: Any) -> str:
    """The value as it is written in a document."""
    kind = get_nullable_type(kind)
    if value is None:
        return "null"
    if isinstance(kind, GraphQLList):
        if not isinstance(value, list):
            return literal(value, kind.of_type)
        return f"[{', '.join(literal(each, kind.of_type) for each in value)}]"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    if isinstance(kind, GraphQLInputObjectType):
        parts = (f"{name}: {literal(each, kind.fields[name].type)}" for name, each in value.items())
        return f"{{{', '.join(parts)}}}"
    return json.dumps(value, ensure_ascii=False)
