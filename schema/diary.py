"""The diary: a pupil's lessons by day, averages and what is overdue."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from tortoise.expressions import Q

from access import rules, scopes
from errors import BadUserInput
from models import MarkSign
from schema import averages
from schema.curriculum import Subject, Term
from schema.declaration import (
    GIVEN,
    Page,
    Plain,
    argument,
    column,
    connection,
    entity,
    group,
    group_items,
    group_key,
    id_argument,
    identifier,
    many,
    one,
    resolved,
)
from schema.homework import Homework, homework_given
from schema.homework_answers import StudentHomework, homework_due
from schema.journal import (
    Assignment,
    Attendance,
    Debt,
    Mark,
    attendance_in_cell,
    debts_in_cell,
    marks_in_cell,
    works_due,
)
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.people import Student

_Student = Annotated["Student", strawberry.lazy("schema.people")]

MOST_DAYS = 62

_COUNTED = ("weighted_total", "weight_total", "usual_weight")
_WEIGHT = "Of which weight, 1–100; unless told, an answer's at a lesson of the school."


@entity(reach=scopes.DIARY)
class DiaryLesson:
    """A lesson as one pupil has it.

    `id` is the lesson's own. Two children of one class have the same lesson with different marks,
    so a normalized cache must not key this type by `id` alone.
    """

    id: strawberry.ID = identifier("Lesson", path="lesson_id")
    date: dt.date = column(description="The day.")
    number: int = column(description="Its place in the day, as the bell schedule counts.")
    starts_at: dt.time = column(description="When it begins, by the school's clock.")
    ends_at: dt.time = column(description="When it ends, by the school's clock.")
    room: str | None = column("room__name", description="Where it is held.")
    topic: str | None = column(description="Its topic (тема урока).")
    cancelled_at: dt.datetime | None = column(
        description="When it was cancelled; null where it takes place or did."
    )
    cancellation_reason: str | None = column(description="Why it was cancelled.")
    moved_from_date: dt.date | None = column(
        description="The day for which it was planned; null where it was not moved."
    )
    moved_from_number: int | None = column(
        description="The place in that day for which it was planned."
    )
    subject: Subject = one("section__subject_id", description="What is taught.")
    teacher: StaffMember | None = one(description="Who teaches it.")
    homework: list[Homework] = homework_given()
    homework_due: list[StudentHomework] = homework_due()
    assignments_due: list[Assignment] = works_due()
    attendance: Attendance | None = attendance_in_cell()
    marks: list[Mark] = marks_in_cell()
    debts: list[Debt] = debts_in_cell()


@group
class DiaryDay:
    """A day of the diary that has lessons."""

    date: dt.date = group_key("date", description="The day.")
    lessons: list[DiaryLesson] = group_items(description="Its lessons, in order.")


@entity(reach=scopes.SUBJECT_AVERAGES)
class SubjectAverage:
    """A pupil's numeric marks in a subject in one term, counted.

    Both means have two decimals, half up. Marks in words do not count.
    """

    subject: Subject = one(description="The subject.")
    term: Term = one(description="The term.")
    average: float | None = column(description="The plain mean.")
    weighted_average: float | None = column(
        description="The weighted mean: sum of value times weight, by the sum of weights."
    )
    mark_count: int = column(description="How many marks were counted.")
    what_if: float | None = resolved(
        averages.what_if,
        needs=_COUNTED,
        arguments={
            "value": Plain(int, "Of which value, 1–5."),
            "weight": Plain(int | None, _WEIGHT, None),
            "count": Plain(int, f"How many such marks, 1–{averages.MOST_MARKS}.", 1),
        },
        check=averages.check_what_if,
        description="What the weighted mean would be with so many marks more.",
    )
    needed_for: int | None = resolved(
        averages.needed_for,
        needs=(*_COUNTED, "five_from", "four_from", "three_from"),
        arguments={
            "value": Plain(int, "Which mark for the term, 3–5."),
            "by": Plain(int, "By marks of which value, 1–5.", 5),
            "weight": Plain(int | None, _WEIGHT, None),
        },
        check=averages.check_needed_for,
        description="How many marks more it takes until the weighted mean is one for which the "
        "school's rules propose that mark; 0 where it is one already, "
        f"null where {averages.MOST_MARKS} marks do not suffice.",
    )
    proposed_value: int | None = column(
        description="The value that the school's rules propose for the term as the marks stand "
        "now; the family is not told, for the teacher decides.",
        allow=rules.HOMEROOM | rules.MANAGEMENT,
    )
    proposed_sign: MarkSign | None = column(
        description="NOT_ATTESTED where there are too few marks for a value.",
        allow=rules.HOMEROOM | rules.MANAGEMENT,
    )
    class_average: float | None = column(
        description="The mean of the plain means of the pupil's class, to one decimal; null where "
        "fewer than five pupils have marks."
    )


@entity(reach=scopes.OVERDUE_WORKS)
class OverdueAssignment:
    """A mandatory work whose day has passed without a mark (просроченное задание)."""

    id: strawberry.ID = identifier("Assignment", path="assignment_id")
    title: str = column(description="What was to be done.")
    due_on: dt.date = column(description="The day by which it was due.")
    subject: Subject = one("section__subject_id", description="In which subject.")
    student: _Student | None = one(description="Whose it is to do.")


def _in_bounds(arguments: Mapping[str, Any]) -> None:
    days = (arguments["to"] - arguments["from_"]).days + 1
    if not 1 <= days <= MOST_DAYS:
        raise BadUserInput(f"The diary is read for 1 to {MOST_DAYS} days, `from` before `to`.")


def term_averages() -> Any:
    """A pupil's averages in a term of any year."""
    return many(
        description="Averages by subject in a chosen term, of this year or an earlier one.",
        on={"student_id": "id"},
        arguments={"term_id": id_argument("Term", "Which term.", "term_id")},
        order_by=("subject__name", "subject_id"),
        expected=15,
    )


def diary_days() -> Any:
    """A pupil's diary between two days, both of them included."""
    return many(
        description="The days between two dates, both included, that have lessons.",
        on={"student_id": "id"},
        order_by=("date", "shift", "number", "lesson_id"),
        arguments={
            "from_": argument(dt.date, "The first day.", Q(date__gte=GIVEN)),
            "to": argument(dt.date, f"The last day; {MOST_DAYS} days at most.", Q(date__lte=GIVEN)),
        },
        check=_in_bounds,
        expected=50,
    )


def diary_day() -> Any:
    """A pupil's lessons of one day."""
    return many(
        description="The lessons of one day, in order.",
        on={"student_id": "id"},
        order_by=("shift", "number", "lesson_id"),
        arguments={"on": argument(dt.date, "The day.", Q(date=GIVEN))},
        expected=6,
    )


def homework_to_do() -> Any:
    """A pupil's homework that is due between two days, both of them included."""
    return many(
        description="Homework by the day on which it is due, between two dates, both included.",
        on={"student_id": "id"},
        order_by=("due_on", "homework_id"),
        arguments={
            "from_": argument(dt.date, "The first day.", Q(due_on__gte=GIVEN)),
            "to": argument(
                dt.date, f"The last day; {MOST_DAYS} days at most.", Q(due_on__lte=GIVEN)
            ),
        },
        check=_in_bounds,
        expected=30,
    )


def overdue_assignments_of_section() -> Any:
    """Works of a section that pupils owe."""
    return connection(
        description="Mandatory works past their day without a mark, the oldest first.",
        on={"section_id": "id"},
        order_by=("due_on", "assignment_id", "student_id"),
        page=Page(default=20, most=100),
        looks_through=500,
    )
