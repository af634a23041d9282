"""Planning lessons: where and when each takes place, and whether at all."""

import strawberry

from resolvers.timetable.cancelling import cancel_lesson, restore_lesson
from resolvers.timetable.cancelling_days import cancel_lessons
from resolvers.timetable.changing import change_lesson
from resolvers.timetable.generating import generate_lessons
from resolvers.timetable.moving import move_lesson
from resolvers.timetable.rooms import create_room
from resolvers.timetable.scheduling import schedule_lesson
from resolvers.timetable.weekly import create_timetable_entry, end_timetable_entry


@strawberry.type
class TimetableMutation:
    """Planning lessons."""

    cancel_lesson = cancel_lesson
    cancel_lessons = cancel_lessons
    restore_lesson = restore_lesson
    move_lesson = move_lesson
    change_lesson = change_lesson
    schedule_lesson = schedule_lesson
    create_timetable_entry = create_timetable_entry
    end_timetable_entry = end_timetable_entry
    generate_lessons = generate_lessons
    create_room = create_room
