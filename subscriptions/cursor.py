"""Cursors: how far a client has heard each topic, in a form that it need not understand."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache

import orjson

from errors import BadUserInput, ResyncRequired

_LARGEST = 2**63 - 1
_LONGEST = 4096


class _Log:
    """The log whose numbers this process gives out; `subscriptions.pulse` looks which it is."""

    epoch = ""


def use(epoch: str) -> None:
    """From now on give out cursors of this epoch, and take no others."""
    _Log.epoch = epoch


def encode(positions: Mapping[str, int]) -> str:
    """The cursor of someone who has heard everything up to these numbers."""
    if len(positions) == 1:
        ((topic, seq),) = positions.items()
        return _of_one(_Log.epoch, topic, seq)
    return _encoded(_Log.epoch, dict(positions))


@lru_cache(maxsize=1024)
def _of_one(epoch: str, topic: str, seq: int) -> str:
    """The same for one topic: all who hear of an entry stand there."""
    return _encoded(epoch, {topic: seq})


def _encoded(epoch: str, positions: dict[str, int]) -> str:
    text = orjson.dumps([epoch, positions], option=orjson.OPT_SORT_KEYS)
    return urlsafe_b64encode(text).decode()


def decode(cursor: str) -> dict[str, int]:
    """The numbers in a cursor.

    Raises BadUserInput for what is none, and ResyncRequired for one of another database or from
    before this one was restored: its numbers are those of other changes.
    """
    try:
        # Strict: the lenient decoder skips whatever is not of its alphabet.
        read = orjson.loads(b64decode(cursor[:_LONGEST], altchars="-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise BadUserInput("This is not a cursor.") from error
    match read:
        case [str(epoch), dict(positions)] if all(map(_is_position, positions.values())):
            if epoch != _Log.epoch:
                raise ResyncRequired("Your cursor is of another log than today's.")
            return positions
    raise BadUserInput("This is not a cursor.")


def _is_position(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST
