"""What a school may settle for itself."""

from tortoise import fields

from models.directory import Organization
from models.fields import Record


class SchoolPolicy(Record):
    """A school's own settings; an organization without a row has the defaults of all columns."""

    organization: fields.OneToOneRelation[Organization] = fields.OneToOneField(
        "diary.Organization", related_name="policy", on_delete=fields.OnDelete.RESTRICT
    )
    organization_id: int
    homeroom_resets_passwords = fields.BooleanField(default=False)
    homeroom_writes_marks = fields.BooleanField(default=False)
    administrators_need_second_factor = fields.BooleanField(default=False)

    class Meta:
        table = "school_policy"
