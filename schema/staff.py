"""Staff by name."""

from access import scopes
from schema import names
from schema.declaration import Node, column, entity, resolved


@entity(reach=scopes.STAFF)
class StaffMember(Node):
    """Somebody who works, or has worked, at an organization of the region."""

    full_name: str = column(description="Family name, first name, patronymic.")
    short_name: str = resolved(
        names.short, needs=names.PARTS, description="Family name and initials, as in a timetable."
    )
