"""The embedded PostgreSQL: started by its first user, stopped by its last."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from errors import SettingsError
from service import locks
from service.cluster import Cluster

TUNING: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Short statements only: planning a parallel or compiled one costs more than it saves.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    # A failed statement holds children's names; its text and its details stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_START_SECONDS = 30.0


@contextmanager
def postgres(data_dir: Path, tuning: Mapping[str, str] = TUNING) -> Iterator[str]:
    """Yield the URL of the server under `data_dir`, for as long as the block runs.

    Several processes may be inside at once: the first starts the server, the last stops it, and
    one left over by a killed process is taken over. Raises `SettingsError` where it cannot start.
    """
    data_dir = data_dir.expanduser().resolve()
    cluster = Cluster(data_dir / "postgres")
    _make(data_dir)
    gate, users = data_dir / "postgres.lock", data_dir / "postgres.users"
    with locks.exclusive(gate):
        socket_dir = _running(cluster) or cluster.start(tuning)
        membership = locks.Membership(users)
    try:
        yield f"postgresql://postgres@/postgres?host={quote(str(socket_dir), safe='')}"
    finally:
        with locks.exclusive(gate):
            if membership.leave():
                cluster.stop()


def _make(data_dir: Path) -> None:
    if data_dir.exists():
        return
    try:
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o755)  # whatever the umask: PostgreSQL's own user must get through
    except OSError as error:
        raise SettingsError(f"DATA_DIR {data_dir} cannot be made: {error.strerror}.") from None


def _running(cluster: Cluster) -> Path | None:
    """Return the socket folder of a server that is up, waiting for one in between states."""
    deadline = time.monotonic() + _START_SECONDS
    while (socket_dir := cluster.socket_dir()) is None and cluster.alive():
        if time.monotonic() > deadline:
            raise SettingsError(
                f"The embedded PostgreSQL in {cluster.folder} neither starts nor ends; "
                f"look into {cluster.log}."
            )
        time.sleep(0.05)
    return socket_dir
