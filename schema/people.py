"""Pupils and their guardians."""

from datetime import date

from tortoise.expressions import Q

import models
from access import facts, rules, scopes
from models import GuardianRelation, HealthGroup, PhysicalEducationGroup, Sex
from schema import names, numbers
from schema.absences import AbsenceAlert, AbsenceNote, absence_alerts, absence_notes
from schema.academic_debts import CONDITIONAL_PROMOTION, AcademicDebt
from schema.attendance_counts import AttendanceSummary, current_summaries
from schema.classes import SchoolClass
from schema.declaration import (
    Connection,
    Node,
    Page,
    Through,
    column,
    computed,
    connection,
    describe_enum,
    entity,
    many,
    one,
    resolved,
)
from schema.diary import (
    DiaryDay,
    DiaryLesson,
    OverdueAssignment,
    SubjectAverage,
    diary_day,
    diary_days,
    homework_to_do,
    term_averages,
)
from schema.diary_news import DiaryNews, diary_news
from schema.documents import DataConsent, IdentityDocument
from schema.homework_answers import StudentHomework, overdue_homework
from schema.journal import Debt, Mark
from schema.period_marks import PeriodMark
from schema.summaries import SubjectSummary

describe_enum(Sex, "Sex as in the birth certificate.", FEMALE="Female.", MALE="Male.")
describe_enum(
    HealthGroup,
    "Health group of a medical examination (группа здоровья).",
    I="Healthy.",
    II="Healthy with some deviations.",
    III="A chronic illness in remission.",
    IV="A chronic illness with complaints.",
    V="A severe chronic illness or disability.",
)
describe_enum(
    PhysicalEducationGroup,
    "In which group a pupil does sports (физкультурная группа).",
    BASIC="The main group (основная).",
    PREPARATORY="With lighter loads for the time being (подготовительная).",
    SPECIAL="By a programme of its own (специальная медицинская).",
    EXEMPT="Freed from sports (освобождён).",
)
describe_enum(
    GuardianRelation,
    "What a guardian is to the child.",
    MOTHER="Mother.",
    FATHER="Father.",
    GRANDPARENT="Grandmother or grandfather.",
    GUARDIAN="Appointed guardian (опекун).",
    OTHER="Another legal representative.",
)


@entity(reach=scopes.GUARDIANS)
class Guardian(Node):
    """An adult who represents a pupil today (законный представитель)."""

    full_name: str = column(
        "guardian__full_name", description="Family name, first name, patronymic."
    )
    relation: GuardianRelation = column(description="What they are to the child.")
    phone: str | None = column(
        "guardian__phone",
        description="Their phone; a guardian sees their own and not another guardian's.",
        allow=rules.GUARDIANS_CONTACTS,
    )
    email: str | None = column(
        "guardian__email",
        description="Their e-mail address; a guardian sees their own alone.",
        allow=rules.GUARDIANS_CONTACTS,
    )
    workplace: str | None = column(
        "guardian__workplace",
        description="Where they work; the school's management sees it by `reveal`.",
        allow=rules.WORKPLACE,
    )
    documents: list[IdentityDocument] = many(
        description="Their documents that the school was shown; for themselves and the management.",
        on={"person_id": "guardian_id"},
        order_by=("checked_at", "id"),
        expected=1,
    )


@entity(reach=scopes.STUDENTS)
class Student(Node):
    """A pupil (ученик)."""

    full_name: str = column("person__full_name", description="Family name, first name, patronymic.")
    short_name: str = resolved(
        names.short,
        needs=tuple(f"person__{part}" for part in names.PARTS),
        description="Family name and initials, as in the class journal.",
    )
    birth_date: date | None = column(
        "person__birth_date",
        description="Date of birth.",
        allow=rules.BIRTH_DATE,
    )
    sex: Sex | None = column("person__sex", description="Sex.", allow=rules.SEX)
    snils: str | None = resolved(
        numbers.snils,
        needs=("person__snils_sealed",),
        description="Personal insurance number (СНИЛС), eleven digits.",
        allow=rules.SNILS,
    )
    snils_masked: str | None = resolved(
        numbers.snils_masked,
        needs=("person__snils_sealed",),
        description="The number as `***-***-445 **`; `reveal` shows it whole.",
        allow=rules.SNILS_IN_PART,
    )
    phone: str | None = column("person__phone", description="Own phone.", allow=rules.CONTACTS)
    email: str | None = column(
        "person__email", description="Own e-mail address.", allow=rules.CONTACTS
    )
    address: str | None = column(
        "person__address", description="Where the pupil lives.", allow=rules.ADDRESS
    )
    health_group: HealthGroup | None = column(
        description="Health group (группа здоровья).", allow=rules.HEALTH_GROUP
    )
    physical_education_group: PhysicalEducationGroup | None = column(
        description="In which group the pupil does sports (физкультурная группа).",
        allow=rules.PHYSICAL_EDUCATION_GROUP,
    )
    has_special_conditions: bool | None = computed(
        "{row}.special_needs IS NOT NULL",
        description="Whether special conditions of learning are due (ОВЗ); which, is not said.",
        allow=rules.SPECIAL_CONDITIONS,
    )
    special_needs: str | None = column(
        description="Special needs (ОВЗ), for guardians; staff see them by `reveal`.",
        allow=rules.SPECIAL_NEEDS,
    )
    social_risk: str | None = column(
        description="A social risk on file, for guardians; staff see it by `reveal`.",
        allow=rules.SOCIAL_RISK,
    )
    documents: list[IdentityDocument] = many(
        description="Documents that the school was shown, the first one first.",
        on={"person_id": "person_id"},
        order_by=("checked_at", "id"),
        expected=1,
    )
    consents: list[DataConsent] = many(
        description="Consents to process the pupil's data, the first one on file first.",
        on={"subject_id": "person_id"},
        order_by=("id",),
        expected=3,
    )
    guardians: list[Guardian] | None = many(
        description="The guardians of today; of these, teachers see who shares their contacts.",
        on={"student_id": "id"},
        order_by=("guardian__full_name", "id"),
        expected=2,
        allow=rules.GUARDIANS,
    )
    school_class: SchoolClass | None = one(
        description="The class in which the pupil is enrolled today.",
        through=Through(
            models.Enrollment,
            on={"student_id": "id"},
            key="school_class_id",
            where=Q(kind=models.ClassKind.HOMEROOM) & facts.holds_today(),
        ),
        order_by=("id",),
    )
    diary: list[DiaryDay] = diary_days()
    diary_day: list[DiaryLesson] = diary_day()
    news: DiaryNews | None = diary_news()
    homework: list[StudentHomework] = homework_to_do()
    overdue_homework: Connection[StudentHomework] = overdue_homework("student_id")
    subject_averages: list[SubjectAverage] = many(
        description="Averages by subject in the current term.",
        on={"student_id": "id"},
        where=Q(is_current=True),
        order_by=("subject__name", "subject_id"),
        expected=15,
    )
    term_averages: list[SubjectAverage] = term_averages()
    academic_debts: list[AcademicDebt] = many(
        description="Annual marks that are or were to be made good, the earliest first.",
        on={"student_id": "id"},
        order_by=("id",),
        expected=1,
    )
    conditional_promotion: bool | None = computed(
        CONDITIONAL_PROMOTION,
        description="Whether the pupil is promoted conditionally (условный перевод): with a debt "
        "that may still be made good.",
        allow=rules.CARE,
    )
    year_summary: list[SubjectSummary] = many(
        description="What the pupil has come to in this school year, by subject.",
        on={"student_id": "id"},
        where=Q(is_current=True),
        order_by=("subject__name", "subject_id"),
        expected=15,
    )
    period_marks: Connection[PeriodMark] = connection(
        description="All marks for terms and years, the newest first.",
        on={"student_id": "id"},
        order_by=("-id",),
        page=Page(default=50, most=200),
    )
    recent_marks: list[Mark] = many(
        description="The latest marks, the newest first.",
        on={"student_id": "id"},
        order_by=("-recorded_at", "-id"),
        first=Page(default=10, most=50),
    )
    debts: list[Debt] = many(
        description="Works that the pupil owes («точка»), the most urgent first.",
        on={"student_id": "id"},
        order_by=("deadline", "id"),
        expected=1,
    )
    overdue_assignments: list[OverdueAssignment] = many(
        description="Mandatory works past their day without a mark, the oldest first.",
        on={"student_id": "id"},
        order_by=("due_on", "assignment_id"),
        expected=5,
    )
    absence_alerts: Connection[AbsenceAlert] = absence_alerts("student_id", "the pupil")
    absence_notes: Connection[AbsenceNote] = absence_notes("student_id", "the pupil")
    attendance_summaries: list[AttendanceSummary] = current_summaries()
