"""How much a client may ask for at once: one number each, which an installation may change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


def _limit(default: int, highest: int, description: str) -> Any:
    return field(default=default, metadata={"highest": highest, "description": description})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one worker; `MAX_` and a limit's name in capitals is its variable."""

    tokens: int = _limit(2_000, 100_000, "tokens of a document")
    depth: int = _limit(25, 200, "levels of fields within fields")
    aliases: int = _limit(100, 100_000, "aliases in a document")
    directives: int = _limit(50, 10_000, "directives in a document")
    body_bytes: int = _limit(256 * 1024, 1024**3, "bytes of a request's body")
    message_bytes: int = _limit(128 * 1024, 1024**3, "bytes of a message over a socket")
    operations_per_socket: int = _limit(50, 10_000, "operations that go on over one socket")
    sockets_per_session: int = _limit(10, 10_000, "open sockets of one session")
    subscriptions_per_session: int = _limit(100, 10_000, "streams of one session")
    lookups_of_nothing: int = _limit(
        300, 1_000_000, "ids of rows that are not there, asked for by one account in ten minutes"
    )

    @classmethod
    def variables(cls) -> Mapping[str, tuple[str, int, int]]:
        """For each variable of the environment: its field, its default and its highest value."""
        return {
            f"MAX_{each.name.upper()}": (
                each.name,
                getattr(DEFAULTS, each.name),
                each.metadata["highest"],
            )
            for each in fields(cls)
        }


DEFAULTS = Limits()
