"""What every command needs before its own work: logs, a database that runs, a secret."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from service import embedded, logs, secret
from settings import Settings


@contextmanager
def prepared(settings: Settings) -> Iterator[Settings]:
    """Yield settings that name a running database and a secret, for as long as the block runs.

    Without DATABASE_URL that is the embedded PostgreSQL; processes started inside read the same
    from the environment. SIGTERM ends the block in order, as Ctrl-C does.
    """
    logs.set_up(settings.log_level, for_people=settings.development)
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        if settings.embedded:
            yield from _with_embedded(settings)
        else:
            yield settings
    finally:
        signal.signal(signal.SIGTERM, before)


def _with_embedded(settings: Settings) -> Iterator[Settings]:
    with embedded.postgres(settings.data_dir) as url:
        secret_key = settings.secret_key or secret.kept(settings.data_dir)
        os.environ |= {"DATABASE_URL": url, "SECRET_KEY": secret_key}
        try:
            yield settings.with_embedded(database_url=url, secret_key=secret_key)
        finally:
            os.environ |= {"DATABASE_URL": "", "SECRET_KEY": settings.secret_key}


def _leave(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)
