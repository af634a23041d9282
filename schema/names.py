"""Names of people as the school writes them."""

from collections.abc import Sequence
from typing import Any

PARTS = ("last_name", "first_name", "middle_name")


async def short(names: Sequence[tuple[Any, ...]]) -> Sequence[str]:
    """«Вокуева Р. В.» of each family name, first name and patronymic; what is missing is left out.

    A first name of two parts gives the initial of each: «Анна-Мария» is «А.-М.».
    """
    return [_short(*each) for each in names]


async def masked(names: Sequence[tuple[Any, ...]]) -> Sequence[str]:
    """«В*** Р*** В***» of each: enough to recognize whom somebody on the phone speaks of."""
    return [" ".join(f"{part[0]}***" for part in each if part) for each in names]


def _short(last: str, *others: str) -> str:
    initials = ("-".join(f"{part[0]}." for part in each.split("-") if part) for each in others)
    return " ".join(part for part in (last, *initials) if part)
