"""E-mail: letters as messages of RFC 5322, handed to a mail relay."""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import aiosmtplib

from couriers import addresses
from couriers.letter import Letter, NotDelivered
from couriers.relay import Relay, Tls

_SECONDS = 15.0
_LASTING = 500
"""From this reply code on a server will not change its mind (RFC 5321, 4.2.1)."""


class Smtp:
    """Hands letters to the relay, over a connection for each: they are few."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        address = addresses.on_the_wire(parseaddr(relay.sender)[1])
        self._domain = address.rpartition("@")[2]

    async def deliver(self, letter: Letter) -> None:
        """Hand it to the relay; raises NotDelivered."""
        relay = self._relay
        try:
            await aiosmtplib.send(
                self._message(letter),
                hostname=relay.host,
                port=relay.port,
                username=relay.username or None,
                password=relay.password or None,
                use_tls=relay.tls is Tls.AT_ONCE,
                start_tls=relay.tls is Tls.STARTTLS,
                # Without it the machine's own name is looked up, and everybody waits for that.
                local_hostname=self._domain,
                timeout=_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise _problem(error) from None

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = self._relay.sender
        message["To"] = addresses.on_the_wire(letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(domain=self._domain)
        # RFC 3834: no machine is to answer.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")
        return message


def _problem(error: Exception) -> NotDelivered:
    """The error, told without what the server said."""
    kind = type(error).__name__
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        code = max((each.code for each in error.recipients), default=_LASTING)
    elif isinstance(error, aiosmtplib.SMTPResponseException):
        code = error.code
    else:
        return NotDelivered(kind, lasting=isinstance(error, aiosmtplib.SMTPNotSupported))
    return NotDelivered(f"{kind} {code}", lasting=code >= _LASTING)
