"""Tokens are told from values in Python: the encodings are cdktf's own, taken from it here."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import Fn, TerraformStack, TerraformVariable, Token

from constructs_ims import ImsImageMetadata, ImsValidationError
from constructs_ims.constructs.tokens import (
    is_list_token,
    is_map_token,
    is_number_token,
    is_only_template,
    is_resolvable,
    is_template,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", False),
        ("", False),
        ("costs $5 {really}", False),
        ("${TfToken[TOKEN.0]}", True),
        ("before ${TfToken[TOKEN.0]} after", True),
        ("${var.name}", True),
        ("%{ if true }a%{ endif }", True),
        ("$${escaped}", False),
        ("%%{escaped}", False),
        ("#{TfToken[TOKEN.3]}", True),
        ("disk -8.109562212591382e+298", True),
        ("-1.5", False),
    ],
)
def test_templates_in_text(text: str, expected: bool) -> None:
    assert is_template(text) is expected


@pytest.mark.parametrize("text", ["a-{}", "1{}", "a.{}", "a+{}", "{}-a", "{}e", "{}{}"])
def test_number_tokens_that_cdktf_misreads_are_refused(stack: TerraformStack, text: str) -> None:
    number = TerraformVariable(stack, "variable", type="number").number_value

    with pytest.raises(ImsValidationError, match=r"wrap it: Token.as_string\(number\)"):
        ImsImageMetadata(stack, "image", name=text.format(number, number))


@pytest.mark.parametrize("text", ["a {}", "{}", "a_{}_b", "{} {}"])
def test_number_tokens_that_cdktf_reads_pass(stack: TerraformStack, images: Any, text: str) -> None:
    number = TerraformVariable(stack, "variable", type="number").number_value
    ImsImageMetadata(stack, "image", name=text.format(number, number))

    assert images(stack)["image"]["name"] == text.format("${var.variable}", "${var.variable}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("${var.size}", True), ("a${var.size}", False), ("${var.a}${var.b}", False), ("40", False), ("", False)],
)
def test_text_that_is_one_template(text: str, expected: bool) -> None:
    assert is_only_template(text) is expected


@pytest.mark.parametrize("value", [0, 1, -1, 40, 1.5, -1e300, 1e308, float("nan"), float("-inf")])
def test_plain_numbers_are_no_tokens(value: float) -> None:
    assert not is_number_token(value)


def test_encodings_are_those_of_cdktf(stack: TerraformStack) -> None:
    variable = TerraformVariable(stack, "variable", type="any")

    assert is_template(variable.string_value)
    assert is_number_token(variable.number_value)
    assert is_number_token(Token.as_number_list(variable.fqn)[0])
    assert is_template(f"{variable.number_value}")
    assert is_list_token(variable.list_value)
    assert is_map_token(Token.as_string_map(variable.fqn))
    assert is_resolvable(variable.boolean_value)
    assert is_resolvable(Fn.tobool("true"))


@pytest.mark.parametrize("value", [None, "text", 1, [], {}, str, object()])
def test_other_objects_are_not_resolvable(value: Any) -> None:
    assert not is_resolvable(value)


def test_telling_tokens_asks_jsii_nothing(stack: TerraformStack, kernel_calls: list[str]) -> None:
    variable = TerraformVariable(stack, "variable", type="any")
    text, number, texts, flag = (
        variable.string_value,
        variable.number_value,
        variable.list_value,
        variable.boolean_value,
    )
    kernel_calls.clear()
    ImsImageMetadata(stack, "image", name=text, os_version=text, min_disk=number, tags=texts, protected=flag)

    assert kernel_calls == ["CreateRequest"]


def test_every_kind_of_token_passes(stack: TerraformStack, images: Any) -> None:
    variable = TerraformVariable(stack, "variable", type="any")
    ImsImageMetadata(
        stack,
        "image",
        name=f"a-{variable.string_value}",
        os_version=variable.string_value,
        disk_format=variable.string_value,
        min_disk=variable.number_value,
        min_ram="${var.variable}",  # type: ignore[arg-type]
        protected=variable.boolean_value,
        tags=[variable.string_value, f"team={variable.string_value}", "stage=test"],
        timeouts={"delete": variable.string_value},
        enable_force_new=Token.as_string(variable.boolean_value),
    )
    ImsImageMetadata(stack, "listed", name="listed", os_version="${var.variable}", tags=variable.list_value)
    blocks = images(stack)

    assert blocks["image"] == {
        "name": "a-${var.variable}",
        "__os_version": "${var.variable}",
        "disk_format": "${var.variable}",
        "min_disk": "${var.variable}",
        "min_ram": "${var.variable}",
        "protected": "${var.variable}",
        "tags": ["${var.variable}", "team=${var.variable}", "stage=test"],
        "timeouts": {"delete": "${var.variable}"},
        "enable_force_new": "${var.variable}",
    }
    assert blocks["listed"]["tags"] == "${var.variable}"
