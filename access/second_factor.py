"""Second factors: codes that follow the clock (RFC 6238), and codes that stand in for them."""

import base64
import hashlib
import secrets
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

_ISSUER = "School Diary"
_DIGITS = 6
# A clock may be half a minute off, and a code is typed for some seconds.
_STEPS_AROUND = 1
_RECOVERY_CODES = 10
_BYTES = 10


def new_secret() -> str:
    """A generator's secret of 160 random bits, in base 32."""
    return pyotp.random_base32()


def uri(secret: str, login: str) -> str:
    """The secret as an `otpauth:` URI, which generators read from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def step_of(code: str, secret: str, now: datetime) -> int | None:
    """The time step (30 seconds since 1970) whose code it is; None where it is no code of now."""
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            digits, for_time=now, valid_window=_STEPS_AROUND
        )
    except OTPVerificationError:
        return None


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 random bits each, as people read them: `ABCD-EFGH-IJKL-MNOP`."""
    return [_readable(secrets.token_bytes(_BYTES)) for _ in range(_RECOVERY_CODES)]


def digest(recovery_code: str) -> str:
    """What is stored of a recovery code, however it is typed; its entropy needs no slow hash."""
    letters = "".join(recovery_code.split()).replace("-", "").upper()
    return hashlib.sha256(letters.encode()).hexdigest()


def _readable(code: bytes) -> str:
    letters = base64.b32encode(code).decode()
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))
