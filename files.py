"""The port to a file service: what others ask of files that people have put there.

There is no such service yet. Where the composition root has none to hand out, whoever names a file
is told so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class FileState(StrEnum):
    """Whether a file may be given to others."""

    PENDING = "PENDING"
    """It has not arrived whole, or is still looked through."""
    READY = "READY"
    REFUSED = "REFUSED"
    """Something was found in it; nobody gets it."""


@dataclass(frozen=True)
class StoredFile:
    """A file by its number: its name for people, its size, and its media type (RFC 6838)."""

    id: int
    name: str
    size_bytes: int
    media_type: str
    state: FileState


class Files(Protocol):
    """What keeps files; a process has one at the most."""

    async def of_person(self, person_id: int, ids: Sequence[int]) -> Mapping[int, StoredFile]:
        """Those of these files that the person has put there, by their numbers."""
