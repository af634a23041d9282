"""Rooms of a school, in which lessons are planned."""

from collections.abc import Mapping
from typing import Any

from errors import UserError
from models import Room
from resolvers import limits
from resolvers.mutation import mutation
from resolvers.school_days.years import SCHOOL
from resolvers.work import Work, all_of
from schema.timetabling import CreateRoomInput, CreateRoomPayload

_LONGEST_NAME = 50


@mutation(CreateRoomPayload, allow=SCHOOL.via)
async def create_room(work: Work, input: CreateRoomInput) -> Mapping[str, Any]:  # noqa: A002
    """Give a school a room in which lessons can be planned."""
    all_of((limits.required_text(input.name, _LONGEST_NAME, "name"),))
    school = (await work.read(SCHOOL, input.organization_id, "organizationId"))["id"]
    name = input.name.strip()
    rooms = Room.filter(organization_id=school, name=name)
    if await rooms.using_db(work.connection).exists():
        raise UserError("DUPLICATE", "The school has a room of that name.", "name")
    row_id = await work.next_id(Room)
    work.writes.make(Room, id=row_id, organization_id=school, name=name)
    after = {"name": name}
    work.audit("timetable.room_created", Room, row_id, after=after, organization_id=school)
    return {"room": row_id}
