"""Planning a school's year: its terms, its vacations, and the days that are not as usual."""

import strawberry

from resolvers.school_days.days import remove_calendar_day, set_calendar_day
from resolvers.school_days.terms import change_term, create_term
from resolvers.school_days.vacations import create_vacation, remove_vacation


@strawberry.type
class SchoolDaysMutation:
    """Planning a school's year."""

    create_term = create_term
    change_term = change_term
    create_vacation = create_vacation
    remove_vacation = remove_vacation
    set_calendar_day = set_calendar_day
    remove_calendar_day = remove_calendar_day
