"""Who writes at which lessons, among those that they read.

A homeroom teacher writes down attendance, and marks and homework where the school lets them: see
decision 0025.
"""

from tortoise.expressions import Q

import models
from access.facts import (
    HOMEROOM_STUDENTS,
    HOMEROOMS,
    HOMEROOMS_THAT_WRITE,
    OWN_MUNICIPALITIES,
    TAUGHT_SECTIONS,
)
from access.posts import MANAGEMENT, at
from access.roles import Relation
from access.scope import EVERY, Reach, Scope
from access.scopes import (
    ASSIGNMENTS,
    DEBTS,
    HOMEWORK,
    MARKS,
    PERIOD_MARKS,
    in_classes,
    of_lesson,
)

_WRITERS = (Relation.TEACHES, Relation.SUBSTITUTES)


def _written(path: str, lesson: str, *posts: Relation) -> Reach:
    """Rows at lessons into which these posts' holders, teachers and substitutes write."""
    reach = of_lesson(path, lesson)
    return {relation: reach[relation] for relation in (*_WRITERS, *posts)}


_MARKING = (Relation.DEPUTY_HEAD, Relation.ADMINISTRATOR)
MARKED_LESSONS = Scope(
    models.Lesson,
    {
        **_written("", "id", *_MARKING),
        Relation.HOMEROOM: in_classes("", HOMEROOMS_THAT_WRITE),
    },
)
CHANGED_MARKS = Scope(
    models.Mark,
    {
        **_written("lesson__", "lesson_id", *_MARKING),
        Relation.HOMEROOM: in_classes("lesson__", HOMEROOMS_THAT_WRITE)
        & Q(student_id__in=HOMEROOM_STUDENTS),
    },
    only=MARKS.only,
)
SET_WORKS = Scope(
    models.Assignment,
    {
        **_written("lesson__", "lesson_id", *_MARKING),
        Relation.HOMEROOM: in_classes("lesson__", HOMEROOMS_THAT_WRITE),
    },
    only=ASSIGNMENTS.only,
)
SET_DEBTS = Scope(
    models.DebtMark,
    {
        **_written("lesson__", "lesson_id", *_MARKING),
        Relation.HOMEROOM: in_classes("lesson__", HOMEROOMS_THAT_WRITE),
    },
    only=DEBTS.only,
)
KINDS_OF_WORK = Scope(models.WorkType, at("organization_id", *_MARKING))
HOMEWORK_LESSONS = Scope(
    models.Lesson,
    {
        **_written("", "id", Relation.DEPUTY_HEAD),
        Relation.HOMEROOM: in_classes("", HOMEROOMS_THAT_WRITE),
    },
)
CHANGED_HOMEWORK = Scope(
    models.Homework,
    {
        **_written("lesson__", "lesson_id", Relation.DEPUTY_HEAD),
        Relation.HOMEROOM: in_classes("lesson__", HOMEROOMS_THAT_WRITE),
    },
    only=HOMEWORK.only,
)
# Whoever plans lessons, and a topic is written where homework is too.
PLANNED_LESSONS = Scope(models.Lesson, {relation: of_lesson()[relation] for relation in _MARKING})
TOPIC_LESSONS = Scope(models.Lesson, {**HOMEWORK_LESSONS.by, **PLANNED_LESSONS.by})
# What a pupil does of it is the pupil's own to say: guardians read it.
DONE_HOMEWORK = Scope(
    models.Homework, {Relation.STUDENT: HOMEWORK.by[Relation.STUDENT]}, only=HOMEWORK.only
)
COMMENTED_ANSWERS = Scope(
    models.HomeworkAnswer,
    {
        **_written("homework__lesson__", "homework__lesson_id", Relation.DEPUTY_HEAD),
        Relation.HOMEROOM: in_classes("homework__lesson__", HOMEROOMS_THAT_WRITE)
        & Q(student_id__in=HOMEROOM_STUDENTS),
    },
)
ATTENDED_LESSONS = Scope(models.Lesson, _written("", "id", *_MARKING, Relation.HOMEROOM))
# Who excuses absence: those who keep the class's attendance as a whole.
DECIDED_NOTES = Scope(
    models.AbsenceNote,
    {
        Relation.HOMEROOM: Q(student_id__in=HOMEROOM_STUDENTS),
        **at("organization_id", *_MARKING),
    },
)

# A mark for a term or a year rests on the whole of the section's journal: not on a substitute's
# lessons.
GRADED_SECTIONS = Scope(
    models.CourseSection,
    {
        Relation.TEACHES: Q(id__in=TAUGHT_SECTIONS),
        Relation.HOMEROOM: in_classes("", HOMEROOMS_THAT_WRITE),
        **at("school_class__organization_id", *MANAGEMENT),
    },
)
# What the state's exam came to is entered by the authority that holds it, which reads no marks.
EXAMINED_SECTIONS = Scope(
    models.CourseSection,
    {
        **at("school_class__organization_id", *MANAGEMENT),
        Relation.MUNICIPALITY: Q(
            school_class__organization__settlement__municipality_id__in=OWN_MUNICIPALITIES
        ),
        Relation.REGION: EVERY,
    },
)
_NO_EXAM = Q(kind__not=models.PeriodMarkKind.EXAM)
REMOVED_PERIOD_MARKS = Scope(
    models.PeriodMark,
    {
        Relation.TEACHES: Q(section_id__in=TAUGHT_SECTIONS) & _NO_EXAM,
        Relation.HOMEROOM: in_classes("section__", HOMEROOMS_THAT_WRITE) & _NO_EXAM,
        **at("section__school_class__organization_id", *MANAGEMENT),
    },
    only=PERIOD_MARKS.only,
)
# Those who plan a school's lessons plan its year and its bells.
PLANNED_SCHOOLS = Scope(models.Organization, at("id", *_MARKING))
PLANNED_YEARS = Scope(models.SchoolYear, at("organization_id", *_MARKING))
PLANNED_TERMS = Scope(models.Term, at("school_year__organization_id", *_MARKING))
PLANNED_VACATIONS = Scope(models.Vacation, at("school_year__organization_id", *_MARKING))
PLANNED_ENTRIES = Scope(models.TimetableEntry, at("school_class__organization_id", *_MARKING))
# Days of the whole region are its operator's.
PLANNED_DAYS = Scope(
    models.CalendarDay,
    {**at("organization_id", *_MARKING), Relation.REGION: Q(organization_id__isnull=True)},
)
ATTENDED_CLASSES = Scope(
    models.SchoolClass,
    {Relation.HOMEROOM: Q(id__in=HOMEROOMS), **at("organization_id", *_MARKING)},
)
