"""Where letters can go: e-mail addresses and phones, each in one spelling."""

import re

LONGEST_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_LOCAL = 64
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# E.164: a country's code, which never begins with 0, and 15 digits at the most.
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_BETWEEN_DIGITS = str.maketrans("", "", " \u00a0()-.")
# Within Russia 8 is dialled in place of +7.
_WITHIN_RUSSIA = re.compile(r"[78][0-9]{10}")


def email(text: str) -> str | None:
    """The e-mail address, its domain in small letters; None where the text is none."""
    local, _, domain = text.strip().rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return None
    return address if len(on_the_wire(address)) <= LONGEST_EMAIL and _is_domain(domain) else None


def on_the_wire(address: str) -> str:
    """The e-mail address as mail servers read it: the domain in ASCII (почта.рф in Punycode)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii(domain)}"


def phone(text: str) -> str | None:
    """The phone as `+` and digits only; None where the text is none."""
    digits = text.strip().translate(_BETWEEN_DIGITS)
    if _WITHIN_RUSSIA.fullmatch(digits):
        digits = f"+7{digits[1:]}"
    return digits if _PHONE.fullmatch(digits) else None


def _is_domain(text: str) -> bool:
    labels = _ascii(text.lower()).split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)


def _ascii(domain: str) -> str:
    """The domain in ASCII; empty where it is none."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return ""
