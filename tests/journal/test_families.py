"""Families change nothing in a journal: every mutation that may write there refuses them."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from strawberry.utils.str_converters import to_camel_case

import models
import resolvers
from access.roles import Relation
from tests.rules.declared import SCHEMA

_RESOLVERS = Path(resolvers.__file__).parent
# The tables of a journal, by their rows' names.
_JOURNAL = {
    models.Assignment,
    models.Attendance,
    models.Homework,
    models.Lesson,
    models.Mark,
    models.MarkRevision,
    models.PeriodMark,
    models.Substitution,
    models.TeachingAssignment,
}
_NAMES = {model.__name__ for model in _JOURNAL}
_FAMILIES = {
    Relation.ANYONE,
    Relation.SIGNED_IN,
    Relation.SELF,
    Relation.STUDENT,
    Relation.GUARDIAN,
}


def _names_in(module: str, seen: set[str] | None = None) -> set[str]:
    """Every name that the module says, and those of the resolvers which it imports."""
    seen = {module} if seen is None else seen | {module}
    found: set[str] = set()
    for node in (each for path in _files(module) for each in ast.walk(ast.parse(path.read_text()))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.ImportFrom(module=str(source), names=names):
                inner = [source.removeprefix("resolvers."), *(each.name for each in names)]
                is_ours = source == "resolvers" or source.startswith("resolvers.")
                for each in inner if is_ours else ():
                    if _files(each) and each not in seen:
                        found |= _names_in(each, seen)
    return found


def _files(module: str) -> list[Path]:
    """The file of a module, or those of a package; none of what is no resolvers'."""
    return [*_RESOLVERS.glob(f"{module}.py"), *_RESOLVERS.glob(f"{module}/*.py")]


def _mutations(module: str) -> list[str]:
    """What clients call the mutations that the module's classes of them have."""
    return [
        to_camel_case(field.python_name)
        for kind in vars(import_module(f"resolvers.{module}")).values()
        if isinstance(kind, type) and kind.__name__.endswith("Mutation")
        for field in getattr(kind, "__strawberry_definition__").fields  # noqa: B009 — Strawberry's
    ]


# What families write themselves, and nothing that a teacher wrote changes by it.
_OF_THEIR_OWN = {
    "answerHomework",
    "markHomeworkDone",
    "submitAbsenceNote",
    "withdrawAbsenceNote",
}
_WRITING = [
    name
    for module in sorted(
        {path.stem for path in _RESOLVERS.glob("*.py")}
        | {path.parent.name for path in _RESOLVERS.glob("*/__init__.py")}
    )
    if _names_in(module) & _NAMES
    for name in _mutations(module)
    if name not in _OF_THEIR_OWN
]
_OF_FAMILIES = {each.value for each in _FAMILIES}


@pytest.mark.parametrize("name", _WRITING)
def test_families_are_refused_by_the_directive(name: str) -> None:
    allowed = _printed(name)
    assert allowed
    assert allowed & _OF_FAMILIES == set()


def test_it_is_known_which_write_to_a_journal() -> None:
    """The control: those of which it is known."""
    assert {
        "assignHomework",
        "assignSubstitute",
        "correctMark",
        "endSubstitution",
        "recordAttendance",
        "recordLesson",
        "recordMark",
        "removeMark",
    } <= set(_WRITING)


def _printed(name: str) -> set[str]:
    """Whom the SDL lets run the mutation."""
    body = SCHEMA.as_str().partition("type Mutation {")[2].partition("\n}")[0]
    spoken = re.sub(r'"""(.*?)"""', "", body, flags=re.DOTALL)
    fields = re.split(r"^  (?=\w+[(:])", spoken, flags=re.MULTILINE)
    (text,) = [each for each in fields if re.match(rf"{name}[(:]", each)]
    found = re.search(r"@allow\(to: \[([^\]]*)\]\)", text)
    return set(found[1].replace(",", " ").split()) if found else set()
