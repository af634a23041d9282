"""Commands of ours that tests run as a person would: what they print, and how they end."""

import asyncio
import os
import sys
from typing import NamedTuple

from tests.programs import ROOT
from tests.sessions import SECRET_KEY


class Told(NamedTuple):
    """How a command ended, and what it printed on both ways."""

    code: int
    output: str
    errors: str


async def told(*arguments: str, database: str, given: str = "", **environ: str) -> Told:
    """Run `schoolDiary` with these arguments over a database; `given` is its standard input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *arguments),
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database,
            "SECRET_KEY": SECRET_KEY,
            **environ,
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate(given.encode())
    return Told(process.returncode or 0, output.decode(), errors.decode())
