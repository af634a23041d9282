"""At which school something of a pupil was done, for whoever reads the audit there."""

_SCHOOL = """(
    SELECT enrollment.organization_id FROM enrollment
    WHERE enrollment.student_id = {student} AND enrollment.kind = 'HOMEROOM'
    ORDER BY enrollment.valid_from DESC, enrollment.id DESC LIMIT 1
)"""


def with_school(statement: str, *, of: str) -> str:
    """The statement with SQL for `{school}`: where the pupil of that number was enrolled last."""
    return statement.replace("{school}", _SCHOOL.replace("{student}", of))
