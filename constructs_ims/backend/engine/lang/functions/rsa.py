"""RSA decryption with PKCS #1 v1.5 padding, for what was encrypted elsewhere (instance passwords, say)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

_PEM: Final = re.compile(r"-----BEGIN ([A-Z ]+)-----\s+(.*?)-----END \1-----", re.DOTALL)
_SEQUENCE: Final = 0x30


class KeyFault(Exception):  # noqa: N818 - the message is what counts, and it is reworded at once
    """The key is not an RSA private key in PEM form."""


def decrypt(data: bytes, pem: str) -> bytes:
    """Decrypt ``data``; ``KeyFault`` for a bad key, ``ValueError`` when the two do not fit."""
    modulus, exponent = _read_key(pem)
    size = (modulus.bit_length() + 7) // 8
    message = pow(int.from_bytes(data), exponent, modulus).to_bytes(size)
    end = message.find(b"\0", 2)
    if len(data) > size or message[:2] != b"\0\x02" or end < 10:
        raise ValueError("The padding is wrong.")
    return message[end + 1 :]


def _read_key(pem: str) -> tuple[int, int]:
    """Return modulus and private exponent of a PKCS #1 or PKCS #8 key."""
    found = _PEM.search(pem)
    if found is None:
        raise KeyFault("invalid private key: ssh: no key found")
    if "ENCRYPTED" in found[0]:
        raise KeyFault(
            "failed to parse key: password protected keys are not supported. Please decrypt the key prior to use"
        )
    try:
        fields = _sequence(base64.b64decode(re.sub(r"\s", "", found[2]), validate=True))
        if found[1] == "PRIVATE KEY":
            fields = _sequence(fields[2])
        return int.from_bytes(fields[1]), int.from_bytes(fields[3])
    except (binascii.Error, IndexError, ValueError):
        raise KeyFault("failed to parse key: asn1: structure error") from None


def _sequence(data: bytes) -> list[bytes]:
    """Return the contents of the fields of one DER sequence."""
    content, rest = _field(data)
    if data[0] != _SEQUENCE or rest:
        raise ValueError("Not a sequence.")
    fields: list[bytes] = []
    while content:
        field, content = _field(content)
        fields.append(field)
    return fields


def _field(data: bytes) -> tuple[bytes, bytes]:
    """Return the content of the first DER field, and what follows it."""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start])
    if len(data) < start + length:
        raise ValueError("The field is cut off.")
    return data[start : start + length], data[start + length :]
