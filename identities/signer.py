"""Signing what is said to ESIA: the port, and the signer for RSA keys that is built in."""

from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7Options,
    PKCS7SignatureBuilder,
)
from cryptography.x509 import Certificate, load_pem_x509_certificate

from errors import SettingsError


class Signer(Protocol):
    """Signs for the information system that ESIA knows; it may block, and is called in a thread."""

    def sign(self, data: bytes) -> bytes:
        """The detached PKCS#7 (CMS, RFC 5652) signature of the data, in DER."""


class RsaSigner:
    """Signs with an RSA key and SHA-256, and sends the certificate along."""

    def __init__(self, certificate: Certificate, key: RSAPrivateKey) -> None:
        self._certificate = certificate
        self._key = key

    def sign(self, data: bytes) -> bytes:
        """The detached signature; the data is signed as it is, without MIME's line ends."""
        builder = PKCS7SignatureBuilder().set_data(data)
        signed = builder.add_signer(self._certificate, self._key, SHA256())
        options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
        return signed.sign(Encoding.DER, options)


def rsa_signer(certificate: bytes, key: bytes) -> RsaSigner:
    """The signer of a certificate and its key, both PEM; raises SettingsError."""
    try:
        private = load_pem_private_key(key, password=None)
        known = load_pem_x509_certificate(certificate)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError(
            "`certificate_file` and `key_file` must be PEM, and the key without a password."
        ) from None
    if not isinstance(private, RSAPrivateKey):
        raise SettingsError("`key_file` must hold an RSA key: name a `signer` for any other.")
    if known.public_key() != private.public_key():
        raise SettingsError("`certificate_file` is not the certificate of `key_file`.")
    return RsaSigner(known, private)


def other_signer(name: str, certificate: Path, key: Path) -> Signer:
    """The signer that `package.module:maker` makes of the two paths; raises SettingsError.

    What a maker says of its failure is not repeated: it may hold a key's password.
    """
    module, _, maker = name.partition(":")
    try:
        made: Any = getattr(import_module(module), maker)
    except (ImportError, AttributeError, ValueError):
        raise SettingsError(
            f"`signer` must be like package.module:maker, and {name!r} cannot be imported."
        ) from None
    try:
        signer: Signer = made(certificate, key)
    except Exception as error:  # noqa: BLE001 — it cannot start, whatever it is
        raise SettingsError(f"`signer` {name!r} failed with {type(error).__name__}.") from None
    return signer
