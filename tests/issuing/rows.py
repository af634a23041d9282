"""Rows of a class's CSV, as schools send them."""

from collections.abc import Mapping

from resolvers.class_import.reading import COLUMNS
from tests.factories import serial
from tests.factories.papers import a_snils


def adult(prefix: str, relation: str = "мать") -> dict[str, str]:
    """Return the columns of a guardian, all of them filled."""
    number = serial()
    return {
        f"{prefix}last_name": "Ольхова",
        f"{prefix}first_name": "Инна",
        f"{prefix}middle_name": "Львовна",
        f"{prefix}relation": relation,
        f"{prefix}snils": a_snils(),
        f"{prefix}passport": f"{8_300_000_000 + number}",
        f"{prefix}phone": "+7 912 345-67-89",
        f"{prefix}email": f"olkhova{number}@example.org",
        f"{prefix}consent": f"№ {number}",
        f"{prefix}consent_on": "2026-09-01",
    }


def child(**given: str) -> dict[str, str]:
    """Return the columns of a pupil and one guardian."""
    number = serial()
    return {
        "last_name": "Ольхов",
        "first_name": "Марк",
        "middle_name": "",
        "birth_date": "04.03.2014",
        "sex": "М",
        "snils": a_snils(),
        "birth_certificate": f"II-ИМ {200_000 + number}",
        "consent": f"№ {number}",
        "consent_on": "01.09.2026",
        **adult("guardian1_"),
        **given,
    }


def csv_of(*rows: Mapping[str, str], delimiter: str = ";") -> str:
    """Return the file of these rows."""
    lines = [delimiter.join(COLUMNS)]
    lines += [delimiter.join(row.get(name, "") for name in COLUMNS) for row in rows]
    return "\r\n".join(lines)
