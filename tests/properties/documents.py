"""Documents made from the schema: whatever the grammar allows, asked by whoever has an account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from hypothesis import strategies as st

from tests.properties.people import Person
from tests.properties.values import Choices
from tests.properties.variables import Variables
from tests.properties.world import World
from tests.rules.declared import GRAPHQL, ROOTS, is_declared

_DEEPEST = 6
_LENGTH = 5
# Of a hundred fields of the root, how many may be ones that Python resolves: no plan is made of a
# document that asks for them, so there is less to compare.
_ASKS_PYTHON = 5
_ALIASES = ("a", "b", "id", "name", "node", "x1")
_OTHERS = (
    "{ __typename }",
    "{ viewer { id } again: viewer { login } }",
    "{ __typename @skip(if: true) }",
)


@dataclass(frozen=True)
class Request:
    """A document, and who sends it how."""

    person: Person
    query: str
    variables: Mapping[str, Any]
    operation: str | None
    asks_python: bool = False
    """Whether there is a field of the root that Python resolves: such a document has no plan."""

    def __repr__(self) -> str:
        return f"\n{self.person} asks {self.operation!r} with {self.variables}:\n{self.query}\n"


@dataclass(frozen=True)
class Asked:
    """A field as it was asked for once, so that it can be asked for again."""

    field: GraphQLField
    key: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where a selection stands: how deep, with how many objects to spare, under which keys."""

    depth: int
    objects: int
    path: tuple[str, ...] = ()

    def below(self, asked: Asked) -> "Place":
        """The place of the field's own selection."""
        objects = self.objects // _length(asked.field)
        return Place(self.depth + 1, objects, (*self.path, asked.key))


@dataclass
class Fragment:
    """A named fragment, and how much room it needs."""

    name: str
    kind: GraphQLNamedType
    place: Place
    text: str = ""


@dataclass
class Writer:
    """Writes one operation with its fragments."""

    choices: Choices
    variables: Variables
    shares_fragments: bool
    """Fragments are used again, so that one key means the same in the whole document."""
    fragments: list[Fragment] = field(default_factory=list)
    asks_python: bool = False
    _keys: dict[Any, tuple[str, ...]] = field(default_factory=dict)

    def selection(self, kind: GraphQLNamedType, place: Place) -> str:
        """A selection of the type's fields, with its braces."""
        asked: list[Asked] = []
        many = self.choices.number(1, 2 if place.depth else 3) + 2 * self.choices.happens(30)
        parts = [self._part(kind, place, asked) for _ in range(many)]
        return f"{{ {' '.join(parts)} }}"

    def _part(self, kind: GraphQLNamedType, place: Place, asked: list[Asked]) -> str:
        chance = self.choices.number(0, 99)
        if isinstance(kind, GraphQLInterfaceType) and chance < 60:
            chance = 85
        if chance >= 94:
            return self._typename(place)
        if chance >= 88:
            return self._spread(kind, place)
        if chance >= 82:
            return self._inline(kind, place)
        if chance >= 76 and asked:
            return self._again(self.choices.one_of(asked), place)
        return self._field(kind, place, asked)

    def _field(self, kind: Any, place: Place, asked: list[Asked]) -> str:
        names = [name for name, each in kind.fields.items() if self._fits(each, place)]
        if kind.name in ROOTS and not self.choices.happens(_ASKS_PYTHON):
            names = [name for name in names if is_declared(kind.fields[name])]
        if not names:
            return self._typename(place)
        name = self.choices.one_of(names)
        found: GraphQLField = kind.fields[name]
        self.asks_python |= kind.name in ROOTS and not is_declared(found)
        arguments = self.variables.arguments(name, found)
        key = self._key(name, arguments, str(found.type), place)
        alias = "" if key == name else f"{key}: "
        one = Asked(found, key, f"{alias}{name}{arguments}")
        asked.append(one)
        return self._again(one, place)

    def _again(self, asked: Asked, place: Place) -> str:
        text = f"{asked.text}{self._directives()}"
        kind = get_named_type(asked.field.type)
        if is_leaf_type(kind):
            return text
        return f"{text} {self.selection(kind, place.below(asked))}"

    def _typename(self, place: Place) -> str:
        if self.choices.happens(20):
            return f"{self._key('kind', '__typename', 'String!', place)}: __typename"
        return "__typename"

    def _inline(self, kind: GraphQLNamedType, place: Place) -> str:
        on = self._condition(kind)
        if on is None:
            return f"...{self._directives()} {self.selection(kind, place)}"
        return f"... on {on.name}{self._directives()} {self.selection(on, place)}"

    def _spread(self, kind: GraphQLNamedType, place: Place) -> str:
        fitting = [each for each in self.fragments if self._may_spread(each, kind, place)]
        if fitting and self.choices.happens(70):
            fragment = self.choices.one_of(fitting)
        else:
            fragment = Fragment(f"F{len(self.fragments)}", self._condition(kind) or kind, place)
            self.fragments.append(fragment)
            fragment.text = self.selection(fragment.kind, place)
        return f"...{fragment.name}{self._directives()}"

    def _may_spread(self, fragment: Fragment, kind: Any, place: Place) -> bool:
        room = fragment.place
        return (
            self.shares_fragments
            and fragment.text != ""
            and room.depth >= place.depth
            and room.objects <= place.objects
            and (
                fragment.kind in (kind, *self._supertypes(kind))
                or kind in self._supertypes(fragment.kind)
            )
        )

    def _condition(self, kind: GraphQLNamedType) -> Any:
        """A type under which a fragment may stand here; None for no condition at all."""
        if isinstance(kind, GraphQLInterfaceType):
            kinds = GRAPHQL.get_possible_types(kind)
            ids = self.choices.person.reached
            likely = [each for each in kinds if each.name in ids]
            return self.choices.one_of((*(likely or kinds), kind, None))
        return self.choices.one_of((None, kind, *self._supertypes(kind)))

    @staticmethod
    def _supertypes(kind: Any) -> tuple[GraphQLInterfaceType, ...]:
        return tuple(kind.interfaces) if isinstance(kind, GraphQLObjectType) else ()

    def _directives(self) -> str:
        if not self.choices.happens(8):
            return ""
        names = self.choices.one_of(("include", "skip", "include skip"))
        return "".join(f" @{name}(if: {self.variables.condition()})" for name in names.split())

    def _fits(self, asked: GraphQLField, place: Place) -> bool:
        if is_leaf_type(get_named_type(asked.type)):
            return True
        return place.depth < _DEEPEST and _length(asked) <= place.objects

    def _key(self, name: str, arguments: str, kind: str, place: Place) -> str:
        """A response key that means nothing else here."""
        wanted = self.choices.one_of(_ALIASES) if self.choices.happens(12) else name
        meaning = (name, arguments, kind)
        number = 1
        key = wanted
        while self._keys.setdefault(self._scope(place, key), meaning) != meaning:
            number += 1
            key = f"{wanted}{number}"
        return key

    def _scope(self, place: Place, key: str) -> Any:
        return key if self.shares_fragments else (place.path, key)


def _length(asked: GraphQLField) -> int:
    return _LENGTH if is_list_type(get_nullable_type(asked.type)) else 1


@st.composite
def requests(draw: Callable[..., Any], world: World) -> Request:
    """Somebody's request."""
    person = world.people[draw(st.integers(0, len(world.people) - 1))]
    choices = Choices(draw, world, person)
    variables = Variables(choices)
    writer = Writer(choices, variables, shares_fragments=choices.happens(50))
    assert GRAPHQL.query_type is not None
    objects = 1000 if choices.happens(5) else 100
    selection = writer.selection(GRAPHQL.query_type, Place(0, objects))
    name = choices.one_of(("", "Main"))
    parts = [f"query {name}{variables.definitions} {selection}"]
    parts += [f"fragment {each.name} on {each.kind.name} {each.text}" for each in writer.fragments]
    operation = name or None
    if name and choices.happens(20):
        parts.append(f"query Other {choices.one_of(_OTHERS)}")
        operation = choices.one_of(("Main", "Main", "Other", None, "Nobody"))
    elif name and choices.happens(50):
        operation = None
    return Request(person, "\n".join(parts), variables.sent, operation, writer.asks_python)
