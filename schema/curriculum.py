"""Subjects and terms."""

from datetime import date

from access import scopes
from models import PeriodMarkKind, TermKind
from schema.declaration import Node, column, computed, describe_enum, entity

describe_enum(
    TermKind,
    "How a grade level divides its school year.",
    QUARTER="One of four (четверть).",
    TRIMESTER="One of three (триместр).",
    SEMESTER="One of two (полугодие).",
    OTHER="Some other division.",
)
describe_enum(
    PeriodMarkKind,
    "What a mark is for.",
    TERM="A term (четвертная, триместровая или полугодовая отметка).",
    ANNUAL="The school year (годовая отметка).",
    EXAM="The exam in the subject (экзаменационная отметка).",
    FINAL="The whole course, as the certificate says it (итоговая отметка).",
)


@entity(reach=scopes.SUBJECTS)
class Subject(Node):
    """A school subject (предмет)."""

    name: str = column(description="Its name.")


@entity(reach=scopes.TERMS)
class Term(Node):
    """A grading period of one grade level (учебный период)."""

    name: str = column(description="Its name, such as «2 четверть».")
    kind: TermKind = column(description="How the year is divided.")
    number: int = column(description="Its place in the year, from 1.")
    starts_on: date = column(description="The first day.")
    ends_on: date = column(description="The last day.")
    is_current: bool = computed(
        "EXISTS (SELECT 1 FROM current_term WHERE current_term.id = {row}.id)",
        description="Whether it goes on today or, in vacations, was the last to begin.",
    )
