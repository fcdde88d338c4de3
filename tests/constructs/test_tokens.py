"""Tokens are told from values in Python: the encodings are cdktf's own, taken from it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import Fn, TerraformIterator, TerraformStack, TerraformVariable, Token

from constructs_ims import ImsImageMetadata, ImsValidationError
from constructs_ims.constructs.tokens import (
    is_list_token,
    is_map_token,
    is_number_of_list_token,
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
    assert is_number_of_list_token(Token.as_number_list(variable.fqn)[0])
    assert is_template(f"{variable.number_value}")
    assert is_list_token(variable.list_value)
    assert is_map_token(Token.as_string_map(variable.fqn))
    assert is_resolvable(variable.boolean_value)
    assert is_resolvable(variable.value)
    assert is_resolvable(Fn.tobool("true"))


@pytest.mark.parametrize("value", [None, "text", 1, [], {}, str, object(), Token, TerraformIterator.from_list(["a"])])
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


def test_tokens_of_any_type_pass_for_every_type(stack: TerraformStack, images: Any) -> None:
    value = TerraformVariable(stack, "variable", type="any").value
    given = dict.fromkeys(("name", "os_version", "min_disk", "protected", "tags", "timeouts", "count"), value)
    ImsImageMetadata(stack, "image", **given)

    assert set(images(stack)["image"].values()) == {"${var.variable}"}


def test_tokens_inside_tags_are_of_any_kind(stack: TerraformStack, images: Any) -> None:
    variable = TerraformVariable(stack, "variable", type="any")
    text, number, flag, value = (
        variable.string_value,
        variable.number_value,
        variable.boolean_value,
        variable.value,
    )
    ImsImageMetadata(stack, "listed", tags=[text, number, flag, value, Fn.element(variable.list_value, 0)])  # type: ignore[list-item]
    ImsImageMetadata(stack, "mapped", tags={"a": text, "b": number, "c": flag, "d": value, text: "e"})  # type: ignore[dict-item]
    ImsImageMetadata(stack, "joined", tags=Fn.concat([variable.list_value, ["a=b"]]))
    blocks = images(stack)

    assert blocks["listed"]["tags"] == ["${var.variable}"] * 4 + ["${element(var.variable, 0)}"]
    assert blocks["mapped"]["tags"] == [*(f"{key}=${{var.variable}}" for key in "abcd"), "${var.variable}=e"]
    assert blocks["joined"]["tags"] == '${concat(var.variable, ["a=b"])}'


def test_token_for_a_whole_map_of_tags(stack: TerraformStack, images: Any) -> None:
    variable = TerraformVariable(stack, "variable", type="map(string)")
    ImsImageMetadata(stack, "image", tags=Token.as_string_map(variable.fqn))

    assert images(stack)["image"]["tags"] == '${[ for key, val in var.variable: "${key}=${val}"]}'


def test_number_token_reads_back_as_text(stack: TerraformStack) -> None:
    image = ImsImageMetadata(stack, "image", name=TerraformVariable(stack, "variable").number_value)  # type: ignore[arg-type]

    assert isinstance(image.name_input, str)


MISUSED: dict[str, tuple[Callable[[TerraformVariable], dict[str, Any]], str]] = {
    "element of a list": (lambda var: {"name": var.list_value[0]}, r"Use Fn.element\(list, 0\)"),
    "element of a list in text": (lambda var: {"tags": [f"a={var.list_value[0]}"]}, r"Use Fn.element\(list, 0\)"),
    "element of a list of numbers": (
        lambda var: {"min_disk": Token.as_number_list(var.fqn)[0]},
        r"Use Fn.element\(list, 0\)",
    ),
    "list among elements": (lambda var: {"tags": ["a=b", *var.list_value]}, r"Use Fn.concat\(\[one, two\]\)"),
    "object in text": (lambda var: {"name": f"image-{var.value}"}, r"wrap the object: Token.as_string\(object\)"),
}


@pytest.mark.parametrize(("misuse", "mend"), MISUSED.values(), ids=MISUSED)
def test_misused_tokens_are_refused(
    stack: TerraformStack, misuse: Callable[[TerraformVariable], dict[str, Any]], mend: str
) -> None:
    """All of these would fail at synthesis without a name, or leave an encoded token in the JSON."""
    given = misuse(TerraformVariable(stack, "variable", type="any"))

    with pytest.raises(ImsValidationError, match=mend):
        ImsImageMetadata(stack, "image", **given)
