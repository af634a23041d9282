"""Moving lessons to other days, slots and rooms."""

from collections.abc import Mapping
from typing import Any

from strawberry import UNSET

from errors import UserError
from models import ChangeKind
from resolvers.lessons import refuse_cancelled
from resolvers.mutation import mutation
from resolvers.timetable.held import PLANNED, held, refuse_written, room_of
from resolvers.timetable.slots import Slot, refuse_clashes, slot
from resolvers.timetable.telling import replan
from resolvers.work import Work
from schema.timetabling import MoveLessonInput, MoveLessonPayload

_PLACE = ("date", "shift", "number")


@mutation(MoveLessonPayload, allow=PLANNED.via)
async def move_lesson(work: Work, input: MoveLessonInput) -> Mapping[str, Any]:  # noqa: A002
    """Move a lesson to another day, slot or room, where its people and the room are free.

    What was written down at it goes with it, and so it is not moved to a day that is yet to come.
    """
    given = {name: getattr(input, name) for name in _PLACE if getattr(input, name) is not None}
    if not given and input.room_id is UNSET:
        raise UserError("REQUIRED", "Say where it is to be.")
    lesson = await held(work, input.lesson_id)
    refuse_cancelled(lesson)
    place = [given.get(name, lesson[name]) for name in _PLACE]
    there = await slot(work.connection, lesson, *place) if given else Slot.of(lesson)
    room = lesson["room_id"]
    if input.room_id is not UNSET:
        room = await room_of(work, lesson["organization_id"], input.room_id)
    stays = there == Slot.of(lesson)
    if stays and room == lesson["room_id"]:
        raise UserError("DUPLICATE", "It is there already.", "lessonId")
    if there.date > max(work.viewer.today, lesson["date"]):
        await refuse_written(work, lesson, "moved to a day that is yet to come")
    await refuse_clashes(
        work.connection, {**lesson, "room_id": room}, there, _path(input), of_room_alone=stays
    )
    columns = {**there.columns, "room_id": room, **_origin(lesson, there)}
    await replan(work, lesson, ChangeKind.MOVED, columns)
    return {"lesson": lesson["id"]}


def _path(given: MoveLessonInput) -> str:
    """Which part of the input is told of clashes: the narrowest one that says where."""
    if given.number is not None:
        return "number"
    return "date" if given.date is not None else "roomId"


def _origin(lesson: Mapping[str, Any], there: Slot) -> dict[str, Any]:
    """Where the lesson was planned first; nowhere else, once it is there again."""
    first = {
        name: lesson[name] if lesson["moved_from_date"] is None else lesson[f"moved_from_{name}"]
        for name in _PLACE
    }
    is_back = all(getattr(there, name) == value for name, value in first.items())
    return {f"moved_from_{name}": None if is_back else value for name, value in first.items()}
