"""The tables, made by the migrations once and copied from then on: it spares many seconds.

What is kept is PostgreSQL's own dump, under the digest of all migrations; who changes one makes a
new dump by running them. Only where PostgreSQL is the embedded one, whose version is our own.
"""

import asyncio
import os
import subprocess
from contextvars import Context
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from models.migration import migrate_database
from service.cluster import programs
from tests import servers
from tests.programs import ROOT

_KEPT = ROOT / ".pytest_cache" / "migrated"
# Each database has a log of its own, and cursors tell them apart.
_OTHER_LOG = "UPDATE change_epoch SET value = gen_random_uuid()::text"


def migrate(url: str) -> None:
    """Give an empty database every table, and the service's role its rights on them."""
    if "DATABASE_URL" in os.environ:
        run_migrations(url)
        return
    kept = _KEPT / f"{_digest()}.sql"
    if kept.exists():
        _program("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={kept}", url)
        servers.run_sql(url, _OTHER_LOG)
        run_migrations(url)
        return
    run_migrations(url)
    _KEPT.mkdir(parents=True, exist_ok=True)
    # Several make it at once, and whoever reads it finds it whole.
    own = kept.with_suffix(f".{uuid4().hex}")
    _program("pg_dump", "--no-owner", "--no-privileges", f"--file={own}", url)
    own.replace(kept)


def _digest() -> str:
    found = sha256()
    for path in sorted(Path(ROOT / "migrations").glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _program(name: str, *arguments: str) -> None:
    subprocess.run([programs() / name, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 — PostgreSQL's own


def run_migrations(url: str) -> None:
    """Run those that the database lacks."""

    def run() -> None:
        # A loop of its own and, by the empty context, a Tortoise of its own.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(migrate_database(url))
        finally:
            loop.close()

    Context().run(run)
