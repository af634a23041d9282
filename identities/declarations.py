"""The file in which an installation declares its identity providers, read word by word.

Whatever is wrong with it is a SettingsError of one sentence; what a key or secret says is in none.
"""

import re
import ssl
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from errors import SettingsError
from identities.addresses import is_provider, is_redirect
from identities.esia import Esia
from identities.line import Line
from identities.openid import OpenId
from identities.provider import Declared, IdentityProvider, ProviderKind
from identities.signer import Signer, other_signer, rsa_signer
from identities.tokens import Key, algorithms_of

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
# RFC 6749, 3.3.
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_LONGEST = 200


def read_providers(path: Path) -> list[IdentityProvider]:
    """The providers that the file declares, in its order; raises SettingsError."""
    try:
        content = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"IDENTITY_PROVIDERS names {path}, which cannot be read.") from None
    except tomllib.TOMLDecodeError as error:
        # Its message tells a place and a kind of character, and no value.
        raise SettingsError(f"IDENTITY_PROVIDERS: {path} is no TOML: {error}.") from None
    tables = content.pop("provider", None)
    are_tables = isinstance(tables, list) and all(isinstance(each, dict) for each in tables)
    if content or not are_tables:
        raise SettingsError(
            f"IDENTITY_PROVIDERS: {path} must hold tables [[provider]] and nothing else."
        )
    found = [_provider(_Table(path.parent, table, place)) for place, table in enumerate(tables, 1)]
    names = [each.declared.name for each in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"IDENTITY_PROVIDERS: {twice!r} is declared twice.")
    return found


@dataclass
class _Table:
    """One provider's words, each taken once; paths begin at the file's own folder."""

    folder: Path
    words: dict[str, Any]
    place: int

    def text(self, word: str) -> str:
        """A text that has to be there."""
        found = self.text_or_none(word)
        if found is None:
            raise self.problem(f"set `{word}`")
        return found

    def text_or_none(self, word: str) -> str | None:
        """A text, if it is there."""
        found = self.words.pop(word, None)
        if found is not None and not (isinstance(found, str) and 0 < len(found) <= _LONGEST):
            raise self.problem(f"`{word}` must be a text of at most {_LONGEST} characters")
        return found

    def texts(self, word: str, is_one: Callable[[str], Any], what: str) -> tuple[str, ...]:
        """A list of texts, each of which is one of `what`."""
        found = self.words.pop(word, None)
        if not isinstance(found, list) or not found:
            raise self.problem(f"set `{word}` to a list of {what}")
        for each in found:
            if not isinstance(each, str) or not is_one(each):
                raise self.problem(f"`{word}` must list {what}; {each!r} is none")
        return tuple(found)

    def path(self, word: str) -> Path:
        """A file that can be read."""
        path = self.folder / self.text(word)
        self._read(word, path)
        return path

    def content(self, word: str) -> bytes:
        """What stands in a file."""
        return self._read(word, self.folder / self.text(word))

    def _read(self, word: str, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError:
            raise self.problem(f"`{word}` names {path}, which cannot be read") from None

    def problem(self, what: str) -> SettingsError:
        """The sentence that says what is wrong with this table."""
        return SettingsError(f"IDENTITY_PROVIDERS, provider {self.place}: {what}.")

    def end(self) -> None:
        """Refuse words that nobody asked for."""
        for word in self.words:
            raise self.problem(f"`{word}` is no word of this kind of provider")


def _provider(table: _Table) -> IdentityProvider:
    kind = table.text("kind")
    if kind not in list(ProviderKind):
        raise table.problem(f"`kind` must be one of {', '.join(ProviderKind)}")
    make = _esia if kind == ProviderKind.ESIA else _openid
    provider = make(table, _declared(table, ProviderKind(kind)))
    table.end()
    return provider


def _declared(table: _Table, kind: ProviderKind) -> Declared:
    name = table.text("name")
    if not _NAME.fullmatch(name):
        raise table.problem("`name` must be 1 to 32 small letters, digits and hyphens")
    scopes = table.texts("scopes", _SCOPE.fullmatch, "scopes")
    if kind is ProviderKind.OIDC and "openid" not in scopes:
        raise table.problem("`scopes` must have openid among them")
    return Declared(
        name=name,
        title=table.text("title"),
        kind=kind,
        client_id=table.text("client_id"),
        issuer=table.text("issuer"),
        scopes=scopes,
        redirect_uris=table.texts(
            "redirect_uris",
            is_redirect,
            "addresses that begin with https://, or with http:// on this machine, or with an "
            "application's own scheme",
        ),
        authorities=_authorities(table),
    )


def _authorities(table: _Table) -> Path | None:
    if "authorities_file" not in table.words:
        return None
    path = table.path("authorities_file")
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        raise table.problem("`authorities_file` must hold certificates in PEM") from None
    return path


def _esia(table: _Table, declared: Declared) -> IdentityProvider:
    portal = _address(table, "portal", table.text("portal"))
    return Esia(
        declared,
        portal=portal.rstrip("/"),
        key=_verification_key(table),
        signer=_signer(table),
        line=Line(declared.name, declared.authorities),
    )


def _openid(table: _Table, declared: Declared) -> IdentityProvider:
    _address(table, "issuer", declared.issuer)
    secret = None
    if "client_secret_file" in table.words:
        try:
            secret = table.content("client_secret_file").decode().strip()
        except UnicodeDecodeError:
            raise table.problem("`client_secret_file` must hold a text") from None
        if not secret:
            raise table.problem("`client_secret_file` is empty")
    return OpenId(declared, secret, Line(declared.name, declared.authorities))


def _address(table: _Table, word: str, given: str) -> str:
    if not is_provider(given) or "?" in given:
        raise table.problem(f"`{word}` must begin with https://, or with http:// on this machine")
    return given


def _verification_key(table: _Table) -> Key:
    content = table.content("verification_key_file")
    for load in (load_pem_public_key, lambda pem: load_pem_x509_certificate(pem).public_key()):
        try:
            key: Any = load(content)
        except (ValueError, UnsupportedAlgorithm):
            continue
        if algorithms_of(key):
            found: Key = key
            return found
    raise table.problem(
        "`verification_key_file` must hold, in PEM, a public key or certificate: RSA of 2048 bits "
        "or more, a NIST curve or Ed25519"
    )


def _signer(table: _Table) -> Signer:
    certificate, key = table.path("certificate_file"), table.path("key_file")
    name = table.text_or_none("signer")
    try:
        if name is None:
            return rsa_signer(certificate.read_bytes(), key.read_bytes())
        return other_signer(name, certificate, key)
    except SettingsError as error:
        raise table.problem(str(error).rstrip(".")) from None
