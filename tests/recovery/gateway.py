"""Gateways for SMS as an installation plugs them in, good and bad."""

import json
import os
from pathlib import Path

from couriers.letter import Letter


class _ToFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    async def deliver(self, letter: Letter) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps([letter.to, letter.text]) + "\n")


def to_file() -> _ToFile:
    """A courier that writes messages to the file that its own variable names."""
    return _ToFile(Path(os.environ["SMS_FILE"]))


def broken() -> None:
    raise RuntimeError("The password is hunter2.")


def nobody() -> object:
    return object()
