"""Numbers of documents as those see them who may: opened, or masked."""

from collections.abc import Sequence
from typing import Any

from access import masks, vault


async def snils(rows: Sequence[tuple[Any, ...]]) -> Sequence[str | None]:
    """The eleven digits of each sealed number."""
    return [_opened(sealed, vault.SNILS) for (sealed,) in rows]


async def snils_masked(rows: Sequence[tuple[Any, ...]]) -> Sequence[str | None]:
    """The same with three digits shown."""
    return [None if digits is None else masks.snils(digits) for digits in await snils(rows)]


async def document(rows: Sequence[tuple[Any, ...]]) -> Sequence[str]:
    """The number of each document, as it was written down."""
    return [vault.held().open(sealed, vault.DOCUMENT) for (sealed,) in rows]


async def document_masked(rows: Sequence[tuple[Any, ...]]) -> Sequence[str]:
    """The same with three characters shown."""
    return [masks.number(each) for each in await document(rows)]


def _opened(sealed: str | None, kind: str) -> str | None:
    return None if sealed is None else vault.held().open(sealed, kind)
