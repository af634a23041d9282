"""Reading what a class has come to."""

import strawberry

from access import rules
from schema.declaration import id_argument, root_one
from schema.summaries import ClassSummarySheet


@strawberry.type
class SummariesQuery:
    """Reading what a class has come to."""

    class_summary_sheet: ClassSummarySheet | None = root_one(
        description="All marks of a class for the terms and the year (сводная ведомость), for its "
        "homeroom teacher and the school's management.",
        arguments={"class_id": id_argument("SchoolClass", "Whose sheet.", "id")},
        allow=rules.HOMEROOM | rules.MANAGEMENT,
    )
