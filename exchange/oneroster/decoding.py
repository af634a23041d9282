"""From a file's bytes to its rows: UTF-8 only, each row with the line on which it begins."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice

from errors import ImportRefused
from exchange.oneroster import limits
from exchange.oneroster.reading import Member

_LAST_ASCII = 0x7F
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CYRILLIC_ENCODINGS = {"cp1251": "windows-1251", "koi8-r": "KOI8-R", "cp866": "DOS code page 866"}


def rows(member: Member) -> Iterator[tuple[int, list[str]]]:
    """Yield `(line, fields)` of every row that is not blank, the header first.

    Raises `ImportRefused` naming file and line where the bytes are no UTF-8 or no CSV.
    """
    csv.field_size_limit(limits.MAX_FIELD_CHARS)
    seen = 0
    try:
        with member.open() as raw:
            text = io.TextIOWrapper(raw, "utf-8-sig", newline="")
            reader = csv.reader(_lines(text, member.name), strict=True)
            for fields in reader:
                if any(fields):
                    yield seen + 1, fields
                seen = reader.line_num
    except UnicodeDecodeError:
        raise ImportRefused(_wrong_encoding(member)) from None
    except csv.Error as error:
        raise ImportRefused(f"{member.name}:{seen + 1}: this is no CSV: {error}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise ImportRefused(
            f"{member.name}:{seen + 1}: cannot be read: {type(error).__name__}."
        ) from None


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    number = 0
    while line := text.readline(limits.MAX_LINE_CHARS):
        number += 1
        if len(line) == limits.MAX_LINE_CHARS:
            raise ImportRefused(
                f"{name}:{number}: the line is longer than {limits.MAX_LINE_CHARS:,} characters."
            )
        if "\0" in line:
            raise ImportRefused(
                f"{name}:{number}: the file holds zero bytes, as UTF-16 does; OneRoster is UTF-8."
            )
        yield line


def _wrong_encoding(member: Member) -> str:
    with member.open() as raw:
        if raw.read(2) in _UTF16_MARKS:
            return f"{member.name}:1: the file is UTF-16; OneRoster is UTF-8."
    with member.open() as raw:
        for number, line in enumerate(iter(lambda: raw.readline(limits.MAX_LINE_CHARS), b""), 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return (
                    f"{member.name}:{number}: the file is not UTF-8, as OneRoster asks; "
                    f"it looks like {_guess(b''.join([line, *islice(raw, 50)]))}."
                )
    return f"{member.name}: the file is not UTF-8."


def _guess(sample: bytes) -> str:
    """Name the Russian encoding in which most letters come out as small Russian ones."""
    high = bytes(byte for byte in sample if byte > _LAST_ASCII)

    def small_letters(encoding: str) -> int:
        return sum("а" <= letter <= "я" for letter in high.decode(encoding, "replace"))

    best = max(_CYRILLIC_ENCODINGS, key=small_letters)
    if small_letters(best) * 2 > len(high):
        return _CYRILLIC_ENCODINGS[best]
    return "some eight-bit encoding"
