"""Writing a sheet that is right into its page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from strawberry import UNSET

from models import AttendanceCode, ChangeArea, ChangeKind, Lesson, MarkChangeKind
from resolvers import attendance, locks, mark_rules, marks
from resolvers.absence_alerts import ABSENT, Taken
from resolvers.lesson_recording.places import Page
from resolvers.lesson_recording.sheet import Row, Slip
from resolvers.work import Work
from schema.declaration.ids import encode
from schema.lesson_recording import LessonWarningCode
from subscriptions import topics
from subscriptions.log import Change


@dataclass
class _Written:
    """The payload's values, as they come about."""

    lesson: int
    marks: list[int] = field(default_factory=list)
    removed_mark_ids: list[str] = field(default_factory=list)
    attendance: list[int] = field(default_factory=list)
    warnings: list[Mapping[str, str]] = field(default_factory=list)


def write(work: Work, page: Page) -> Mapping[str, Any]:
    """Write it all, and answer the payload's values."""
    written = _Written(page.lesson["id"])
    _write_topic(work, page)
    for row in page.sheet.rows:
        _write_attendance(work, page, row, written)
        standing = {mark["id"]: mark for mark in page.cells[row.student_id]["marks"]}
        numbers = {number for number, mark in standing.items() if _is_of_the_day(mark)}
        for slip in row.slips:
            mark = _write_mark(work, page, row, slip, written)
            has_number = _is_of_the_day({**standing.get(mark["id"], {}), **mark})
            has_number = has_number and not slip.told.is_removed
            numbers = numbers | {mark["id"]} if has_number else numbers - {mark["id"]}
        if numbers and _code(page, row) in ABSENT:
            written.warnings.append(_mark_with_absence(row))
    return vars(written)


def _is_of_the_day(mark: Mapping[str, Any]) -> bool:
    """Whether it is a number for what was done at the lesson, and not for a work of another day."""
    return mark["value"] is not None and not mark["of_another_day"]


def taken(page: Page) -> Iterator[Taken]:
    """The attendance that the sheet says, beside what stood there."""
    for row in page.sheet.rows:
        if (code := row.told.attendance) is not None:
            former = page.cells[row.student_id]
            yield Taken(former["student_id"], page.lesson["id"], former, code)


def _write_topic(work: Work, page: Page) -> None:
    if page.sheet.told.topic is UNSET:
        return
    lesson, topic = page.lesson, page.sheet.told.topic
    topic = topic and topic.strip()
    if topic == lesson["topic"]:
        return
    work.writes.change(Lesson, lesson["id"], topic=topic)
    school = lesson["organization_id"]
    work.audit(
        "journal.topic_written",
        Lesson,
        lesson["id"],
        before={"topic": lesson["topic"]},
        after=locks.with_reason({"topic": topic}, _reason_of_page(page)),
        organization_id=school,
    )
    change = Change(
        topics.school(school),
        ChangeArea.LESSONS,
        ChangeKind.CHANGED,
        lesson["id"],
        students=lesson["students"],
    )
    work.announce(change)


def _write_attendance(work: Work, page: Page, row: Row, written: _Written) -> None:
    """Nothing is written where nothing differs: a family is told what is news."""
    code, note, former = row.told.attendance, row.told.note, page.cells[row.student_id]
    there = (
        (former["code"], former["note"]) if former["is_there"] else (AttendanceCode.PRESENT, None)
    )
    if code is not None and (code, note) != there:
        why = _reason_of_page(page)
        number = attendance.write(work, page.lesson, former, code, note, reason=why)
        written.attendance.append(number)


def _write_mark(
    work: Work, page: Page, row: Row, slip: Slip, written: _Written
) -> Mapping[str, Any]:
    if slip.is_new:
        mark = _new(page, row, slip)
        marks.record(work, mark, _reason(work, page, slip))
        written.marks.append(mark["id"])
        return mark
    former = {**page.held[slip.number], "organization_id": page.lesson["organization_id"]}
    if slip.told.is_removed:
        removed = {"removed_at": work.viewer.now}
        marks.change(work, former, MarkChangeKind.REMOVED, slip.reason, **removed)
        written.removed_mark_ids.append(encode("Mark", former["id"]))
        return former
    given = mark_rules.changes(slip.told)
    marks.change(work, former, MarkChangeKind.CORRECTED, slip.reason, **given)
    written.marks.append(former["id"])
    return {**former, **given}


def _new(page: Page, row: Row, slip: Slip) -> Mapping[str, Any]:
    kind, told = page.kinds[slip.at], slip.told
    return {
        "id": kind["id"],
        "lesson_id": page.lesson["id"],
        "organization_id": page.lesson["organization_id"],
        "student_id": row.student_id,
        "assignment_id": kind["assignment_id"],
        "of_another_day": kind["due_on"] not in (None, page.lesson["date"]),
        "work_type_id": kind["work_type_id"],
        "value": mark_rules.given(told.value),
        "sign": mark_rules.given(told.sign),
        "weight": mark_rules.given(told.weight) or kind["weight"],
        "comment": mark_rules.given(told.comment),
        "version": 1,
    }


def _reason(work: Work, page: Page, slip: Slip) -> str | None:
    """Why the mark is given: its own reason or, where one was needed, the lesson's."""
    until = locks.last_day(page.given_on(slip), page.lesson["correction_days"])
    needed = slip.reason if locks.is_closed(work, page.lesson, until) else None
    return slip.told.reason or needed


def _reason_of_page(page: Page) -> str | None:
    """Why something is written there at all, where that had to be said."""
    return page.sheet.told.reason if page.lesson["is_locked"] else None


def _code(page: Page, row: Row) -> str | None:
    """The pupil's attendance as it is now."""
    return row.told.attendance or page.cells[row.student_id]["code"]


def _mark_with_absence(row: Row) -> Mapping[str, str]:
    return {
        "code": LessonWarningCode.MARK_WITH_ABSENCE,
        "message": "The pupil has a mark for the lesson and was absent from it.",
        "field": ".".join(row.at),
    }
