"""The page that walks one query through the planner shows what the planner makes of it."""

import re
import subprocess
import sys

from tests.programs import ROOT

_PAGE = ROOT / "docs" / "planner.md"
_ARGUMENTS = ("--role", "TEACHER", "--variables", '{"id": "U3R1ZGVudDox"}')


def _printed(document: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the command prints; it needs no setting and no database."""
    command = [sys.executable, "-m", "cli", "plan", "-", *arguments]
    return subprocess.run(  # noqa: S603  # our own program
        command, input=document, cwd=ROOT, env={}, capture_output=True, text=True, check=False
    )


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", _PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def _tight(text: str) -> str:
    """The text without the white space that only makes it easier to read."""
    return re.sub(r"\s+", " ", re.sub(r"\s*([()])\s*", r"\1", text)).strip()


def test_the_statement_is_the_one_that_is_printed() -> None:
    printed = _printed(_block("graphql"), *_ARGUMENTS)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert _tight(printed.stdout) == _tight(_block("sql"))


def test_what_has_no_plan_is_told_in_a_sentence() -> None:
    printed = _printed("{ nothing }")
    assert (printed.returncode, printed.stdout) == (1, "")
    assert printed.stderr == "schoolDiary: Cannot query field 'nothing' on type 'Query'.\n"


def test_nobody_has_a_plan_too() -> None:
    printed = _printed("{ municipalities { name } viewer { login } }", "--nobody")
    assert printed.returncode == 0
    assert "-- refused: viewer\n" in printed.stdout
    assert "session" not in printed.stdout
