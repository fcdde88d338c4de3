"""Credentials are shown as stars, letter for letter; the references among them stay."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.engine.configuration.credentials import hidden_credentials, is_credential

HIDDEN = ["s3cret", "}", "{", "$${no}", "%%{no}", " "]
SHOWN = ["${var.a}", "${}", "${f({a = {}})}", "%{if var.a}", "${ }"]


def provider(value: str | int) -> str:
    return json.dumps({"provider": {"huaweicloud": [{"region": "cn-north-4", "secret_key": value}]}})


@given(pieces=st.lists(st.sampled_from(HIDDEN + SHOWN)), is_open=st.booleans())
def test_texts(pieces: list[str], is_open: bool) -> None:
    pieces = [*pieces, *["${s3cret"] * is_open]
    shown = [piece if piece in SHOWN else "*" * len(piece) for piece in pieces]

    assert hidden_credentials("cdk.tf.json", provider("".join(pieces))) == provider("".join(shown))


def test_numbers() -> None:
    assert hidden_credentials("cdk.tf.json", provider(7654)) == provider(1111)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("secret_key", True), ("clientSecret", True), ("api-token", True), ("access_key_id", True), ("APIKey", True),
        ("client_key_data", True), ("conn_str", True), ("connection_string", True), ("pat", True), ("password", True),
        ("region", False), ("id", False), ("key_name", False), ("string", False), ("path", False), ("data", False),
        ("token_url", False), ("secret_id_value", False),
    ],
)  # fmt: skip
def test_names(name: str, is_one: bool) -> None:
    assert is_credential(name) is is_one


BLOCKS = {
    "region": "cn-north-4",
    "secret_key": [["s3cret"], {"b": ["s3cret s3cret"]}],
    "access_key": {"a": 's3cret "s3cret" \\ s3cret'},
}
SIGNS = ["", '"', ":", ",", "}", "]", "x", "\\", " = "]


@given(indent=st.sampled_from([None, 2]), sign=st.sampled_from(SIGNS), where=st.floats(0, 1, exclude_max=True))
def test_nothing_is_shown_where_a_sign_is_wrong(indent: int | None, sign: str, where: float) -> None:
    text = json.dumps({"provider": {"huaweicloud": [BLOCKS, BLOCKS], "other": {"password": "s3cret"}}}, indent=indent)
    places = [at for at, letter in enumerate(text) if letter in '{}[]":,']
    at = places[int(where * len(places))]

    shown = hidden_credentials("cdk.tf.json", f"{text[:at]}{sign}{text[at + 1 :]}")

    assert "s3cret" not in shown
    name = text.index('"huaweicloud"')
    assert "huaweicloud" in shown or sign == "x" or at in (name, name + len('"huaweicloud"') - 1)
