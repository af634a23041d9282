"""The page of threats names every one of them, and tests that there are."""

import ast
import re
from pathlib import Path

from tests.programs import ROOT
from tests.rules.sources import text

_PAGE = (ROOT / "docs" / "threats.md").read_text()
_ROW = re.compile(r"^\| ([A-Z]\d) \| .* \| .* \| (.*) \|$", re.MULTILINE)
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_THREATS = [
    *("H1", "H2", "H3", "V1", "S1", "S2", "S3", "T1", "T2", "T3", "A1", "A2", "A3"),
    *("D1", "D2", "D3", "D4", "D5", "C1", "C2", "I1", "I2", "L1", "L2", "L3", "L4", "P1"),
]


def test_every_threat_has_its_row() -> None:
    assert [name for name, _ in _ROW.findall(_PAGE)] == _THREATS


def test_every_row_is_shown_by_tests_that_there_are() -> None:
    named = {name: _NAMED.findall(shown) for name, shown in _ROW.findall(_PAGE)}
    assert [name for name, tests in named.items() if not tests] == []
    missing = [
        f"{path}::{test}"
        for tests in named.values()
        for path, test in tests
        if test not in _tests_in(path)
    ]
    assert missing == []


def _tests_in(path: str) -> set[str]:
    if not (ROOT / path).exists():
        return set()
    nodes = ast.walk(ast.parse(text(Path(path))))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
