"""Where the document of a request is found: by its text, by its hash, or by its agreed id."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError

from api.documents import Documents, Kept, Prepared
from errors import BadUserInput, SettingsError

_MOST_HASHES = 2_000
_MOST_BYTES = 2 * 1024 * 1024
_BAD_INPUT = BadUserInput.code
# Apollo's clients know these by their messages or by their codes.
_NOT_FOUND = ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
_MISMATCH = ("provided sha does not match query", "PERSISTED_QUERY_HASH_MISMATCH")
_WRONG_VERSION = ("Unsupported persisted query version", _BAD_INPUT)
_NOT_TRUSTED = ("Only documents agreed upon beforehand are taken.", "QUERY_NOT_IN_SAFELIST")


class Library:
    """Finds documents, and remembers the hashes that clients gave together with their texts.

    `trusted` holds texts by id; each is also found by `sha256:` and the hash of its text. With
    `only_trusted` nothing else is found.
    """

    def __init__(
        self,
        documents: Documents,
        trusted: Mapping[str, str] | None = None,
        *,
        only_trusted: bool = False,
    ) -> None:
        self._documents = documents
        self._only_trusted = only_trusted
        self._hashes: Kept[str] = Kept(_MOST_HASHES, _MOST_BYTES)
        self._trusted: dict[str, Prepared] = {}
        self._trusted_texts: dict[str, Prepared] = {}
        for number, text in (trusted or {}).items():
            prepared = documents.prepared(text)
            if prepared.errors:
                raise SettingsError(
                    f"DOCUMENTS holds {number!r}, which the schema does not allow: "
                    f"{prepared.errors[0].message}"
                )
            self._trusted_texts[text] = prepared
            for name in (number, f"sha256:{sha256(text)}"):
                self._trusted[name] = prepared

    def find(
        self, query: str | None, document_id: str | None, extensions: Mapping[str, Any]
    ) -> Prepared:
        """The document that is meant; raises GraphQLError where there is none."""
        digest = _claimed(extensions)
        if query is not None:
            return self._by_text(query, digest)
        found = self._by_id(document_id or f"sha256:{digest}")
        if found is None and document_id is None and digest is not None:
            # Clients with a manifest of Apollo's send its ids as hashes.
            found = self._trusted.get(digest)
        if found is None:
            raise _error(*_NOT_FOUND)
        return found

    def _by_text(self, text: str, digest: str | None) -> Prepared:
        if digest is not None and digest != sha256(text):
            raise _error(*_MISMATCH)
        trusted = self._trusted_texts.get(text)
        if trusted is not None:
            return trusted
        if self._only_trusted:
            raise _error(*_NOT_TRUSTED)
        prepared = self._documents.prepared(text)
        if digest is not None and not prepared.errors:
            self._hashes.put(digest, prepared.text, len(text) + len(digest))
        return prepared

    def _by_id(self, name: str) -> Prepared | None:
        trusted = self._trusted.get(name)
        if trusted is not None:
            return trusted
        text = self._hashes.get(name.removeprefix("sha256:")) if ":" in name else None
        return None if text is None else self._documents.prepared(text)


def read_trusted(path: Path | None) -> Mapping[str, str]:
    """The texts by id of a manifest; raises `SettingsError` where the file holds none.

    It is an object of texts by id, or what Apollo's tools write: `operations` with `id` and `body`.
    """
    if path is None:
        return {}
    try:
        manifest = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"DOCUMENTS {path} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError:
        raise SettingsError(f"DOCUMENTS {path} is no JSON.") from None
    texts = _texts(manifest)
    if not all(isinstance(each, str) for pair in texts.items() for each in pair):
        raise SettingsError(f"DOCUMENTS {path} must be an object of documents by their ids.")
    return texts


def sha256(text: str) -> str:
    """The hash by which a document's text is known, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(manifest: Any) -> dict[Any, Any]:
    if not isinstance(manifest, dict):
        return {None: None}
    operations = manifest.get("operations")
    if not isinstance(operations, list):
        return manifest
    entries = [each if isinstance(each, dict) else {} for each in operations]
    return {each.get("id"): each.get("body") for each in entries}


def _claimed(extensions: Mapping[str, Any]) -> str | None:
    """The hash that Apollo's extension states; None without the extension."""
    given = extensions.get("persistedQuery")
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("version") != 1:
        raise _error(*_WRONG_VERSION)
    digest = given.get("sha256Hash")
    if not isinstance(digest, str):
        raise _error("`sha256Hash` is missing.", _BAD_INPUT)
    return digest.lower()


def _error(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
