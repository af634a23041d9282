"""A class with its families as one CSV: what its columns hold, read without looking at any row."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from access import snils
from couriers import addresses
from errors import UserError
from models import DocumentKind, GuardianRelation, Sex
from resolvers import limits
from resolvers.papers import document_number
from resolvers.work import all_of

MOST_ROWS = 60
_MOST_CHARACTERS = 60_000
_LONGEST = 200
_NAMES = ("last_name", "first_name", "middle_name")
_PUPIL = (*_NAMES, "birth_date", "sex", "snils", "birth_certificate", "consent", "consent_on")
_GUARDIAN = (*_NAMES, "relation", "snils", "passport", "phone", "email", "consent", "consent_on")
_GUARDIANS = ("guardian1_", "guardian2_")
COLUMNS = (*_PUPIL, *(f"{prefix}{name}" for prefix in _GUARDIANS for name in _GUARDIAN))
_OPTIONAL = {"middle_name", "phone", "email"}

_SEXES = {"М": Sex.MALE, "MALE": Sex.MALE, "Ж": Sex.FEMALE, "FEMALE": Sex.FEMALE}
_RELATIONS = {
    **{each.value: each for each in GuardianRelation},
    "МАТЬ": GuardianRelation.MOTHER,
    "ОТЕЦ": GuardianRelation.FATHER,
    "БАБУШКА": GuardianRelation.GRANDPARENT,
    "ДЕДУШКА": GuardianRelation.GRANDPARENT,
    "ОПЕКУН": GuardianRelation.GUARDIAN,
    "ДРУГОЕ": GuardianRelation.OTHER,
}
_DAYS = ("%Y-%m-%d", "%d.%m.%Y")

Values = Mapping[str, Any]
"""A human being's columns by their names, without the guardian's prefix."""


@dataclass(frozen=True)
class Row:
    """A pupil and their guardians; `line` is the row's number in a spreadsheet."""

    line: int
    pupil: Values
    guardians: tuple[Values, ...]

    def people(self) -> Iterator[tuple[str, Values]]:
        """Everybody in the row, with the prefix of their columns."""
        yield "", self.pupil
        yield from zip(_GUARDIANS, self.guardians, strict=False)


def parsed(text: str) -> list[Row]:
    """The rows; raises the errors of all of them together, each at `csv.<row>.<column>`."""
    if len(text) > _MOST_CHARACTERS:
        raise UserError("TOO_LONG", f"At most {_MOST_CHARACTERS} characters.", "csv")
    records = _records(text.removeprefix("\ufeff"))
    header = [name.strip().lower() for name in records[0]] if records else []
    if missing := [name for name in COLUMNS if name not in header]:
        raise UserError("REQUIRED", f"Columns are missing: {', '.join(missing)}.", "csv")
    numbered = [
        (
            line,
            {
                **dict.fromkeys(header, ""),
                **dict(zip(header, map(str.strip, record), strict=False)),
            },
        )
        for line, record in enumerate(records[1:], start=2)
        if any(map(str.strip, record))
    ]
    if not numbered:
        raise UserError("REQUIRED", "There is no pupil in it.", "csv")
    if len(numbered) > MOST_ROWS:
        raise UserError("TOO_LONG", f"At most {MOST_ROWS} pupils.", "csv")
    errors: list[UserError | None] = []
    rows = [_row(line, record, errors) for line, record in numbered]
    all_of(errors)
    return rows


def _records(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UserError("MALFORMED", "This is no CSV.", "csv") from error


def _row(line: int, record: Mapping[str, str], errors: list[UserError | None]) -> Row:
    pupil = _values(line, record, "", _PUPIL, errors)
    present = [
        prefix
        for place, prefix in enumerate(_GUARDIANS)
        if place == 0 or any(record[f"{prefix}{name}"] for name in _GUARDIAN)
    ]
    guardians = (_values(line, record, prefix, _GUARDIAN, errors) for prefix in present)
    return Row(line, pupil, tuple(guardians))


def _values(
    line: int,
    record: Mapping[str, str],
    prefix: str,
    names: tuple[str, ...],
    errors: list[UserError | None],
) -> Values:
    """The values of one human being's columns; what is wrong is added to the errors."""
    values: dict[str, Any] = {}
    for name in names:
        given = record[f"{prefix}{name}"]
        at = ("csv", str(line), f"{prefix}{name}")
        if not given:
            values[name] = "" if name == "middle_name" else None
            if name not in _OPTIONAL:
                errors.append(UserError("REQUIRED", "This may not be empty.", *at))
            continue
        if problem := limits.text(given, 100 if name in _NAMES else _LONGEST, *at):
            errors.append(problem)
            continue
        values[name] = _READ[name](given) if name in _READ else given
        if values[name] is None:
            errors.append(UserError("MALFORMED", "This is not what it should be.", *at))
    return values


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
    return None


_READ: Mapping[str, Callable[[str], Any]] = {
    "birth_date": _day,
    "consent_on": _day,
    "sex": lambda text: _SEXES.get(text.upper()),
    "relation": lambda text: _RELATIONS.get(text.upper()),
    "snils": snils.digits_of,
    "birth_certificate": lambda text: document_number(DocumentKind.BIRTH_CERTIFICATE, text) or None,
    "passport": lambda text: document_number(DocumentKind.PASSPORT, text) or None,
    "phone": addresses.phone,
    "email": addresses.email,
}
