"""Being told of unread mail by e-mail: how often, and when not."""

from datetime import time
from typing import Any

import strawberry

from access import mail
from models import DigestFrequency
from schema.declaration import column, describe_enum, entity, found, one, payload
from schema.errors import UserError

describe_enum(
    DigestFrequency,
    "How often a letter tells of unread mail, at the most.",
    NEVER="Not at all.",
    HOURLY="Once an hour.",
    DAILY="Once a day.",
    WEEKLY="On Mondays.",
)


@entity(reach=mail.SETTINGS)
class MailSettings:
    """What a person has settled for their mail; clock times are the region's."""

    digest: DigestFrequency = column(
        "frequency", description="How often a letter tells of unread mail, at the most."
    )
    digest_at: time = column(description="When it is sent, where it is sent daily or weekly.")
    quiet_from: time | None = column(
        description="From when on no letter is sent, but of urgent messages; null at no time."
    )
    quiet_until: time | None = column(description="Until when; before `quietFrom`: the next day.")


def mail_settings() -> Any:
    """What a person has settled."""
    return one(
        description="What the person has settled for their mail; null before that: no letters.",
        on={"person_id": "person_id"},
        order_by=("id",),
    )


@strawberry.input(description="How one wants to be told of mail. What is left out stays.")
class ChangeMailSettingsInput:
    """How one wants to be told of mail. What is left out stays."""

    digest: DigestFrequency | None = strawberry.field(
        default=None, description="How often a letter tells of unread mail; at first `NEVER`."
    )
    digest_at: time | None = strawberry.field(
        default=None, description="When it is sent daily or weekly; at first 18:00."
    )
    quiet_from: time | None = strawberry.field(
        default=strawberry.UNSET,
        description="When quiet hours begin, together with `quietUntil`; null for both: none.",
    )
    quiet_until: time | None = strawberry.field(
        default=strawberry.UNSET, description="When they end."
    )


@payload
class ChangeMailSettingsPayload:
    """What is settled now, or why nothing was changed."""

    settings: MailSettings | None = found(description="What is settled.")
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was changed; empty when it was."
    )
