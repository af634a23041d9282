"""Facts: the rows that a record asks for, before it is known which of them are there already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from exchange.oneroster.checking import Record
from exchange.oneroster.kinds import Kind

_SEPARATOR = "\t"  # a sourcedId holds no control character


class Ref(NamedTuple):
    """The row that another fact becomes, or became in an earlier import."""

    kind: str
    key: str


def ref(kind: Kind, *parts: str) -> Ref:
    """Return the reference to the fact of `kind` with this key."""
    return Ref(kind.name, key_of(*parts))


def key_of(*parts: str) -> str:
    """Return the key of a fact; the first part is the sourcedId of the record it comes from."""
    return _SEPARATOR.join(parts)


def parts_of(key: str) -> list[str]:
    """Undo `key_of`."""
    return key.split(_SEPARATOR)


@dataclass(slots=True)
class Fact:
    """One row that a record asks for.

    `said` is what the source says, and nothing derived from our side: its digest decides whether
    anything is new. `columns` are written at every change, `first` only when the row is made.
    With `row` the fact makes no row of its own: it changes that one or only points to it.
    """

    kind: Kind
    key: str
    record: Record
    said: tuple[object, ...]
    columns: Mapping[str, Any] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)
    row: Ref | int | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of what the source says."""
        return sha256(repr(self.said).encode()).hexdigest()

    @property
    def ref(self) -> Ref:
        """How other facts refer to this one."""
        return Ref(self.kind.name, self.key)
