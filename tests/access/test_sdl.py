"""What the SDL says of access is what the declarations say."""

import re

from click.testing import CliRunner
from strawberry.utils.str_converters import to_camel_case

import cli
from access import rules
from access.roles import Relations
from access.writers import WRITTEN, by
from schema.declaration.behind import declared
from schema.declaration.directive import Allow
from schema.declaration.field import DeclaredField
from tests.rules.declared import GRAPHQL, ROOTS, SCHEMA, guarded, objects

_SDL = SCHEMA.as_str()


def test_the_committed_sdl_is_the_generated_one() -> None:
    result = CliRunner().invoke(cli.main, ["schema", "--check"])
    assert (result.exit_code, result.output) == (0, "")


def test_every_root_field_says_who_may() -> None:
    for root in ROOTS:
        kind = GRAPHQL.type_map[root]
        silent = [name for name in getattr(kind, "fields", {}) if not _printed(root, name)]
        assert silent == []


def test_what_is_printed_is_what_is_declared() -> None:
    printed = {place: relations for place in _places() if (relations := _printed(*place))}
    declarations = {(kind, name): _sorted(field.allow) for kind, name, field in guarded()}
    roots = {
        (kind.name, name): _sorted(_allow_of(declared(field)))
        for kind in objects()
        if kind.name in ROOTS
        for name, field in kind.fields.items()
    }
    assert printed == declarations | roots


def test_inputs_say_who_writes_each_field() -> None:
    assert by(rules.HOMEROOM | rules.ADMINISTRATOR) == "by administrators and the homeroom teacher"
    for operation, writers in WRITTEN.items():
        kind = GRAPHQL.type_map[f"{operation[0].upper()}{operation[1:]}Input"]
        fields = getattr(kind, "fields", {})
        told = {
            name: (fields[name].description or "").rpartition("; ")[2]
            for name in fields
            if not name.endswith("Id")
        }
        assert told == {to_camel_case(name): f"{by(who)}." for name, who in writers.items()}


def test_a_guarded_field_may_be_null() -> None:
    """A refused field that may not be null would take its parents with it."""
    for kind, name, _ in guarded():
        field = getattr(GRAPHQL.type_map[kind], "fields", {})[name]
        assert not str(field.type).endswith("!"), f"{kind}.{name}"


def _places() -> list[tuple[str, str]]:
    return [(kind.name, name) for kind in objects() for name in kind.fields]


def _printed(kind: str, name: str) -> list[str] | None:
    """The relations that stand behind the field in the SDL; None where none do."""
    body = re.search(rf"^type {kind}\b[^{{]*{{(.*?)^}}", _SDL, re.MULTILINE | re.DOTALL)
    assert body is not None
    # Descriptions may say anything, names of fields among it.
    spoken = re.sub(r'"""(.*?)"""', "", body[1], flags=re.DOTALL)
    # A field ends where the next one begins: at the next name on a line of two spaces.
    fields = re.split(r"^  (?=\w+[(:])", spoken, flags=re.MULTILINE)
    (text,) = [each for each in fields if re.match(rf"{name}[(:]", each)]
    found = re.search(r"@allow\(to: \[([^\]]*)\]\)", text)
    return found[1].replace(",", " ").split() if found else None


def _allow_of(field: object) -> Relations | None:
    """Who may run a root field: by its declaration, or by its mutation's directive."""
    if isinstance(field, DeclaredField):
        return field.allow
    directives = getattr(field, "directives", ())
    return next((frozenset(each.to) for each in directives if isinstance(each, Allow)), None)


def _sorted(relations: Relations | None) -> list[str]:
    return sorted(relation.value for relation in relations or ())
