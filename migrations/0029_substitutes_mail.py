"""Whoever stands in for a teacher writes, is written to and is in groups as the teacher is."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

_POLICY = import_module("migrations.0022_mail_policy")

_BY_ASSIGNMENT = "FROM teaching_assignment t\n"
# Dates are compared where these are joined, and so is that the teacher works at the school today.
_BY_EITHER = """FROM (
    SELECT section_id, teacher_id, valid_from, valid_until FROM teaching_assignment
    UNION ALL
    SELECT section_id, teacher_id, valid_from, valid_until FROM substitution
) t
"""


def _with_substitutes(view: str) -> str:
    """The view, made anew with the same columns."""
    made = view.replace("CREATE VIEW", "CREATE OR REPLACE VIEW")
    return made.replace(_BY_ASSIGNMENT, _BY_EITHER)


class Migration(migrations.Migration):
    """No row changes, and nobody may write to fewer people than before."""

    dependencies = [("diary", "0028_message_attachment")]

    operations = [
        ops.RunSQL(
            [
                _with_substitutes(view)
                for view in (
                    _POLICY.ADDRESSEE,
                    _POLICY.MESSAGE_GROUP_MEMBER,
                    _POLICY.MESSAGE_GROUP,
                )
            ]
        )
    ]
