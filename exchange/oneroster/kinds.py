"""What OneRoster's records become: our kinds of rows, in the order in which they are written."""

from dataclasses import dataclass
from enum import StrEnum


class Ends(StrEnum):
    """What ending a row of a kind means; nothing is ever deleted."""

    NEVER = "NEVER"  # the row stays, and stays known
    RECORD = "RECORD"  # the row stays; its record counts as ended, and what hangs on it ends
    DATES = "DATES"  # valid_until becomes today
    HOMEROOM = "HOMEROOM"  # the class has no homeroom teacher any more
    ASSIGNMENT = "ASSIGNMENT"  # no longer mandatory, so nobody is late with it
    MARK = "MARK"  # removed_at is set and a REMOVED revision written


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row.

    `table` is the OneRoster file that it comes from, `rows` our table, `label` its name in
    reports. Where a row with the same `natural` columns is there already, it is taken over.
    `kept_by_delta`: a delta file says nothing by not repeating it. Without `provenance` it is
    found by its name and leaves no external record.
    """

    name: str
    table: str
    rows: str
    label: str
    ends: Ends = Ends.NEVER
    natural: tuple[str, ...] = ()
    kept_by_delta: bool = False
    provenance: bool = True


ORGANIZATION = Kind("organization", "orgs", "organization", "Organization", Ends.RECORD)
DEPARTMENT = Kind("department", "orgs", "organization", "Department", Ends.RECORD)
SESSION = Kind("academic_session", "academicSessions", "", "AcademicSession")
SCHOOL_YEAR = Kind(
    *("school_year", "academicSessions", "school_year", "SchoolYear"),
    natural=("organization_id", "starts_on"),
)
TERM = Kind(
    *("term", "academicSessions", "term", "Term"),
    natural=("school_year_id", "grade_level", "kind", "number"),
)
SUBJECT = Kind("subject", "classes", "subject", "Subject", provenance=False)
COURSE = Kind("course", "courses", "subject", "Course")
PERSON = Kind("person", "users", "person", "Person", Ends.RECORD)
STUDENT = Kind("student", "users", "student", "Student", natural=("person_id",))
GUARDIAN = Kind("guardian", "users", "person", "Guardian")
USER_POST = Kind("user_post", "users", "staff_post", "StaffPost", Ends.DATES)
STAFF_POST = Kind("staff_post", "roles", "staff_post", "StaffPost", Ends.DATES)
GUARDIANSHIP = Kind(
    *("guardianship", "users", "guardianship", "Guardianship", Ends.DATES),
    natural=("student_id", "guardian_id"),
    kept_by_delta=True,
)
DEMOGRAPHICS = Kind("demographics", "demographics", "person", "Demographics", Ends.RECORD)
SCHOOL_CLASS = Kind("school_class", "classes", "school_class", "SchoolClass", Ends.RECORD)
SECTION = Kind(
    *("course_section", "classes", "course_section", "CourseSection"),
    natural=("school_class_id", "subject_id"),
)
ENROLLMENT = Kind(
    *("enrollment", "enrollments", "enrollment", "Enrollment", Ends.DATES),
    natural=("student_id", "school_class_id", "valid_from"),
)
TEACHING = Kind(
    *("teaching_assignment", "enrollments", "teaching_assignment", "TeachingAssignment"),
    ends=Ends.DATES,
    natural=("section_id", "teacher_id", "valid_from"),
)
HOMEROOM = Kind("homeroom", "enrollments", "school_class", "HomeroomTeacher", Ends.HOMEROOM)
WORK_TYPE = Kind(
    *("work_type", "categories", "work_type", "WorkType"), natural=("organization_id", "code")
)
LESSON = Kind("lesson", "lineItems", "lesson", "Lesson")
ASSIGNMENT = Kind("assignment", "lineItems", "assignment", "Assignment", Ends.ASSIGNMENT)
FOREIGN_SCALE = Kind("foreign_scale", "lineItems", "assignment", "ForeignScale", Ends.RECORD)
MARK = Kind("mark", "results", "mark", "Mark", Ends.MARK)

KINDS = (
    *(ORGANIZATION, DEPARTMENT, SESSION, SCHOOL_YEAR, TERM, SUBJECT, COURSE),
    *(PERSON, STUDENT, GUARDIAN, USER_POST, STAFF_POST, GUARDIANSHIP, DEMOGRAPHICS),
    *(SCHOOL_CLASS, SECTION, ENROLLMENT, TEACHING, HOMEROOM),
    *(WORK_TYPE, LESSON, ASSIGNMENT, FOREIGN_SCALE, MARK),
)

# What is only remembered beside another row of the same record is left out of reports.
SILENT = (GUARDIAN, FOREIGN_SCALE)
