"""The service with little patience for clients that do not read."""

import os

from starlette.applications import Starlette

import app
import settings as configuration
from service import server, streams


def create() -> Starlette:
    """Make the application of one worker."""
    streams.STALLED_SECONDS = 1.0
    return app.create()


def main() -> None:
    settings = configuration.load(os.environ)
    with server.bound(settings.host, settings.port) as listener:
        server.run(settings, "tests.impatient_app:create", listener, lambda: None)


if __name__ == "__main__":
    main()
