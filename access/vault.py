"""Numbers of documents at rest: sealed by a key, found again by a keyed digest.

A sealed text is `v1.<id of the key>.<base64url>`: AES-SIV (RFC 5297), which needs no nonce, so the
same number is sealed to the same text. Who has the database without the key has neither.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from errors import DiaryError

_FORM = "v1"
SNILS = "snils"
DOCUMENT = "document"
SECOND_FACTOR = "second-factor"
VERIFIER = "verifier"
SUBJECT = "subject"
RECOVERY = "recovery"


class CannotUnseal(DiaryError):
    """The text was sealed with a key that is not here, for something else, or was tampered with."""


@dataclass(frozen=True, eq=False)
class _Key:
    name: str
    cipher: AESSIV
    digesting: bytes


class Vault:
    """Seals with the first of its keys, and opens what any of them has sealed.

    Every method is told what the text is (`SNILS`, `DOCUMENT` …): a sealed text that is put in
    another one's place does not open, and equal numbers of two kinds have different digests.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        keys = [_key(secret) for secret in dict.fromkeys(secrets)]
        self._current = keys[0]
        self._keys = {key.name: key for key in keys}

    def seal(self, text: str, kind: str) -> str:
        """The text, sealed."""
        sealed = self._current.cipher.encrypt(text.encode(), [kind.encode()])
        return f"{_FORM}.{self._current.name}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, kind: str) -> str:
        """The text that was sealed; raises CannotUnseal."""
        form, _, rest = sealed.partition(".")
        name, _, content = rest.partition(".")
        key = self._keys.get(name)
        if form != _FORM or key is None:
            raise CannotUnseal("It was sealed with a key that is not here.")
        try:
            return key.cipher.decrypt(base64.urlsafe_b64decode(content), [kind.encode()]).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotUnseal("It is not what was sealed.") from error

    def digest(self, text: str, kind: str) -> str:
        """What a row keeps to be found by."""
        return _digest(self._current, text, kind)

    def digests(self, text: str, kind: str) -> list[str]:
        """What rows may be found by that were sealed with any of the keys."""
        return [_digest(key, text, kind) for key in self._keys.values()]

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the key of today."""
        return sealed.startswith(f"{_FORM}.{self._current.name}.")

    @property
    def mark(self) -> str:
        """What everything begins with that was sealed with the key of today."""
        return f"{_FORM}.{self._current.name}."


class _Held:
    """The process's vault, as it has one database."""

    vault: Vault | None = None


def use(vault: Vault) -> None:
    """Have the process seal and open with this one."""
    _Held.vault = vault


def held() -> Vault:
    """The process's vault."""
    if _Held.vault is None:
        raise CannotUnseal("The process was given no vault.")
    return _Held.vault


def _key(secret: str) -> _Key:
    # Keys of their own for each purpose, from one secret: 64 bytes for AES-256-SIV, 32 for HMAC,
    # and a name that gives none of them away.
    made = HKDF(algorithm=SHA256(), length=64 + 32 + 4, salt=None, info=b"school-diary vault v1")
    material = made.derive(secret.encode("utf-8", "surrogateescape"))
    return _Key(material[96:].hex(), AESSIV(material[:64]), material[64:96])


def _digest(key: _Key, text: str, kind: str) -> str:
    return hmac.new(key.digesting, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()
