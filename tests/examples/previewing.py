"""The example dashboard as its README runs it: built, and served by Vite beside a service."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.programs import ROOT
from tests.servers import free_port, wait_until

_FOLDER = ROOT / "examples" / "parent-dashboard"
# The virtual environment's own Node.js first, where there is one, as in the Makefile.
_PATH = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"


@dataclass(frozen=True)
class Preview:
    """Where the page is, and the group of processes through which it reaches the service."""

    url: str
    group: int


def build() -> None:
    """Build the page, where it is older than what it is made from."""
    subprocess.run(["make", "--silent", "example"], cwd=ROOT, check=True)  # noqa: S607  # the PATH's


@contextmanager
def previewing(service_url: str) -> Iterator[Preview]:
    """Serve the built page, and `/graphql` of the service under the same origin."""
    port, node = free_port(), shutil.which("node", path=_PATH)
    assert node is not None, "make example has brought a Node.js"
    vite = [node, "node_modules/vite/bin/vite.js", "preview", "--host", "127.0.0.1"]
    process = subprocess.Popen(  # noqa: S603  # the words above, no shell
        [*vite, "--strictPort", "--port", str(port)],
        cwd=_FOLDER,
        env={"PATH": _PATH, "DIARY": service_url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A group of its own, for a Node.js that came as a Python package is two processes.
        start_new_session=True,
    )
    preview = Preview(f"http://127.0.0.1:{port}", process.pid)
    try:
        wait_until(lambda: _answers(preview.url), "the page to be served", 30)
        yield preview
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
