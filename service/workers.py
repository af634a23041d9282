"""Processes that are kept alive until a signal, and are gone a fixed time after it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any

import structlog

_log = structlog.get_logger()
_spawn = get_context("spawn")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_RESPAWN_SECONDS = 1.0


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    news: Connection
    serving: bool = False


class Workers:
    """`count` processes running `work(*arguments, news)`.

    `work` sends one message through `news` as soon as it serves. One that dies later is replaced;
    one that dies before any start was complete ends the whole run, for it would die again.
    """

    def __init__(self, count: int, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self._work = work
        self._arguments = arguments
        self._count = count
        self._workers: list[_Worker] = []
        self._complete = False

    def run(
        self,
        *,
        on_complete: Callable[[], None],
        on_stop: Callable[[], None],
        stop_seconds: float,
    ) -> bool:
        """Keep them alive until SIGTERM or SIGINT; whether they had all come to serve.

        `on_complete` is called once, when all serve, and `on_stop` after the signal. Then they get
        SIGTERM and have `stop_seconds`; a second signal, or the end of that time, kills them.
        """
        with _signals_as_pipe() as signals:
            self._workers = [self._started() for _ in range(self._count)]
            while not self._signalled(signals):
                if not self._all_alive_or_replaced():
                    break
                if not self._complete and all(worker.serving for worker in self._workers):
                    self._complete = True
                    on_complete()
            on_stop()
            self._stop(signals, stop_seconds)
        return self._complete

    def _signalled(self, signals: int) -> bool:
        """Sleep until something happens; True where it was a signal."""
        news = [worker.news for worker in self._workers if not worker.serving]
        happened = wait([signals, *news, *(worker.process.sentinel for worker in self._workers)])
        for worker in self._workers:
            if worker.news in happened:
                worker.serving = _received(worker.news)
        return signals in happened and bool(os.read(signals, 1))

    def _all_alive_or_replaced(self) -> bool:
        for index, worker in enumerate(self._workers):
            if worker.process.is_alive():
                continue
            _log.error("worker died", pid=worker.process.pid, exit_code=worker.process.exitcode)
            worker.news.close()
            if not self._complete:
                return False
            if not worker.serving:
                time.sleep(_RESPAWN_SECONDS)  # it could not even start: do not spin
            self._workers[index] = self._started()
        return True

    def _started(self) -> _Worker:
        news, sender = _spawn.Pipe(duplex=False)
        process = _spawn.Process(target=self._work, args=(*self._arguments, sender), daemon=True)
        # Ctrl-C reaches the whole terminal group; the workers are to hear of it from us only.
        # A blocked signal stays blocked in the child, an ignored one could get lost here.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        sender.close()
        return _Worker(process, news)

    def _stop(self, signals: int, seconds: float) -> None:
        for worker in self._workers:
            worker.process.terminate()
        deadline = time.monotonic() + seconds
        while sentinels := [w.process.sentinel for w in self._workers if w.process.is_alive()]:
            happened = wait([signals, *sentinels], deadline - time.monotonic())
            if not happened or signals in happened:
                break
        for worker in self._workers:
            if worker.process.is_alive():
                _log.error("worker killed", pid=worker.process.pid)
                worker.process.kill()
            worker.process.join()
            worker.news.close()


def _received(news: Connection) -> bool:
    try:
        news.recv_bytes()
    except EOFError:
        return False
    return True


@contextmanager
def _signals_as_pipe() -> Iterator[int]:
    """Yield a file descriptor that becomes readable with every signal that asks us to stop."""
    reader, writer = os.pipe()

    def note(number: int, _frame: FrameType | None) -> None:
        os.write(writer, bytes([number]))

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield reader
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
