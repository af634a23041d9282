"""Imports go down the house, never up; files are small and say what lives in them."""

import ast
from pathlib import Path

import pytest

from tests.rules.arrows import ALLOWED, OURS, Arrow, arrows
from tests.rules.sources import sources, text

_LONGEST = 400
_FILES = [path for path in sources(tests=True) if path.parts[0] != "migrations"]


def test_every_import_goes_down() -> None:
    found = (arrow for path in sources(tests=False) for arrow in arrows(path, text(path)))
    problems = [arrow.problem for arrow in found if arrow.problem]
    assert not problems, "\n".join(problems)


def test_every_package_has_its_place_in_the_table() -> None:
    found = {path.parts[0].removesuffix(".py") for path in sources(tests=True)}
    assert found - OURS == set(), "say in ALLOWED what it may import"
    assert set(ALLOWED) - found == set(), "this is no longer there"


@pytest.mark.parametrize(
    ("path", "source", "problem"),
    [
        (
            "models/journal.py",
            "import errors\nimport access.roles\n",
            "models/journal.py:2 imports access.roles: models may import errors.",
        ),
        (
            "schema/staff.py",
            "def later():\n    from resolvers import people\n",
            (
                "schema/staff.py:2 imports resolvers.people: schema may import access, "
                "couriers, files, identities, models, errors."
            ),
        ),
        (
            "access/rows.py",
            "if TYPE_CHECKING:\n    from schema.people import X\n",
            "access/rows.py:2 imports schema.people.X: access may import models, errors.",
        ),
        (
            "resolvers/work.py",
            "from subscriptions import bus, log\n",
            (
                "resolvers/work.py:1 imports subscriptions.bus: resolvers may import planner, "
                "schema, access, couriers, custody.export, files, identities, models, "
                "errors, subscriptions.cursor, subscriptions.topics, subscriptions.log."
            ),
        ),
        (
            "errors.py",
            "import models",
            "errors.py:1 imports models: errors may import nothing of ours.",
        ),
        (
            "bench/roster.py",
            "from cli import main",
            "bench/roster.py:1 imports cli.main: nobody imports cli, it is started.",
        ),
    ],
)
def test_an_upward_import_is_found(path: str, source: str, problem: str) -> None:
    assert [arrow.problem for arrow in arrows(Path(path), source) if arrow.problem] == [problem]


def test_what_goes_down_or_is_not_ours_is_let_be() -> None:
    allowed = (
        ("resolvers/work.py", "subscriptions.log.append"),
        ("api/endpoint.py", "service.graphiql"),
        ("schema/people.py", "access.rules"),
        ("schema/people.py", "schema.staff"),
        ("app.py", "subscriptions.live.Live"),
        ("cli.py", "app"),
        ("models/people.py", "settingslike.things"),
    )
    assert [Arrow(Path(path), 1, target).problem for path, target in allowed] == [None] * 7
    # A module that is allowed does not allow its neighbours whose names begin alike.
    assert Arrow(Path("resolvers/work.py"), 1, "subscriptions.logs").problem is not None


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        str(path) for path in _FILES if not _opening(ast.get_docstring(ast.parse(text(path))))
    ]
    assert silent == []


def test_no_file_is_long() -> None:
    long = {str(path): len(text(path).splitlines()) for path in _FILES}
    assert {path: lines for path, lines in long.items() if lines > _LONGEST} == {}


def _opening(docstring: str | None) -> bool:
    """Whether the docstring's first paragraph ends as a sentence does."""
    return bool(docstring) and (docstring or "").split("\n\n")[0].rstrip().endswith((".", ":"))
