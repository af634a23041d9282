"""The manifest: which version it is, which files are there, and whether they are bulk or delta."""

from dataclasses import dataclass
from enum import StrEnum

from errors import ImportRefused
from exchange.oneroster.decoding import rows
from exchange.oneroster.reading import MANIFEST, Bundle

VERSIONS = ("1.1", "1.2")


class Mode(StrEnum):
    """What a file means for the records that it does not hold."""

    BULK = "bulk"
    DELTA = "delta"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one bundle; `modes` has the lower-case name of each table it speaks of."""

    version: str
    modes: dict[str, Mode]
    system: str

    def mode(self, table: str) -> Mode:
        """Return how `table` is sent; one that is not spoken of is absent."""
        return self.modes.get(table.lower(), Mode.ABSENT)


def read(bundle: Bundle, tables: tuple[str, ...]) -> Manifest:
    """Read the manifest and hold it against the files, of which we know `tables`.

    Raises `ImportRefused` where it is unreadable or contradicts the files.
    """
    said = _properties(bundle)
    modes = {
        name.removeprefix("file."): _mode(name, value, line)
        for name, (line, value) in said.items()
        if name.startswith("file.")
    }
    manifest = Manifest(_version(said), modes, _system(said))
    for table in tables:
        _compare(manifest.mode(table), f"{table}.csv", bundle)
    return manifest


def _properties(bundle: Bundle) -> dict[str, tuple[int, str]]:
    said: dict[str, tuple[int, str]] = {}
    header: list[str] | None = None
    for line, fields in rows(bundle[MANIFEST]):
        cells = [field.strip() for field in fields]
        if header is None:
            header = [cell.lower() for cell in cells]
            if header[:2] != ["propertyname", "value"]:
                raise ImportRefused(
                    f"{MANIFEST}:{line}: the columns must be propertyName,value, "
                    f"not {','.join(cells)[:100]}."
                )
            continue
        name = cells[0].lower()
        if name in said:
            raise ImportRefused(f"{MANIFEST}:{line}: {cells[0]} stands here a second time.")
        said[name] = (line, cells[1] if len(cells) > 1 else "")
    if not said:
        raise ImportRefused(f"{MANIFEST} is empty.")
    return said


def _version(said: dict[str, tuple[int, str]]) -> str:
    line, text = said.get("oneroster.version", (1, ""))
    version = text.lower().removeprefix("v")
    for known in VERSIONS:
        if version == known or version.startswith(f"{known}."):
            return known
    raise ImportRefused(
        f"{MANIFEST}:{line}: oneroster.version must be {' or '.join(VERSIONS)}, not {text!r}."
    )


def _mode(name: str, value: str, line: int) -> Mode:
    try:
        return Mode(value.lower())
    except ValueError:
        raise ImportRefused(
            f"{MANIFEST}:{line}: {name} must be {', '.join(Mode)}, not {value!r}."
        ) from None


def _system(said: dict[str, tuple[int, str]]) -> str:
    for name in ("source.systemcode", "source.systemname"):
        text = said.get(name, (0, ""))[1]
        if text and text.lower() != Mode.ABSENT:
            return text
    return ""


def _compare(mode: Mode, file: str, bundle: Bundle) -> None:
    is_here = file.lower() in bundle
    if is_here and mode is Mode.ABSENT:
        raise ImportRefused(f"{MANIFEST} says that {file} is absent, but it is here.")
    if not is_here and mode is not Mode.ABSENT:
        raise ImportRefused(f"{MANIFEST} says that {file} is {mode}, but it is not here.")
