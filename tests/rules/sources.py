"""Our own Python files."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def sources(*, tests: bool) -> Iterator[Path]:
    """Every file of ours, from the root's own to the packages', relative to the root."""
    for child in sorted(ROOT.iterdir()):
        if child.suffix == ".py":
            yield child.relative_to(ROOT)
        elif (child / "__init__.py").exists() and (tests or child.name != "tests"):
            yield from sorted(path.relative_to(ROOT) for path in child.rglob("*.py"))


def text(path: Path) -> str:
    """What stands in the file."""
    return (ROOT / path).read_text()
