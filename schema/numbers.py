"""Numbers of documents as those see them who may: opened, or masked."""

from collections.abc import Sequence
from typing import Any

from access import vault


async def snils(rows: Sequence[tuple[Any, ...]]) -> Sequence[str | None]:
    """The eleven digits of each sealed number."""
    return [_opened(sealed, vault.SNILS) for (sealed,) in rows]


def _opened(sealed: str | None, kind: str) -> str | None:
    return None if sealed is None else vault.held().open(sealed, kind)
