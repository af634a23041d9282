"""Settling how one wants to be told of mail."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from strawberry import UNSET

from access import rules
from errors import UserError
from models import DigestFrequency, MailSettings
from resolvers import hours
from resolvers.mutation import mutation
from resolvers.work import Work
from schema.messages.digests import ChangeMailSettingsInput, ChangeMailSettingsPayload

_DEFAULTS: Mapping[str, Any] = {
    "frequency": DigestFrequency.NEVER,
    "digest_at": time(18),
    "quiet_from": None,
    "quiet_until": None,
}
_HELD = """
SELECT me.email, settings.id, settings.frequency, settings.digest_at, settings.quiet_from,
       settings.quiet_until
FROM person me LEFT JOIN mail_settings settings ON settings.person_id = me.id WHERE me.id = $1
"""


@mutation(ChangeMailSettingsPayload, allow=rules.SELF)
async def change_mail_settings(
    work: Work,
    input: ChangeMailSettingsInput,  # noqa: A002
) -> Mapping[str, Any]:
    """Settle how often one is told of unread mail by e-mail, and when not."""
    given = _given(input)
    if not given:
        raise UserError("REQUIRED", "Say what is to be changed.")
    me = work.viewer.person_id
    await work.hold_viewer()
    (held,) = await work.connection.execute_query_dict(_HELD, [me])
    former = {name: held[name] for name in _DEFAULTS} if held["id"] else _DEFAULTS
    hours.check({**former, **given})
    if given.get("frequency", DigestFrequency.NEVER) != DigestFrequency.NEVER:
        _check_address(held["email"])
    number: int = held["id"] or await work.next_id(MailSettings)
    if held["id"]:
        work.writes.change(MailSettings, number, **given)
    else:
        values = {**former, **given, "digested_at": work.viewer.now}
        work.writes.make(MailSettings, id=number, person_id=me, **values)
    before = {name: former[name] for name in given}
    work.audit("message.settings_changed", MailSettings, number, before=before, after=given)
    return {"settings": number}


def _check_address(email: str | None) -> None:
    if email is None:
        raise UserError("REQUIRED", "No e-mail address is on file to write to.", "digest")


def _given(settings: ChangeMailSettingsInput) -> dict[str, Any]:
    """What is given; only hours may be given as null."""
    plain = {"frequency": settings.digest, "digest_at": settings.digest_at}
    quiet = {name: getattr(settings, name) for name in hours.QUIET}
    return {
        **{name: value for name, value in plain.items() if value is not None},
        **{name: value for name, value in quiet.items() if value is not UNSET},
    }
