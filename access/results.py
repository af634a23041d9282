"""Who reaches what pupils have come to: debts, what they have not done, and marks for terms."""

from tortoise.expressions import Q

import models
from access.facts import CHILDREN, HOMEROOMS
from access.posts import MANAGEMENT, at
from access.roles import Relation
from access.scope import Scope
from access.scopes import PERIOD_MARKS, of_journal, of_staff
from access.viewer import ME

# Annual marks that the law has pupils make good (273-ФЗ, art. 58), and how they did.
ACADEMIC_DEBTS = Scope(
    models.PeriodMark,
    PERIOD_MARKS.by,
    only=PERIOD_MARKS.only
    & Q(kind=models.PeriodMarkKind.ANNUAL)
    & (
        Q(value__lt=3)
        | Q(sign__in=[models.MarkSign.NOT_ATTESTED.value, models.MarkSign.FAILED.value])
    ),
)
RETAKES = Scope(
    models.Retake, of_journal("period_mark__student", "period_mark__section", *MANAGEMENT)
)
PERIOD_MARK_HISTORY = Scope(
    models.PeriodMarkRevision,
    of_staff(of_journal("period_mark__student", "period_mark__section", *MANAGEMENT)),
)

# What the pupils of a class have not done, in all subjects.
OVERDUE_IN_CLASSES = Scope(
    models.ClassOverdueHomework,
    {
        Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
        **at("school_class__organization_id", *MANAGEMENT),
    },
)

# What a pupil has come to in all subjects, as a class's sheet shows it.
SUBJECT_RESULTS = Scope(
    models.SubjectResult,
    {
        Relation.STUDENT: Q(student__person_id=ME),
        Relation.GUARDIAN: Q(student_id__in=CHILDREN),
        Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
        **at("school_class__organization_id", *MANAGEMENT),
    },
)
SUMMARY_ROWS = Scope(
    models.SummaryRow,
    {
        Relation.HOMEROOM: Q(school_class_id__in=HOMEROOMS),
        **at("school_class__organization_id", *MANAGEMENT),
    },
)
SUMMARY_SHEETS = Scope(
    models.SchoolClass,
    {Relation.HOMEROOM: Q(id__in=HOMEROOMS), **at("organization_id", *MANAGEMENT)},
    only=Q(kind=models.ClassKind.HOMEROOM),
)
