"""What is wrong with a sheet: by itself, and beside the rows that are there."""

from collections.abc import Container, Iterator

from strawberry import UNSET

from errors import Current, UserError
from resolvers import limits, locks, mark_rules
from resolvers.lesson_recording.places import Page
from resolvers.lesson_recording.sheet import Row, Sheet, Slip
from resolvers.lessons import not_enrolled
from resolvers.work import Work
from schema.lesson_recording import RecordLessonInput

_MOST_PUPILS = 100
_MOST_MARKS = 300
_LONGEST_TOPIC = 500
_LONGEST_NOTE = 500

Errors = Iterator[UserError | None]


def of_size(told: RecordLessonInput) -> Errors:
    """There is something to write, and not too much."""
    if not told.entries and told.topic is UNSET:
        yield UserError("REQUIRED", "Say what is to be written.", "entries")
    if len(told.entries) > _MOST_PUPILS:
        yield UserError("TOO_LONG", f"At most {_MOST_PUPILS} pupils.", "entries")
    if sum(len(entry.marks) for entry in told.entries) > _MOST_MARKS:
        yield UserError("TOO_LONG", f"At most {_MOST_MARKS} marks.", "entries")


def of_form(sheet: Sheet) -> Errors:
    """Every value is one that could be written."""
    yield limits.text(sheet.told.reason, limits.LONGEST_REASON, "reason")
    if topic := mark_rules.given(sheet.told.topic):
        yield limits.required_text(topic, _LONGEST_TOPIC, "topic")
    elif topic == "":
        yield UserError("REQUIRED", "A topic has words; null takes it away.", "topic")
    for row in sheet.rows:
        if row.told.note is not None and row.told.attendance is None:
            yield UserError("REQUIRED", "A note stands beside a code.", *row.at, "attendance")
        yield limits.text(row.told.note, _LONGEST_NOTE, *row.at, "note")
        for slip in row.slips:
            yield from _form_of_new(slip) if slip.is_new else _form_of_changed(slip)
            yield from mark_rules.within_limits(slip.told, *slip.at)


def _form_of_new(slip: Slip) -> Errors:
    told = slip.told
    yield _reason(slip, is_needed=False)
    if told.is_removed or told.version is not None:
        yield UserError("REQUIRED", "Say which mark this is.", *slip.at, "markId")
        return
    value, sign = mark_rules.given(told.value), mark_rules.given(told.sign)
    yield mark_rules.value_or_sign(value, sign, *slip.at, "value")


def _form_of_changed(slip: Slip) -> Errors:
    told = slip.told
    if told.work_type is not None or told.assignment_id is not None:
        message = "A mark stays what it was given for."
        yield UserError("OUT_OF_RANGE", message, *slip.at, "workType")
    yield _reason(slip, is_needed=True)
    names = (told.value, told.sign, told.weight, told.comment)
    if not told.is_removed:
        try:
            mark_rules.changes(told, *slip.at)
        except UserError as error:
            yield error
    elif any(each is not UNSET for each in names):
        message = "A mark is changed or taken back, not both."
        yield UserError("OUT_OF_RANGE", message, *slip.at, "isRemoved")


def _reason(slip: Slip, *, is_needed: bool) -> UserError | None:
    """What is wrong with the mark's own reason; the lesson's is told of once, at its own place."""
    if slip.told.reason or (is_needed and not slip.reason.strip()):
        return limits.reason(slip.reason, *slip.at, "reason")
    return None


def of_rows(work: Work, page: Page, known: Container[int | None]) -> Errors:
    """Every pupil was there, and every cell and mark is as it was seen."""
    if any(not slip.told.is_removed for slip in page.sheet.slips):
        yield mark_rules.not_held_yet(work, page.lesson["date"], "lessonId")
    pupils: set[int | None] = set()
    marks: set[int | None] = set()
    for row in page.sheet.rows:
        yield _of_pupil(page, row, known, pupils)
        pupils.add(row.student_id)
        for slip in row.slips:
            yield from _of_new(page, slip) if slip.is_new else _of_changed(page, row, slip, marks)


def of_days(work: Work, page: Page) -> Errors:
    """The page is open to the writer, and the days of no mark are over.

    A new mark counts from the lesson's day or, where that is later, its work's; one that is changed
    from the day on which it was given.
    """
    sheet, lesson = page.sheet, page.lesson
    if error := locks.refusal(work, lesson, sheet.told.reason, ("lessonId",), ("reason",)):
        yield error
        return
    for slip in sheet.slips:
        since = page.given_on(slip) if slip.is_new else page.held[slip.number]["recorded_on"]
        until = locks.last_day(since, lesson["correction_days"])
        at = (*slip.at, "value" if slip.is_new else "markId")
        yield locks.refusal(work, lesson, slip.reason, at, (*slip.at, "reason"), until=until)


def _of_pupil(
    page: Page, row: Row, known: Container[int | None], named: Container[int | None]
) -> UserError | None:
    if (cell := page.cells.get(row.student_id)) is None:
        return not_enrolled(*row.at, "studentId", is_known=row.student_id in known)
    if row.student_id in named:
        return UserError("DUPLICATE", "This pupil is named twice.", *row.at, "studentId")
    if row.told.version in (None, cell["version"]):
        return None
    there = Current(" ".join(map(mark_rules.spoken, cell["marks"])), cell["version"])
    return UserError(
        "CONFLICT",
        f"The cell was written into meanwhile; its version is {there.version}.",
        *row.at,
        "version",
        current=there,
    )


def _of_new(page: Page, slip: Slip) -> Errors:
    yield mark_rules.of_work(slip.told, page.kinds[slip.at]["assignment_id"], *slip.at)
    if page.kinds[slip.at]["work_type_id"] is None:
        message = "The school has no such work type."
        yield UserError("NOT_FOUND", message, *slip.at, "workType")
    value = mark_rules.given(slip.told.value)
    yield mark_rules.not_used(page.lesson["grade_level"], value, *slip.at, "value")


def _of_changed(page: Page, row: Row, slip: Slip, named: set[int | None]) -> Errors:
    mark = page.held.get(slip.number)
    if mark is None or mark["student_id"] != row.student_id:
        yield UserError("NOT_FOUND", "There is no such object.", *slip.at, "markId")
        return
    if slip.number in named:
        yield UserError("DUPLICATE", "This mark is named twice.", *slip.at, "markId")
    named.add(slip.number)
    yield mark_rules.conflict(mark, slip.told.version, *slip.at, "version")
    if not slip.told.is_removed:
        mark = {**mark, **mark_rules.changes(slip.told)}
        yield mark_rules.value_or_sign(mark["value"], mark["sign"], *slip.at, "value")
        yield mark_rules.not_used(page.lesson["grade_level"], mark["value"], *slip.at, "value")
