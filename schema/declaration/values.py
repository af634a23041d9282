"""From what the database gives to what a field's annotation promises."""

import types
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

Convert = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def converter(annotation: Any) -> Convert:
    """How a column's value becomes one of the annotated type."""
    kind = innermost(annotation)
    if kind is float:
        return _number
    if isinstance(kind, type) and issubclass(kind, Enum):
        if get_origin(annotation) is list:
            return lambda value: [kind(each) for each in value]
        return lambda value: None if value is None else kind(value)
    return _same


def innermost(annotation: Any) -> Any:
    """The type inside Optional, list and Annotated."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return innermost(get_args(annotation)[0])
    if origin is list:
        return innermost(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return innermost(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation
