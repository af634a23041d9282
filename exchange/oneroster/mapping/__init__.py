"""Which facts each of OneRoster's records asks for; docs/oneroster.md has the same as a table."""

from collections.abc import Callable, Iterator, Mapping

from exchange.oneroster.checking import Record
from exchange.oneroster.draft import Draft
from exchange.oneroster.facts import Fact
from exchange.oneroster.mapping import classes, directory, enrollments, journal, people

MAPPERS: Mapping[str, Callable[[Draft, Record], Iterator[Fact]]] = {
    "orgs": directory.org,
    "academicSessions": directory.session,
    "courses": directory.course,
    "users": people.user,
    "roles": people.role,
    "demographics": people.demographics,
    "classes": classes.school_class,
    "enrollments": enrollments.enrollment,
    "categories": journal.category,
    "lineItems": journal.line_item,
    "results": journal.result,
}
