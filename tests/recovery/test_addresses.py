"""Contacts in one spelling."""

import pytest

from couriers import addresses


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Owner.One+school@Mail.Example ", "Owner.One+school@mail.example"),
        ("o@почта.рф", "o@почта.рф"),
        ("", None),
        ("owner", None),
        ("owner@localhost", None),
        ("owner@mail..example", None),
        ("owner@-mail.example", None),
        (".owner@mail.example", None),
        ("ow ner@mail.example", None),
        ("owner@mail.example\nBcc: x@y.example", None),
        ("owner@mail.example, x@y.example", None),
        ("ёж@mail.example", None),
        ("o" * 65 + "@mail.example", None),
        ("o@" + "m" * 63 + ".example" * 25, None),
        ("o@" + "ё" * 70 + ".example", None),
    ],
)
def test_an_email_address(text: str, address: str | None) -> None:
    assert addresses.email(text) == address


def test_servers_read_a_domain_in_ascii() -> None:
    assert addresses.on_the_wire("o@почта.рф") == "o@xn--80a1acny.xn--p1ai"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+7 (912) 345-67-89", "+79123456789"),
        ("8 912 345 67 89", "+79123456789"),
        ("79123456789", "+79123456789"),
        ("+375 29 123-45-67", "+375291234567"),
        ("", None),
        ("9123456789", None),
        ("+0 912 345 67 89", None),
        ("+7 912", None),
        ("+7912345678901234", None),
        ("+7 912 345 67 89 доб. 5", None),
        ("+٧٩١٢٣٤٥٦٧٨٩", None),
    ],
)
def test_a_phone(text: str, phone: str | None) -> None:
    assert addresses.phone(text) == phone
