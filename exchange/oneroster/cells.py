"""How one cell's text becomes a value; each parser raises `ValueError` with half a sentence."""

import csv
import math
import re
from collections.abc import Callable
from datetime import date

Parser = Callable[[str], object]

_DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
_WORDS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def text(limit: int) -> Parser:
    """Any text up to `limit` characters."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise ValueError(f"has {len(cell)} characters; at most {limit} fit")
        return cell

    return parse


def identifier(limit: int) -> Parser:
    """A sourcedId: short, and without control characters."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise ValueError(f"has {len(cell)} characters; at most {limit} fit")
        if _CONTROL.search(cell):
            raise ValueError("holds a control character")
        return cell

    return parse


def day(cell: str) -> date:
    """A date, or a date with a time, whose day is taken as it is written."""
    found = _DATE.fullmatch(cell)
    if not found:
        raise ValueError(f"must be a date like 2026-09-01, not {cell[:40]!r}")
    try:
        value = date.fromisoformat(found[1])
    except ValueError:
        raise ValueError(f"is no day of the calendar: {cell[:40]!r}") from None
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError(f"is out of all reason: {cell[:40]!r}")
    return value


def truth(cell: str) -> bool:
    """True or false, in any case."""
    if cell.lower() not in _WORDS:
        raise ValueError(f"must be true or false, not {cell[:40]!r}")
    return _WORDS[cell.lower()]


def number(cell: str) -> float:
    """A decimal number; a comma counts as the point."""
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        raise ValueError(f"must be a number, not {cell[:40]!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"must be a number, not {cell[:40]!r}")
    return value


def year(cell: str) -> int:
    """The year in which a school year ends: 2026, or the last one of 2025-2026 or 2025/26."""
    found = re.fullmatch(r"(\d{4})(?:\s?[-/–]\s?(\d{2}|\d{4}))?", cell)
    if not found:
        raise ValueError(f"must be a year like 2026, not {cell[:40]!r}")
    first, last = found[1], found[2]
    value = int(first) if not last else int(first[: 4 - len(last)] + last)
    if not _EARLIEST.year <= value <= _LATEST.year:
        raise ValueError(f"is out of all reason: {cell[:40]!r}")
    return value


def listed(cell: str) -> tuple[str, ...]:
    """A list in one cell; its members may be quoted once more."""
    members = cell.split(",")
    if '"' in cell:
        members = next(csv.reader([cell], skipinitialspace=True), [])
    return tuple(dict.fromkeys(stripped for member in members if (stripped := member.strip())))


def one_of(*words: str) -> Parser:
    """One of the vocabulary's words, in any case; returned as the vocabulary spells it."""
    known = {word.lower(): word for word in words}

    def parse(cell: str) -> str:
        if (found := known.get(cell.lower())) is None:
            raise ValueError(f"must be one of {', '.join(words)}, not {cell[:40]!r}")
        return found

    return parse
