"""Rows, and what must always hold of them. Knows nothing of GraphQL."""

from models.accounts import Account, RefreshToken, Session
from models.audit import AuditEntry
from models.changes import ChangeArea, ChangeEntry, ChangeTopic
from models.classes import ClassKind, Enrollment, SchoolClass
from models.curriculum import CourseSection, SchoolYear, Subject, TeachingAssignment, Term, TermKind
from models.directory import (
    INSTITUTION_KINDS,
    Municipality,
    MunicipalityCode,
    Organization,
    OrganizationKind,
    Region,
    Settlement,
)
from models.events import EventAudience, SchoolEvent
from models.exchange import ExternalRecord
from models.fields import Record
from models.homework import Homework
from models.idempotency import IdempotentAnswer
from models.journal import (
    Assignment,
    Attendance,
    AttendanceCode,
    Mark,
    MarkChangeKind,
    MarkRevision,
    MarkSign,
    PeriodMark,
    WorkType,
)
from models.messages import Message, MessageReceipt
from models.people import (
    GuardianRelation,
    Guardianship,
    HealthGroup,
    Person,
    Position,
    Sex,
    StaffPost,
    Student,
)
from models.timetable import BellPeriod, BellSchedule, Lesson, Room
from models.views import (
    Addressee,
    CurrentTerm,
    DiaryEntry,
    HeldRole,
    JournalCell,
    JournalColumn,
    JournalPage,
    JournalRow,
    OverdueWork,
    RoleGrant,
    SubjectAverage,
)

__all__ = [
    "INSTITUTION_KINDS",
    "Account",
    "Addressee",
    "Assignment",
    "Attendance",
    "AttendanceCode",
    "AuditEntry",
    "BellPeriod",
    "BellSchedule",
    "ChangeArea",
    "ChangeEntry",
    "ChangeTopic",
    "ClassKind",
    "CourseSection",
    "CurrentTerm",
    "DiaryEntry",
    "Enrollment",
    "EventAudience",
    "ExternalRecord",
    "GuardianRelation",
    "Guardianship",
    "HealthGroup",
    "HeldRole",
    "Homework",
    "IdempotentAnswer",
    "JournalCell",
    "JournalColumn",
    "JournalPage",
    "JournalRow",
    "Lesson",
    "Mark",
    "MarkChangeKind",
    "MarkRevision",
    "MarkSign",
    "Message",
    "MessageReceipt",
    "Municipality",
    "MunicipalityCode",
    "Organization",
    "OrganizationKind",
    "OverdueWork",
    "PeriodMark",
    "Person",
    "Position",
    "Record",
    "RefreshToken",
    "Region",
    "RoleGrant",
    "Room",
    "SchoolClass",
    "SchoolEvent",
    "SchoolYear",
    "Session",
    "Settlement",
    "Sex",
    "StaffPost",
    "Student",
    "Subject",
    "SubjectAverage",
    "TeachingAssignment",
    "Term",
    "TermKind",
    "WorkType",
]
