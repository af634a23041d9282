"""What a masked number shows: enough to compare it with a paper, too little to use it."""

_SHOWN = 3
_LONG_ENOUGH = 6
_SNILS_DIGITS = 9


def snils(digits: str) -> str:
    """`***-***-445 **` of the eleven digits.

    The two that check the others stay hidden: they would leave 10,000 of the 1,000,000 numbers that
    the three may belong to.
    """
    return f"***-***-{digits[_SNILS_DIGITS - _SHOWN : _SNILS_DIGITS]} **"


def number(text: str) -> str:
    """`** ** ***678` of a document's number; of one with fewer than six characters nothing."""
    places = [place for place, each in enumerate(text) if each.isalnum()]
    shown = set(places[-_SHOWN:]) if len(places) >= _LONG_ENOUGH else set()
    return "".join(
        "*" if each.isalnum() and place not in shown else each for place, each in enumerate(text)
    )
