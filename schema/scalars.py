"""Scalars that are written otherwise than Strawberry would."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from strawberry.schema.types.base_scalars import DateTimeDefinition


def _moment(value: datetime) -> str:
    """RFC 3339, the fraction of the second as short as it can be, as PostgreSQL writes it."""
    text = value.isoformat()
    if not value.microsecond:
        return text
    end = len("2026-01-01T00:00:00.000000")
    return text[:end].rstrip("0") + text[end:]


SCALARS: Mapping[object, Any] = {datetime: replace(DateTimeDefinition, serialize=_moment)}
"""By the Python type that they stand for."""
