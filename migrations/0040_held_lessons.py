"""A lesson that was cancelled is no place of attendance, and nothing is missing in its journal."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_former = import_module("migrations.0037_report_lists")


def _of_held_lessons(view: str) -> str:
    """The same view, wherever it looks for a section's lessons."""
    return view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW").replace(
        "l.section_id = s.id", "l.section_id = s.id AND l.cancelled_at IS NULL"
    )


class Migration(migrations.Migration):
    """Views alone, with the same columns."""

    dependencies = [("diary", "0039_homework_answers")]

    operations = [
        ops.RunSQL(
            [_of_held_lessons(view) for view in (_former.ATTENDANCE_FIGURE, _former.JOURNAL_KEEPING)]
        ),
    ]
