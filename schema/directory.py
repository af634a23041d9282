"""The region's tree as clients see it: municipalities, settlements, organizations."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from tortoise.expressions import Q

import models
from access import scopes
from models import OrganizationKind
from schema import attainment, attendance_figures, journal_keeping, late_lessons
from schema.attainment import Attainment
from schema.attendance_figures import AttendanceFigures
from schema.declaration import (
    Connection,
    Node,
    column,
    describe_enum,
    entity,
    found,
    many,
    one,
    payload,
)
from schema.errors import UserError
from schema.figures import Figures, figures
from schema.grading import GradingPolicy
from schema.journal_keeping import JournalKeeping
from schema.journal_locks import JournalLock, journal_locks
from schema.late_lessons import LateLesson
from schema.period_figures import PeriodFigures, period_figures
from schema.policies import SchoolPolicy

if TYPE_CHECKING:
    from schema.bells import BellSchedule
    from schema.journal import WorkType
    from schema.school_days import SchoolYear
    from schema.timetable import Room

_BellSchedule = Annotated["BellSchedule", strawberry.lazy("schema.bells")]
_SchoolYear = Annotated["SchoolYear", strawberry.lazy("schema.school_days")]
_Room = Annotated["Room", strawberry.lazy("schema.timetable")]
_WorkType = Annotated["WorkType", strawberry.lazy("schema.journal")]

describe_enum(
    OrganizationKind,
    "What an organization does.",
    PRESCHOOL="Kindergarten (дошкольная образовательная организация).",
    GENERAL="School (общеобразовательная организация).",
    SUPPLEMENTARY="Club or school of supplementary education (дополнительное образование).",
    VOCATIONAL="College (профессиональная образовательная организация).",
    MUNICIPAL_AUTHORITY="A municipality's education authority (орган управления образованием).",
    REGIONAL_AUTHORITY="The region's ministry of education.",
    OPERATOR="The operator of this system.",
)


@entity(reach=scopes.ORGANIZATIONS)
class Organization(Node):
    """An educational organization, an education authority or the system's operator."""

    name: str = column(description="Its usual name.")
    kind: OrganizationKind = column(description="What it does.")
    figures: list[Figures] = figures("SCHOOL", "organization_id")
    period_figures: list[PeriodFigures] = period_figures("SCHOOL", "organization_id")
    attainment: list[Attainment] = attainment.of_school()
    attendance_figures: list[AttendanceFigures] = attendance_figures.of_school()
    journal_keeping: list[JournalKeeping] = journal_keeping.of_school()
    late_lessons: Connection[LateLesson] = late_lessons.of_school()
    journal_locks: Connection[JournalLock] = journal_locks(
        "school_class__organization_id", "all of its classes"
    )
    policy: SchoolPolicy | None = one(
        description="What the school has settled for itself; its management reads it.",
        on={"organization_id": "id"},
        order_by=("id",),
    )
    grading_policy: GradingPolicy | None = one(
        description="What it has settled of its marks and journals; its staff reads it.",
        on={"organization_id": "id"},
        order_by=("id",),
    )
    school_years: list[_SchoolYear] = many(
        description="Its school years, the latest first.",
        on={"organization_id": "id"},
        order_by=("-starts_on", "id"),
        expected=3,
    )
    bell_schedules: list[_BellSchedule] = many(
        description="Its bells, by name (расписание звонков).",
        on={"organization_id": "id"},
        order_by=("name", "id"),
        expected=2,
    )
    rooms: list[_Room] = many(
        description="Its rooms, by name; its management reads them.",
        on={"organization_id": "id"},
        order_by=("name", "id"),
        expected=40,
    )
    work_types: list[_WorkType] = many(
        description="The kinds of work that are marked there, by name.",
        on={"organization_id": "id"},
        order_by=("name", "id"),
        expected=10,
    )


@entity(reach=scopes.SETTLEMENTS)
class Settlement(Node):
    """A town or village (населённый пункт)."""

    name: str = column(description="Its name.")
    kind: str = column(
        description="Kind of settlement as Russian maps abbreviate it: г, пгт, с, п."
    )
    schools: list[Organization] = many(
        description="The institutions of every kind in it, by name.",
        on={"settlement_id": "id"},
        where=Q(kind__in=list(models.INSTITUTION_KINDS)),
        order_by=("name", "id"),
        expected=2,
    )


@entity(reach=scopes.MUNICIPALITIES)
class Municipality(Node):
    """A municipal or urban district of the region (муниципальное образование)."""

    name: str = column(description="Its name.")
    settlements: list[Settlement] = many(
        description="Its towns and villages, by name.",
        on={"municipality_id": "id"},
        order_by=("name", "id"),
        expected=10,
    )
    figures: list[Figures] = figures("MUNICIPALITY", "municipality_id")
    period_figures: list[PeriodFigures] = period_figures("MUNICIPALITY", "municipality_id")


@entity(reach=scopes.REGIONS)
class Region(Node):
    """The region that this deployment serves."""

    name: str = column(description="Its name.")
    figures: list[Figures] = figures("REGION", "region_id")
    period_figures: list[PeriodFigures] = period_figures("REGION", "region_id")


@payload
class ChangeSchoolPolicyPayload:
    """The school with what it has settled now, or why nothing was changed."""

    organization: Organization | None = found(description="The school.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


@payload
class ChangeGradingPolicyPayload:
    """The school with what it has settled of its marks now, or why nothing was changed."""

    organization: Organization | None = found(description="The school.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")
