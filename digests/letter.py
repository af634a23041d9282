"""The letter that tells of unread mail: numbers alone, and nobody's name or words."""

from collections.abc import Iterator

from couriers.letter import Letter
from digests.due import Digest

_TEXT = """\
В школьном дневнике есть непрочитанные сообщения: {messages}.
{russian}
Прочитать их можно в дневнике. Как часто приходят такие письма, выбирают там же.

There are unread messages in your school diary: {messages}.
{english}
You can read them in the diary, and choose there how often you get such letters.
"""


def letter(digest: Digest) -> Letter:
    """The letter to the person's address."""
    subject = f"Непрочитанные сообщения: {digest.messages} / Unread messages: {digest.messages}"
    russian = "\n".join(f"{name}: {count}" for name, _, count in _parts(digest))
    english = "\n".join(f"{name}: {count}" for _, name, count in _parts(digest))
    text = _TEXT.format(messages=digest.messages, russian=russian, english=english)
    return Letter(digest.email, subject, text)


def _parts(digest: Digest) -> Iterator[tuple[str, str, int]]:
    """What there is of each kind, in both languages."""
    others = digest.messages - digest.from_staff - digest.from_guardians
    for russian, english, count in (
        ("Срочных", "Urgent", digest.urgent),
        ("От сотрудников", "From staff", digest.from_staff),
        ("От родителей", "From guardians", digest.from_guardians),
        ("От других", "From others", others),
    ):
        if count:
            yield russian, english, count
