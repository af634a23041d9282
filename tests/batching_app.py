"""The service with a planner that reads lists below lists in batches, however few their rows."""

import os

from starlette.applications import Starlette

import app
import settings as configuration
from planner import nested
from service import server


def create() -> Starlette:
    """Make the application of one worker."""
    nested.MANY = 1
    return app.create()


def main() -> None:
    settings = configuration.load(os.environ)
    with server.bound(settings.host, settings.port) as listener:
        server.run(settings, "tests.batching_app:create", listener, lambda: None)


if __name__ == "__main__":
    main()
