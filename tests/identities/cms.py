"""Detached CMS signatures (RFC 5652), read byte by byte: nothing here shares code with a signer."""

import hashlib
from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

_SEQUENCE, _SET, _OCTETS, _OID = 0x30, 0x31, 0x04, 0x06
_SIGNED_ATTRIBUTES = 0xA0
# 1.2.840.113549.1.9.4, messageDigest.
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")


def is_signed(signature: bytes, data: bytes, key: RSAPublicKey) -> bool:
    """Whether it is a detached signature of the data by that key, with SHA-256."""
    try:
        attributes, value = _signer(signature)
    except (IndexError, ValueError):
        return False
    digests = [
        content
        for oid, content in _attributes(attributes)
        if oid == _MESSAGE_DIGEST and content == hashlib.sha256(data).digest()
    ]
    # What is signed is the attributes as a SET, and not as they are tagged in the message.
    signed = bytes([_SET]) + _length(len(attributes)) + attributes
    try:
        key.verify(value, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return len(digests) == 1


def _signer(signature: bytes) -> tuple[bytes, bytes]:
    """The signed attributes and the signature of the one signer."""
    content = _only(signature, _SEQUENCE)
    _, (_, wrapped) = _parts(content)
    *_, (_, signers) = _parts(_only(wrapped, _SEQUENCE))
    encapsulated = _parts(_only(wrapped, _SEQUENCE))[2][1]
    if len(_parts(encapsulated)) != 1:
        raise ValueError("The data is inside.")
    parts = _parts(_only(signers, _SEQUENCE))
    (attributes,) = [content for tag, content in parts if tag == _SIGNED_ATTRIBUTES]
    (value,) = [content for tag, content in parts if tag == _OCTETS]
    return attributes, value


def _attributes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each attribute's kind and first value."""
    for _, attribute in _parts(content):
        (_, oid), (_, values) = _parts(attribute)
        yield oid, _parts(values)[0][1]


def _only(content: bytes, tag: int) -> bytes:
    """What is in the one element."""
    ((found, inner),) = _parts(content)
    if found != tag:
        raise ValueError("It is something else.")
    return inner


def _parts(content: bytes) -> list[tuple[int, bytes]]:
    """The elements that follow each other: tag and content."""
    found, place = [], 0
    while place < len(content):
        tag, size, place = content[place], content[place + 1], place + 2
        if size & 0x80:
            width = size & 0x7F
            size, place = int.from_bytes(content[place : place + width]), place + width
        if place + size > len(content):
            raise ValueError("It is cut off.")
        found.append((tag, content[place : place + size]))
        place += size
    return found


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    spelled = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([0x80 | len(spelled)]) + spelled
