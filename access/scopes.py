"""Who reaches which rows: for every kind of row, the condition for each relation.

Rows are reached only through these. A relation that is not named reaches nothing, and a person's
reach is the union over the relations that their roles give them.
"""

from tortoise.expressions import Q

import models
from access import facts
from access.facts import (
    CHILDREN,
    CHILDRENS_CLASSES,
    HOMEROOM_STUDENTS,
    HOMEROOMS,
    OWN_CLASSES,
    OWN_MUNICIPALITIES,
    SHARING_CONTACTS,
    SUBSTITUTED_CLASSES,
    SUBSTITUTED_GROUPS_CLASSES,
    SUBSTITUTED_LESSONS,
    SUBSTITUTED_SECTIONS,
    SUBSTITUTED_STUDENTS,
    TAUGHT_CLASSES,
    TAUGHT_GROUPS_CLASSES,
    TAUGHT_SECTIONS,
    TAUGHT_STUDENTS,
    where,
)
from access.posts import MANAGEMENT, SCHOOL_STAFF, at, of_students
from access.roles import Relation
from access.scope import EVERY, Reach, Scope
from access.viewer import ME, MY_ACCOUNT, NOW


def _public(model: type[models.Record]) -> Scope:
    return Scope(model, {Relation.ANYONE: EVERY})


def _for_signed_in(model: type[models.Record], only: Q = EVERY) -> Scope:
    return Scope(model, {Relation.SIGNED_IN: EVERY}, only)


def _of_account(model: type[models.Record], only: Q) -> Scope:
    return Scope(model, {Relation.SELF: Q(account_id=MY_ACCOUNT)}, only)


# The sign-in screen shows the tree of the region before anybody is known.
MUNICIPALITIES = _public(models.Municipality)
SETTLEMENTS = _public(models.Settlement)
ORGANIZATIONS = _public(models.Organization)
REGIONS = _public(models.Region)

# Numbers of closed months and periods, never of fewer than five pupils: what authorities have
# instead of names.
_OF_AUTHORITIES: Reach = {
    **at("organization_id", *MANAGEMENT),
    Relation.MUNICIPALITY: Q(municipality_id__in=OWN_MUNICIPALITIES),
    Relation.REGION: EVERY,
}
FIGURES = Scope(models.Figure, _OF_AUTHORITIES)
PERIOD_FIGURES = Scope(models.ToldPeriodFigure, _OF_AUTHORITIES)

# The same of live rows, for the school's own people: what a teacher taught, a class, the school.
ATTAINMENT = Scope(
    models.Attainment,
    {
        Relation.SELF: Q(teacher_id=ME, organization_id__in=facts.WORKPLACES),
        Relation.TEACHES: Q(section_id__in=TAUGHT_SECTIONS),
        Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
        **at("organization_id", *MANAGEMENT),
    },
)

_OF_CLASSES: Reach = {
    Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
    **at("organization_id", *MANAGEMENT),
}
STANDINGS = Scope(models.PupilStanding, _OF_CLASSES)
ATTENDANCE_FIGURES = Scope(models.AttendanceFigure, _OF_CLASSES)
_OF_TEACHERS: Reach = {
    Relation.SELF: Q(teacher_id=ME, organization_id__in=facts.WORKPLACES),
    **at("organization_id", *MANAGEMENT),
}
JOURNAL_KEEPING = Scope(models.JournalKeeping, _OF_TEACHERS)
LATE_LESSONS = Scope(models.LateLesson, _OF_TEACHERS)

# Whoever is not signed in is told of planned works too.
NOTICES = Scope(
    models.ServiceNotice,
    {Relation.ANYONE: EVERY},
    only=Q(ended_at__isnull=True, ends_at__gte=NOW),
)

# Nothing personal: what is taught, how it is weighed, when terms begin.
SUBJECTS = _for_signed_in(models.Subject)
TERMS = _for_signed_in(models.Term)
SCHOOL_YEARS = _for_signed_in(models.SchoolYear)
VACATIONS = _for_signed_in(models.Vacation)
CALENDAR_DAYS = _for_signed_in(models.CalendarDay)
SCHOOL_DAYS = _for_signed_in(models.SchoolDay)
BELL_DAYS = _for_signed_in(models.BellDay)
BELL_SCHEDULES = _for_signed_in(models.BellSchedule)
BELL_PERIODS = _for_signed_in(models.BellPeriod)
WORK_TYPES = _for_signed_in(models.WorkType)

# Names of staff are public by law (273-ФЗ, art. 29): see decision 0008.
STAFF = _for_signed_in(models.Person, Q(id__in=facts.Facts(models.StaffPost, "person_id", EVERY)))

ACCOUNTS = Scope(models.Account, {Relation.SELF: Q(id=MY_ACCOUNT)})
# A session that has ended or run out is no device that somebody is signed in on.
SESSIONS = _of_account(models.Session, Q(ended_at__isnull=True, expires_at__gt=NOW))
CALENDAR_FEEDS = _of_account(models.CalendarFeed, EVERY)
# Until its first code was entered it is asked of nobody.
SECOND_FACTORS = _of_account(models.SecondFactor, Q(confirmed_at__isnull=False))
# One that was unlinked opens nothing.
EXTERNAL_IDENTITIES = _of_account(models.ExternalIdentity, Q(unlinked_at__isnull=True))
ROLE_GRANTS = Scope(models.RoleGrant, {Relation.SELF: Q(person_id=ME)})

STUDENTS = Scope(
    models.Student,
    {
        Relation.STUDENT: Q(person_id=ME),
        Relation.GUARDIAN: Q(id__in=CHILDREN),
        Relation.TEACHES: Q(id__in=TAUGHT_STUDENTS),
        Relation.SUBSTITUTES: Q(id__in=SUBSTITUTED_STUDENTS),
        Relation.HOMEROOM: Q(id__in=HOMEROOM_STUDENTS),
        **of_students("id", *SCHOOL_STAFF),
    },
    narrower={Relation.TEACHES_PHYSICAL_EDUCATION: Q(id__in=facts.TAUGHT_SPORTS_STUDENTS)},
)

GUARDIANS = Scope(
    models.Guardianship,
    {
        Relation.SELF: Q(guardian_id=ME),
        Relation.STUDENT: Q(student__person_id=ME),
        Relation.GUARDIAN: Q(student_id__in=CHILDREN),
        Relation.TEACHES: Q(student_id__in=TAUGHT_STUDENTS, guardian_id__in=SHARING_CONTACTS),
        Relation.HOMEROOM: Q(student_id__in=HOMEROOM_STUDENTS),
        **of_students("student_id", *MANAGEMENT),
    },
    only=facts.holds_today(),
)

CLASSES = Scope(
    models.SchoolClass,
    {
        Relation.STUDENT: Q(id__in=OWN_CLASSES),
        Relation.GUARDIAN: Q(id__in=CHILDRENS_CLASSES),
        Relation.TEACHES: Q(id__in=TAUGHT_CLASSES) | Q(id__in=TAUGHT_GROUPS_CLASSES),
        Relation.SUBSTITUTES: Q(id__in=SUBSTITUTED_CLASSES) | Q(id__in=SUBSTITUTED_GROUPS_CLASSES),
        Relation.HOMEROOM: Q(id__in=HOMEROOMS) | Q(parent_id__in=HOMEROOMS),
        **at("organization_id", *SCHOOL_STAFF),
        Relation.MUNICIPALITY: Q(organization__settlement__municipality_id__in=OWN_MUNICIPALITIES),
        Relation.REGION: EVERY,
    },
)

# What is taught to whom: families find it in their lessons.
SECTIONS = Scope(
    models.CourseSection,
    {
        Relation.TEACHES: Q(id__in=TAUGHT_SECTIONS),
        Relation.SUBSTITUTES: Q(id__in=SUBSTITUTED_SECTIONS),
        Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS)
        | Q(school_class__parent_id__in=HOMEROOMS),
        **at("school_class__organization_id", *MANAGEMENT),
    },
)
SUBSTITUTIONS = Scope(
    models.Substitution,
    {
        Relation.SELF: Q(teacher_id=ME),
        **at("section__school_class__organization_id", *MANAGEMENT),
    },
)


def in_classes(path: str, classes: facts.Facts) -> Q:
    """What is at a lesson of these classes and of their groups."""
    return where(f"{path}school_class_id__in", classes) | where(
        f"{path}school_class__parent_id__in", classes
    )


def of_lesson(path: str = "", lesson: str = "id") -> Reach:
    """Lessons, or rows that belong to the lesson at `path`, whose id is at `lesson`."""
    return {
        Relation.STUDENT: where(f"{path}school_class_id__in", OWN_CLASSES),
        Relation.GUARDIAN: where(f"{path}school_class_id__in", CHILDRENS_CLASSES),
        Relation.TEACHES: where(f"{path}section_id__in", TAUGHT_SECTIONS),
        Relation.SUBSTITUTES: where(f"{lesson}__in", SUBSTITUTED_LESSONS),
        Relation.HOMEROOM: in_classes(path, HOMEROOMS),
        **at(f"{path}school_class__organization_id", *SCHOOL_STAFF),
    }


LESSONS = Scope(models.Lesson, of_lesson())
# The weekly timetable, to those who know the lessons that are made of it.
TIMETABLE = Scope(
    models.TimetableEntry,
    {**of_lesson(), Relation.SUBSTITUTES: Q(section_id__in=SUBSTITUTED_SECTIONS)},
)
# Where lessons are, lessons say; all rooms of a school are known to whoever plans its lessons.
ROOMS = Scope(models.Room, at("organization_id", *MANAGEMENT))


def _for_family(relation: Relation, own: facts.Facts) -> Q:
    """Homework of these families' lessons, but for what is for others alone."""
    reach = of_lesson("lesson__", "lesson_id")
    return reach[relation] & (Q(is_individual=False) | Q(id__in=own))


HOMEWORK = Scope(
    models.Homework,
    {
        **of_lesson("lesson__", "lesson_id"),
        Relation.STUDENT: _for_family(Relation.STUDENT, facts.OWN_HOMEWORK),
        Relation.GUARDIAN: _for_family(Relation.GUARDIAN, facts.CHILDRENS_HOMEWORK),
    },
    only=Q(removed_at__isnull=True),
)


def of_journal(student: str, section: str, *staff: Relation) -> Reach:
    """Rows that are one pupil's in one section's journal."""
    return {
        Relation.STUDENT: where(f"{student}__person_id", ME),
        Relation.GUARDIAN: where(f"{student}_id__in", CHILDREN),
        Relation.TEACHES: where(f"{section}_id__in", TAUGHT_SECTIONS),
        Relation.HOMEROOM: where(f"{student}_id__in", HOMEROOM_STUDENTS),
        **at(f"{section}__school_class__organization_id", *staff),
    }


def of_staff(reach: Reach) -> Reach:
    """The same without the family."""
    family = (Relation.STUDENT, Relation.GUARDIAN)
    return {relation: each for relation, each in reach.items() if relation not in family}


MARKS = Scope(
    models.Mark,
    {
        **of_journal("student", "lesson__section", *MANAGEMENT),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
    },
    only=Q(removed_at__isnull=True),
)
# Why and by whom a mark was changed is the staff's matter; a family sees the mark itself.
MARK_HISTORY = Scope(
    models.MarkRevision,
    {
        **of_staff(of_journal("mark__student", "mark__lesson__section", *MANAGEMENT)),
        Relation.SUBSTITUTES: Q(mark__lesson_id__in=SUBSTITUTED_LESSONS),
    },
)
ATTENDANCE = Scope(
    models.Attendance,
    {
        **of_journal("student", "lesson__section", *SCHOOL_STAFF),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
    },
)
PERIOD_MARKS = Scope(
    models.PeriodMark,
    of_journal("student", "section", *MANAGEMENT),
    only=Q(removed_at__isnull=True),
)
DIARY = Scope(
    models.DiaryEntry,
    {
        **of_journal("student", "section", *MANAGEMENT),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
    },
)
STUDENT_HOMEWORK = Scope(
    models.StudentHomework,
    {
        **of_journal("student", "section", *MANAGEMENT),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
    },
)
HOMEWORK_ANSWERS = Scope(
    models.HomeworkAnswer,
    {
        **of_journal("student", "homework__section", *MANAGEMENT),
        Relation.SUBSTITUTES: Q(homework__lesson_id__in=SUBSTITUTED_LESSONS),
    },
)
# Whoever reads an answer reads what it was before, and what the files are called that go with it.
_OF_ANSWERS: Reach = {
    **of_journal("answer__student", "answer__homework__section", *MANAGEMENT),
    Relation.SUBSTITUTES: Q(answer__homework__lesson_id__in=SUBSTITUTED_LESSONS),
}
HOMEWORK_ANSWER_REVISIONS = Scope(models.HomeworkAnswerRevision, _OF_ANSWERS)
HOMEWORK_ANSWER_ATTACHMENTS = Scope(models.HomeworkAnswerAttachment, _OF_ANSWERS)
_FAMILY: Reach = {
    Relation.STUDENT: Q(student__person_id=ME),
    Relation.GUARDIAN: Q(student_id__in=CHILDREN),
}
DIARY_NEWS = Scope(models.DiaryNews, _FAMILY, only=Q(account_id=MY_ACCOUNT))
DIARY_CHANGES = Scope(models.DiaryChange, _FAMILY, only=Q(account_id=MY_ACCOUNT))
OVERDUE_WORKS = Scope(models.OverdueWork, of_journal("student", "section", *MANAGEMENT))

# An average over a subject's sections tells of marks that a single section's teacher did not give.
SUBJECT_AVERAGES = Scope(
    models.SubjectAverage,
    {
        Relation.STUDENT: Q(student__person_id=ME),
        Relation.GUARDIAN: Q(student_id__in=CHILDREN),
        Relation.HOMEROOM: Q(student_id__in=HOMEROOM_STUDENTS),
        **of_students("student_id", *MANAGEMENT),
    },
)
_JOURNAL_STAFF: Reach = {
    Relation.TEACHES: Q(section_id__in=TAUGHT_SECTIONS),
    Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
    **at("section__school_class__organization_id", *MANAGEMENT),
}
JOURNAL_PAGES = Scope(
    models.JournalPage,
    {**_JOURNAL_STAFF, Relation.SUBSTITUTES: Q(section_id__in=SUBSTITUTED_SECTIONS)},
)
JOURNAL_ROWS = Scope(
    models.JournalRow,
    {
        **_JOURNAL_STAFF,
        Relation.SUBSTITUTES: Q(
            section_id__in=SUBSTITUTED_SECTIONS, student_id__in=SUBSTITUTED_STUDENTS
        ),
    },
)
JOURNAL_CELLS = Scope(
    models.JournalCell,
    {
        Relation.TEACHES: Q(section_id__in=TAUGHT_SECTIONS),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
        Relation.HOMEROOM: Q(section__school_class_id__in=HOMEROOMS)
        | Q(section__school_class__parent_id__in=HOMEROOMS),
        **at("section__school_class__organization_id", *MANAGEMENT),
    },
)


ASSIGNMENTS = Scope(
    models.Assignment, of_lesson("lesson__", "lesson_id"), only=Q(removed_at__isnull=True)
)
DEBTS = Scope(
    models.DebtMark,
    {
        **of_journal("student", "lesson__section", *MANAGEMENT),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
    },
    only=Q(cleared_at__isnull=True),
)
# What was written at a lesson, and why: as its marks and their history.
JOURNAL_DEEDS = Scope(
    models.JournalDeed,
    {
        Relation.TEACHES: where("lesson__section_id__in", TAUGHT_SECTIONS),
        Relation.SUBSTITUTES: Q(lesson_id__in=SUBSTITUTED_LESSONS),
        Relation.HOMEROOM: in_classes("lesson__", HOMEROOMS)
        & (Q(student_id__isnull=True) | Q(student_id__in=HOMEROOM_STUDENTS)),
        **at("lesson__school_class__organization_id", *MANAGEMENT),
    },
)
# Whoever writes at a class's lessons knows why they do not.
JOURNAL_LOCKS = Scope(
    models.JournalLock,
    {
        Relation.TEACHES: Q(school_class_id__in=TAUGHT_CLASSES)
        | Q(school_class_id__in=TAUGHT_GROUPS_CLASSES),
        Relation.SUBSTITUTES: Q(school_class_id__in=SUBSTITUTED_CLASSES)
        | Q(school_class_id__in=SUBSTITUTED_GROUPS_CLASSES),
        Relation.HOMEROOM: in_classes("", HOMEROOMS),
        **at("school_class__organization_id", *MANAGEMENT),
    },
)


_EVENTS_AT_WORK = facts.Facts(
    models.EventAudience, "event_id", Q(organization_id__in=facts.WORKPLACES)
)
# One set of keys says who hears of an event: everybody has theirs in a view. Beside them, those
# who work at a school know of all that is announced there, and authors of their drafts.
EVENTS = Scope(
    models.SchoolEvent,
    {
        Relation.SELF: Q(author_id=ME)
        | Q(published_at__isnull=False) & (Q(id__in=facts.ANNOUNCED) | Q(id__in=_EVENTS_AT_WORK)),
    },
)
