"""The condition under which a statement answers: who asks still is who the plan is for."""

from operator import attrgetter

from access import known
from access.viewer import OfViewer
from planner.parameters import Parameters


def guard(parameters: Parameters, *, needs_roles: bool) -> str:
    """The condition on the session and, where the plan depends on them, on the roles."""
    return known.condition(
        parameters.of_viewer(OfViewer.SESSION),
        parameters.of_viewer(OfViewer.ACCOUNT),
        parameters.of_viewer(OfViewer.PERSON),
        parameters.add("roles", "text[]", attrgetter("viewer.role_names")) if needs_roles else None,
    )
