"""Logins: how they are written, whose they are, and those of new accounts with their passwords."""

import re
import secrets
from typing import NamedTuple

from access import passwords
from errors import UserError
from models import Account
from models.alone import Alone
from resolvers.work import Work

LONGEST = 64
_FORM = re.compile(r"[a-z0-9]+([.\-][a-z0-9]+)*")
_SHORTEST = 3
# As passports have it since 2021 (ICAO Doc 9303); what has no letter there is left out.
_LETTERS = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziiklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": ""}
    | {"ю": "iu", "я": "ia", "ӧ": "o", "і": "i"}
)
# Ten syllables of 65 are sixty bits: more than anybody guesses, and easy to read aloud.
_CONSONANTS, _VOWELS = "bdfgkmnprstvz", "aeiou"
_GROUPS, _SYLLABLES = 5, 2
# Of two who take the same login at once, the second one finds it taken.
_ALONE = f"SELECT pg_advisory_xact_lock({Alone.LOGINS:d})"
_TAKEN = "SELECT login FROM account WHERE login = $1 OR login LIKE $1 || '%'"


def written(given: str) -> str:
    """The login as it is kept, however it was typed."""
    return given.strip().lower()


async def owner(login: str) -> Account | None:
    """The account of that login; nobody has one too long for the column."""
    return None if len(login) > LONGEST else await Account.get_or_none(login=login)


class InitialPassword(NamedTuple):
    """A password that is told once, and what is kept of it."""

    password: str
    hash: str


async def initial_password() -> InitialPassword:
    """A password such as «kemi-rosa-tavu-pido-nuga», another one each time.

    Hashing it is slow, so it comes before any transaction.
    """
    password = "-".join(
        "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(_SYLLABLES))
        for _ in range(_GROUPS)
    )
    return InitialPassword(password, await passwords.renewed(password))


def of_name(last: str, first: str, middle: str) -> str:
    """«ivanova.mp» of «Иванова Мария Павловна»; «user» where no letter can be written so."""
    initials = "".join(_latin(part)[:1] for part in (first, middle))
    made = ".".join(part for part in (_latin(last)[: LONGEST - 10], initials) if part)
    return made if len(made) >= _SHORTEST else "user"


def wished(given: str) -> UserError | None:
    """What is wrong with a login that somebody wishes."""
    login = written(given)
    if len(login) > LONGEST:
        return UserError("TOO_LONG", f"At most {LONGEST} characters.", "login")
    if len(login) < _SHORTEST:
        return UserError("TOO_SHORT", f"At least {_SHORTEST} characters.", "login")
    if not _FORM.fullmatch(login):
        return UserError("OUT_OF_RANGE", "Latin letters, digits, dots and dashes.", "login")
    return None


async def alone_with_logins(work: Work) -> None:
    """Let nobody else take a login until the commit."""
    await work.connection.execute_query(_ALONE)


async def free(work: Work, wanted: str, among: set[str] | frozenset[str] = frozenset()) -> str:
    """The login, with a number behind it where it is an account's already or stands `among`."""
    rows = await work.connection.execute_query_dict(_TAKEN, [wanted])
    held = {row["login"] for row in rows} | among
    number = 1
    login = wanted
    while login in held:
        number += 1
        login = f"{wanted}{number}"
    return login


def _latin(text: str) -> str:
    made = text.lower().translate(_LETTERS)
    return "".join(letter for letter in made if letter.isascii() and letter.isalnum())
