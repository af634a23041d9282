"""Ids as clients see them: opaque, globally unique, stable (Relay's base64 of type and number)."""

from strawberry.relay.utils import from_base64, to_base64

from errors import BadUserInput

_LARGEST = 2**63 - 1


def encode(label: str, number: int) -> str:
    """The id of row `number` of the type that is known as `label`."""
    return to_base64(label, number)


def decode(label: str, text: str) -> int | None:
    """The row's number; None for an id of another type, which no row of this type can have.

    Raises BadUserInput where the text is no id at all.
    """
    kind, row = parts(text)
    return row if kind == label else None


def parts(text: str) -> tuple[str, int]:
    """The label and the number that an id is made of; raises BadUserInput where it is none."""
    try:
        kind, number = from_base64(text)
        row = int(number)
    except ValueError as error:
        raise BadUserInput("This is not an id.") from error
    if not number.isascii() or str(row) != number or not 0 < row <= _LARGEST:
        raise BadUserInput("This is not an id.")
    return kind, row
