"""Which consents stand today, said once for all who ask."""

from tortoise import migrations
from tortoise.migrations import operations as ops

STANDING_CONSENT = """
CREATE VIEW standing_consent AS
SELECT c.id, c.subject_id, c.given_by_id, c.organization_id, c.purpose
FROM data_consent c
WHERE c.withdrawn_at IS NULL
  AND c.given_on <= CURRENT_DATE
  AND (c.valid_until IS NULL OR c.valid_until > CURRENT_DATE)
"""


class Migration(migrations.Migration):
    """No row changes."""

    dependencies = [("diary", "0015_issuing")]

    operations = [ops.RunSQL([STANDING_CONSENT])]
