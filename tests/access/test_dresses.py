"""Aliases, fragments and conditions change nothing about what is refused, and how often."""

import re

import pytest

from tests.access.cast import Cast, Who
from tests.access.reading import leaves, values_at
from tests.diary import Answer
from tests.factories import gid

# One refused field in every dress, and the paths that are told; a librarian may read it of nobody.
_DRESSES = {
    "plainly": ("student(id: $id) { phone }", ["student.phone"]),
    "by another name": ("student(id: $id) { number: phone }", ["student.number"]),
    "under another name": ("whoever: student(id: $id) { phone }", ["whoever.phone"]),
    "twice": ("student(id: $id) { phone phone }", ["student.phone"]),
    "twice, by two names": (
        "student(id: $id) { a: phone b: phone }",
        ["student.a", "student.b"],
    ),
    "in two places": (
        "student(id: $id) { phone } again: student(id: $id) { phone }",
        ["student.phone", "again.phone"],
    ),
    "in a place named twice": (
        "student(id: $id) { phone } student(id: $id) { phone email }",
        ["student.phone", "student.email"],
    ),
    "in an inline fragment": ("student(id: $id) { ... on Student { phone } }", ["student.phone"]),
    "in a fragment of its interface": (
        "student(id: $id) { ... on Node { ... on Student { phone } } }",
        ["student.phone"],
    ),
    "in a fragment without a type": ("student(id: $id) { ... { phone } }", ["student.phone"]),
    "in a named fragment": ("student(id: $id) { ...Phone }", ["student.phone"]),
    "in fragments within fragments": ("student(id: $id) { ...Outer }", ["student.phone"]),
    "in a fragment of the root": ("...Root", ["student.phone"]),
    "in fragments and plainly": (
        "student(id: $id) { ...Outer ...Phone phone ... { phone } }",
        ["student.phone"],
    ),
    "skipped": ("student(id: $id) { fullName phone @skip(if: true) }", []),
    "not included": ("student(id: $id) { fullName phone @include(if: $no) }", []),
    "not included by default": ("student(id: $id) { fullName phone @include(if: $off) }", []),
    "in a skipped fragment": ("student(id: $id) { fullName ...Phone @skip(if: $yes) }", []),
    "in a skipped parent": ("student(id: $id) @skip(if: $yes) { phone }", []),
    "included": ("student(id: $id) { phone @include(if: $yes) }", ["student.phone"]),
    "included by default": ("student(id: $id) { phone @include(if: $on) }", ["student.phone"]),
    "skipped once of two times": (
        "student(id: $id) { phone @skip(if: $yes) ...Phone }",
        ["student.phone"],
    ),
    "in a fragment that is skipped once": (
        "student(id: $id) { fullName ...Phone @skip(if: $yes) ...Phone }",
        ["student.phone"],
    ),
    "skipped and included": (
        "student(id: $id) { fullName phone @include(if: $yes) @skip(if: $yes) }",
        [],
    ),
    "under a guarded parent": ("student(id: $id) { guardians { phone } }", ["student.guardians"]),
    "in a list": (
        "student(id: $id) { recentMarks { history { reason } } }",
        ["student.recentMarks.history"],
    ),
    "of a row that is absent": ("student(id: $none) { phone }", ["student.phone"]),
}
_FRAGMENTS = {
    "Phone": "on Student { phone }",
    "Outer": "on Student { ...Inner }",
    "Inner": "on Node { ...Phone }",
    "Root": "on Query { student(id: $id) { ...Outer } }",
}
_TYPES = {
    "id": "ID!",
    "none": "ID!",
    "yes": "Boolean!",
    "no": "Boolean!",
    "off": "Boolean = false",
    "on": "Boolean! = true",
}


@pytest.mark.parametrize(("selection", "paths"), _DRESSES.values(), ids=_DRESSES)
async def test_a_refusal_in_every_dress(cast: Cast, selection: str, paths: list[str]) -> None:
    answer = await _ask(cast, Who.LIBRARIAN, selection)
    assert answer.refused == [("FORBIDDEN", path) for path in paths]
    assert leaves(answer.partial) <= {None, cast.world.pupil.person.row.full_name}


@pytest.mark.parametrize(("selection", "paths"), _DRESSES.values(), ids=_DRESSES)
async def test_the_same_dress_on_whoever_may_read(
    cast: Cast, selection: str, paths: list[str]
) -> None:
    """The control: what is refused above is there for a head, under the same names."""
    answer = await _ask(cast, Who.HEAD, selection)
    for path in paths:
        values = values_at(answer.data, path.split("."))
        assert (None in values) is ("$none" in selection)


async def _ask(cast: Cast, who: Who, selection: str) -> Answer:
    return await (await cast.client(who)).send(
        _document(selection),
        id=gid("Student", cast.world.pupil.id),
        none=gid("Student", 2**40),
        yes=True,
        no=False,
    )


def _document(selection: str) -> str:
    """An operation with the fragments and variables that it needs: unused ones are no document."""
    document, spread = selection, re.findall(r"\.\.\.(\w+)", selection)
    while spread:
        name = spread.pop()
        if f"fragment {name} " not in document:
            document += f" fragment {name} {_FRAGMENTS[name]}"
            spread += re.findall(r"\.\.\.(\w+)", _FRAGMENTS[name])
    used = sorted(set(re.findall(r"\$(\w+)", document)))
    variables = ", ".join(f"${name}: {_TYPES[name]}" for name in used)
    return f"query ({variables}) {{ {selection} }} {document.removeprefix(selection)}"
