"""Arguments as a document writes them: literals, and variables of every legal kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLArgument, GraphQLField, Undefined, is_non_null_type

from tests.properties.values import OMITTED, Choices, Values, literal


@dataclass
class Variables:
    """The variables that an operation declares, and what is sent for them."""

    choices: Choices
    sent: dict[str, Any] = field(default_factory=dict)
    _declared: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def definitions(self) -> str:
        """What stands behind the operation's name."""
        if not self._declared:
            return ""
        return f"({', '.join(f'${name}: {kind}' for name, kind in self._declared.items())})"

    def arguments(self, name: str, asked: GraphQLField) -> str:
        """A field's arguments with their brackets; nothing where all are left out."""
        values = Values(self.choices).of_field(name, asked)
        given = ", ".join(self._given(asked.args, values))
        return f"({given})" if given else ""

    def condition(self) -> str:
        """What stands in `if:` of a directive."""
        if self.choices.happens(50):
            return self.choices.one_of(("true", "false"))  # type: ignore[no-any-return]
        known = [name for name, kind in self._declared.items() if kind.startswith("Boolean!")]
        if known and self.choices.happens(60):
            return f"${self.choices.one_of(known)}"
        value = self.choices.one_of((True, False))
        return self._declare("Boolean!", literal(value, None), value)

    def _given(
        self, arguments: Mapping[str, GraphQLArgument], values: Mapping[str, Any]
    ) -> Iterator[str]:
        for name, argument in arguments.items():
            if values[name] is not OMITTED:
                yield f"{name}: {self._written(argument, values[name])}"
            elif not is_non_null_type(argument.type) and self.choices.happens(10):
                yield f"{name}: {self._declare(str(argument.type), None, OMITTED)}"

    def _written(self, argument: GraphQLArgument, value: Any) -> str:
        text = literal(value, argument.type)
        if self.choices.happens(50):
            return text
        kind = str(argument.type)
        if (kind, text) in self._known and self.choices.happens(50):
            return self._known[kind, text]
        made = self._variable(argument, value, text)
        self._known[kind, text] = made
        return made

    def _variable(self, argument: GraphQLArgument, value: Any, text: str) -> str:
        """A variable of the argument's type, of a stricter or of a looser one."""
        kind = str(argument.type)
        base = kind.rstrip("!")
        way = self.choices.number(0, 9)
        if way == 9 and argument.default_value is not Undefined:
            # The argument's own default stands in, unless null is sent: then the field fails.
            return self._declare(base, None, OMITTED if self.choices.happens(70) else None)
        if way == 8 and value is not None:
            return self._declare(base, text, value if self.choices.happens(50) else OMITTED)
        # A null that must not be fails the field: of required arguments that is seldom wanted.
        if way == 7 and value is not None and self._may_be_null(argument):
            return self._declare(base, text, None)
        if way == 6:
            return self._declare(kind, text, value if self.choices.happens(50) else OMITTED)
        if way == 5 and value is not None:
            return self._declare(f"{base}!", None, value)
        return self._declare(kind, None, value)

    def _may_be_null(self, argument: GraphQLArgument) -> bool:
        return not is_non_null_type(argument.type) or self.choices.happens(25)

    def _declare(self, kind: str, default: str | None, value: Any) -> str:
        name = f"v{len(self._declared) + 1}"
        self._declared[name] = kind if default is None else f"{kind} = {default}"
        if value is not OMITTED:
            self.sent[name] = value
        return f"${name}"
