"""What graphql-core says of a mistake, without the value that was one.

It quotes values, and one may be a password, a code or what was written of a child: whoever shows or
keeps an error would show and keep it. Where the mistake is, its place tells.
"""

import re

_MOST_CHARACTERS = 300
# What comes before the value, and the value to the end.
_QUOTED = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"((?:Unexpected|, found) (?:String|BlockString|Int|Float)) '.*",
        r"(), but encountered error '.*",
        r"()[,;]? [Ff]ound: .*",
        r"( cannot represent [^:]*): .*",
        r"(Value) '.*(?= does not exist in )",
    )
)


def without_values(message: str) -> str:
    """The sentence without what was given, and no longer than a sentence is."""
    for pattern in _QUOTED:
        message, count = pattern.subn(r"\1", message, count=1)
        if count and not message.endswith((".", "?")):
            message = f"{message}."
    if len(message) > _MOST_CHARACTERS:
        return f"{message[:_MOST_CHARACTERS]} …"
    return message
