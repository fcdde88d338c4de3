"""Hashes, identifiers and ciphers."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from importlib import import_module
from typing import Final

from constructs_ims.backend.engine.lang.frame import Frame
from constructs_ims.backend.engine.lang.functions.filesystem import read_bytes
from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.typed import Value, unknown
from constructs_ims.schema.types import NUMBER, STRING

_STR: Final = Parameter("str", STRING)
_PATH: Final = Parameter("path", STRING)
_NAMESPACES: Final = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _hexadecimal(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def _base64(algorithm: str, data: bytes) -> str:
    return base64.b64encode(hashlib.new(algorithm, data, usedforsecurity=False).digest()).decode()


def _declare_hash(name: str, file_name: str, algorithm: str, write: Callable[[str, bytes], str]) -> None:
    """Declare a hash of a text and the same hash of a file."""

    @function(name, _STR, result=STRING)
    def of_text(text: str) -> str:
        return write(algorithm, text.encode())

    @function(file_name, _PATH, result=STRING, contextual=True)
    def of_file(frame: Frame, path: str) -> str:
        return write(algorithm, read_bytes(frame, path))


for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _declare_hash(_algorithm, f"file{_algorithm}", _algorithm, _hexadecimal)
for _algorithm in ("sha256", "sha512"):
    _declare_hash(f"base64{_algorithm}", f"filebase64{_algorithm}", _algorithm, _base64)


@function("uuid", result=STRING, contextual=True)
def uuid_(frame: Frame) -> Value:
    """Return a new identifier each time; unknown until the apply."""
    return str(uuid.uuid4()) if frame.scope.functions.applying else unknown(STRING, not_null=True)


@function("uuidv5", Parameter("namespace", STRING), Parameter("name", STRING), result=STRING)
def uuidv5(namespace: str, name: str) -> str:
    """Return the identifier that a name has in a namespace."""
    if namespace in _NAMESPACES:
        return str(uuid.uuid5(_NAMESPACES[namespace], name))
    try:
        return str(uuid.uuid5(uuid.UUID(namespace), name))
    except ValueError:
        raise FunctionError(
            f"uuidv5() doesn't support namespace {namespace} (invalid UUID length: {len(namespace)})"
        ) from None


@function("bcrypt", _STR, variadic=Parameter("cost", NUMBER), result=STRING, contextual=True)
def bcrypt(frame: Frame, text: str, *cost: Value) -> Value:
    """Return a password hash with a new salt each time; unknown until the apply."""
    if len(cost) > 1:
        raise FunctionError("bcrypt() takes no more than two arguments")
    rounds = cost[0] if cost else 10
    if type(rounds) is not int or rounds > 31:
        raise FunctionError("error occurred generating password: crypto/bcrypt: cost is outside allowed range (4,31)")
    if len(text.encode()) > 72:
        raise FunctionError("error occurred generating password: bcrypt: password length exceeds 72 bytes")
    if not frame.scope.functions.applying:
        return unknown(STRING, not_null=True)
    return _bcrypt(text, rounds if rounds >= 4 else 10)


def _bcrypt(text: str, rounds: int) -> str:
    """Hash with the ``bcrypt`` package, which only apps that use this function need."""
    try:
        library = import_module("bcrypt")
    except ImportError:
        raise FunctionError('it needs the Python package "bcrypt", which is not installed') from None
    return str(library.hashpw(text.encode(), library.gensalt(rounds, prefix=b"2a")).decode())


@function("rsadecrypt", Parameter("ciphertext", STRING), Parameter("privatekey", STRING), result=STRING)
def rsadecrypt(ciphertext: str, private_key: str) -> str:
    """Decrypt a Base64 text with an RSA key in PEM form."""
    from constructs_ims.backend.engine.lang.functions.rsa import KeyFault, decrypt

    try:
        data = base64.b64decode(ciphertext, validate=True)
    except ValueError:
        raise FunctionError(f'failed to decode input "{ciphertext}": cipher text must be base64-encoded', 0) from None
    try:
        return decrypt(data, private_key).decode()
    except KeyFault as fault:
        raise FunctionError(str(fault), 1) from None
    except ValueError:
        raise FunctionError("failed to decrypt: crypto/rsa: decryption error", 0) from None
