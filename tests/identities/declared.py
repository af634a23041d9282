"""Files that declare identity providers, and the keys and certificates that they name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

SYSTEM = "DIARY01"
ISSUER = "http://esia.test/"
REDIRECT_URI = "https://diary.test/signed-in"


@dataclass(frozen=True)
class Pair:
    """An RSA key and its self-signed certificate."""

    key: RSAPrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def public_pem(self) -> bytes:
        public = self.key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def pair(name: str) -> Pair:
    """A pair of that name, the same for the whole run: keys take their time."""
    key = generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(days=1),
        now + timedelta(days=1),
    )
    return Pair(key, builder.sign(key, SHA256()))


def esia_words(at: str, **changed: Any) -> dict[str, Any]:
    """The words of an ESIA; a word that is changed to None is left out."""
    words = {
        "name": "esia",
        "title": "Госуслуги",
        "kind": "esia",
        "client_id": SYSTEM,
        "portal": at,
        "issuer": ISSUER,
        "scopes": ["openid", "fullname"],
        "redirect_uris": [REDIRECT_URI],
        "certificate_file": "system.pem",
        "key_file": "system.key",
        "verification_key_file": "esia.pem",
    }
    return words | changed


def openid_words(at: str, **changed: Any) -> dict[str, Any]:
    """The words of a provider of OpenID Connect."""
    words = {
        "name": "region",
        "title": "Вход региона",
        "kind": "oidc",
        "client_id": "school:diary",
        "issuer": at,
        "client_secret_file": "region.secret",
        "scopes": ["openid"],
        "redirect_uris": [REDIRECT_URI, "http://localhost:3000/signed-in"],
    }
    return words | changed


def write(folder: Path, *tables: Mapping[str, Any]) -> Path:
    """A file of these providers, and beside it what they name."""
    (folder / "system.pem").write_bytes(pair("system").certificate_pem)
    (folder / "system.key").write_bytes(pair("system").key_pem)
    (folder / "esia.pem").write_bytes(pair("esia").public_pem)
    (folder / "region.secret").write_text("hunter: 2/3\n")
    path = folder / "providers.toml"
    path.write_text("\n".join(map(_table, tables)))
    return path


def _table(words: Mapping[str, Any]) -> str:
    # A text in single quotes is TOML's and Python's alike.
    lines = [f"{word} = {value!r}" for word, value in words.items() if value is not None]
    return "\n".join(["[[provider]]", *lines])
