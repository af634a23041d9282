"""Who may see and do what, as a page for people: written from the declarations themselves."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLObjectType
from strawberry.utils.str_converters import to_camel_case
from tortoise.expressions import Q

from access import absences, announcing, audit, facts, mail, offices, results, scopes
from access.facts import Facts
from access.reveals import REVEALED
from access.roles import GIVEN_BY_ROLE, Relation, Relations
from access.rows import is_empty
from access.scope import Scope
from access.viewer import OfViewer
from access.writers import WRITTEN
from api.schema import DiarySchema
from models import Position
from planner.conditions import key_of
from schema.declaration.behind import allowed
from schema.declaration.entity import Entity, entities

_HEAD = """\
# Who may see what

Written by `make access` from `access/` and the declarations in `schema/`; `make check` fails when
it is not what they say. A right is a relation to a row, and a relation is a set of facts in rows
([why](decisions/0001-a-right-is-a-relation-and-a-relation-is-a-set-of-rows.md)). A person's rights
are the union of all relations. A row that no relation reaches reads as absent; a field with a rule
of its own is null for everybody else. Such a fact *holds today* where `valid_from` ≤ today and
`valid_until` is empty or later than today. A *standing* consent is neither withdrawn nor run out.
"""
_REVEALS = """\
Masked or left out above; shown one by one to whoever says why. Each look stays in the audit trail.
"""
_FACTS = {id(each): name for name, each in vars(facts).items() if isinstance(each, Facts)}
_SCOPES = {
    id(each): name
    for module in (scopes, absences, results, mail, offices, audit, announcing)
    for name, each in vars(module).items()
    if isinstance(each, Scope)
}
_OF_VIEWER = {
    OfViewer.PERSON: "me",
    OfViewer.ACCOUNT: "my account",
    OfViewer.SESSION: "my session",
    OfViewer.TODAY: "today",
    OfViewer.NOW: "now",
    OfViewer.FOURTEEN_YEARS_AGO: "fourteen years ago",
}
# What is said often has a name.
_NAMED = {
    key_of(facts.holds_today()): "it holds today",
    **{
        key_of(facts.organizations_of(post)): f"organizations where I am {post.value}"
        for post in Position
    },
    **{
        key_of(facts.students_of(post)): f"pupils of today where I am {post.value}"
        for post in Position
    },
}
_WORDS = {
    "in": "among",
    "lt": "<",
    "lte": "≤",
    "gt": ">",
    "gte": "≥",
    "": "is",
    "not": "is not",
}


def page(schema: DiarySchema) -> str:
    """The whole page, in Markdown."""
    parts = [
        _HEAD,
        "## What roles give\n",
        _table(("role", "relation beyond SIGNED_IN and SELF"), _roles()),
        "## What relations rest on\n",
        _table(("facts", "are"), _facts()),
        "## Rows and fields\n",
        *map(_of_entity, sorted(entities(), key=lambda each: each.name)),
        "## What is shown by `reveal`\n",
        _REVEALS,
        _table(("value", "of a", "is shown to"), _reveals()),
        "## Who writes personal data\n",
        _table(("operation", "field", "is written by"), _writers()),
        "## Operations\n",
        _table(("operation", "is for"), _operations(schema)),
    ]
    return "\n".join(parts)


def _roles() -> Iterator[tuple[str, str]]:
    for role, relations in GIVEN_BY_ROLE.items():
        yield role.value, _names(relations) or "none"


def _facts() -> Iterator[tuple[str, str]]:
    for name, found in vars(facts).items():
        if isinstance(found, Facts) and not name.startswith("_"):
            yield f"`{name}`", _plain(found)


def _of_entity(entity: Entity) -> str:
    scope = entity.scope
    ways = {**scope.by, **scope.narrower}
    rows = [(relation.value, _told(condition)) for relation, condition in ways.items()]
    only = "" if is_empty(scope.only) else f" Only where {_told(scope.only)}."
    parts = [
        f"### {entity.name}\n",
        f"Rows of `{scope.model.__name__}` (`{_SCOPES[id(scope)]}`).{only}\n",
        _table(("reached by", "where"), rows),
    ]
    guarded = [
        (f"`{to_camel_case(name)}`", _names(field.allow))
        for name, field in entity.fields.items()
        if field.allow is not None
    ]
    if guarded:
        parts.append(_table(("field", "is read by"), guarded))
    return "\n".join(parts)


def _reveals() -> Iterator[tuple[str, str, str]]:
    for field, revealed in REVEALED.items():
        yield field.value, revealed.label, _names(revealed.by)


def _writers() -> Iterator[tuple[str, str, str]]:
    for operation, fields in WRITTEN.items():
        for name, relations in fields.items():
            yield operation, f"`{to_camel_case(name)}`", _names(relations)


def _operations(schema: DiarySchema) -> Iterator[tuple[str, str]]:
    graphql = schema._schema  # noqa: SLF001 — Strawberry has no public name for it
    for root in (graphql.query_type, graphql.mutation_type, graphql.subscription_type):
        if isinstance(root, GraphQLObjectType):
            for name, field in root.fields.items():
                yield f"{root.name}.{name}", _names(allowed(field) or ())


def _names(relations: Relations | Iterable[Relation]) -> str:
    return ", ".join(sorted(each.value for each in relations))


def _plain(found: Facts) -> str:
    column = found.column.replace("__", ".")
    return f"`{found.model.__name__}.{column}` where {_told(found.where)}"


def _told(condition: Q) -> str:
    """The condition in words; `all rows` where there is none."""
    if named := _NAMED.get(key_of(condition)):
        return named
    if is_empty(condition):
        return "all rows"
    parts = [_told(child) for child in condition.children]
    parts += [_compared(path, value) for path, value in condition.filters.items()]
    word = " or " if condition.join_type == Q.OR else " and "
    whole = word.join(parts)
    if len(parts) > 1 and condition.join_type == Q.OR:
        whole = f"({whole})"
    return f"not {whole}" if condition._is_negated else whole  # noqa: SLF001 — Q has no other way


def _compared(path: str, value: Any) -> str:
    front, _, last = path.rpartition("__")
    if last == "isnull":
        return f"{_path(front)} is {'' if value else 'not '}empty"
    column, lookup = (front, last) if front and last in _WORDS else (path, "")
    return f"{_path(column)} {_WORDS[lookup]} {_value(value)}"


def _path(path: str) -> str:
    return "`" + path.replace("__", ".") + "`"


def _value(value: Any) -> str:
    if isinstance(value, OfViewer):
        return _OF_VIEWER[value]
    if isinstance(value, Facts):
        name = _FACTS.get(id(value), "_")
        if not name.startswith("_"):
            return f"`{name}`"
        return _NAMED.get(key_of(value)) or f"({_plain(value)})"
    if isinstance(value, list):
        return f"({', '.join(value)})"
    return str(value)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
