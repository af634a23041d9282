"""Moments as answers tell them."""

from datetime import datetime


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC, without idle zeros at the end of the second's fraction."""
    seconds, _, rest = moment.isoformat().partition(".")
    if not rest:
        return seconds
    fraction, zone = rest[:6].rstrip("0"), rest[6:]
    return f"{seconds}.{fraction}{zone}"
