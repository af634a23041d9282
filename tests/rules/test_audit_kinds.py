"""Whatever is written into the audit begins with a kind that its readers can ask for."""

import ast
from collections.abc import Iterator

from models import AuditKind
from tests.rules.sources import sources, text


def test_every_action_begins_with_a_kind() -> None:
    unknown = [
        f"{path}:{line} {action}"
        for path in sources(tests=False)
        for line, action in _actions(text(path))
        if action.partition(".")[0].upper() not in AuditKind.__members__
    ]
    assert not unknown, "name the kind in models/audit.py: " + ", ".join(unknown)


def _actions(source: str) -> Iterator[tuple[int, str]]:
    """Where something is audited, and the action as far as it is written there."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _is_audit(node) and node.args:
            first = node.args[0]
            if isinstance(first, ast.JoinedStr):
                first = first.values[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def _is_audit(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "audit"
