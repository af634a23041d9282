"""What an installation may declare of identity providers, and the one sentence for what not."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from cli import main
from errors import SettingsError
from identities.declarations import read_providers
from identities.esia import Esia
from identities.openid import OpenId
from identities.provider import ProviderKind
from tests.identities.declared import esia_words, openid_words, pair, write

PORTAL = "https://esia.test"
ISSUER = "https://id.region.test"


def test_two_providers_are_declared(tmp_path: Path) -> None:
    esia, region = read_providers(write(tmp_path, esia_words(f"{PORTAL}/"), openid_words(ISSUER)))

    assert isinstance(esia, Esia)
    assert (esia.portal, esia.declared.kind) == (PORTAL, ProviderKind.ESIA)
    assert (esia.declared.name, esia.declared.title) == ("esia", "Госуслуги")
    assert (esia.declared.scope, esia.key) == ("openid fullname", pair("esia").key.public_key())
    assert isinstance(region, OpenId)
    assert (region.declared.issuer, region.secret) == (ISSUER, "hunter: 2/3")
    assert "hunter" not in repr(region)


def test_a_provider_signs_with_what_its_certificate_says(tmp_path: Path) -> None:
    path = write(tmp_path, esia_words(PORTAL, verification_key_file="system.pem"))
    (esia,) = read_providers(path)
    assert isinstance(esia, Esia)
    assert esia.key == pair("system").key.public_key()


def test_a_client_may_be_public_and_an_application_of_a_phone(tmp_path: Path) -> None:
    uris = ["org.school.diary:/signed-in", "http://127.0.0.1:3000/", "http://[::1]/"]
    words = openid_words(ISSUER, client_secret_file=None, redirect_uris=uris)
    (region,) = read_providers(write(tmp_path, words))
    assert isinstance(region, OpenId)
    assert (region.secret, list(region.declared.redirect_uris)) == (None, uris)


class Forger:
    """A signer from elsewhere, such as a region's GOST one."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.of = (certificate.name, key.name)

    def sign(self, data: bytes) -> bytes:
        """What it was made of, and the data."""
        return repr((self.of, data)).encode()


def broken(_certificate: Path, key: Path) -> Forger:
    """A maker that tells a secret when it fails."""
    raise RuntimeError(key.read_text())


def test_a_signer_may_come_from_elsewhere(tmp_path: Path) -> None:
    (esia,) = read_providers(write(tmp_path, esia_words(PORTAL, signer=f"{__name__}:Forger")))
    assert isinstance(esia, Esia)
    assert esia.signer.sign(b"x") == b"(('system.pem', 'system.key'), b'x')"


_REDIRECTS = (
    "`redirect_uris` must list addresses that begin with https://, or with http:// on this "
    "machine, or with an application's own scheme; {!r} is none"
)
_NO_KEY = (
    "`verification_key_file` must hold, in PEM, a public key or certificate: RSA of 2048 bits or "
    "more, a NIST curve or Ed25519"
)
_ESIA: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": None}, "set `name`"),
    "empty title": ({"title": ""}, "`title` must be a text of at most 200 characters"),
    "title no text": ({"title": 7}, "`title` must be a text of at most 200 characters"),
    "odd name": (
        {"name": "ЕСИА"},
        "`name` must be 1 to 32 small letters, digits and hyphens",
    ),
    "unknown kind": ({"kind": "saml"}, "`kind` must be one of esia, oidc"),
    "unknown word": ({"colour": "blue"}, "`colour` is no word of this kind of provider"),
    "no scopes": ({"scopes": []}, "set `scopes` to a list of scopes"),
    "scopes no list": ({"scopes": "openid"}, "set `scopes` to a list of scopes"),
    "two scopes in one": (
        {"scopes": ["openid fullname"]},
        "`scopes` must list scopes; 'openid fullname' is none",
    ),
    "redirect in the open": (
        {"redirect_uris": ["http://diary.test/"]},
        _REDIRECTS.format("http://diary.test/"),
    ),
    "redirect with a wildcard": (
        {"redirect_uris": ["https://*.diary.test/"]},
        _REDIRECTS.format("https://*.diary.test/"),
    ),
    "redirect with a fragment": (
        {"redirect_uris": ["https://diary.test/#in"]},
        _REDIRECTS.format("https://diary.test/#in"),
    ),
    "redirect to a script": (
        {"redirect_uris": ["javascript:alert(1)"]},
        _REDIRECTS.format("javascript:alert(1)"),
    ),
    "redirect with a name": (
        {"redirect_uris": ["https://diary.test@evil.test/"]},
        _REDIRECTS.format("https://diary.test@evil.test/"),
    ),
    "redirect too long": (
        {"redirect_uris": [f"https://diary.test/{'a' * 500}"]},
        _REDIRECTS.format(f"https://diary.test/{'a' * 500}"),
    ),
    "redirect with no port": (
        {"redirect_uris": ["https://diary.test:port/"]},
        _REDIRECTS.format("https://diary.test:port/"),
    ),
    "portal in the open": (
        {"portal": "http://esia.test"},
        "`portal` must begin with https://, or with http:// on this machine",
    ),
    "portal of an odd scheme": (
        {"portal": "ftp://127.0.0.1"},
        "`portal` must begin with https://, or with http:// on this machine",
    ),
    "key of another": (
        {"key_file": "other.key"},
        "`certificate_file` is not the certificate of `key_file`",
    ),
    "key no key": (
        {"key_file": "system.pem"},
        "`certificate_file` and `key_file` must be PEM, and the key without a password",
    ),
    "key of a curve": (
        {"key_file": "curve.key"},
        "`key_file` must hold an RSA key: name a `signer` for any other",
    ),
    "short verification key": (
        {"verification_key_file": "short.pem"},
        _NO_KEY,
    ),
    "private verification key": (
        {"verification_key_file": "system.key"},
        _NO_KEY,
    ),
    "authorities that are none": (
        {"authorities_file": "region.secret"},
        "`authorities_file` must hold certificates in PEM",
    ),
    "unknown signer": (
        {"signer": "gost.nowhere:Signer"},
        "`signer` must be like package.module:maker, and 'gost.nowhere:Signer' cannot be imported",
    ),
    "signer without a maker": (
        {"signer": "json"},
        "`signer` must be like package.module:maker, and 'json' cannot be imported",
    ),
    "signer that fails": (
        {"signer": f"{__name__}:broken"},
        f"`signer` '{__name__}:broken' failed with RuntimeError",
    ),
}
_OPENID: dict[str, tuple[dict[str, Any], str]] = {
    "no openid": ({"scopes": ["profile"]}, "`scopes` must have openid among them"),
    "issuer in the open": (
        {"issuer": "http://id.region.test"},
        "`issuer` must begin with https://, or with http:// on this machine",
    ),
    "issuer with a query": (
        {"issuer": "https://id.region.test/?x=1"},
        "`issuer` must begin with https://, or with http:// on this machine",
    ),
    "a word of another kind": (
        {"portal": PORTAL},
        "`portal` is no word of this kind of provider",
    ),
    "empty secret": (
        {"client_secret_file": "empty.secret"},
        "`client_secret_file` is empty",
    ),
    "secret no text": (
        {"client_secret_file": "binary.secret"},
        "`client_secret_file` must hold a text",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files that are not what they should be."""
    private = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    short = generate_rsa(65537, 1024).public_key()  # noqa: S505 — to be refused
    (tmp_path / "other.key").write_bytes(pair("esia").key_pem)
    (tmp_path / "curve.key").write_bytes(generate_private_key(SECP256R1()).private_bytes(*private))
    (tmp_path / "short.pem").write_bytes(
        short.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "empty.secret").write_text("\n")
    (tmp_path / "binary.secret").write_bytes(b"\xff\xfe\x00")
    return tmp_path


@pytest.mark.parametrize(("changed", "sentence"), _ESIA.values(), ids=_ESIA)
def test_what_is_wrong_with_an_esia_is_said(
    folder: Path, changed: dict[str, Any], sentence: str
) -> None:
    _assert_refused(write(folder, esia_words(PORTAL, **changed)), f"provider 1: {sentence}")


@pytest.mark.parametrize(("changed", "sentence"), _OPENID.values(), ids=_OPENID)
def test_what_is_wrong_with_an_openid_provider_is_said(
    folder: Path, changed: dict[str, Any], sentence: str
) -> None:
    words = [esia_words(PORTAL), openid_words(ISSUER, **changed)]
    _assert_refused(write(folder, *words), f"provider 2: {sentence}")


@pytest.mark.parametrize("word", ["certificate_file", "key_file", "verification_key_file"])
def test_a_file_that_is_not_there_is_named(folder: Path, word: str) -> None:
    path = write(folder, esia_words(PORTAL, **{word: "nowhere.pem"}))
    where = folder / "nowhere.pem"
    _assert_refused(path, f"provider 1: `{word}` names {where}, which cannot be read")


def test_a_name_is_given_once(folder: Path) -> None:
    path = write(folder, esia_words(PORTAL, name="one"), openid_words(ISSUER, name="one"))
    with pytest.raises(SettingsError) as caught:
        read_providers(path)
    assert str(caught.value) == "IDENTITY_PROVIDERS: 'one' is declared twice."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("provider = 1", "{} must hold tables [[provider]] and nothing else."),
        ("provider = [1]", "{} must hold tables [[provider]] and nothing else."),
        ("[[providers]]", "{} must hold tables [[provider]] and nothing else."),
        ("[[provider]]\n[other]", "{} must hold tables [[provider]] and nothing else."),
        ("provider", "{} is no TOML: Expected '=' after a key in a key/value pair"),
    ],
)
def test_a_file_that_declares_nothing_is_refused(
    tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "providers.toml"
    path.write_text(content)
    with pytest.raises(SettingsError) as caught:
        read_providers(path)
    assert str(caught.value).startswith(f"IDENTITY_PROVIDERS: {sentence.format(path)}")


def test_the_service_does_not_start_with_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_PROVIDERS", str(tmp_path / "nowhere.toml"))
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 2
    told = " ".join(result.output.split()).removeprefix("schoolDiary: ")
    assert told == f"IDENTITY_PROVIDERS names {tmp_path}/nowhere.toml, which cannot be read."


def _assert_refused(path: Path, sentence: str) -> None:
    """One sentence says it, and nothing of what keys and secrets say."""
    with pytest.raises(SettingsError) as caught:
        read_providers(path)
    told = str(caught.value)
    assert told == f"IDENTITY_PROVIDERS, {sentence}."
    assert "hunter" not in told
    assert "PRIVATE" not in told
