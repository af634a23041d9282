"""A bundle's files, out of a folder or a zip, without trusting either."""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from errors import ImportRefused
from exchange.oneroster import limits

MANIFEST = "manifest.csv"
_ENCRYPTED = 0x1
_LITTER = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle; `name` is what reports call it."""

    name: str
    source: Path | zipfile.ZipInfo
    archive: zipfile.ZipFile | None = None

    def open(self) -> IO[bytes]:
        """Open it for reading bytes, as often as needed."""
        if isinstance(self.source, Path):
            return self.source.open("rb")
        if self.archive is None:
            raise ImportRefused(f"{self.name} has no archive to be read from.")
        return self.archive.open(self.source)


Bundle = dict[str, Member]
"""The files beside the manifest, by their lower-case name."""


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """Yield the bundle at `path` (a folder or a zip) for as long as the block runs.

    Raises `ImportRefused` with a sentence where it is none, or one that may do harm.
    """
    if path.is_dir():
        yield _beside_manifest(_in_folder(path), path.name)
    elif path.is_file():
        with _archive(path) as archive:
            yield _beside_manifest(_in_archive(archive), path.name)
    else:
        raise ImportRefused(f"{path.name} is neither a folder nor a zip file.")


def _beside_manifest(members: dict[PurePosixPath, Member], called: str) -> Bundle:
    manifests = [path for path in members if path.name.lower() == MANIFEST]
    if not manifests:
        raise ImportRefused(f"{called} has no {MANIFEST}, so it is no OneRoster bundle.")
    if len(manifests) > 1:
        places = ", ".join(sorted(map(str, manifests)))
        raise ImportRefused(f"{called} has more than one {MANIFEST}: {places}.")
    bundle: Bundle = {}
    for path, member in members.items():
        if path.parent == manifests[0].parent:
            if path.name.lower() in bundle:
                raise ImportRefused(f"{called} has {path.name} twice.")
            bundle[path.name.lower()] = member
    return bundle


def _in_folder(folder: Path) -> dict[PurePosixPath, Member]:
    root = folder.resolve()
    nested = [child for child in sorted(folder.iterdir()) if child.is_dir()]
    found: dict[PurePosixPath, Member] = {}
    total = 0
    for place in (folder, *nested):
        for path in sorted(place.iterdir()):
            if not path.resolve().is_relative_to(root):
                raise ImportRefused(f"{path.name} is a link that leads out of the folder.")
            if _is_litter(path.name) or not path.is_file():
                continue
            total += path.stat().st_size
            found[PurePosixPath(path.relative_to(folder).as_posix())] = Member(path.name, path)
    _refuse_too_much(len(found), total, folder.name)
    return found


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise ImportRefused(f"{path.name} is not a zip file that can be read: {error}.") from None
    with archive:
        yield archive


def _in_archive(archive: zipfile.ZipFile) -> dict[PurePosixPath, Member]:
    files = [info for info in archive.infolist() if not info.is_dir()]
    called = Path(archive.filename or "the zip").name
    _refuse_too_much(len(files), sum(info.file_size for info in files), called)
    found: dict[PurePosixPath, Member] = {}
    for info in files:
        _refuse_harm(info)
        path = PurePosixPath(info.filename)
        if any(_is_litter(part) for part in path.parts):
            continue
        if path in found:
            raise ImportRefused(f"{called} has {info.filename} twice.")
        found[path] = Member(path.name, info, archive)
    return found


def _refuse_too_much(members: int, total: int, called: str) -> None:
    if members > limits.MAX_MEMBERS:
        raise ImportRefused(f"{called} has {members} files; at most {limits.MAX_MEMBERS} are read.")
    if total > limits.MAX_TOTAL_BYTES:
        raise ImportRefused(
            f"{called} would unpack to {total:,} bytes; "
            f"at most {limits.MAX_TOTAL_BYTES:,} are read."
        )


def _refuse_harm(info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    leaves = path.is_absolute() or ".." in path.parts or ":" in path.parts[0]
    if leaves or "\\" in info.orig_filename:
        raise ImportRefused(f"The zip has a file named {info.filename!r}, which leads out of it.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ImportRefused(f"The zip holds {info.filename!r} as a link instead of a file.")
    if info.flag_bits & _ENCRYPTED:
        raise ImportRefused(f"{path.name} is encrypted; send the zip without a password.")
    grows = info.file_size / max(info.compress_size, 1)
    if info.file_size >= limits.RATIO_COUNTS_FROM_BYTES and grows > limits.MAX_COMPRESSION:
        raise ImportRefused(
            f"{path.name} would grow {grows:.0f} times when unpacked; "
            f"at most {limits.MAX_COMPRESSION} times is believed."
        )


def _is_litter(name: str) -> bool:
    return name.lower() in _LITTER or name.startswith("._")
