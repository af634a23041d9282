"""Who reaches what is known of absences: notes, alerts, day sheets and counts."""

from tortoise.expressions import Q

import models
from access.facts import CHILDREN, HOMEROOM_STUDENTS, HOMEROOMS, SUBSTITUTED_LESSONS
from access.posts import MANAGEMENT, SCHOOL_STAFF, at, of_students
from access.roles import Relation
from access.scope import Reach, Scope
from access.scopes import of_journal
from access.viewer import ME

# What a family writes of an absence is for those who excuse it; teachers see at which lessons a
# pupil is excused, and by which code.
ABSENCE_NOTES = Scope(
    models.AbsenceNote,
    {
        Relation.STUDENT: Q(student__person_id=ME),
        Relation.GUARDIAN: Q(student_id__in=CHILDREN),
        Relation.HOMEROOM: Q(student_id__in=HOMEROOM_STUDENTS),
        **at("organization_id", *MANAGEMENT),
    },
)
ABSENCE_ALERTS = Scope(
    models.AbsenceAlert,
    {
        Relation.STUDENT: Q(student__person_id=ME),
        Relation.GUARDIAN: Q(student_id__in=CHILDREN),
        Relation.HOMEROOM: Q(student_id__in=HOMEROOM_STUDENTS),
        **at("organization_id", *MANAGEMENT),
    },
)
EXPECTED_ABSENCES = Scope(
    models.ExpectedAbsence,
    {
        **of_journal("student", "section", *MANAGEMENT),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
    },
)

_CLASS_KEEPERS: Reach = {
    Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
    **at("school_class__organization_id", *MANAGEMENT),
}
CLASS_DAYS = Scope(models.ClassDay, _CLASS_KEEPERS)
CLASS_DAY_ROWS = Scope(models.ClassDayRow, _CLASS_KEEPERS)
CLASS_DAY_CELLS = Scope(models.ClassDayCell, _CLASS_KEEPERS)
CLASS_ATTENDANCE = Scope(models.ClassAttendance, _CLASS_KEEPERS)
CLASS_ATTENDANCE_ROWS = Scope(models.ClassAttendanceRow, _CLASS_KEEPERS)

# Counts over all lessons tell of those that a single teacher did not give.
_WHOLE_ATTENDANCE: Reach = {
    Relation.STUDENT: Q(student__person_id=ME),
    Relation.GUARDIAN: Q(student_id__in=CHILDREN),
    Relation.HOMEROOM: Q(student_id__in=HOMEROOM_STUDENTS),
    **of_students("student_id", *SCHOOL_STAFF),
}
ATTENDANCE_SUMMARIES = Scope(models.AttendanceSummary, _WHOLE_ATTENDANCE)
SUBJECT_ATTENDANCE = Scope(models.SubjectAttendance, _WHOLE_ATTENDANCE)
