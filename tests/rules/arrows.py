"""Which of our packages may import which, and a reader of imports that holds them to it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# A package or module -> what of ours it may import beside itself; a name with a dot allows that
# one module. Composition roots and tools are not bound: they may import anything.
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "errors": (),
    "recurring": (),
    "files": (),
    "couriers": ("errors",),
    "settings": ("variables", "api.limits", "couriers.relay", "errors"),
    "variables": ("errors",),
    "models": ("errors",),
    "access": ("models", "errors"),
    "identities": ("errors",),
    "schema": ("access", "couriers", "files", "identities", "models", "errors"),
    "planner": ("schema", "access", "models", "errors"),
    "subscriptions": ("planner", "schema", "access", "models", "errors", "recurring"),
    "resolvers": (
        "planner",
        "schema",
        "access",
        "couriers",
        "custody.export",
        "files",
        "identities",
        "models",
        "errors",
        "subscriptions.cursor",
        "subscriptions.topics",
        "subscriptions.log",
    ),
    "api": (
        "resolvers",
        "planner",
        "subscriptions",
        "schema",
        "access",
        "models",
        "errors",
        "service.graphiql",
        "service.logs",
        "service.metrics",
        "service.requests",
        "service.streams",
    ),
    "service": ("settings", "errors"),
    "demo": ("models", "access", "errors"),
    "digests": ("couriers", "models", "errors", "recurring"),
    "deadlines": ("models", "recurring", "subscriptions.topics", "subscriptions.log"),
    "custody": ("models", "access", "errors", "recurring"),
    "exchange": ("models", "access", "errors"),
    "migrations": ("models",),
}
UNBOUND = frozenset({"app", "cli", "bench", "tests"})
OURS = frozenset(ALLOWED) | UNBOUND
# Programs are started and never imported, except by each other and by tests.
PROGRAMS = frozenset({"app", "cli"})
_MAY_IMPORT_PROGRAMS = PROGRAMS | {"tests"}


@dataclass(frozen=True)
class Arrow:
    """One import: where it stands, and what it imports by its full name."""

    path: Path
    line: int
    target: str

    @property
    def owner(self) -> str:
        """The package or module of ours that imports."""
        return self.path.parts[0].removesuffix(".py")

    @property
    def problem(self) -> str | None:
        """Why this import is not allowed; None where it is."""
        package = self.target.partition(".")[0]
        if package not in OURS or package == self.owner:
            return None
        if package in PROGRAMS and self.owner not in _MAY_IMPORT_PROGRAMS:
            return f"{self._says}: nobody imports {package}, it is started."
        if self.owner in UNBOUND or any(self._is_in(each) for each in ALLOWED[self.owner]):
            return None
        allowed = ", ".join(ALLOWED[self.owner]) or "nothing of ours"
        return f"{self._says}: {self.owner} may import {allowed}."

    @property
    def _says(self) -> str:
        return f"{self.path}:{self.line} imports {self.target}"

    def _is_in(self, allowed: str) -> bool:
        return f"{self.target}.".startswith(f"{allowed}.")


def arrows(path: Path, source: str) -> Iterator[Arrow]:
    """Every import in the source, those in functions and behind TYPE_CHECKING among them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Arrow(path, node.lineno, name.name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for name in node.names:
                yield Arrow(path, node.lineno, f"{node.module}.{name.name}")
