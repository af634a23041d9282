"""What a vault seals opens with its key, for its purpose, and is found by its digest."""

import pytest

from access import vault
from access.vault import CannotUnseal, Vault

FORMER, NOW = "f" * 32, "n" * 32


def test_a_sealed_number_opens_and_does_not_show_itself() -> None:
    held = Vault([NOW])
    sealed = held.seal("11223344595", vault.SNILS)
    assert "11223344595" not in sealed
    assert sealed.startswith(f"v1.{sealed.split('.')[1]}.")
    assert held.open(sealed, vault.SNILS) == "11223344595"


def test_the_same_number_is_sealed_alike_and_two_kinds_are_not() -> None:
    held = Vault([NOW])
    assert held.seal("1", vault.SNILS) == held.seal("1", vault.SNILS)
    assert held.seal("1", vault.SNILS) != held.seal("1", vault.DOCUMENT)
    assert held.digest("1", vault.SNILS) != held.digest("1", vault.DOCUMENT)


def test_a_new_key_seals_and_a_former_one_still_opens() -> None:
    former = Vault([FORMER])
    sealed = former.seal("11223344595", vault.SNILS)
    rotated = Vault([NOW, FORMER])
    assert rotated.open(sealed, vault.SNILS) == "11223344595"
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.seal("11223344595", vault.SNILS))
    assert former.digest("11223344595", vault.SNILS) in rotated.digests("11223344595", vault.SNILS)
    assert rotated.digests("1", vault.SNILS)[0] == rotated.digest("1", vault.SNILS)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-6] + ("AAAAAA" if sealed[-6:] != "AAAAAA" else "BBBBBB"),
        lambda sealed: sealed.replace("v1.", "v2.", 1),
        lambda _sealed: "11223344595",
        lambda _sealed: "",
        lambda sealed: sealed.rpartition(".")[0] + ".",
        lambda sealed: sealed.rpartition(".")[0] + ".ж",
    ],
)
def test_what_was_tampered_with_does_not_open(spoil: object) -> None:
    held = Vault([NOW])
    assert callable(spoil)
    spoiled = spoil(held.seal("11223344595", vault.SNILS))
    with pytest.raises(CannotUnseal):
        held.open(spoiled, vault.SNILS)


def test_another_key_and_another_purpose_do_not_open() -> None:
    held = Vault([NOW])
    sealed = held.seal("11223344595", vault.SNILS)
    with pytest.raises(CannotUnseal):
        Vault([FORMER]).open(sealed, vault.SNILS)
    with pytest.raises(CannotUnseal):
        held.open(sealed, vault.DOCUMENT)
