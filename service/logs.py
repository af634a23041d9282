"""One line an event, the libraries' lines included; never a variable, a token or a name."""

import asyncio
import atexit
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_log = structlog.get_logger()
# A line may be so old, in seconds, when it is written.
_MOMENT = 0.1
_LONGEST_NAME = 100

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that a line is written for."""

# What these say below a warning is either of no use or holds what clients sent: uvicorn's lines
# repeat a URL with its query, Tortoise's repeat the parameters of every statement, httpx's those
# that identity providers are asked at, with whom they are asked for.
_QUIET = (
    *("uvicorn", "uvicorn.error", "tortoise", "tortoise.db_client", "asyncio", "websockets"),
    *("httpx", "httpcore"),
)


def set_up(level: str, *, for_people: bool) -> None:
    """Send all logs to standard error, from `level` on: key=value for people, else JSON."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[Processor] = [
        add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_of_exception,
    ]
    global _often  # noqa: PLW0603 — a process has one log
    _often = (
        None
        if for_people or logging.getLevelNamesMapping()[level.upper()] > logging.INFO
        else _Lines(sys.stderr.buffer)
    )
    # Every operation is a line. Our own lines go past the standard library's records and through
    # one step: one takes 60 microseconds there, and 4 like this.
    structlog.configure(
        processors=[*shared, renderer] if for_people else [_as_json],
        logger_factory=(
            structlog.PrintLoggerFactory(sys.stderr)
            if for_people
            else lambda *_: _Lines(sys.stderr.buffer)
        ),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))


def _as_json(_logger: WrappedLogger, method: str, event: EventDict) -> bytes:
    """The line, with all that the steps for people add to it."""
    if "exc_info" in event:
        place_of_exception(_logger, method, event)
    event["request_id"] = REQUEST_ID.get()
    event["level"] = method
    event["timestamp"] = datetime.now(UTC).isoformat()
    return orjson.dumps(event, default=repr)


class _Lines:
    """Writes lines; those of usual events a moment later, many at once.

    To write a line costs as much as to make it. What went wrong is written at once, and all that
    came before it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_waiting = False
        atexit.register(self._flush)

    def info(self, line: bytes) -> None:
        """Write it within a moment, where a loop runs that can be asked to; else now."""
        self._file.write(line + b"\n")
        if self._is_waiting:
            return
        try:
            asyncio.get_running_loop().call_later(_MOMENT, self._flush)
        except RuntimeError:
            self._flush()
        else:
            self._is_waiting = True

    def warning(self, line: bytes) -> None:
        """Write it now."""
        self._file.write(line + b"\n")
        self._flush()

    debug = info
    error = critical = warning

    def _flush(self) -> None:
        self._is_waiting = False
        self._file.flush()


def shortened(name: str | None) -> str | None:
    """An operation's name as a line tells it: a client may make it as long as a document."""
    return name[:_LONGEST_NAME] if name else None


_often: _Lines | None = None


def event(name: str, **fields: Any) -> None:
    """Write a line of what happens all the time, past structlog's own steps where it is JSON."""
    if _often is None:
        _log.info(name, **fields)
    else:
        _often.info(_as_json(None, "info", {"event": name, **fields}))


def add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say in which request it happened."""
    request_id = REQUEST_ID.get()
    if request_id is not None:
        event["request_id"] = request_id
    return event


def place_of_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and the places it passed.

    Its message stays out: PostgreSQL's and asyncpg's repeat the values they refuse.
    """
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exception() if given is True else given
    if isinstance(error, BaseException):
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["at"] = " > ".join(
            f"{frame.filename}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)
        )
    return event
