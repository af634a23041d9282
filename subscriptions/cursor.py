"""Cursors: how far a client has heard each topic, in a form that it need not understand."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping

import orjson

from errors import BadUserInput

_LARGEST = 2**63 - 1
_LONGEST = 4096


def encode(positions: Mapping[str, int]) -> str:
    """The cursor of someone who has heard everything up to these numbers."""
    return urlsafe_b64encode(orjson.dumps(dict(positions), option=orjson.OPT_SORT_KEYS)).decode()


def decode(cursor: str) -> dict[str, int]:
    """The numbers in a cursor; raises BadUserInput for what is none."""
    try:
        # Strict: the lenient decoder skips whatever is not of its alphabet.
        positions = orjson.loads(b64decode(cursor[:_LONGEST], altchars="-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise BadUserInput("This is not a cursor.") from error
    if not isinstance(positions, dict) or not all(map(_is_position, positions.values())):
        raise BadUserInput("This is not a cursor.")
    return positions


def _is_position(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST
