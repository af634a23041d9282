"""What is taught to a class or group, by whom, and who stands in for them."""

from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from access import facts, scopes
from schema import attainment
from schema.attainment import Attainment
from schema.classes import SchoolClass
from schema.curriculum import Subject
from schema.declaration import Connection, Node, Through, entity, many, one
from schema.diary import OverdueAssignment, overdue_assignments_of_section
from schema.homework_answers import StudentHomework, overdue_homework
from schema.staff import StaffMember

if TYPE_CHECKING:
    from schema.substitutions import Substitution

_Substitution = Annotated["Substitution", strawberry.lazy("schema.substitutions")]


@entity(reach=scopes.SECTIONS)
class CourseSection(Node):
    """One subject taught to one class or group."""

    subject: Subject = one(description="The subject.")
    school_class: SchoolClass | None = one(description="The class or group.")
    teachers: list[StaffMember] = many(
        description="Who teaches it today (нагрузка), by name; not those who stand in.",
        through=Through(
            models.TeachingAssignment,
            on={"section_id": "id"},
            key="teacher_id",
            where=facts.holds_today(),
        ),
        order_by=("full_name", "id"),
        expected=1,
    )
    substitutions: list[_Substitution] = many(
        description="Who stood or stands or will stand in for its teachers, the earliest first.",
        on={"section_id": "id"},
        order_by=("valid_from", "id"),
        expected=2,
    )
    attainment: list[Attainment] = attainment.of_section()
    overdue_homework: Connection[StudentHomework] = overdue_homework("section_id")
    overdue_assignments: Connection[OverdueAssignment] = overdue_assignments_of_section()
