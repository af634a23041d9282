"""Who wants to be told of unread mail by e-mail, how often, and when not."""

from enum import StrEnum

from tortoise import fields

from models.fields import LocalTimeField, Record, check, choice, one_of
from models.people import Person


class DigestFrequency(StrEnum):
    """How often a letter is sent at the most."""

    NEVER = "NEVER"
    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


class MailSettings(Record):
    """What a person has settled for their mail; who has no row gets no letters.

    Clock times are the region's. Quiet hours may go past midnight. `digested_at` is the moment up
    to which messages have been told of.
    """

    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "diary.Person", related_name="mail_settings", on_delete=fields.OnDelete.RESTRICT
    )
    person_id: int
    frequency: DigestFrequency = choice(DigestFrequency)
    digest_at: LocalTimeField = LocalTimeField()
    quiet_from: LocalTimeField = LocalTimeField(null=True)
    quiet_until: LocalTimeField = LocalTimeField(null=True)
    digested_at = fields.DatetimeField()

    class Meta:
        table = "mail_settings"
        constraints = (
            one_of("mail_settings", "frequency", DigestFrequency),
            check(
                "mail_settings_quiet_hours_whole", "(quiet_from IS NULL) = (quiet_until IS NULL)"
            ),
        )
