"""What is in a calendar: rows within its owner's reach at the moment, and not too many."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tortoise.expressions import Case, Q, When

import models
from access import facts, rules, scopes
from access.rows import bound, reached
from access.viewer import ME, Viewer

CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"
"""What is still to be, and what is not (RFC 5545, section 3.8.1.11)."""
_MOST = 500
_EVENTS_BEHIND = timedelta(days=30)
_EVENTS_AHEAD = timedelta(days=366)
_LESSONS_AHEAD = timedelta(weeks=4)
_EVENT = (
    *("id", "title", "body", "place", "starts_at", "ends_at"),
    *("version", "published_at", "cancelled_at", "cancellation_reason"),
)
_LESSON = {
    "id": "id",
    "date": "date",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "subject": "section__subject__name",
    "school_class": "school_class__name",
    "room": "room__name",
    "status": "status",
    "cancellation_reason": "cancellation_reason",
}
_VIA = rules.FAMILY | rules.TEACHES | rules.SUBSTITUTES
# Of a class that was left, the lessons until then stay within reach; those to come are others'.
_CLASSES_OF_TODAY = facts.Facts(
    models.Enrollment,
    "school_class_id",
    (Q(student__person_id=ME) | Q(student_id__in=facts.CHILDREN)) & facts.holds_today(),
)
_OF_FAMILY = Q(school_class_id__in=_CLASSES_OF_TODAY)
_OF_TEACHER = Q(teacher_id=ME)
_OF_SUBSTITUTE = Q(id__in=facts.SUBSTITUTED_LESSONS)
# Somebody stands in for the viewer, now or by then; to a family such a lesson is like any other.
_OF_ANOTHER = (
    _OF_TEACHER
    & Q(id__in=facts.Facts(models.SubstitutedLesson, "lesson_id", Q(teacher_id__not=ME)))
    & ~_OF_FAMILY
)

Row = Mapping[str, Any]


async def events(viewer: Viewer) -> Sequence[Row]:
    """Announced events of a month ago to a year from now, called off or not, the first first."""
    begins, now = viewer.now - _EVENTS_BEHIND, viewer.now
    found = reached(scopes.EVENTS, viewer).filter(
        Q(starts_at__gte=begins) | Q(ends_at__gte=now),
        published_at__isnull=False,
        starts_at__lt=now + _EVENTS_AHEAD,
    )
    rows: Sequence[Row] = await found.order_by("starts_at", "id").limit(_MOST).values(*_EVENT)
    return rows


async def lessons(viewer: Viewer) -> Sequence[Row]:
    """Lessons of four weeks from today: one's own as a pupil or a teacher, and one's children's.

    Those that do not take place are CANCELLED, and those that somebody else gives in the viewer's
    place; a substitute has them from the day on which the substitution holds.
    """
    found = reached(scopes.LESSONS, viewer, via=_VIA).filter(
        bound(_OF_FAMILY | _OF_TEACHER | _OF_SUBSTITUTE, viewer),
        date__gte=viewer.today,
        date__lt=viewer.today + _LESSONS_AHEAD,
    )
    is_off = Q(cancelled_at__isnull=False) | bound(_OF_ANOTHER, viewer)
    status = Case(When(is_off, then=CANCELLED), default=CONFIRMED)
    ordered = found.annotate(status=status).order_by("date", "starts_at", "id")
    rows: Sequence[Row] = await ordered.limit(_MOST).values(**_LESSON)
    return rows
