"""Classes as clients see them."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry
from tortoise.expressions import Q

import models
from access import scopes
from access.viewer import TODAY
from models import ClassKind, PeriodMarkKind, Standing
from schema import attainment, attendance_figures
from schema.absences import AbsenceAlert, AbsenceNote, absence_alerts, absence_notes
from schema.attainment import Attainment
from schema.attendance_figures import AttendanceFigures
from schema.curriculum import Term
from schema.declaration import (
    GIVEN,
    Connection,
    Node,
    Page,
    Through,
    argument,
    column,
    connection,
    describe_enum,
    entity,
    id_argument,
    many,
    one,
)
from schema.directory import Organization
from schema.journal_locks import JournalLock, journal_locks
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.homework_answers import ClassOverdueHomework
    from schema.school_days import SchoolDay, SchoolYear, Vacation
    from schema.sections import CourseSection
    from schema.standings import PupilStanding
    from schema.templates import TimetableEntry

_SchoolYear = Annotated["SchoolYear", strawberry.lazy("schema.school_days")]
_Entry = Annotated["TimetableEntry", strawberry.lazy("schema.templates")]
_SchoolDay = Annotated["SchoolDay", strawberry.lazy("schema.school_days")]
_Vacation = Annotated["Vacation", strawberry.lazy("schema.school_days")]
_Section = Annotated["CourseSection", strawberry.lazy("schema.sections")]
_Overdue = Annotated["ClassOverdueHomework", strawberry.lazy("schema.homework_answers")]
_Standing = Annotated["PupilStanding", strawberry.lazy("schema.standings")]

describe_enum(
    ClassKind,
    "A class, or a group that is taught one subject.",
    HOMEROOM="A class of a grade level (класс).",
    GROUP="A group within or across classes for one subject (подгруппа).",
)


@entity(reach=scopes.CLASSES)
class SchoolClass(Node):
    """A class or teaching group of one school year (класс)."""

    name: str = column(description="Its name, such as «7А».")
    kind: ClassKind = column(description="A class or a group.")
    grade_level: int = column(description="Grade level (параллель), 1–12; 0 before school.")
    organization: Organization = one(description="Its school.")
    homeroom_teacher: StaffMember | None = one(
        description="Its homeroom teacher (классный руководитель)."
    )
    terms: list[Term] = many(
        description="The terms of its grade level in its year, in order.",
        on={"school_year_id": "school_year_id", "grade_level": "grade_level"},
        order_by=("starts_on", "number"),
        expected=4,
    )
    timetable: list[_Entry] = many(
        description="Its weekly timetable and that of its groups, of today and to come.",
        through=Through(models.ClassTimetable, on={"school_class_id": "id"}, key="entry_id"),
        where=Q(valid_until__gt=TODAY),
        order_by=("weekday", "shift", "number", "id"),
        expected=35,
    )
    school_year: _SchoolYear = one(description="Its school year.")
    days: list[_SchoolDay] = many(
        description="Days of its school year, in order: which have lessons, of which weekday, and "
        "by which bells.",
        on={"school_class_id": "id"},
        arguments={
            "from_": argument(dt.date, "The first day.", Q(date__gte=GIVEN)),
            "to": argument(dt.date, "The last day.", Q(date__lte=GIVEN)),
        },
        order_by=("date",),
        expected=30,
    )
    vacations: list[_Vacation] = many(
        description="Its vacations, in order: its own, its grade level's and its school's.",
        through=Through(models.ClassVacation, on={"school_class_id": "id"}, key="vacation_id"),
        order_by=("starts_on", "id"),
        expected=5,
    )
    sections: list[_Section] = many(
        description="What is taught to it, by subject: for those who teach it or run its school.",
        on={"school_class_id": "id"},
        order_by=("subject__name", "id"),
        expected=15,
    )
    absence_alerts: Connection[AbsenceAlert] = absence_alerts(
        "school_class_id", "its pupils, for those who keep the class"
    )
    absence_notes: Connection[AbsenceNote] = absence_notes(
        "school_class_id", "its pupils, for those who decide on them"
    )
    journal_locks: Connection[JournalLock] = journal_locks("school_class_id", "it")
    overdue_homework: Connection[_Overdue] = connection(
        description="Mandatory homework past its day that its pupils have not done, in all "
        "subjects, the oldest first: for its homeroom teacher and its school's management.",
        on={"school_class_id": "id"},
        order_by=("due_on", "homework_id", "student_id"),
        page=Page(default=20, most=100),
        looks_through=1_000,
    )
    attainment: list[Attainment] = attainment.of_class()
    attendance_figures: list[AttendanceFigures] = attendance_figures.of_class()
    standings: list[_Standing] = many(
        description="Its pupils by their marks for a term, each group by name; whoever is enrolled "
        "on the term's last day. For its homeroom teacher and its school's management.",
        on={"school_class_id": "id"},
        arguments={
            "term_id": id_argument("Term", "Which term.", "term_id"),
            "standing": argument(Standing | None, "Only this group.", Q(standing=GIVEN)),
        },
        order_by=("standing", "student__person__full_name", "student_id"),
        expected=20,
    )
    year_standings: list[_Standing] = many(
        description="Its pupils by their annual, exam or final marks, each group by name; whoever "
        "is enrolled on the last day of the year's last term. For its homeroom teacher and its "
        "school's management.",
        on={"school_class_id": "id"},
        where=Q(term_id__isnull=True),
        arguments={
            "kind": argument(PeriodMarkKind, "ANNUAL, EXAM or FINAL.", Q(mark_kind=GIVEN)),
            "standing": argument(Standing | None, "Only this group.", Q(standing=GIVEN)),
        },
        order_by=("standing", "student__person__full_name", "student_id"),
        expected=20,
    )
