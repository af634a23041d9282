"""What many ask at the same moment, asked of the database by one statement."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

# Some milliseconds of work for those who are answered: others have their turn in between.
MOST_OF_A_LOT = 50

Row = Sequence[Any]
_Asked = tuple[int, "asyncio.Future[Sequence[Row]]"]


class Together:
    """Asks for lots: whoever comes while one is asked for waits for the next.

    Nobody is kept waiting for others to come, and nobody is told what was read before they asked.
    """

    def __init__(self, ask: Callable[[Sequence[int]], Awaitable[Sequence[Row]]]) -> None:
        self._ask = ask
        self._waiting: deque[_Asked] = deque()
        self._working: asyncio.Task[None] | None = None

    async def of(self, key: int) -> Sequence[Row]:
        """The rows of this key, which is their first column; raises whatever the asking raises."""
        answer: asyncio.Future[Sequence[Row]] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while lot := self._next():
                await self._serve(lot)
        finally:
            self._working = None

    def _next(self) -> list[_Asked]:
        """Those who have waited longest, without those who are gone."""
        lot: list[_Asked] = []
        while self._waiting and len(lot) < MOST_OF_A_LOT:
            key, answer = self._waiting.popleft()
            if not answer.done():
                lot.append((key, answer))
        return lot

    async def _serve(self, lot: Sequence[_Asked]) -> None:
        try:
            found = _by_key(await self._ask(list({key for key, _ in lot})))
        except Exception as error:  # noqa: BLE001 — each of those who asked meets it
            for _, answer in lot:
                if not answer.done():
                    answer.set_exception(error)
            return
        for key, answer in lot:
            if not answer.done():
                answer.set_result(found.get(key, ()))


def _by_key(rows: Sequence[Row]) -> Mapping[int, Sequence[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found
