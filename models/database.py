"""How Tortoise is told where the rows lie and what they are."""

from typing import Any

from tortoise.backends.base.config_generator import expand_db_url

from models.at_hand import MOST_STATEMENTS
from models.statements import watch

TABLES = (
    "models.directory",
    "models.people",
    "models.documents",
    "models.accounts",
    "models.grading",
    "models.policies",
    "models.curriculum",
    "models.classes",
    "models.timetable",
    "models.school_days",
    "models.templates",
    "models.journal",
    "models.absences",
    "models.journal_locks",
    "models.debts",
    "models.period_marks",
    "models.academic_debts",
    "models.homework",
    "models.diary",
    "models.messages",
    "models.drafts",
    "models.digests",
    "models.events",
    "models.notices",
    "models.calendars",
    "models.changes",
    "models.idempotency",
    "models.audit",
    "models.exchange",
    "models.figures",
)
VIEWS = (
    "models.views",
    "models.calendar_views",
    "models.journal_views",
    "models.diary_views",
    "models.attendance_views",
    "models.result_views",
    "models.audiences",
    "models.mail_views",
    "models.reports",
)

# The longest statement that stays prepared. Planned queries are long, and to plan one takes
# PostgreSQL many times as long as to run it.
_LONGEST_STATEMENT = 256 * 1024
_CONNECT_SECONDS = 10.0
_SETTINGS = {
    "application_name": "school-diary",
    "DateStyle": "ISO",
    # Statements are short and come again: one plan for all values, and no compiling.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}


def config(
    database_url: str,
    *,
    timezone: str = "Europe/Moscow",
    min_size: int = 1,
    max_size: int = 10,
    command_timeout: float | None = 30.0,
    counts: bool = False,
    role: str | None = None,
) -> dict[str, Any]:
    """Tortoise's configuration for one PostgreSQL.

    The connections' own time zone is the region's, so that CURRENT_DATE is the school's day;
    moments are `timestamptz` and do not change with it. With `counts`, `models.statements` counts
    what is sent, which costs each statement some microseconds. `role` is taken as a connection
    begins, so that RESET ROLE leads back to it.
    """
    connection = expand_db_url(database_url)
    connection["engine"] = "models.client"
    connection["credentials"] |= {
        "minsize": min_size,
        "maxsize": max_size,
        "command_timeout": command_timeout,
        "timeout": _CONNECT_SECONDS,
        "statement_cache_size": MOST_STATEMENTS,
        "max_cached_statement_lifetime": 0,
        "max_cacheable_statement_size": _LONGEST_STATEMENT,
        "server_settings": {
            "timezone": timezone,
            **_SETTINGS,
            **({"role": role} if role else {}),
        },
        "reset": _leave_as_it_is,
    }
    if counts:
        connection["credentials"]["init"] = watch
    return {
        "connections": {"default": connection},
        "apps": {
            "diary": {"models": list(TABLES), "migrations": "migrations"},
            "views": {"models": list(VIEWS)},
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def _leave_as_it_is(_connection: Any) -> None:
    """Given back to the pool, a connection is not reset: that would double the round trips.

    Nothing here changes a session: settings and locks are a transaction's, and end with it.
    """


# What `tortoise makemigrations` compares the migrations with; it connects to nothing.
DECLARED = config("postgres://nowhere/diary")
