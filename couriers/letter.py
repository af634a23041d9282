"""What is told to somebody outside of the program, and who takes it there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from errors import DiaryError


class Channel(StrEnum):
    """The way a letter goes."""

    EMAIL = "EMAIL"
    SMS = "SMS"


@dataclass(frozen=True, repr=False)
class Letter:
    """A plain text for one person; its `repr` shows nothing of it.

    `to` is what `couriers.addresses` makes of an e-mail address or a phone. A short message has no
    `subject`.
    """

    to: str
    subject: str
    text: str


class Courier(Protocol):
    """Takes letters to where people read them; a process has one for each channel."""

    async def deliver(self, letter: Letter) -> None:
        """Hand it over; raises NotDelivered."""


class NotDelivered(DiaryError):
    """The letter was not taken; `lasting` says that trying again is of no use.

    `reason` is for the log: a word or a number, never what a server said, for it repeats addresses.
    """

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting
