"""What a school may settle for itself."""

from tortoise import fields

from models.directory import Organization
from models.fields import LocalTimeField, Record, check


class PolicyTerms(Record):
    """What may be settled, in the rows that schools keep and in the view of what holds."""

    homeroom_resets_passwords = fields.BooleanField(default=False)
    homeroom_writes_marks = fields.BooleanField(default=False)
    administrators_need_second_factor = fields.BooleanField(default=False)
    pupils_write_to_classmates = fields.BooleanField(default=False, db_default=False)
    guardians_write_to_guardians = fields.BooleanField(default=False, db_default=False)
    teachers_write_to_guardians = fields.BooleanField(default=False, db_default=False)
    quiet_from: LocalTimeField = LocalTimeField(null=True)
    quiet_until: LocalTimeField = LocalTimeField(null=True)

    class Meta:
        abstract = True


class SchoolPolicy(PolicyTerms):
    """A school's own settings; an organization without a row has the defaults of all columns."""

    organization: fields.OneToOneRelation[Organization] = fields.OneToOneField(
        "diary.Organization", related_name="policy", on_delete=fields.OnDelete.RESTRICT
    )
    organization_id: int

    class Meta:
        table = "school_policy"
        constraints = (
            check(
                "school_policy_quiet_hours_whole", "(quiet_from IS NULL) = (quiet_until IS NULL)"
            ),
        )
