"""The secret that embedded mode makes for itself and keeps."""

import os
import secrets
from pathlib import Path

from errors import SettingsError
from service import locks


def kept(data_dir: Path) -> str:
    """Return the secret kept in `data_dir`, made at the first call; only its owner may read it."""
    path = data_dir / "secret"
    with locks.exclusive(data_dir / "secret.lock"):
        if not path.exists():
            _write(path, secrets.token_urlsafe(48))
        try:
            return path.read_text().strip()
        except PermissionError:
            raise SettingsError(
                f"{path} belongs to another user: start as that user, or set DATA_DIR."
            ) from None


def _write(path: Path, secret: str) -> None:
    """Write it whole or not at all: half a secret would sign tokens nobody can check later."""
    unfinished = path.with_name("secret.new")
    unfinished.unlink(missing_ok=True)
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as text:
        text.write(secret)
        text.flush()
        os.fsync(file)
    unfinished.rename(path)
