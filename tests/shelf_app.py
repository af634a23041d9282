"""The service with something that keeps files: whose they are and in which state, by a variable."""

import json
import os
from collections.abc import Mapping, Sequence

from starlette.applications import Starlette

import app
import settings as configuration
from files import FileState, StoredFile
from service import server

VARIABLE = "SHELF"
"""JSON: the number of a person, and of each of their files the state."""


class Shelf:
    """Files of which there is only what is said of them."""

    def __init__(self, said: Mapping[str, Mapping[str, str]]) -> None:
        self._said = said

    async def of_person(self, person_id: int, ids: Sequence[int]) -> Mapping[int, StoredFile]:
        own = self._said.get(str(person_id), {})
        return {
            number: StoredFile(
                number, f"Файл {number}.pdf", number * 10, "application/pdf", FileState(state)
            )
            for number in ids
            if (state := own.get(str(number)))
        }


def create() -> Starlette:
    """Make the application of one worker."""
    shelf = Shelf(json.loads(os.environ[VARIABLE]))
    return app.create_app(configuration.load(os.environ), shelf)


def main() -> None:
    settings = configuration.load(os.environ)
    with server.bound(settings.host, settings.port) as listener:
        server.run(settings, "tests.shelf_app:create", listener, lambda: None)


if __name__ == "__main__":
    main()
