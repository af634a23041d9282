"""Making dated lessons of the weekly timetable, for the days that are school days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from errors import UserError
from models import ChangeArea, ChangeKind, Lesson, SchoolYear
from resolvers.mutation import mutation
from resolvers.school_days.years import YEAR, class_of, within
from resolvers.timetable.gaps import STANDS_IN, Found, Gaps
from resolvers.work import Work, all_of
from schema.templates import GenerateLessonsInput, GenerateLessonsPayload
from subscriptions import topics
from subscriptions.log import Change

_MOST_DAYS, _MOST_DAYS_OF_CLASS = 62, 366
_MOST_LESSONS = 4000
_MOST_TOLD = 200
# What is further away is read when its week is opened.
_TOLD_AHEAD = timedelta(days=7)

# The entries of each school day with its bells; not what is there already, be it cancelled or
# moved away.
_WANTED = f"""
SELECT entry.section_id, entry.school_class_id, entry.teacher_id, entry.room_id,
       day.date, entry.shift, entry.number, period.starts_at, period.ends_at,
       class.name AS school_class, class.organization_id, subject.name AS subject,
       {STANDS_IN.format("entry", "day")} AS substitute_id,
       EXISTS (
           SELECT FROM teaching_assignment taught
           WHERE taught.section_id = entry.section_id AND taught.teacher_id = entry.teacher_id
             AND taught.valid_from <= day.date
             AND (taught.valid_until IS NULL OR taught.valid_until > day.date)
       ) AS is_taught
FROM school_class class
JOIN school_day day ON day.school_class_id = class.id AND day.date BETWEEN $3 AND $4
JOIN timetable_entry entry ON entry.school_class_id = class.id
 AND entry.weekday = day.follows_weekday AND entry.parity IN ('EVERY', day.parity)
 AND entry.valid_from <= day.date AND entry.valid_until > day.date
JOIN course_section section ON section.id = entry.section_id
JOIN subject ON subject.id = section.subject_id
LEFT JOIN bell_period period ON period.bell_schedule_id = day.bell_schedule_id
 AND (period.shift, period.number) = (entry.shift, entry.number)
WHERE class.school_year_id = $1 AND ($2::bigint IS NULL OR $2 IN (class.id, class.parent_id))
  AND NOT EXISTS (
    SELECT FROM lesson
    WHERE lesson.section_id = entry.section_id AND (
        (lesson.date, lesson.shift, lesson.number) = (day.date, entry.shift, entry.number)
        OR (lesson.moved_from_date, lesson.moved_from_shift, lesson.moved_from_number)
           = (day.date, entry.shift, entry.number)
    )
)
ORDER BY day.date, entry.shift, entry.number, entry.id
LIMIT $5
"""  # noqa: S608 — a sentence of `gaps`
_PUPILS = """
SELECT school_class_id, day AS date, array_agg(DISTINCT student_id) AS students
FROM enrollment
JOIN unnest($2::date[]) AS day ON valid_from <= day AND (valid_until IS NULL OR valid_until > day)
WHERE school_class_id = ANY($1::bigint[])
GROUP BY school_class_id, day
"""
_SUBSTITUTES = """
SELECT section_id, day AS date, teacher_id
FROM substitution
JOIN unnest($2::date[]) AS day ON valid_from <= day AND valid_until > day
WHERE section_id = ANY($1::bigint[])
"""
_COLUMNS = (
    *("section_id", "school_class_id", "teacher_id", "room_id"),
    *("date", "shift", "number", "starts_at", "ends_at"),
)
_TOLD = ("date", "shift", "number", "school_class", "subject")


@mutation(GenerateLessonsPayload, allow=YEAR.via, once=("skipped",))
async def generate_lessons(work: Work, input: GenerateLessonsInput) -> Mapping[str, Any]:  # noqa: A002
    """Make the lessons of the weekly timetable; asked again, only those that are not there yet.

    Terms, vacations, days off, moved working days, alternating weeks and each day's bells are
    heeded. What another lesson stands in the way of is not made, and told; whoever stands in for a
    teacher is looked at too. Listeners are told of the lessons of the next seven days alone.
    """
    _refuse_many_days(input)
    year = await work.read(YEAR, input.school_year_id, "schoolYearId")
    all_of((within(year, input.from_, "from"), within(year, input.until, "until")))
    class_id = await class_of(work, year["id"], input.class_id)
    values = [year["id"], class_id, input.from_, input.until, _MOST_LESSONS + 1]
    wanted = await work.connection.execute_query_dict(_WANTED, values)
    if len(wanted) > _MOST_LESSONS:
        raise UserError("TOO_LONG", f"More than {_MOST_LESSONS} lessons at once.", "until")
    school = year["organization_id"]
    gaps = await Gaps.among(work.connection, school, wanted, input.from_, input.until)
    made, skipped = _sorted_out(wanted, gaps)
    await _make(work, school, made)
    after = {"from": input.from_, "until": input.until, "class_id": class_id, "made": len(made)}
    work.audit(
        "timetable.lessons_generated", SchoolYear, year["id"], after=after, organization_id=school
    )
    return {
        "made_count": len(made),
        "skipped_count": len(skipped),
        "skipped": skipped[:_MOST_TOLD],
    }


def _refuse_many_days(given: GenerateLessonsInput) -> None:
    if given.until < given.from_:
        raise UserError("OUT_OF_RANGE", "The last day lies before the first.", "until")
    most = _MOST_DAYS if given.class_id is None else _MOST_DAYS_OF_CLASS
    if (given.until - given.from_).days >= most:
        raise UserError("TOO_LONG", f"At most {most} days at once.", "until")


def _sorted_out(wanted: Iterable[Found], gaps: Gaps) -> tuple[list[Found], list[dict[str, Any]]]:
    """What can be made, and what cannot with the reason."""
    made, skipped = [], []
    for lesson in wanted:
        reason = _lack(lesson) or gaps.in_the_way_of(lesson)
        if reason is None:
            gaps.take(lesson)
            made.append(lesson)
        else:
            skipped.append({name: lesson[name] for name in _TOLD} | {"reason": reason})
    return made, skipped


def _lack(lesson: Found) -> str | None:
    if lesson["starts_at"] is None:
        return "The day's bells have no such lesson."
    return None if lesson["is_taught"] else "Its teacher does not teach the section on that day."


async def _make(work: Work, school: int, lessons: Sequence[Found]) -> None:
    """Write the lessons; those of the next days are told."""
    numbers = await work.next_ids(Lesson, len(lessons)) if lessons else []
    near = [each for each in lessons if _is_near(work, each)]
    pupils, substitutes = await _pupils(work, near), await _substitutes(work, near)
    for number, lesson in zip(numbers, lessons, strict=True):
        work.writes.make(Lesson, id=number, **{name: lesson[name] for name in _COLUMNS})
        if _is_near(work, lesson):
            students = pupils.get((lesson["school_class_id"], lesson["date"]), [])
            substitute = substitutes.get((lesson["section_id"], lesson["date"]), [])
            change = Change(
                topics.school(school),
                ChangeArea.LESSONS,
                ChangeKind.SCHEDULED,
                number,
                students=students,
                also_told=substitute,
            )
            work.announce(change)


def _is_near(work: Work, lesson: Found) -> bool:
    today = work.viewer.today
    return bool(today <= lesson["date"] <= today + _TOLD_AHEAD)


async def _pupils(work: Work, lessons: Sequence[Found]) -> Mapping[Any, list[int]]:
    """Who has lessons of each class on each of the days."""
    values = _all_of(lessons, "school_class_id"), _all_of(lessons, "date")
    rows = await work.connection.execute_query_dict(_PUPILS, [*values])
    return {(row["school_class_id"], row["date"]): row["students"] for row in rows}


async def _substitutes(work: Work, lessons: Sequence[Found]) -> Mapping[Any, list[int]]:
    """Who stands in for the teacher of each section on each of the days."""
    values = _all_of(lessons, "section_id"), _all_of(lessons, "date")
    rows = await work.connection.execute_query_dict(_SUBSTITUTES, [*values])
    return {(row["section_id"], row["date"]): [row["teacher_id"]] for row in rows}


def _all_of(lessons: Sequence[Found], name: str) -> list[Any]:
    return sorted({each[name] for each in lessons})
