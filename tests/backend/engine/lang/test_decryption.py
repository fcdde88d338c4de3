"""``rsadecrypt``, judged by the cryptography library."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from constructs_ims.backend.engine.lang import MappingScope, Result, evaluate, parse_expression

FORMATS = [
    pytest.param(PrivateFormat.TraditionalOpenSSL, id="PKCS #1"),
    pytest.param(PrivateFormat.PKCS8, id="PKCS #8"),
]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


def pem(key: rsa.RSAPrivateKey, form: PrivateFormat, encryption: Any = None) -> str:
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()


def encrypted(key: rsa.RSAPrivateKey, text: str) -> str:
    return base64.b64encode(key.public_key().encrypt(text.encode(), padding.PKCS1v15())).decode()


def decrypted(ciphertext: str, private_key: str) -> Result:
    scope = MappingScope({"ciphertext": ciphertext, "key": private_key})
    return evaluate(parse_expression("rsadecrypt(ciphertext, key)"), scope)


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_encrypted_is_read(key: rsa.RSAPrivateKey, form: PrivateFormat) -> None:
    assert decrypted(encrypted(key, "pässword"), pem(key, form)).value == "pässword"


@pytest.mark.parametrize("spoil", [lambda text: "AAAA" + text[4:], lambda text: text[:-8], lambda text: text + "AAAA"])
def test_what_does_not_fit_the_key_is_refused(key: rsa.RSAPrivateKey, spoil: Any) -> None:
    result = decrypted(spoil(encrypted(key, "x")), pem(key, PrivateFormat.PKCS8))

    assert "failed to decrypt" in result.diagnostics[0].detail or "base64" in result.diagnostics[0].detail


def test_bad_keys_are_refused(key: rsa.RSAPrivateKey) -> None:
    locked = pem(key, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"p"))
    cut = pem(key, PrivateFormat.PKCS8).replace("MII", "AAA", 1)

    assert "password protected" in decrypted(encrypted(key, "x"), locked).diagnostics[0].detail
    assert "structure error" in decrypted(encrypted(key, "x"), cut).diagnostics[0].detail
    assert "no key found" in decrypted(encrypted(key, "x"), "none").diagnostics[0].detail


def test_a_cipher_text_that_is_no_base64_is_refused(key: rsa.RSAPrivateKey) -> None:
    assert "base64-encoded" in decrypted("!", pem(key, PrivateFormat.PKCS8)).diagnostics[0].detail
