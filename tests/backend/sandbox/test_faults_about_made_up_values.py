"""An error about a made-up value says that it is one, where its types are from, and how to say the value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

IMAGE = "huaweicloud_ims_image_metadata"
TOLD = (
    "aws_x.r is simulated: what its configuration does not set is made up. No bindings of hashicorp/aws tell its "
    "types, so they follow from the stack's own use. To give a value, say it: "
    'sandbox.override_resource("aws_x.r", '
)
NOT_KNOWN = 'or apply it first: sandbox.apply(stack, targets=["aws_x.r"]).'
EXPRESSIONS = [
    "tonumber(X.s) + tobool(X.s)",
    'index(X.names, "zz")',
    'regex("^[g-z]+$", sha1(X.s))',
    "element([], X.n)",
    '["a", "b"][X.n + 2]',
    "{a = 1}[X.key]",
    "lookup({a = 1}, X.key)",
    "substr(X.s, 100, 1).a",
    'split("-", sha1(X.s))[7]',
    'cidrsubnet(join("/", [X.s, "16"]), 8, 1)',
    'tonumber("${X.s}-a")',
    'parseint("${X.s}-", 2)',
    "file(X.path)",
    "templatefile(X.path, {})",
    'zipmap(["a", "b", "c", "d", "e", "f"], X.l)',
    "1 / (X.n - X.n)",
    'replace("a", "/${X.s}(/", "")',
    'index([local.through], "zz")',
    "[for one in [X.s] : tonumber(one)][0] + tobool(X.s)",
]
CONDITION = {"error_message": "It is another."}
IS_A = '${%s == "a"}'
PLACES: dict[str, dict[str, Any]] = {
    "count": {"resource": {"aws_y": {"b": {"count": "${X.n - 100000}"}}}},
    "for_each": {"resource": {"aws_y": {"b": {"for_each": "${X.names}"}}}},
    "each": {"resource": {"aws_y": {"b": {"for_each": {"a": "${X.s}"}, "v": '${tonumber("${each.value}-a")}'}}}},
    "precondition": {
        "resource": {"aws_y": {"b": {"lifecycle": {"precondition": {"condition": IS_A % "X.s", **CONDITION}}}}}
    },
    "precondition of each": {
        "resource": {
            "aws_y": {
                "b": {
                    "for_each": {"a": "${X.s}"},
                    "lifecycle": {"precondition": {"condition": IS_A % "each.value", **CONDITION}},
                }
            }
        }
    },
    "postcondition": {
        "resource": {"aws_x": {"r": {"lifecycle": {"postcondition": {"condition": IS_A % "self.s", **CONDITION}}}}}
    },
    "condition of an output": {"output": {"o": {"value": 1, "precondition": {"condition": IS_A % "X.s", **CONDITION}}}},
    "argument": {"resource": {IMAGE: {"i": {"name": "n", "min_disk": "${X.s}-a"}}}},
    "what the service refuses": {"resource": {IMAGE: {"i": {"name": "n", "visibility": "${local.through}"}}}},
    "setting of a provider": {
        "provider": {"huaweicloud": [{"region": "${local.through}"}]},
        "resource": {IMAGE: {"i": {"name": "n"}}},
    },
}


def failure(directory: Path, blocks: dict[str, Any]) -> str:
    document: dict[str, Any] = {
        "terraform": {
            "required_providers": {
                "aws": {"source": "hashicorp/aws"},
                "huaweicloud": {"source": "huaweicloud/huaweicloud"},
            }
        },
        "provider": {"aws": [{}], "huaweicloud": [{"region": "cn-north-4"}]},
        "locals": {"through": "${local.more}", "more": "${X.s}"},
        **{name: block for name, block in blocks.items() if name != "resource"},
        "resource": {"aws_x": {"r": {}}, **blocks.get("resource", {})},
    }
    (directory / "cdk.tf.json").write_text(json.dumps(document).replace("X.", "aws_x.r."))
    with Sandbox() as sandbox, pytest.raises(OperationFailedError) as raised:
        sandbox.apply(directory)
    return str(raised.value)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expression_that_a_made_up_value_does_not_fit(expression: str, tmp_path: Path) -> None:
    assert TOLD in failure(tmp_path, {"output": {"o": {"value": f"${{{expression}}}"}}})


@pytest.mark.parametrize("place", PLACES)
def test_place_that_a_made_up_value_does_not_fit(place: str, tmp_path: Path) -> None:
    told = NOT_KNOWN if place in ("count", "for_each") else TOLD
    assert told in failure(tmp_path, PLACES[place])


def test_error_about_a_function_that_there_is_not_says_nothing_of_it(tmp_path: Path) -> None:
    assert "simulated" not in failure(tmp_path, {"output": {"o": {"value": "${tonumbre(aws_x.r.s)}"}}})


def test_error_about_a_value_that_is_given_says_nothing_of_it(tmp_path: Path) -> None:
    assert "simulated" not in failure(tmp_path, {"output": {"o": {"value": '${aws_x.r.s == "a" ? 1 : tonumber("b")}'}}})
