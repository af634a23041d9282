"""What a statement is told at each run: its parameters, and where their values come from."""

from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import Any, NamedTuple

from graphql.execution.values import VariableValues
from tortoise import fields
from tortoise.contrib.postgres.fields import TSVectorField
from tortoise.fields.base import Field

from access.viewer import OfViewer, Viewer


class Run(NamedTuple):
    """What one run of a statement is given: who asks, the variables, and numbers of rows.

    `found` is the number, or the numbers, that a payload or an event carries in a field; a
    mutation's own reading is given its values by name here.
    """

    viewer: Viewer
    variables: VariableValues
    found: Any = None


Value = Callable[[Run], Any]
"""How one run finds a parameter's value; raises what the field's resolver would raise."""

_TYPES: tuple[tuple[type[Any], str], ...] = (
    (fields.BigIntField, "bigint"),
    (fields.SmallIntField, "bigint"),
    (fields.IntField, "bigint"),
    (fields.BooleanField, "boolean"),
    (fields.DateField, "date"),
    (fields.DatetimeField, "timestamptz"),
    (fields.DecimalField, "numeric"),
    (fields.CharField, "text"),
    (fields.TextField, "text"),
    (TSVectorField, "text"),
)


def sql_type(column: Field[Any]) -> str:
    """The type that a value is compared with this column as."""
    for kind, name in _TYPES:
        if isinstance(column, kind):
            return name
    raise TypeError(f"Nothing is compared with a {type(column).__name__}.")


class Parameters:
    """The statement's parameters in the making; the same one twice is one parameter."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.checks: list[Callable[[Run], object]] = []
        self._places: dict[Hashable, str] = {}
        self.name_viewer = False
        """Whether a value of the viewer's own is among them."""

    def add(self, key: Hashable, kind: str, value: Value) -> str:
        """The parameter's place in the statement, with its type."""
        if key not in self._places:
            self.values.append(value)
            self._places[key] = f"${len(self.values)}::{kind}"
        return self._places[key]

    def check(self, check: Callable[[Run], object]) -> None:
        """Ask at every run, before the statement is sent."""
        self.checks.append(check)

    def bound(self, run: Run) -> list[Any]:
        """The values of a run; raises what a check or a value raises."""
        for check in self.checks:
            check(run)
        return [value(run) for value in self.values]

    def of_viewer(self, place: OfViewer) -> str:
        """A value of the viewer's own; day and moment are the database's and need no parameter."""
        match place:
            case OfViewer.TODAY:
                return "CURRENT_DATE"
            case OfViewer.NOW:
                return "now()"
            case OfViewer.FOURTEEN_YEARS_AGO:
                return "(CURRENT_DATE - interval '14 years')::date"
        self.name_viewer = True
        own = attrgetter(f"viewer.{place.value}")
        return self.add(place, "bigint", own)
