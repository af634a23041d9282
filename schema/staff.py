"""Staff by name."""

from access import scopes
from schema.declaration import Node, column, entity


@entity(reach=scopes.STAFF)
class StaffMember(Node):
    """Somebody who works, or has worked, at an organization of the region."""

    full_name: str = column(description="Family name, first name, patronymic.")
