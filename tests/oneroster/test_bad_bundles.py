"""Bundles that cannot be used at all: one sentence, and nothing is written."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from errors import ImportRefused
from exchange.oneroster import limits
from tests.oneroster.bundles import small_11
from tests.oneroster.conftest import RosterDatabase

Spoil = Callable[[Path], None]


async def assert_refused(roster: RosterDatabase, path: Path, sentence: str) -> None:
    before = await roster.everything()
    with pytest.raises(ImportRefused) as caught:
        await roster.take(path)
    assert str(caught.value) == sentence
    assert await roster.everything() == before


def _rewritten(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(folder: Path) -> None:
        file = folder / name
        file.write_bytes(change(file.read_bytes()))

    return spoil


def _in_encoding(encoding: str) -> Callable[[bytes], bytes]:
    return lambda content: content.decode().encode(encoding)


def _replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old.encode(), new.encode())


def _added(text: str) -> Callable[[bytes], bytes]:
    return lambda content: content + text.encode()


FILE_PROBLEMS: dict[str, tuple[Spoil, str]] = {
    "windows-1251": (
        _rewritten("users.csv", _in_encoding("cp1251")),
        "users.csv:2: the file is not UTF-8, as OneRoster asks; it looks like windows-1251.",
    ),
    "koi8-r": (
        _rewritten("users.csv", _in_encoding("koi8-r")),
        "users.csv:2: the file is not UTF-8, as OneRoster asks; it looks like KOI8-R.",
    ),
    "utf-16": (
        _rewritten("users.csv", _in_encoding("utf-16")),
        "users.csv:1: the file is UTF-16; OneRoster is UTF-8.",
    ),
    "utf-16 without a mark": (
        _rewritten("orgs.csv", lambda _: "sourcedId,name".encode("utf-16-le")),
        "orgs.csv:1: the file holds zero bytes, as UTF-16 does; OneRoster is UTF-8.",
    ),
    "a missing column": (
        _rewritten("orgs.csv", _replaced("name", "title")),
        "orgs.csv:1: the column name is missing.",
    ),
    "several missing columns": (
        _rewritten("users.csv", _replaced("givenName,familyName", "first,last")),
        "users.csv:1: the columns givenName, familyName are missing.",
    ),
    "a repeated column": (
        _rewritten("orgs.csv", _replaced("identifier", "Name")),
        "orgs.csv:1: the column 'Name' is there twice.",
    ),
    "semicolons": (
        _rewritten("orgs.csv", _replaced(",", ";")),
        "orgs.csv:1: the columns are separated by semicolons, not by commas.",
    ),
    "no header": (
        _rewritten("orgs.csv", lambda _: b""),
        "orgs.csv:1: the file is empty; even the header is missing.",
    ),
    "an open quote": (
        _rewritten("orgs.csv", _added('"x')),
        "orgs.csv:5: this is no CSV: unexpected end of data.",
    ),
    "a file that is not there": (
        lambda folder: (folder / "classes.csv").unlink(),
        "manifest.csv says that classes.csv is bulk, but it is not here.",
    ),
    "a file that should not be there": (
        _rewritten("manifest.csv", _replaced("file.classes,bulk", "file.classes,absent")),
        "manifest.csv says that classes.csv is absent, but it is here.",
    ),
    "no manifest": (
        lambda folder: (folder / "manifest.csv").unlink(),
        "bundle has no manifest.csv, so it is no OneRoster bundle.",
    ),
    "another version": (
        _rewritten("manifest.csv", _replaced("version,1.1", "version,1.0")),
        "manifest.csv:3: oneroster.version must be 1.1 or 1.2, not '1.0'.",
    ),
    "an unknown mode": (
        _rewritten("manifest.csv", _replaced("file.orgs,bulk", "file.orgs,full")),
        "manifest.csv:13: file.orgs must be bulk, delta, absent, not 'full'.",
    ),
    "a manifest of other columns": (
        _rewritten("manifest.csv", _replaced("propertyName,value", "name,what")),
        "manifest.csv:1: the columns must be propertyName,value, not name,what.",
    ),
    "an endless line": (
        _rewritten("orgs.csv", _added("x" * limits.MAX_LINE_CHARS)),
        f"orgs.csv:5: the line is longer than {limits.MAX_LINE_CHARS:,} characters.",
    ),
    "a link out of the folder": (
        lambda folder: (folder / "more.csv").symlink_to("/etc/passwd"),
        "more.csv is a link that leads out of the folder.",
    ),
}


@pytest.mark.parametrize("problem", FILE_PROBLEMS)
async def test_an_unusable_file_refuses_the_whole_import(
    roster: RosterDatabase, tmp_path: Path, problem: str
) -> None:
    spoil, sentence = FILE_PROBLEMS[problem]
    path = small_11().folder(tmp_path / "bundle")
    spoil(path)
    await assert_refused(roster, path, sentence)


async def test_a_delta_without_a_status_column_is_unusable(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    delta = small_11().only(orgs=(3,))
    delta.files["orgs"] = [(*row[:1], *row[2:]) for row in delta.files["orgs"]]
    await assert_refused(
        roster, delta.folder(tmp_path), "orgs.csv:1: the column status is missing."
    )


def _zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in small_11().contents():
            archive.writestr(name, content)
        for name, content in members.items():
            archive.writestr(name, content)
    return path


async def test_a_zip_that_would_unpack_to_gigabytes_is_not_unpacked(
    roster: RosterDatabase, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", "propertyName,value\n")
        with archive.open("orgs.csv", "w", force_zip64=True) as member:
            for _ in range(64):
                member.write(bytes(1024**2))
    await assert_refused(
        roster,
        path,
        "orgs.csv would grow 1029 times when unpacked; at most 200 times is believed.",
    )


async def test_the_unpacked_size_is_limited_whatever_the_ratio(
    roster: RosterDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_TOTAL_BYTES", 100_000)
    path = _zip(tmp_path / "big.zip", **{"more.csv": os.urandom(100_000)})
    with pytest.raises(ImportRefused, match=r"big.zip would unpack to 10\d,\d{3} bytes; at most"):
        await roster.take(path)


@pytest.mark.parametrize("name", ["../evil.csv", "/evil.csv", "C:/evil.csv", "a/../../evil.csv"])
async def test_a_zip_with_names_that_lead_out_of_it_is_refused(
    roster: RosterDatabase, tmp_path: Path, name: str
) -> None:
    await assert_refused(
        roster,
        _zip(tmp_path / "evil.zip", **{name: b"x"}),
        f"The zip has a file named {name!r}, which leads out of it.",
    )


async def test_a_link_in_a_zip_is_refused(roster: RosterDatabase, tmp_path: Path) -> None:
    path = _zip(tmp_path / "link.zip")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("more.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    await assert_refused(roster, path, "The zip holds 'more.csv' as a link instead of a file.")


async def test_an_encrypted_zip_is_refused(roster: RosterDatabase, tmp_path: Path) -> None:
    path = _zip(tmp_path / "secret.zip")
    content = bytearray(path.read_bytes())
    # The flag of the first entry of the central directory; zipfile itself cannot encrypt.
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    await assert_refused(
        roster, path, "manifest.csv is encrypted; send the zip without a password."
    )


async def test_a_broken_zip_is_refused(roster: RosterDatabase, tmp_path: Path) -> None:
    path = _zip(tmp_path / "broken.zip")
    path.write_bytes(path.read_bytes()[:-40])
    await assert_refused(
        roster, path, "broken.zip is not a zip file that can be read: File is not a zip file."
    )


async def test_a_damaged_member_is_refused(roster: RosterDatabase, tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    small_11().zip(path)
    content = bytearray(path.read_bytes())
    place = content.index(b"users.csv") + 60
    content[place : place + 20] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=r"users.csv:\d+: "):
        await roster.take(path)


async def test_what_is_no_bundle_at_all_is_refused(roster: RosterDatabase, tmp_path: Path) -> None:
    await assert_refused(
        roster, tmp_path / "nothing", "nothing is neither a folder nor a zip file."
    )
