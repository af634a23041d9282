"""The service with workers that die between a commit and telling of it, each time they are told to.

It is also of little patience with clients that do not read, and of much with those who write:
within minutes they send what others do in days.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette

import app
import settings as configuration
from resolvers.messages import pace
from service import server, streams
from subscriptions.bus import Bus

ORDER = "DEATH_ORDER"
"""Names a file. Who finds it takes it away and dies."""
_publish = Bus.publish


async def _die_or_publish(self: Bus, topic: str, seq: int) -> None:
    _obey()
    await _publish(self, topic, seq)


def _obey() -> None:
    with suppress(FileNotFoundError):
        Path(os.environ[ORDER]).unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def create() -> Starlette:
    """Make the application of one worker."""
    streams.STALLED_SECONDS = 1.0
    pace.OF_STAFF = (pace.Bound(1, 1_000_000, 1_000_000),)
    Bus.publish = _die_or_publish  # type: ignore[method-assign]  # the very moment that is meant
    return app.create()


def main() -> None:
    settings = configuration.load(os.environ)
    with server.bound(settings.host, settings.port) as listener:
        server.run(settings, "tests.chaos.mortal_app:create", listener, lambda: None)


if __name__ == "__main__":
    main()
