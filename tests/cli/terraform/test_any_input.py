"""Whatever stands in a stack, its variables and its state is answered: no traceback, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ...generated import files, texts
from .conftest import STACK

FAULTY = [
    json.loads(one["stack"])
    for name, one in json.loads((Path(__file__).parents[2] / "testdata" / "faulty_stacks.json").read_text()).items()
    if not name.startswith("broken json")
]
EVERYTHING: dict[str, Any] = {
    **STACK,
    "terraform": {
        **STACK["terraform"],
        "required_version": ">= 1.0, < 2.0",
        "backend": {"local": {"path": "terraform.tfstate"}},
    },
    "provider": {"huaweicloud": [{"region": "cn-north-4"}, {"alias": "east", "region": "${var.region}"}]},
    "variable": {
        "name": {"type": "string", "default": "ubuntu"},
        "region": {"type": "string", "default": "cn-east-3", "nullable": False},
        "sizes": {
            "type": "map(object({disk = number, tags = optional(list(string), [])}))",
            "default": {"a": {"disk": 40}},
            "validation": [{"condition": "${length(var.sizes) > 0}", "error_message": "None of ${length(var.sizes)}."}],
        },
        "hidden": {"default": "hush", "sensitive": True},
    },
    "locals": {
        "names": "${[for key, size in var.sizes : upper(key) if size.disk > 10]}",
        "deep": {"a": [1, {"b": True}]},
    },
    "resource": {
        "huaweicloud_ims_image_metadata": {
            "a": {
                "name": "${var.name}-%{ for n in local.names }${n}%{ endfor }",
                "__os_version": "Ubuntu 20.04 server 64bit",
                "min_disk": '${var.sizes["a"].disk}',
                "tags": ["a=1", "b=${local.deep.a[1].b}"],
                "timeouts": {"delete": "5m"},
                "lifecycle": {
                    "create_before_destroy": True,
                    "ignore_changes": ["tags", "min_disk"],
                    "precondition": [{"condition": '${var.name != ""}', "error_message": "No name."}],
                    "replace_triggered_by": ["terraform_data.first"],
                },
                "depends_on": ["terraform_data.first"],
            },
            "each": {
                "for_each": "${var.sizes}",
                "name": "${each.key}",
                "min_disk": "${each.value.disk}",
                "provider": "huaweicloud.east",
            },
        },
        "terraform_data": {
            "first": {"input": "${var.hidden}", "triggers_replace": ["${timestamp()}"]},
            "many": {"count": "${length(local.names)}", "input": {"n": "${count.index}"}},
        },
    },
    "data": {
        "terraform_remote_state": {"other": {"backend": "local", "config": {"path": "${path.module}/no.tfstate"}}}
    },
    "moved": [{"from": "terraform_data.old", "to": "terraform_data.first"}],
    "removed": [{"from": "terraform_data.gone", "lifecycle": {"destroy": False}}],
    "import": [{"to": "huaweicloud_ims_image_metadata.a", "id": "${lower(" + '"7F"' + ")}"}],
    "check": {"names": {"assert": [{"condition": "${length(local.names) == 1}", "error_message": "Not one."}]}},
    "output": {
        "all": {"value": "${huaweicloud_ims_image_metadata.each[*]}"},
        "hidden": {"value": "${var.hidden}", "sensitive": True},
    },
}
STACKS = files(EVERYTHING, FAULTY) | st.sampled_from(FAULTY).flatmap(lambda stack: files(stack, [EVERYTHING]))
COMMANDS = st.sampled_from(["validate", "validate -json", "plan", "plan -json", "apply -auto-approve -json"])


def answers(tf: Any, *words: str, **rest: Any) -> None:
    ran = tf(*words, **rest)

    assert ran.status in (0, 1)
    assert ran.status == 0 or "rror" in ran.out + ran.err


@given(stack=STACKS, command=COMMANDS)
def test_stack(tf: Any, stack: bytes, command: str) -> None:
    (tf.stack / "cdk.tf.json").write_bytes(stack)

    answers(tf, *command.split())


PIECES = [
    "name", "sizes", "region", " = ", "=", '"a"', '"${', "{", "}", "[", "]", ",", ":", "1", "1e999", "null", "true",
    "\n", "#", "/*", "*/", "//", "<<EOT\n", "EOT\n", "var.name", "upper(\"a\")", "a.b", "\\", "\x00", "é", "{disk = 1}",
]  # fmt: skip


@given(assignments=texts(PIECES), given=texts(PIECES, 6), document=files({"name": "x", "sizes": {"a": {"disk": 1}}}))
def test_variables(tf: Any, assignments: str, given: str, document: bytes) -> None:
    (tf.stack / "cdk.tf.json").write_text(json.dumps(EVERYTHING))
    (tf.stack / "terraform.tfvars").write_bytes(assignments.encode("utf-8", "surrogatepass"))
    (tf.stack / "a.auto.tfvars.json").write_bytes(document)

    answers(tf, "plan", f"-var={given}", f"-var=name={given}", f"-var=sizes={given}")
