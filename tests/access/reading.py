"""Reading answers whose shape the test does not spell out."""

from typing import Any


def values_at(found: Any, path: list[str]) -> list[Any]:
    """What stands at the path, in every object of the lists on the way."""
    if isinstance(found, list) and path:
        return [value for each in found for value in values_at(each, path)]
    if found is None or not path:
        return [found]
    return values_at(found[path[0]], path[1:])


def leaves(found: Any) -> set[Any]:
    """Every value that stands anywhere in the answer."""
    if isinstance(found, dict | list):
        inner = found.values() if isinstance(found, dict) else found
        return {leaf for each in inner for leaf in leaves(each)}
    return {found}
