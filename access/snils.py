"""SNILS, the personal insurance number: its eleven digits, and the two that check the others."""

_DIGITS = 11
_WEIGHTS = range(9, 0, -1)
# Numbers up to 001-001-998 were given out before there were check digits.
_UNCHECKED = 1_001_998


def digits_of(text: str) -> str | None:
    """The eleven digits of `112-233-445 95` in any spelling; None where it is no SNILS.

    The check is the sum of each of the nine digits times 10 minus its place, modulo 101, and 100
    counts as 00 (Пенсионный фонд, постановление № 192п).
    """
    digits = text.replace("-", "").replace(" ", "")
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()) or not int(digits):
        return None
    number, check = digits[:9], int(digits[9:])
    total = sum(int(each) * weight for each, weight in zip(number, _WEIGHTS, strict=True))
    return digits if int(number) <= _UNCHECKED or total % 101 % 100 == check else None
