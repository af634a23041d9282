"""Programs of ours that tests run as a person would: in a process of their own, over HTTP."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import httpx

from tests.servers import free_port, wait_until

ROOT = Path(__file__).parent.parent
# From nothing: a cluster, all migrations, and perhaps a region, beside other tests.
_START_SECONDS = 120.0


@contextmanager
def serving(*arguments: str, **environ: str) -> Iterator["Program"]:
    """Run the service in development, without the demo region, until the block ends.

    `arguments` name another program that serves.
    """
    given = {"ENVIRONMENT": "development", "DEMO": "off", "SECRET_KEY": "s" * 32, **environ}
    with Program(*(arguments or ("cli", "serve")), **given) as program:
        program.wait_until_up()
        yield program


def failed_plans(program: "Program") -> list[str]:
    """What an ended program wrote of plans that PostgreSQL refused, or that had a mistake in them.

    The generic resolvers answer in their stead, so that no client sees any of it.
    """
    return [line for line in program.output.splitlines() if "graphql.plan_failed" in line]


class Program:
    """`python -m` with `arguments`, and nothing in its environment but what is given.

    Leaving the block kills it and its workers, should they still run; `output` then stays readable.
    """

    def __init__(self, *arguments: str, **environ: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed in __exit__
        self.process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PORT": str(self.port), **environ},
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            # A group of its own, so that a test can press Ctrl-C in it.
            start_new_session=True,
        )
        self.output = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._file.seek(0)
        self.output = self._file.read().decode()
        self._file.close()

    def wait_until_up(self) -> None:
        """Wait until it answers /healthz; AssertionError when it ends or time is up."""
        wait_until(self._up_or_ended, "the program to serve", _START_SECONDS)
        assert self.process.poll() is None, f"it ended with {self.process.returncode}"

    def said(self) -> str:
        """What it has written until now."""
        return os.pread(self._file.fileno(), 1 << 20, 0).decode(errors="replace")

    def answers(self) -> bool:
        """Whether anything at all answers there now."""
        try:
            return httpx.get(f"{self.url}/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def ready(self) -> tuple[int, dict[str, str]]:
        """Return the status and the body of /readyz."""
        answer = httpx.get(f"{self.url}/readyz", timeout=10)
        return answer.status_code, answer.json()

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop and return the seconds it took; SIGINT reaches its group, as Ctrl-C."""
        begun = time.monotonic()
        if number is signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - begun

    def _up_or_ended(self) -> bool:
        return self.process.poll() is not None or self.answers()
