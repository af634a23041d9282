"""`Idempotency-Key`: the same key from the same account changes nothing twice within 24 hours."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from errors import BadUserInput
from models import IdempotentAnswer
from resolvers.work import Work

_LONGEST_KEY = 200
# Whoever comes second waits here for the first one's commit, and then finds the row.
_CLAIM = """
INSERT INTO idempotent_answer (account_id, key, place, digest, "values", at)
VALUES ($1, $2, $3, $4, '{}', now())
ON CONFLICT (account_id, key, place) DO UPDATE SET digest = excluded.digest, at = now()
WHERE idempotent_answer.at < now() - interval '24 hours'
RETURNING id
"""
_FORMER = """
SELECT digest, "values" FROM idempotent_answer WHERE account_id = $1 AND key = $2 AND place = $3
"""
# One claim in a round takes away more than a round of claims has left behind.
_ROUND = 50
_FORGET = """
DELETE FROM idempotent_answer WHERE id IN (
    SELECT id FROM idempotent_answer WHERE at < now() - interval '24 hours'
    ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True)
class Repetition:
    """One mutation under a key: `place` is its path in the answer, `digest` that of its input."""

    key: str
    place: str
    digest: str

    async def once(
        self,
        work: Work,
        run: Callable[[], Awaitable[Mapping[str, Any]]],
        secrets: Collection[str] = (),
    ) -> Mapping[str, Any]:
        """Do it and keep the payload's values but secrets, or give the values that were kept."""
        name = [work.viewer.account_id, self.key, self.place]
        claimed = await work.connection.execute_query_dict(_CLAIM, [*name, self.digest])
        if not claimed:
            return await self._former(work, name)
        values = await run()
        number = claimed[0]["id"]
        kept = {name: value for name, value in values.items() if name not in secrets}
        work.writes.change(IdempotentAnswer, number, values=kept)
        if number % _ROUND == 0:
            await work.connection.execute_query_dict(_FORGET)
        return values

    async def _former(self, work: Work, name: list[Any]) -> Mapping[str, Any]:
        (former,) = await work.connection.execute_query_dict(_FORMER, name)
        if former["digest"] != self.digest:
            raise BadUserInput("This Idempotency-Key was used with another input.")
        values: dict[str, Any] = orjson.loads(former["values"])
        return values


def repetition(key: str | None, place: str, given: Any) -> Repetition | None:
    """The mutation under its key; None without one. Raises BadUserInput for what is no key."""
    if key is None:
        return None
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= _LONGEST_KEY):
        raise BadUserInput(f"An Idempotency-Key has 1 to {_LONGEST_KEY} printable characters.")
    return Repetition(key, place, hashlib.sha256(repr(given).encode()).hexdigest())
