"""A small school that reads as a story; every object is a thin handle on one real row.

Everything that must be unique is, so tests share one database and clean nothing::

    school = await a_school()
    klass = await school.class_("7А")
    pupil = await klass.pupil(last_name="Иванова")
    parent = await pupil.guardian()
    section = await klass.section("Алгебра", await school.teacher())
    lesson = await section.lesson()
    mark = await lesson.mark(pupil, 5, weight=20)
    account = await parent.account()
"""

from tests.factories.absences import an_absence_note
from tests.factories.accounts import PASSWORD, AccountMade, Generator, SecondFactorMade
from tests.factories.classes import ClassMade
from tests.factories.curriculum import SectionMade
from tests.factories.directory import SchoolMade, a_school
from tests.factories.documents import a_consent, a_document
from tests.factories.events import EventMade, an_event
from tests.factories.grading import a_grading_policy
from tests.factories.journal import (
    AssignmentMade,
    MarkMade,
    a_period_mark,
    a_period_revision,
    a_year_mark,
)
from tests.factories.made import Fact, Made, gid, serial, today
from tests.factories.messages import (
    MessageMade,
    a_draft,
    a_folder,
    a_message,
    a_report,
    an_attachment,
)
from tests.factories.notices import a_notice
from tests.factories.people import GuardianMade, PersonMade, PupilMade, StaffMade, a_person
from tests.factories.timetable import LessonMade

__all__ = [
    "PASSWORD",
    "AccountMade",
    "AssignmentMade",
    "ClassMade",
    "EventMade",
    "Fact",
    "Generator",
    "GuardianMade",
    "LessonMade",
    "Made",
    "MarkMade",
    "MessageMade",
    "PersonMade",
    "PupilMade",
    "SchoolMade",
    "SecondFactorMade",
    "SectionMade",
    "StaffMade",
    "a_consent",
    "a_document",
    "a_draft",
    "a_folder",
    "a_grading_policy",
    "a_message",
    "a_notice",
    "a_period_mark",
    "a_period_revision",
    "a_person",
    "a_report",
    "a_school",
    "a_year_mark",
    "an_absence_note",
    "an_attachment",
    "an_event",
    "gid",
    "serial",
    "today",
]
