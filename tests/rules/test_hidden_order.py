"""Nobody learns a hidden value from an order or a filter: lists know no columns but open ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from tortoise.expressions import Q

import models
from schema.declaration import specs
from schema.declaration.behind import declared
from schema.declaration.entity import entities, entity_of, grouping_of
from schema.declaration.field import DeclaredField
from tests.rules.declared import objects

# Tortoise knows where relations lead once it is connected.
pytestmark = pytest.mark.usefixtures("database")

Column = tuple[type[models.Record], str]

# Names are open wherever people are listed, but for accounts: by whose names they may be looked for
# is told by tests/issuing/test_accounts.py.
_OPEN = {(models.Person, "full_name")}
# A guardian reads the birth date of every child in the list.
_READ_BY_ALL_WHO_SEE_THE_LIST = {"Viewer.children: person__birth_date"}


def test_no_list_is_ordered_or_narrowed_by_a_guarded_column() -> None:
    hidden = set(_guarded()) - _OPEN
    assert {(models.Person, "birth_date"), (models.Person, "snils_sealed")} <= hidden
    looked_at = set(_looked_at())
    assert "Viewer.messageRecipients" in {name for name, *_ in looked_at}
    found = {f"{name}: {path}" for name, model, path in looked_at if _at(model, path) in hidden}
    assert found == _READ_BY_ALL_WHO_SEE_THE_LIST


def _guarded() -> Iterator[Column]:
    """The columns that a guarded field shows."""
    for entity in entities():
        for field in entity.fields.values():
            if field.allow is not None:
                match field.spec:
                    case specs.Column(path):
                        yield _at(entity.scope.model, path)
                    case specs.Resolved(needs):
                        yield from (_at(entity.scope.model, path) for path in needs)


def _looked_at() -> Iterator[tuple[str, type[models.Record], str]]:
    """The columns by which a list is ordered, or narrowed by what a client sends."""
    for kind in objects():
        for name, field in kind.fields.items():
            behind = declared(field)
            if isinstance(behind, DeclaredField) and isinstance(behind.spec, specs.Relation):
                for path in _paths(behind.spec):
                    yield f"{kind.name}.{name}", _target(behind), path


def _paths(relation: specs.Relation) -> Iterator[str]:
    yield from (path.removeprefix("-") for path in relation.order_by)
    for argument in relation.arguments.values():
        yield from _compared(argument.where)


def _compared(condition: Q) -> Iterator[str]:
    for child in condition.children:
        yield from _compared(child)
    yield from condition.filters


def _target(field: DeclaredField) -> type[models.Record]:
    grouping = grouping_of(field.target)
    return (grouping.items if grouping else entity_of(field.target)).scope.model


def _at(model: type[models.Record], path: str) -> Column:
    """The table that the column at the path stands in, and its name there; without a lookup."""
    first, _, rest = path.partition("__")
    found: Any = model._meta.fields_map[first]  # noqa: SLF001 — its description
    related = getattr(found, "related_model", None)
    return _at(related, rest) if rest and related is not None else (model, first)
