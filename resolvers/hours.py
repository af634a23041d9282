"""Quiet hours, as people and schools settle them."""

from collections.abc import Mapping
from typing import Any

from errors import UserError

QUIET = ("quiet_from", "quiet_until")


def check(values: Mapping[str, Any]) -> None:
    """Raise UserError unless the hours have both a beginning and an end, or neither."""
    begin, end = (values[name] for name in QUIET)
    if (begin is None) is not (end is None):
        missing = "quietFrom" if begin is None else "quietUntil"
        raise UserError("REQUIRED", "Quiet hours have a beginning and an end.", missing)
    if begin is not None and begin == end:
        raise UserError("OUT_OF_RANGE", "Quiet hours end at another time.", "quietUntil")
